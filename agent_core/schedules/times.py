"""The times of a Rhythm, in UTC. The clock of the schedule's zone is followed through every change of it.

What fields and days mean is cronsim's answer; when the wall times happen is said here:

- a wall time that the zone leaves out happens at the next minute there is, and once, whatever else falls on it;
- a wall time that comes twice happens the first time only;
- where the hours are `*`, the minutes of every real hour are meant: all of both equal hours, none of one left out;
- an Interval counts real time, whatever the clocks do.

APScheduler 3.11's CronTrigger is no reference: it answers a left-out 02:30 with 02:30 on the clocks that were put
away (which is 03:30), runs a 02:30 that comes twice both times, and counts weekdays from Monday as 0. cronsim's own
answer to both changes is Debian's, which runs `*/30 2 * * *` twice when the clocks go back, names a minute twice when
two left-out ones fall on it, and leaves one out where clocks change by half an hour; so it is asked for no times.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from heapq import merge
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

from agent_core.schedules.refusals import NothingToCome
from agent_core.schedules.rhythm import Cron, Interval, Part, Rhythm

FARTHEST = timedelta(days=50 * 366)  # cronsim's own horizon: what does not come until then never comes
_DAY = timedelta(days=1)
_LONGEST_MONTH = timedelta(days=31)
_LAST_DAY = date(9_000, 1, 1)  # calendars end at 9999, and zones need room
_FIRST_WINDOW = timedelta(hours=3)
_WIDER = 8
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_DAYS_END = time(23, 59, 59)


def next_times(rhythm: Rhythm, zone: ZoneInfo, after: datetime, count: int) -> list[datetime]:
    """Return the next `count` times (UTC, rising) later than `after` (aware); fewer where the rhythm ends."""
    return list(islice(_times(rhythm, zone, after.astimezone(UTC)), count))


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
    end = part.ends and datetime.combine(part.ends, _DAYS_END, zone).replace(fold=1).astimezone(UTC)
    at = part.start + passed * part.every
    while at.year < _LAST_DAY.year and (end is None or at <= end):
        yield at
        at += part.every


def _of_cron(part: Cron, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    begin = after.astimezone(zone)
    if part.starts and part.starts > begin.date():
        begin = datetime.combine(part.starts, time(), zone) - _SECOND
    every_hour = len(compiled(part.fields).hours) == 24  # noqa: PLR2004  (a day's)
    times = _real_times(part, begin) if every_hour else _first_times(part, begin)
    last = after
    for at in times:
        if at > last:
            yield at
            last = at


def _first_times(part: Cron, begin: datetime) -> Iterator[datetime]:
    """Yield when the wall times after `begin` happen first, not falling."""
    fields, clocks, wall = compiled(part.fields), _clocks(part.fields), begin.replace(tzinfo=None)
    day, horizon = wall.date(), _horizon(part, begin)
    while day <= horizon:
        if day.month not in fields.months:
            day = (day.replace(day=1) + _LONGEST_MONTH).replace(day=1)
            continue
        if part.covers(day) and fields.match_day(day):
            horizon = _horizon(part, datetime.combine(day, time()))
            moments = (datetime.combine(day, clock) for clock in clocks)
            yield from (_instant(moment, begin.tzinfo) for moment in moments if moment > wall)
        day += _DAY


def _real_times(part: Cron, begin: datetime) -> Iterator[datetime]:
    """Yield the times after `begin` of a part that is meant for every real hour, not falling.

    cronsim's own steps of an hour lose the half hour by which Lord Howe's clocks change.
    """
    fields, day, horizon = compiled(part.fields), begin.date(), _horizon(part, begin)
    before = True  # whether the day before is one of its days: clocks set back past midnight return to that one
    while day <= horizon:
        if day.month not in fields.months and not before:
            day = (day.replace(day=1) + _LONGEST_MONTH).replace(day=1)
            continue
        named = part.covers(day) and day.month in fields.months and fields.match_day(day)
        if named:
            horizon = _horizon(part, datetime.combine(day, time()))
        if named or before:
            yield from _within_day(part, day, begin, named=named)
        before, day = named, day + _DAY


def _within_day(part: Cron, day: date, begin: datetime, *, named: bool) -> Iterator[datetime]:
    """Yield the times after `begin` from a day's first moment to the next one's; `named` if the day is the part's."""
    fields, zone, after = compiled(part.fields), begin.tzinfo, begin.astimezone(UTC)
    start, end = (_instant(datetime.combine(each, time()), zone) for each in (day, day + _DAY))
    passed = (after - start) // _MINUTE
    if end - start == _DAY and start.astimezone(zone).utcoffset() == end.astimezone(zone).utcoffset():
        if named:
            minutes = (
                60 * hour + minute for hour in range(max(0, passed // 60), 24) for minute in sorted(fields.minutes)
            )
            yield from (start + each * _MINUTE for each in minutes if each > passed)
        return
    for each in range(max(0, passed + 1), (end - start) // _MINUTE):  # the clocks change on this day
        wall = (start + each * _MINUTE).astimezone(zone)
        if part.covers(wall.date()) and _meant(fields, wall):
            yield start + each * _MINUTE


def _horizon(part: Cron, at: datetime) -> date:
    """Return the last day to look at: what does not come until then never comes."""
    farthest = at.date().replace(day=1) + min(FARTHEST, _LAST_DAY - at.date())
    return min(part.ends, farthest) if part.ends else farthest


def _meant(fields: CronSim, wall: datetime) -> bool:
    """Return whether fields name a wall time, of any hour."""
    return wall.minute in fields.minutes and wall.month in fields.months and fields.match_day(wall.date())


@lru_cache(maxsize=4096)
def _clocks(fields: str) -> tuple[time, ...]:
    """Return the times of day that fields name, rising."""
    named = compiled(fields)
    return tuple(time(hour, minute) for hour in sorted(named.hours) for minute in sorted(named.minutes))


@lru_cache(maxsize=4096)
def compiled(fields: str) -> CronSim:
    """Return checked cron fields as cronsim's sets."""
    return CronSim(fields, datetime(2024, 1, 1))  # noqa: DTZ001  (a wall time; only the sets are used)


def _instant(wall: datetime, zone: tzinfo | None) -> datetime:
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
