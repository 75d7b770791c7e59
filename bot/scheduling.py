"""Schedules fire here: what is due becomes a Run, and what other processes change in the table is followed."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import structlog

from agent_core.changes import Changes
from agent_core.domain import Actor, Origin
from agent_core.errors import NodError
from agent_core.platform_ports import DeliveryFailed, Messenger, Standing
from agent_core.ports import Clock
from agent_core.recurring import Schedule
from agent_core.schedules import rules
from agent_core.scheduling import Schedules
from agent_core.scheduling.pausing import CHANNEL_GONE, OWNER_GONE
from bot.schedule_jobs import WINDOW, Jobs

LOOK = 2.0  # seconds between looks at the table's newest revision: so soon other processes' changes are known
REFILL = timedelta(minutes=10)  # between looks for what came into the window
AT_MOST = 2_000  # jobs taken in at one look
SEEN = timedelta(hours=1)  # for which an owner and a channel that were there are taken to be
WHY = {Standing.CHANNEL_GONE: CHANNEL_GONE, Standing.OWNER_GONE: OWNER_GONE}
BATCH = 200  # Schedules whose next time is computed anew without a pause for others

log = structlog.get_logger(__name__)


class ScheduleClock:
    """Runs what is due for as long as it is entered. One process does so, the owner of the database."""

    def __init__(
        self, schedules: Schedules, changes: Changes, clock: Clock, messengers: Mapping[str, Messenger] | None = None
    ) -> None:
        self._schedules = schedules
        self._store = schedules.store
        self._changes = changes
        self._now = clock
        self._seen: int | None = None  # the revision up to which changes are known
        self._filled_at: datetime | None = None  # when what comes soon was last taken in
        self._failed: set[str] = set()  # what could not be made durable, to be tried again
        self._ended: set[str] = set()  # Runs of firings that may have come to an end
        self._news = asyncio.Event()
        self._messengers = messengers or {}
        self._fired: asyncio.Queue[Schedule] = asyncio.Queue()
        self._looked_at: dict[tuple[Origin, Actor], datetime] = {}  # when a channel and an owner were last seen there
        self.filled = asyncio.Event()  #: set once what comes soon is taken in
        self.recomputed = asyncio.Event()  #: set once every next time is as the zone database has it now
        self._closing = False

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Fire what is due while this is entered."""
        jobs = Jobs(self.fire, asyncio.get_running_loop())
        with self._changes.listening(self._changed):
            work = [
                asyncio.create_task(self._follow(jobs), name="schedules"),
                asyncio.create_task(self._review(), name="ends of firings"),
                asyncio.create_task(self._recompute(), name="next times"),
                asyncio.create_task(self._watch(), name="owners and channels"),
            ]
            await jobs.start()
            try:
                yield
            finally:
                self._closing = True  # what is due and not begun yet is for the next start
                for each in work:
                    each.cancel()
                await asyncio.wait(work)
                await jobs.stop()

    async def fire(self, schedule_id: str) -> None:
        """Do what is due of a Schedule; what could not be made durable is tried again soon."""
        if self._closing:
            return
        try:
            schedule = await self._schedules.firer.fire(schedule_id)
            if schedule is not None and schedule.origin.platform in self._messengers:
                self._fired.put_nowait(schedule)
        except Exception:
            self._failed.add(schedule_id)
            log.exception("not_fired", schedule_id=schedule_id)

    # --- following the table ---

    async def _follow(self, jobs: Jobs) -> None:
        """Keep the jobs in line with the table, for ever."""
        while True:
            try:
                await self._look(jobs)
            except NodError as error:
                log.warning("schedules_not_read", error=type(error).__name__)
            except Exception:  # one fault must not stop the clock of all
                log.exception("schedules_fault")
            await asyncio.sleep(LOOK)

    async def _look(self, jobs: Jobs) -> None:
        """Take in what other processes changed, what comes into the window, and what failed before."""
        newest, now = await self._store.revision(), self._now()
        if self._seen is not None and newest > self._seen:
            await jobs.put(await self._store.changed_since(self._seen), now)
        self._seen = newest
        # a clock that was set, or a machine that slept, shows here
        if self._filled_at is None or not self._filled_at <= now <= self._filled_at + REFILL:
            await jobs.put(await self._store.upcoming(now + WINDOW, limit=AT_MOST), now)
            self._filled_at = now
            self.filled.set()
        for schedule_id in tuple(self._failed):
            self._failed.discard(schedule_id)
            await self.fire(schedule_id)
        jobs.wake()

    async def _recompute(self) -> None:
        """Compute every next time anew: the zone database may be another than the one it was computed with."""
        after = ""
        while found := await self._store.active(after, limit=BATCH):
            wrong = await asyncio.to_thread(_corrected, found, self._now())
            await self._store.set_next(wrong)
            after = found[-1].schedule_id
            if wrong:
                self._filled_at = None
        self.recomputed.set()

    # --- owners and channels ---

    async def _watch(self) -> None:
        """See after each firing whether its channel is there and its owner in it, for ever; no firing waits for it."""
        while True:
            schedule = await self._fired.get()
            try:
                await self._see(schedule)
            except (DeliveryFailed, NodError) as error:  # the platform cannot say now; the next firing asks again
                log.warning("schedule_not_seen", schedule_id=schedule.schedule_id, error=type(error).__name__)
            except Exception:  # one Schedule's trouble must not end this for all
                log.exception("schedule_not_seen", schedule_id=schedule.schedule_id)

    async def _see(self, schedule: Schedule) -> None:
        origin, owner, now = schedule.origin, schedule.owner, self._now()
        seen = self._looked_at.get((origin, owner))
        if seen is not None and timedelta() <= now - seen < SEEN:
            return
        messenger = self._messengers[origin.platform]
        standing = await messenger.standing(origin, owner)
        if standing is Standing.FINE:
            self._looked_at[origin, owner] = now
            return
        where = await messenger.direct(origin, owner) if standing is Standing.CHANNEL_GONE else None
        await self._schedules.firer.pausing.itself(schedule, WHY[standing], where)

    # --- ends of firings ---

    def _changed(self, run_id: str) -> None:
        self._ended.add(run_id)
        self._news.set()

    async def _review(self) -> None:
        """See after each end of a firing's Run what that means for its Schedule, for ever."""
        for schedule_id in await self._store.with_queued():
            await self._reviewed(schedule_id)
        while True:
            await self._news.wait()
            self._news.clear()
            while self._ended:
                state = self._schedules.firer.recorder.known(self._ended.pop())
                if state is not None and state.firing is not None and not rules.is_open(state):
                    await self._reviewed(state.firing.schedule_id)

    async def _reviewed(self, schedule_id: str) -> None:
        try:
            await self._schedules.firer.review(schedule_id)
        except Exception:  # one Schedule's trouble must not end the reviews of all
            log.exception("not_reviewed", schedule_id=schedule_id)


def _corrected(schedules: Sequence[Schedule], now: datetime) -> Sequence[Schedule]:
    """Return the Schedules whose next time is another than their row says. One that is due stays so."""
    wrong: list[Schedule] = []
    for schedule in schedules:
        if schedule.next_fire is not None and schedule.next_fire <= now:
            continue
        try:
            at = rules.next_fire(schedule, now)
        except (NodError, ZoneInfoNotFoundError):
            continue
        if at != schedule.next_fire:
            wrong.append(schedule.but(next_fire=at))
    return wrong
