"""Rhythm: when a Schedule fires, as a value and as the one text that is stored, shown in edits and read back.

A Rhythm is one or more parts, joined by "; ". A part is either a cron expression of five fields as Debian's cron and
cronsim read it (names of months and weekdays, `L` the month's last day, `LW` its last weekday, `5L` its last Friday,
`MON#1` its first Monday), or an interval of real time with a fixed start:

    cron 0 9 * * 1-5
    cron 15 9 * * *; cron 40 17 * * *
    cron 0 9 * * 1 every 2 weeks from 2026-11-23 until 2027-06-30
    every 45 minutes from 2026-11-25T09:00Z
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Self

from cronsim import CronSim, CronSimError

from agent_core.i18n import N_, Phrase
from agent_core.schedules.refusals import (
    CronFieldsWrong,
    CronFieldWrong,
    DateImpossible,
    HasSeconds,
    RhythmRefused,
    RhythmTooLong,
    RhythmUnreadable,
    TooManyParts,
    TooOften,
    TooSeldom,
)

MINUTE = timedelta(minutes=1)
MOST_CHARACTERS = 500  # of a Rhythm's text
MOST_PARTS = 24
MOST_STRIDE = {"days": 366, "weeks": 104, "months": 60}
MOST_SECONDS = 366 * 86_400  # of an interval: a year

_EPOCH = datetime(2024, 1, 1)  # noqa: DTZ001  (a wall time: any Monday does, cronsim wants one)
_FIELDS = (N_("minute"), N_("hour"), N_("day of the month"), N_("month"), N_("weekday"))
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_DATE = r"\d{4}-\d\d-\d\d"
_CRON = re.compile(
    r"(?:cron\s+)?(?P<fields>.+?)(?:\s+every\s+(?P<every>\d{1,6})\s+(?P<unit>days|weeks|months))?"
    rf"(?:\s+from\s+(?P<starts>{_DATE}))?(?:\s+until\s+(?P<ends>{_DATE}))?",
    re.IGNORECASE,
)
_INTERVAL = re.compile(
    r"every\s+(?P<every>\d{1,9})\s+(?P<unit>seconds|minutes)"
    rf"\s+from\s+(?P<start>{_DATE}T\d\d:\d\d(?::\d\d)?Z)(?:\s+until\s+(?P<ends>{_DATE}))?",
    re.IGNORECASE,
)


class StrideUnit(StrEnum):
    """What a Stride counts."""

    DAYS = "days"  #: calendar days from the start
    WEEKS = "weeks"  #: weeks from Monday to Sunday, the first is the one the start lies in
    MONTHS = "months"  #: calendar months, the first is the one the start lies in


@dataclass(frozen=True, slots=True)
class Cron:
    """Wall times: five cron fields in capitals; of them only every `stride` unit from `starts`, until `ends` inclusive.

    A stride of more than 1 has a start, because it must not shift when a process starts.
    """

    fields: str
    stride: int = 1
    unit: StrideUnit = StrideUnit.WEEKS
    starts: date | None = None
    ends: date | None = None

    def __str__(self) -> str:
        stride = f" every {self.stride} {self.unit}" if self.stride > 1 else ""
        starts = f" from {self.starts}" if self.starts else ""
        return f"cron {self.fields}{stride}{starts}{_until(self.ends)}"

    def covers(self, day: date) -> bool:
        """Return whether the stride and the bounds let a day be one of this part's."""
        if (self.starts and day < self.starts) or (self.ends and day > self.ends):
            return False
        return self.stride == 1 or self.starts is None or _steps(self.starts, day, self.unit) % self.stride == 0


@dataclass(frozen=True, slots=True)
class Interval:
    """Real time: at `start` (UTC) and every `every` after it, until the end of the zone's day `ends`."""

    every: timedelta
    start: datetime
    ends: date | None = None

    def __str__(self) -> str:
        seconds = self.every // timedelta(seconds=1)
        length = f"{seconds} seconds" if seconds % 60 else f"{seconds // 60} minutes"
        start = self.start.astimezone(UTC)
        return f"every {length} from {start:%Y-%m-%dT%H:%M}{f':{start:%S}' if start.second else ''}Z{_until(self.ends)}"


Part = Cron | Interval


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a Schedule fires: the times of all its parts together. `str` is its canonical text."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return "; ".join(map(str, self.parts))

    @classmethod
    def parse(cls, text: str, *, least: timedelta = MINUTE) -> Self:
        """Return the Rhythm of a text: canonical, or cron fields as people type them (`0 9 * * mon-fri`, `@daily`).

        `least` is the shortest interval; a minute, unless an administrator set another. What a Rhythm's zone and the
        time now decide (whether anything is still to come) is asked of `times.refuse_if_over`.

        Raises:
            RhythmRefused: its subclasses say what is wrong and what to write.
        """
        if len(text) > MOST_CHARACTERS:
            raise RhythmTooLong(count=len(text), most=MOST_CHARACTERS)
        parts = [part for part in (" ".join(each.split()) for each in text.split(";")) if part]
        if not parts:
            raise RhythmUnreadable(text=text.strip())
        if len(parts) > MOST_PARTS:
            raise TooManyParts(count=len(parts), most=MOST_PARTS)
        return cls(tuple(dict.fromkeys(_part(part, least) for part in parts)))


