"""Schedules fire here: what is due becomes a Run, and what other processes change in the table is followed."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfoNotFoundError

import structlog

from agent_core.changes import Changes
from agent_core.domain import Actor, Origin
from agent_core.errors import NodError
from agent_core.platform_ports import DeliveryFailed, Messenger, Standing
from agent_core.ports import Clock
from agent_core.recurring import Schedule, ScheduleStatus
from agent_core.schedules import rules
from agent_core.scheduling import Schedules
from agent_core.scheduling.pausing import CHANNEL_GONE, OWNER_GONE
from bot.schedule_jobs import WINDOW, Jobs

LOOK = 2.0  # seconds between looks at the table's newest revision: so soon other processes' changes are known
REFILL = timedelta(minutes=10)  # between looks for what came into the window
AT_MOST = 2_000  # jobs taken in at one look
SEEN = timedelta(minutes=5)  # for which an owner and a channel that were there are taken to be
PATIENCE = 5.0  # seconds for which a firing waits for a platform's word on its owner and channel
MINUTE = 60.0  # seconds
ASKING = 20.0  # seconds of a minute that firings wait for such words in all; the others are asked for beside them
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
        self._unseen: asyncio.Queue[Schedule] = asyncio.Queue()  # fired before their platforms said anything
        self._asking_since, self._asked_for = -MINUTE, 0.0  # of the minute that began then, seconds spent in asking
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
            await self._see_before(schedule_id)
            await self._schedules.firer.fire(schedule_id)
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

    async def _see_before(self, schedule_id: str) -> None:
        """See before a firing whether its channel is there and its owner in it, or beside it where that takes long."""
        schedule = await self._store.schedule(schedule_id) if self._messengers else None
        if schedule is None or schedule.status is not ScheduleStatus.ACTIVE:
            return
        if schedule.origin.platform not in self._messengers or self._was_seen(schedule):
            return
        begun = monotonic()
        if begun - self._asking_since > MINUTE:
            self._asking_since, self._asked_for = begun, 0.0
        seen = False
        if self._asked_for < ASKING:
            seen = await self._looked(schedule)
            self._asked_for += monotonic() - begun
        if not seen:
            self._unseen.put_nowait(schedule)

    async def _watch(self) -> None:
        """See beside firings what their platforms could not say in time before them, for ever."""
        while True:
            await self._looked(await self._unseen.get())

    async def _looked(self, schedule: Schedule) -> bool:
        """Pause a Schedule whose channel or owner is gone; say whether its platform could tell."""
        try:
            await self._see(schedule)
        except (DeliveryFailed, NodError, TimeoutError) as error:  # no reason not to fire; the next firing asks again
            log.warning("schedule_not_seen", schedule_id=schedule.schedule_id, error=type(error).__name__)
            return False
        except Exception:  # one Schedule's trouble must not end this for all
            log.exception("schedule_not_seen", schedule_id=schedule.schedule_id)
            return False
        return True

    def _was_seen(self, schedule: Schedule) -> bool:
        seen = self._looked_at.get((schedule.origin, schedule.owner))
        return seen is not None and timedelta() <= self._now() - seen < SEEN

    async def _see(self, schedule: Schedule) -> None:
        if self._was_seen(schedule):
            return
        origin, owner, messenger = schedule.origin, schedule.owner, self._messengers[schedule.origin.platform]
        async with asyncio.timeout(PATIENCE):
            standing = await messenger.standing(origin, owner)
            where = await messenger.direct(origin, owner) if standing is Standing.CHANNEL_GONE else None
        if standing is Standing.FINE:
            self._looked_at[origin, owner] = self._now()
            return
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
