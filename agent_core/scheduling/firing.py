"""Firings: what is due of a Schedule becomes a Run, durably and once, however many ask for it."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from agent_core.asking import recalled
from agent_core.channels import usual_policy
from agent_core.domain import Policy, PolicyName, RunStatus
from agent_core.errors import FileRefused, JournalBroken, NodError, RequestRefused, RunUnknown
from agent_core.folders import Folders
from agent_core.journal import events as e
from agent_core.journal.fold import was_held
from agent_core.journal.records import timestamp
from agent_core.journal.state import RunState
from agent_core.policy import looser
from agent_core.ports import ChannelStore, Commit, Dispatcher
from agent_core.recorder import Recorder
from agent_core.recurring import Fate, Firing, PastFiring, Schedule, ScheduleStatus
from agent_core.schedules import rules
from agent_core.schedules.refusals import RhythmRefused
from agent_core.schedules.store import Begun, ScheduleMoved, ScheduleStore
from agent_core.schedules.times import between, next_times
from agent_core.scheduling.pausing import TOO_MANY_FAILED, UNREADABLE, Pausing, counted
from agent_core.scheduling.proposals import own_thread

TRIES = 5  # at a firing that somebody else moves at the same time
MOST_COUNTED = 1_000  # missed times; of more than that only so many are counted
LOOKED_AT = 12  # firings looked at for open Runs, failures and the last result

log = structlog.get_logger(__name__)

Keep = Callable[[Begun, PastFiring], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Firer:
    """Does what is due. Times come from the Schedule's row alone, so who asks, and how often, changes nothing."""

    store: ScheduleStore
    recorder: Recorder
    dispatcher: Dispatcher
    folders: Folders
    channels: ChannelStore
    policy: Policy
    pausing: Pausing
    rehearsal: bool

    async def fire(self, schedule_id: str) -> Schedule | None:
        """Do what is due of a Schedule, durably, and return it as it is then; None when there is none.

        Raises:
            StorageError: it could not be made durable, so nothing was done.
        """
        for _ in range(TRIES):
            schedule = await self.store.schedule(schedule_id)
            if schedule is None or schedule.status is not ScheduleStatus.ACTIVE:
                return schedule
            with suppress(ScheduleMoved):  # by another process, or by a person who changed it: look again
                return await self._fire(schedule)
        raise ScheduleMoved(schedule_id=schedule_id)

    async def _fire(self, schedule: Schedule) -> Schedule:
        now = self.recorder.clock()
        try:
            rhythm, zone = rules.stored_rhythm(schedule.terms.rhythm), ZoneInfo(schedule.terms.zone)
        except (RhythmRefused, ZoneInfoNotFoundError):
            return await self.pausing.itself(schedule, UNREADABLE)
        times = between(rhythm, zone, schedule.dealt_with, now, MOST_COUNTED)
        following = next_times(rhythm, zone, max(now, schedule.dealt_with), 1)
        moved = schedule.but(next_fire=following[0] if following else None)
        if not times:  # the clock was set back, or somebody else did it
            if moved.next_fire != schedule.next_fire:
                await self.store.set_next([moved])
            return moved
        moved = moved.but(last_fire=times[-1])
        due = rules.due(times, now, schedule.terms.grace)
        past = rules.missed(schedule.schedule_id, due.missed)
        if due.at is None:
            await self.store.fire(moved, past, None)
            return moved
        runs = await self.earlier(schedule)
        if rules.failures_in_a_row(counted(schedule, runs)) >= rules.FAILURES:
            return await self.pausing.itself(schedule, TOO_MANY_FAILED)
        open_runs = [state for state in runs if rules.is_open(state)]
        queued = await self.store.queued(schedule.schedule_id) is not None
        fate = rules.fate(schedule.terms.overlap, open_runs=bool(open_runs), queued=queued, late=due.late)
        firing = PastFiring(schedule.schedule_id, due.at, fate)
        if fate in (Fate.RUN, Fate.LATE):
            await self._begin(moved, firing, runs, lambda begun, kept: self.store.fire(moved, [*past, kept], begun))
        else:
            # said first, and once: cut off here, the firing is dealt with the next time
            await self._say_held(open_runs[0] if open_runs else None, schedule, firing)
            await self.store.fire(moved, [*past, firing], None)
        return moved

    async def run_now(self, schedule: Schedule, key: str) -> str:
        """Have a Schedule's Goal run now because a person said so; with the same `key`, nothing happens twice."""
        key = f"{schedule.schedule_id}@{key}"
        known = await self.recorder.store.run_of(key)
        if known:
            return known
        firing = PastFiring(schedule.schedule_id, self.recorder.clock(), Fate.BY_HAND)
        runs = await self.earlier(schedule)
        return await self._begin(schedule, firing, runs, lambda begun, kept: self.store.begin(kept, begun), key)

    async def begin_queued(self, schedule: Schedule) -> None:
        """Begin the firing of a Schedule that was queued, if nothing it waits for is open."""
        waiting, runs = await self.store.queued(schedule.schedule_id), await self.earlier(schedule)
        if waiting is None or any(rules.is_open(state) for state in runs):
            return
        late = self.recorder.clock() - waiting.at > rules.ON_TIME
        firing = replace(waiting, fate=Fate.LATE if late else Fate.RUN)
        with suppress(ScheduleMoved):  # another process began it
            await self._begin(schedule, firing, runs, lambda begun, kept: self.store.begin(kept, begun))

    async def review(self, schedule_id: str) -> None:
        """See after a firing's end whether the Schedule pauses itself, or begins what waited for that end."""
        schedule = await self.store.schedule(schedule_id)
        if schedule is None or schedule.status is not ScheduleStatus.ACTIVE:
            return
        if rules.failures_in_a_row(counted(schedule, await self.earlier(schedule))) >= rules.FAILURES:
            await self.pausing.itself(schedule, TOO_MANY_FAILED)
        else:
            await self.begin_queued(schedule)

    async def earlier(self, schedule: Schedule) -> Sequence[RunState]:
        """Return the Runs of a Schedule's newest firings, newest first."""
        runs: list[RunState] = []
        for firing in await self.store.firings(schedule.schedule_id, limit=LOOKED_AT, begun=True):
            with suppress(RunUnknown, JournalBroken):  # what cannot be read holds nothing up
                runs.append(await self.recorder.load(firing.run_id))
        return runs

    async def _begin(
        self,
        schedule: Schedule,
        firing: PastFiring,
        earlier: Sequence[RunState],
        keep: Keep,
        key: str = "",
    ) -> str:
        """Make a firing's Run durable together with what `keep` stores, have it advanced, and return its id."""
        run_id = secrets.token_hex(5)
        key = key or f"{schedule.schedule_id}@{timestamp(firing.at)}"
        last = next((state for state in earlier if state.status is RunStatus.FINISHED), None)
        last = await self._with_files(last, run_id)
        goal = await self._goal(schedule, firing, run_id, last)
        memory = recalled(last, ())
        firing = replace(firing, run_id=run_id)

        async def create(commit: Commit, key: str) -> str:
            await keep(Begun(commit, key), firing)
            return run_id

        try:
            await self.recorder.begin(run_id, [goal, *([memory] if memory else [])], key, create=create)
        except NodError:
            await self.folders.drop(run_id)
            raise
        log.info("fired", schedule_id=schedule.schedule_id, run_id=run_id, fate=firing.fate.value)
        await self.dispatcher.wake(run_id)
        return run_id

    async def _with_files(self, last: RunState | None, run_id: str) -> RunState | None:
        """Copy the files of the last result, and return it; None where they cannot be had: the firing goes without."""
        if last is None:
            return None
        try:
            await self.folders.copy(last.workspace, run_id)
        except FileRefused as error:
            log.warning("firing_without_files", run_id=run_id, follows=last.run_id, why=str(error))
            await self.folders.drop(run_id)
            return None
        return last

    async def _goal(
        self, schedule: Schedule, firing: PastFiring, run_id: str, last: RunState | None
    ) -> e.GoalSubmitted:
        return e.GoalSubmitted(
            goal=schedule.terms.goal,
            origin=own_thread(schedule.origin, run_id),
            actor=schedule.owner,
            policy=replace(self.policy, name=await self._policy(schedule)),
            language=schedule.language,
            workspace=run_id,
            follows=last.run_id if last else "",
            rehearsal=self.rehearsal,
            zone=schedule.terms.zone,
            firing=Firing(
                schedule.schedule_id,
                firing.at,
                schedule.terms.zone,
                late=firing.fate is Fate.LATE,
                by_hand=firing.fate is Fate.BY_HAND,
                following=schedule.next_fire,
            ),
        )

    async def _policy(self, schedule: Schedule) -> PolicyName:
        """Return the policy of a firing: as confirmed, or what is usual in the channel by now if that asks more."""
        confirmed = schedule.terms.policy
        usual = await usual_policy(self.channels, self.policy, schedule.origin)
        return usual if looser(confirmed, usual) and not schedule.loosened else confirmed

    async def _say_held(self, open_run: RunState | None, schedule: Schedule, firing: PastFiring) -> None:
        """Say in the open thread that a firing was skipped for it, or waits for it."""
        if open_run is None:
            return
        held = e.FiringHeld(firing.at, schedule.terms.zone, firing.fate)
        with suppress(RequestRefused):
            await self.recorder.append(
                open_run.run_id, lambda state: [] if state.status.over or was_held(state, held) else [held]
            )
