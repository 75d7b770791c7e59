"""What a phrase says of a rhythm, piece by piece, before it is known what it comes to. The same for every language."""

from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Self

from agent_core.schedules.refusals import RhythmRefused

ALL_WEEK = frozenset(range(1, 8))  # Monday is 1, Sunday 7
WORKDAYS = frozenset(range(1, 6))
WEEKEND = frozenset((6, 7))
LAST_DAY = -1  # of the month, among its days
LAST_WORKDAY = -2
LAST = -1  # among the ordinals of a weekday


class Unit(StrEnum):
    """What a rhythm counts."""

    SECOND = "second"  #: only ever refused, or an interval where an administrator allows it
    MINUTE = "minute"  #: an interval
    HOUR = "hour"  #: an interval
    DAY = "day"  #: of the calendar
    WEEK = "week"  #: from Monday on
    MONTH = "month"  #: of the calendar
    QUARTER = "quarter"  #: from January on
    YEAR = "year"  #: from January on


SECONDS = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600, Unit.DAY: 86_400, Unit.WEEK: 7 * 86_400}


class DayPart(StrEnum):
    """A part of the day."""

    MORNING = "morning"  #: before noon
    NOON = "noon"  #: 11 to 14
    AFTERNOON = "afternoon"  #: noon to six
    EVENING = "evening"  #: from six on
    NIGHT = "night"  #: from nine on, and before six


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes; `clear` unless it may be meant for twelve hours later, as a bare 5 may."""

    minutes: int
    clear: bool = True
    midnight: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """The pieces of a phrase. Empty fields were not spoken of."""

    recurring: bool = False  #: "every", "daily", "Mondays": it comes again
    weekdays: frozenset[int] = frozenset()
    without: frozenset[int] = frozenset()
    ordinals: tuple[tuple[int, int], ...] = ()  #: (which in the month, weekday)
    days: tuple[int, ...] = ()  #: of the month
    months: tuple[int, ...] = ()
    unit: Unit | None = None
    stride: int = 1  #: how many units
    times: tuple[Clock, ...] = ()
    part: DayPart | None = None
    window: tuple[int, int] | None = None  #: minutes of the day, both included
    starts: date | None = None
    ends: date | None = None
    count: int = 0  #: "twice a day": times a unit, without saying when
    either: bool = False  #: "or" stands between times or days
    vague: bool = False  #: "every few hours"
    doubtful: tuple[int, ...] = ()  #: strides a word can mean: "biweekly"
    zone: str = ""  #: a time zone's name, abbreviation or city
    once: bool = False  #: "tomorrow", "on 3 March 2027"
    fault: RhythmRefused | None = None
    also: "Said | None" = None  #: what was said before of other days: "every day at 18:00 and every Monday at 9:00"

    def at(self, *times: Clock) -> Self:
        """Return it with more times of day."""
        return replace(self, times=tuple(dict.fromkeys((*self.times, *times))))

    def per(self, unit: Unit) -> Self:
        """Return it counted in a unit, unless it is in another one: "every 10 minutes on the 1st of each month"."""
        if self.unit and (self.stride > 1 or self.unit in (Unit.MINUTE, Unit.HOUR)):
            return self
        return replace(self, unit=unit)

    def timed(self) -> bool:
        """Return whether it says when in the day, or how many minutes or hours apart."""
        return bool(self.times or self.part or self.window) or self.unit in (Unit.SECOND, Unit.MINUTE, Unit.HOUR)

    def complete(self) -> bool:
        """Return whether other days that are spoken of now begin anew."""
        return self.recurring and bool(self.times) and (self.dated() or self.unit is not None)

    def speaks_of_other_days(self, before: "Said") -> bool:
        """Return whether this replaced what was said of days before."""
        return any(
            (
                before.weekdays and self.weekdays != before.weekdays,
                before.days and self.days != before.days,
                before.ordinals and self.ordinals != before.ordinals,
                before.unit is Unit.DAY and self.weekdays != before.weekdays,
                before.weekdays and self.unit is Unit.DAY and before.unit is not Unit.DAY,
            )
        )

    def dated(self) -> bool:
        """Return whether it says which days."""
        return bool(self.weekdays or self.ordinals or self.days or self.months)


def merged(one: Said, other: Said) -> Said:
    """Return what was said in two pieces; weekdays and times add up, else the second counts."""
    empty = Said()
    names = (field.name for field in fields(Said))
    more = {name: getattr(other, name) for name in names if getattr(other, name) != getattr(empty, name)}
    said = replace(one, **(more | {"weekdays": one.weekdays | other.weekdays, "times": one.times}))
    return said.at(*other.times)


def numbered(words: str) -> dict[str, int]:
    """Return words in their order, each with its number from 1 on."""
    return {word: number for number, word in enumerate(words.split(), start=1)}


def on_clock(hour: int, minute: int, part: DayPart | None) -> Clock | None:
    """Return the time that an hour of 0 to 24 means in a part of the day; None for what is no time."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):  # noqa: PLR2004  (a day's hours, an hour's minutes)
        return None
    match part:
        case DayPart.AFTERNOON | DayPart.EVENING if 1 <= hour < 12:  # noqa: PLR2004
            hour += 12
        case DayPart.NOON if 1 <= hour <= 3:  # noqa: PLR2004
            hour += 12
        case DayPart.NIGHT if 6 <= hour < 12:  # noqa: PLR2004
            hour += 12
        case DayPart.NIGHT | DayPart.EVENING if hour == 12:  # noqa: PLR2004
            hour = 24
        case DayPart.MORNING if hour == 12:  # noqa: PLR2004
            hour = 0
        case _:
            pass
    midnight = hour == 24 or (hour == 0 and part is not None)  # noqa: PLR2004
    return Clock(hour % 24 * 60 + minute, midnight=midnight and not minute)