def cron(fields: str, stride: int = 1, unit: StrideUnit = StrideUnit.WEEKS, starts: date | None = None) -> Cron:
    """Return a Cron part whose fields were checked. Raises RhythmRefused."""
    part = _part(str(Cron(fields, stride, unit, starts)), MINUTE)
    return part if isinstance(part, Cron) else Cron(fields)


def until(rhythm: Rhythm, last: date | None) -> Rhythm:
    """Return a Rhythm that ends with the day `last`."""
    return replace(rhythm, parts=tuple(replace(part, ends=last) for part in rhythm.parts))


def _part(text: str, least: timedelta) -> Part:
    found = _INTERVAL.fullmatch(text)
    try:
        return _interval(found, text, least) if found else _cron(text)
    except (ValueError, OverflowError) as error:  # a date such as 2026-02-30
        raise DateImpossible(text=text) from error


def _interval(found: re.Match[str], text: str, least: timedelta) -> Interval:
    seconds = int(found["every"]) * (60 if found["unit"].lower() == "minutes" else 1)
    if seconds < least.total_seconds() or seconds < 1:
        raise TooOften(text=text, least=told_duration(least))
    if seconds > MOST_SECONDS:
        raise TooSeldom(text=text, most=Phrase(N_("a year")))
    start = datetime.fromisoformat(found["start"].upper())
    return Interval(timedelta(seconds=seconds), start.astimezone(UTC), _day(found["ends"]))


def _cron(text: str) -> Cron:
    found = _CRON.fullmatch(text)
    if not found:
        raise RhythmUnreadable(text=text)
    stride, unit = int(found["every"] or 1), StrideUnit((found["unit"] or "weeks").lower())
    starts = _day(found["starts"])
    if stride < 1 or (stride > 1 and starts is None):
        raise RhythmUnreadable(text=text)
    if stride > MOST_STRIDE[unit]:
        raise TooSeldom(text=text, most=Phrase(_MOST_WORDS[unit], count=MOST_STRIDE[unit]))
    unit = unit if stride > 1 else StrideUnit.WEEKS  # so that equal rhythms are equal values
    return Cron(_checked_fields(found["fields"], text), stride, unit, starts, _day(found["ends"]))


_MOST_WORDS = {
    StrideUnit.DAYS: N_("every {count} days"),
    StrideUnit.WEEKS: N_("every {count} weeks"),
    StrideUnit.MONTHS: N_("every {count} months"),
}


def _checked_fields(fields: str, text: str) -> str:
    fields = " ".join(_MACROS.get(fields.lower(), fields).upper().split())
    if not _comes(fields):
        raise _fault(fields, text)
    return fields


@lru_cache(maxsize=4096)
def _comes(fields: str) -> bool:
    """Return whether these are five cron fields that name a time which comes; 31 February does not."""
    if len(fields.split()) != len(_FIELDS) or not _is_cronlike(fields):
        return False
    try:
        next(CronSim(fields, _EPOCH))  # it looks fifty years ahead
    except (CronSimError, StopIteration, AssertionError):
        return False
    return True


def _fault(fields: str, text: str) -> RhythmRefused:
    values = fields.split()
    if not _is_cronlike(fields) or len(values) == 1:
        return RhythmUnreadable(text=text)
    if len(values) == len(_FIELDS) + 1:
        return HasSeconds(text=text)
    if len(values) != len(_FIELDS):
        return CronFieldsWrong(text=text, count=len(values))
    for place, (value, name) in enumerate(zip(values, _FIELDS, strict=True)):
        alone = ["*"] * len(_FIELDS)
        alone[place] = value
        if not _comes(" ".join(alone)):
            return CronFieldWrong(value=value, field=name, text=text)
    return DateImpossible(text=text)


def _is_cronlike(fields: str) -> bool:
    """Return whether a text could be meant for cron fields, so that the sentence about it can speak of fields."""
    return re.fullmatch(r"(?:[\d*/,\-#?]|[A-Z]{3}|LW?|\s)+", fields) is not None


def told_duration(span: timedelta) -> Phrase:
    """Return a length of time in words."""
    seconds = span // timedelta(seconds=1)
    if seconds == MINUTE.total_seconds():
        return Phrase(N_("a minute"))
    return Phrase(N_("{count} seconds"), count=seconds)


def _steps(start: date, day: date, unit: StrideUnit) -> int:
    match unit:
        case StrideUnit.DAYS:
            return (day - start).days
        case StrideUnit.WEEKS:
            return ((day - timedelta(days=day.weekday())) - (start - timedelta(days=start.weekday()))).days // 7
        case StrideUnit.MONTHS:
            return (day.year - start.year) * 12 + day.month - start.month


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _until(ends: date | None) -> str:
    return f" until {ends}" if ends else ""
