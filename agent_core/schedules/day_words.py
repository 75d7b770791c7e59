"""The days of cron parts in words: "every weekday", "on the first Monday of every month"."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import get_day_names, get_month_names
from babel.lists import format_list
from cronsim import CronSim

from agent_core.i18n import N_, translator
from agent_core.schedules.rhythm import Cron, StrideUnit
from agent_core.schedules.said import ALL_WEEK, LAST, WEEKEND, WORKDAYS
from agent_core.schedules.times import compiled

_WHICH = {1: N_("first"), 2: N_("second"), 3: N_("third"), 4: N_("fourth"), 5: N_("fifth"), LAST: N_("last")}
_STRIDES = {
    StrideUnit.DAYS: N_("every {count} days"),
    StrideUnit.WEEKS: N_("every {count} weeks"),
    StrideUnit.MONTHS: N_("every {count} months"),
}
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ALL_MONTHS = frozenset(range(1, 13))
_ALL_DAYS = frozenset(range(1, 32))
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_TEENS = range(11, 14)


@dataclass(frozen=True, slots=True)
class DayWords:
    """Days in words; `daily` when they are all days, and a note on days that some months lack."""

    text: str
    daily: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Days:
    """What the fields of days say, as numbers; weekdays from Monday 1 to Sunday 7."""

    days: frozenset[int]
    last: bool
    last_workday: bool
    months: frozenset[int]
    weekdays: frozenset[int]
    ordinals: tuple[tuple[int, int], ...]
    both: bool  #: day and weekday must both be met; else one of them is enough

    @property
    def any_day(self) -> bool:
        return self.days == _ALL_DAYS

    @property
    def any_weekday(self) -> bool:
        return self.weekdays == ALL_WEEK


def day_words(parts: Sequence[Cron], language: str) -> DayWords:
    """Return the days in words of parts that differ in their times of day alone."""
    _, part = translator(language), parts[0]
    if part.fields.split()[2].startswith("*/31"):
        said = _read(" ".join((*part.fields.split()[:2], "*", part.fields.split()[3], "*")))
        return DayWords(_of_months(_("first working day"), said, language))
    said = _read(part.fields)
    text = _text(said, part, language)
    daily = said.any_day and said.any_weekday and said.months == _ALL_MONTHS and part.stride == 1
    return DayWords(text, daily, _note(said, language))


def _read(fields: str) -> _Days:
    found = compiled(fields)
    weekdays = found.weekdays
    counted = [(each[1], each[0] or 7) for each in weekdays if isinstance(each, tuple)]
    ordinals = sorted((LAST if which == CronSim.LAST else which, day) for which, day in counted)
    return _Days(
        frozenset(day for day in found.days if day > 0),
        CronSim.LAST in found.days,
        CronSim.LAST_WEEKDAY in found.days,
        frozenset(found.months),
        frozenset(each or 7 for each in weekdays if isinstance(each, int)),
        (*(each for each in ordinals if each[0] != LAST), *(each for each in ordinals if each[0] == LAST)),
        found.day_and,
    )


def _text(said: _Days, part: Cron, language: str) -> str:
    _ = translator(language)
    month_days = _month_days(said, language)
    weekdays = _weekdays(said, language)
    months = _months(said.months, language)
    stride = _(_STRIDES[part.unit]).format(count=part.stride) if part.stride > 1 else ""
    if month_days and weekdays:
        days = _of_months(month_days, said, language)
        either = _("{days} if it is {weekdays}") if said.both else _("{days} and every {weekdays}")
        return _strided(either.format(days=days, weekdays=weekdays), stride, language)
    if stride:
        return _stride_text(said, stride, language)
    if month_days:
        return _of_months(month_days, said, language)
    if said.ordinals:
        return _of_months(weekdays, said, language)
    return _every(said, weekdays, months, language)


def _of_months(days: str, said: _Days, language: str) -> str:
    _ = translator(language)
    if said.months == _ALL_MONTHS:
        return _("on the {days} of every month").format(days=days)
    return _("every year on the {days} of {months}").format(days=days, months=_months(said.months, language))


def _every(said: _Days, weekdays: str, months: str, language: str) -> str:
    _ = translator(language)
    if said.any_weekday:
        words = _("every day")
    elif said.weekdays == WORKDAYS:
        words = _("every weekday")
    elif said.weekdays == WEEKEND:
        words = _("every Saturday and Sunday")
    else:
        words = _("every {weekdays}").format(weekdays=weekdays)
    return words if said.months == _ALL_MONTHS else _("{days} in {months}").format(days=words, months=months)


def _stride_text(said: _Days, stride: str, language: str) -> str:
    _ = translator(language)
    if said.any_day and said.any_weekday:
        words = stride
    elif said.any_day:
        words = _("{often} on {weekdays}").format(often=stride, weekdays=_weekdays(said, language))
    else:
        words = _("{often} on the {days}").format(often=stride, days=_month_days(said, language))
    if said.months == _ALL_MONTHS:
        return words
    return _("{days} in {months}").format(days=words, months=_months(said.months, language))


def _strided(words: str, stride: str, language: str) -> str:
    _ = translator(language)
    return _("{days}, {often}").format(days=words, often=stride) if stride else words


def _month_days(said: _Days, language: str) -> str:
    """Return the days of the month in words; empty where every day is meant."""
    _ = translator(language)
    if said.any_day:
        return ""
    words = [_day(day, language) for day in sorted(said.days)]
    words += [_("last day")] if said.last else []
    words += [_("last working day")] if said.last_workday else []
    return format_list(words, locale=language)


def _day(day: int, language: str) -> str:
    if language == "zh":
        return f"{day}日"
    return f"{day}{'th' if day in _TEENS else _ENDINGS.get(day % 10, 'th')}"


def _weekdays(said: _Days, language: str) -> str:
    """Return the weekdays in words; empty where every weekday is meant."""
    _ = translator(language)
    if said.any_weekday:
        return ""
    names = get_day_names("abbreviated" if language == "zh" else "wide", locale=language)
    words = [names[day - 1] for day in sorted(said.weekdays)]
    words += [
        _("{which} {weekday}").format(which=_(_WHICH[which]), weekday=names[day - 1]) for which, day in said.ordinals
    ]
    return format_list(words, locale=language)


def _months(months: set[int] | frozenset[int], language: str) -> str:
    names = get_month_names("abbreviated" if language == "zh" else "wide", locale=language)
    return format_list([names[month] for month in sorted(months)], locale=language)


def _note(said: _Days, language: str) -> str:
    """Return what is to be known of days that some of the months lack."""
    _ = translator(language)
    if said.any_day or not said.days:
        return ""
    lacking = [month for month in said.months if max(said.days) > _LENGTHS[month - 1]]
    if not lacking:
        return ""
    if said.months == frozenset((2,)):
        return _("in leap years only")
    return _("months without that day are skipped")
