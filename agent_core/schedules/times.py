"""The times of a Rhythm, in UTC. The clock of the schedule's zone is followed through every change of it.

Which wall times there are is cronsim's answer; when they happen is said here:

- a wall time that the zone leaves out happens at the next minute there is, and once, whatever else falls on it;
- a wall time that comes twice happens the first time only;
- where the hours are `*`, the minutes of every real hour are meant: all of both equal hours, none of one left out;
- an Interval counts real time, whatever the clocks do.

APScheduler 3.11's CronTrigger is no reference: it answers a left-out 02:30 with 02:30 on the clocks that were put
away (which is 03:30), runs a 02:30 that comes twice both times, and counts weekdays from Monday as 0. cronsim's own
answer to both changes is Debian's, which runs `*/30 2 * * *` twice when the clocks go back and names a minute twice
when two left-out ones fall on it; so it is asked for wall times alone unless the hours are `*`.
"""

from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from heapq import merge
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

from agent_core.schedules.refusals import NothingToCome
from agent_core.schedules.rhythm import Cron, Interval, Part, Rhythm

FARTHEST = timedelta(days=50 * 366)  # cronsim's own horizon: what does not come until then never comes
_LAST_YEAR = 9_000  # calendars end at 9999, and zones need room
_FIRST_WINDOW = timedelta(hours=3)
_WIDER = 8
_SECOND = timedelta(seconds=1)
_DAYS_END = time(23, 59, 59)


def next_times(rhythm: Rhythm, zone: ZoneInfo, after: datetime, count: int) -> list[datetime]:
    """Return the next `count` times (UTC, rising) later than `after` (aware); fewer where the rhythm ends."""
    return list(islice(_times(rhythm, zone, after.astimezone(UTC)), count))


def latest_at_or_before(rhythm: Rhythm, zone: ZoneInfo, at: datetime) -> datetime | None:
    """Return the latest time (UTC) at or before `at` (aware); None where there was none in fifty years.

    Asking for the next time after the last firing costs a tenth of it; this is for a Rhythm without one.
    """
    found = between(rhythm, zone, at - FARTHEST, at, 1)
    return found[0] if found else None


def between(rhythm: Rhythm, zone: ZoneInfo, start: datetime, end: datetime, limit: int) -> list[datetime]:
    """Return the times (UTC, rising) later than `start` and not later than `end`; of many the newest `limit`.

    The search widens backwards from `end`, so a rhythm of minutes costs no more over a year than over a day.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    window = _FIRST_WINDOW
    while start < end and limit > 0:
        begin = max(start, end - window)
        found = list(takewhile(end.__ge__, _times(rhythm, zone, begin)))
        if len(found) >= limit or begin == start:
            return found[-limit:]
        window *= _WIDER
    return []


def refuse_if_over(rhythm: Rhythm, zone: ZoneInfo, now: datetime) -> None:
    """Refuse a Rhythm that has no time to come. Raises NothingToCome."""
    if not next_times(rhythm, zone, now, 1):
        raise NothingToCome(text=str(rhythm))


def _times(rhythm: Rhythm, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Yield the times later than `after`, rising, each once."""
    if len(rhythm.parts) == 1:
        yield from _of_part(rhythm.parts[0], zone, after)
        return
    last = after
    for at in merge(*(_of_part(part, zone, after) for part in rhythm.parts)):
        if at > last:
            yield at
            last = at


def _of_part(part: Part, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    match part:
        case Interval():
            return _of_interval(part, zone, after)
        case Cron():
            return _of_cron(part, zone, after)


def _of_interval(part: Interval, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    passed = max(0, (after - part.start) // part.every + 1)
    end = part.ends and datetime.combine(part.ends, _DAYS_END, zone).astimezone(UTC)
    at = part.start + passed * part.every
    while at.year < _LAST_YEAR and (end is None or at <= end):
        yield at
        at += part.every


def _of_cron(part: Cron, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    fields = compiled(part.fields)
    begin = after.astimezone(zone)
    if part.starts and part.starts > begin.date():
        begin = datetime.combine(part.starts, time(), zone) - _SECOND
    every_hour = len(fields.hours) == 24  # noqa: PLR2004  (a day's)
    sim = CronSim(_real_hours(part.fields), begin) if every_hour else copy(fields)
    if not every_hour:
        sim.dt = begin.replace(tzinfo=None, microsecond=0)
    last, horizon = after, begin.year + FARTHEST.days // 366
    for wall in sim:
        day = wall.date()
        if wall.year > min(horizon, _LAST_YEAR) or (part.ends and day > part.ends):
            return
        if not part.covers(day):
            sim.dt = datetime.combine(day, _DAYS_END, wall.tzinfo)
            continue
        at = wall.astimezone(UTC) if every_hour else _instant(wall, zone)
        if at > last:
            yield at
            last, horizon = at, day.year + FARTHEST.days // 366


@lru_cache(maxsize=4096)
def compiled(fields: str) -> CronSim:
    """Return checked cron fields as cronsim's sets; who iterates copies it."""
    return CronSim(fields, datetime(2024, 1, 1))  # noqa: DTZ001  (a wall time; who copies it sets its own)


def _real_hours(fields: str) -> str:
    """Return fields with all hours written as `*`, which has cronsim count real time."""
    minute, _hour, *days = fields.split()
    return " ".join((minute, "*", *days))


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when a wall time happens first (UTC), or when the zone's clocks go on after they left it out."""
    first = wall.replace(tzinfo=zone)
    at = first.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    # left out: read with the clocks before the change it lies after the gap, with those after it before the gap
    low, high = first.replace(fold=1).astimezone(UTC), at
    offset = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return high.replace(microsecond=0)
