"""A Rhythm in people's words: "every weekday at 09:00", "每个工作日 09:00"."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.lists import format_list

from agent_core.i18n import LANGUAGES, N_, translator
from agent_core.schedules.day_words import day_words
from agent_core.schedules.rhythm import Cron, Interval, Rhythm
from agent_core.schedules.times import compiled

_HOUR = 60
_MOST_LISTED = 6  # times of day; more are told as a step or as a number
_STEPS = 4  # that many times at equal distances are told as a step
_DATES = {"en": "d MMM y", "zh": "y年M月d日"}
_MOMENTS = {"en": "d MMM y, HH:mm", "zh": "y年M月d日 HH:mm"}
_JOINED = {"en": "; ", "zh": "；"}


def rhythm_words(rhythm: Rhythm, zone: ZoneInfo, language: str) -> str:
    """Return a Rhythm in words without the zone's name: "every weekday at 09:00", "每个工作日 09:00".

    The zone is for the starts of intervals, which are told on its clocks. What months lack is said: "on the 31st of
    every month at 09:00 (months without that day are skipped)".
    """
    language = language if language in LANGUAGES else "en"
    told = [_interval(part, zone, language) for part in rhythm.parts if isinstance(part, Interval)]
    crons = [part for part in rhythm.parts if isinstance(part, Cron)]
    for _, group in groupby(sorted(crons, key=_days_key), key=_days_key):
        told.append(_cron(list(group), language))
    return _JOINED[language].join(dict.fromkeys(told))


def _days_key(part: Cron) -> tuple[str, ...]:
    """Return what parts have in common that differ in their times of day alone."""
    fields = "first workday" if part.fields.split()[2].startswith("*/31") else " ".join(part.fields.split()[2:])
    return (fields, str(part.stride), part.unit, str(part.starts), str(part.ends))


def _interval(part: Interval, zone: ZoneInfo, language: str) -> str:
    _ = translator(language)
    start = format_datetime(part.start.astimezone(zone), _MOMENTS[language], locale=language)
    words = _("{often}, counted from {date}").format(often=often_words(part.every, language), date=start)
    return _bounded(words, None, part.ends, language)


def often_words(every: timedelta, language: str) -> str:
    """Return how long apart times are: "every 45 minutes"."""
    _, seconds = translator(language), every // timedelta(seconds=1)
    for unit, one, many in _OFTEN:
        if seconds % unit == 0:
            return _(one) if seconds == unit else _(many).format(count=seconds // unit)
    return ""


_OFTEN = (
    (86_400, N_("every 24 hours"), N_("every {count} times 24 hours")),
    (3_600, N_("every hour"), N_("every {count} hours")),
    (60, N_("every minute"), N_("every {count} minutes")),
    (1, N_("every second"), N_("every {count} seconds")),
)


def _cron(parts: list[Cron], language: str) -> str:
    _ = translator(language)
    first = parts[0]
    minutes = sorted({hour * _HOUR + minute for part in parts for hour, minute in _clocks(part)})
    days = day_words(parts, language)
    often = _often(minutes, language)
    if often:
        words = (
            often
            if days.daily and _round_the_clock(minutes)
            else _("{days}: {often}").format(days=days.text, often=often)
        )
    else:
        words = _("{days} at {times}").format(days=days.text, times=listed_words(map(clock_words, minutes), language))
    starts = first.starts if first.stride == 1 else None
    words = _bounded(words, starts, first.ends, language)
    if first.stride > 1 and first.starts:
        words = _("{rhythm}, counted from {date}").format(rhythm=words, date=date_words(first.starts, language))
    return _("{rhythm} ({note})").format(rhythm=words, note=days.note) if days.note else words


def _clocks(part: Cron) -> Iterable[tuple[int, int]]:
    found = compiled(part.fields)
    return ((hour, minute) for hour in found.hours for minute in found.minutes)


def _round_the_clock(minutes: list[int]) -> bool:
    """Return whether times go on through the night as through the day."""
    night = minutes[0] + 24 * _HOUR - minutes[-1]
    alike = {night, *(after - before for before, after in pairwise(minutes))}
    return len(alike) == 1 or len({each // _HOUR for each in minutes}) == 24  # noqa: PLR2004  (a day's hours)


def _often(minutes: list[int], language: str) -> str:
    """Return times of day at equal distances as such; empty where they are not, or are few."""
    _ = translator(language)
    steps = {after - before for before, after in pairwise(minutes)}
    if len(minutes) < _STEPS or len(steps) != 1:
        return _minutes_of_hours(minutes, language)
    step = steps.pop()
    often = often_words(timedelta(minutes=step), language)
    whole = minutes[0] + 24 * _HOUR == minutes[-1] + step
    if whole and minutes[0] == 0:
        return often
    if whole and step == _HOUR:
        return _("every hour at minute {minutes}").format(minutes=minutes[0])
    return _("{often} from {first} to {last}").format(
        often=often, first=clock_words(minutes[0]), last=clock_words(minutes[-1])
    )


def _minutes_of_hours(minutes: list[int], language: str) -> str:
    """Return "every hour at minutes 5 and 20" for times that are the same in all hours; else nothing."""
    _ = translator(language)
    of_hour = sorted({each % _HOUR for each in minutes})
    if len(minutes) != 24 * len(of_hour):
        return _many(minutes, language)
    return _("every hour at minutes {minutes}").format(minutes=listed_words(map(str, of_hour), language))


def _many(minutes: list[int], language: str) -> str:
    """Return more times than one reads as their number; nothing for those that are listed."""
    _ = translator(language)
    if len(minutes) <= _MOST_LISTED:
        return ""
    return _("{count} times between {first} and {last}").format(
        count=len(minutes), first=clock_words(minutes[0]), last=clock_words(minutes[-1])
    )


def clock_words(minutes: int) -> str:
    """Return a time of day as clocks show it."""
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"


def date_words(day: date, language: str) -> str:
    """Return a date in words."""
    return format_date(day, _DATES[language], locale=language)


def listed_words(words: Iterable[str], language: str) -> str:
    """Return words as a list that ends with "and"."""
    return format_list(list(words), locale=language)


def _bounded(words: str, starts: date | None, ends: date | None, language: str) -> str:
    _ = translator(language)
    if starts:
        words = _("{rhythm}, from {date} on").format(rhythm=words, date=date_words(starts, language))
    return _("{rhythm}, until {date}").format(rhythm=words, date=date_words(ends, language)) if ends else words
