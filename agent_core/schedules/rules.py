"""What a Schedule does at a time: which firing is due, late or missed, what overlap does, when it pauses. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent_core.domain import RunStatus
from agent_core.journal.state import RunState, StepStatus
from agent_core.recurring import Fate, Overlap, PastFiring, Schedule
from agent_core.schedules.rhythm import Rhythm
from agent_core.schedules.times import next_times

SECOND = timedelta(seconds=1)
ON_TIME = timedelta(minutes=1)  # a firing within it is not called late
FAILURES = 3  # failed or expired firings in a row after which a Schedule pauses itself
MOST_MISSED = 20  # missed times that are kept each by itself; the oldest one kept stands for those before it


@dataclass(frozen=True, slots=True)
class Due:
    """What of a Schedule's past times is to be done. `missed` are the older ones, oldest first."""

    at: datetime | None
    late: bool
    missed: tuple[datetime, ...]


def due(times: Sequence[datetime], now: datetime, grace: timedelta) -> Due:
    """Say what to do about `times`, all of them past and not dealt with, oldest first.

    The newest runs, once, if it is not longer ago than the grace; the others are missed, and never run in a burst.
    """
    if not times:
        return Due(None, late=False, missed=())
    *older, newest = times
    behind = now - newest
    # what is due now runs even where nothing that was missed may
    if behind > max(grace, ON_TIME):
        return Due(None, late=False, missed=tuple(times))
    return Due(newest, late=behind > ON_TIME, missed=tuple(older))


def missed(schedule_id: str, times: Sequence[datetime]) -> tuple[PastFiring, ...]:
    """Return how missed times are kept: the newest each by itself, and one more that stands for all before them."""
    kept = [PastFiring(schedule_id, at, Fate.MISSED) for at in times[-MOST_MISSED:]]
    rest = times[:-MOST_MISSED]
    if rest:
        kept.insert(0, PastFiring(schedule_id, rest[-1], Fate.MISSED, count=len(rest)))
    return tuple(kept)


def fate(overlap: Overlap, *, open_runs: bool, queued: bool, late: bool) -> Fate:
    """Say what becomes of a firing that is due, while an earlier one is open or one is queued already."""
    if open_runs and overlap is Overlap.SKIP:
        return Fate.SKIPPED
    if (open_runs or queued) and overlap is Overlap.QUEUE:
        return Fate.SKIPPED if queued else Fate.QUEUED
    return Fate.LATE if late else Fate.RUN


def is_open(state: RunState) -> bool:
    """Say whether a firing's Run is under way: nobody's answer in time ends that, though the Run can be resumed."""
    return not (state.status.over or has_expired(state))


def has_expired(state: RunState) -> bool:
    """Say whether a Run is paused because nobody decided in time."""
    return state.paused and any(step.status is StepStatus.EXPIRED for step in state.steps.values())


def failed(state: RunState) -> bool:
    """Say whether a firing's Run counts as failed: it ended with something not done, or nobody answered it in time."""
    return state.status is RunStatus.FAILED or has_expired(state)


def failures_in_a_row(newest_first: Iterable[RunState]) -> int:
    """Return how many of the newest firings that came to an end failed, up to the first that did not."""
    count = 0
    for state in newest_first:
        if is_open(state):
            continue
        if not failed(state):
            break
        count += 1
    return count


def next_fire(schedule: Schedule, now: datetime) -> datetime | None:
    """Return when a Schedule fires next: later than now, and than what is dealt with.

    Raises:
        RhythmRefused: its rhythm is none any more.
        ZoneInfoNotFoundError: there is no such zone any more.
    """
    after = max(now, schedule.dealt_with)
    found = next_times(stored_rhythm(schedule.terms.rhythm), ZoneInfo(schedule.terms.zone), after, 1)
    return found[0] if found else None


def stored_rhythm(text: str) -> Rhythm:
    """Return the Rhythm of a Schedule that was kept: how often it may be was decided then. Raises RhythmRefused."""
    return Rhythm.parse(text, least=SECOND)
