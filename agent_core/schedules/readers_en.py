"""What each piece of English words adds to what was said. A reader that returns None leaves its words to others."""

import re
from dataclasses import replace
from datetime import date, timedelta

from agent_core.schedules.refusals import DateImpossible, TimeImpossible, TooOften
from agent_core.schedules.rhythm import MINUTE, told_duration
from agent_core.schedules.said import (
    LAST,
    LAST_DAY,
    LAST_WORKDAY,
    WEEKEND,
    WORKDAYS,
    Clock,
    DayPart,
    Said,
    Unit,
    on_clock,
)
from agent_core.schedules.vocabulary_en import (
    HALF,
    MONTH,
    ORDINAL,
    ORDINALS,
    TIME,
    clock_of,
    date_of,
    month_of,
    number,
    part_of,
    unit_of,
    weekday_of,
    weekdays_of,
)

Found = re.Match[str]


def weekdays(said: Said, found: Found, _today: date) -> Said | None:
    """Read "every Monday and Friday", "Tuesdays", "Mon to Wed"."""
    words = found["days"]
    days, each = weekdays_of(words), (found["each"] or "").lower()
    days |= said.weekdays
    plural = re.search(r"days\b", words, re.IGNORECASE) is not None
    recurring = (
        said.recurring
        or bool(re.search("every|each|any|all", each))
        or plural
        or (len(days) > 1 and "from" not in each)
    )
    either = said.either or re.search(r"\bor\b", words, re.IGNORECASE) is not None
    return replace(said, weekdays=days, recurring=recurring, either=either)


def workdays(said: Said, found: Found, _today: date) -> Said | None:
    """Read "every weekday", "weekends"."""
    words = found[0].lower()
    plural = found["days"].endswith("s") or found["parts"] is not None
    if not plural and not re.match("every|each|any", words):
        return None
    days = WEEKEND if "weekend" in words else WORKDAYS
    return replace(said, weekdays=said.weekdays | days, recurring=True)


def without(said: Said, found: Found, _today: date) -> Said | None:
    """Read "except Fridays"."""
    words = found["days"].lower()
    days = WEEKEND if "weekend" in words else WORKDAYS if "work" in words or "weekday" in words else weekdays_of(words)
    return replace(said, without=said.without | days)


def single(said: Said, found: Found, _today: date) -> Said | None:
    """Read "daily", "every week", "once a month"."""
    word = re.sub(r"^(?:(?:every|each|any|once|of|in|a|an|per|the|single)\b\s*)+", "", found[0].lower()).strip()
    unit = {"daily": Unit.DAY, "nightly": Unit.DAY, "fortnightly": Unit.WEEK, "fortnight": Unit.WEEK}.get(word)
    unit = unit or {"annually": Unit.YEAR, "mornings": Unit.DAY}.get(word) or unit_of(word)
    part = DayPart.NIGHT if word == "nightly" else said.part
    stride = 2 if word.startswith("fortnight") else said.stride
    said = said.per(unit)
    return replace(said, stride=stride if said.unit is unit else said.stride, part=part, recurring=True)


def stride(said: Said, found: Found, _today: date) -> Said | None:
    """Read "every 3 days", "every other week", "every second Monday", "every 45 minutes"."""
    if found["ordinal"]:
        stride = ORDINALS.get(found["ordinal"].lower()) or int(re.sub(r"\D", "", found["ordinal"]))
    else:
        stride = number(found["number"])
    unit = unit_of(found["unit"])
    return replace(said, unit=unit, stride=stride, recurring=True)


def other_weekday(said: Said, found: Found, _today: date) -> Said | None:
    """Read "every other Friday"."""
    days = WORKDAYS if "week" in found["days"].lower() else weekdays_of(found["days"])
    return replace(said, unit=Unit.WEEK, stride=2, weekdays=days, recurring=True)


def doubtful(said: Said, found: Found, _today: date) -> Said | None:
    """Read "biweekly", which some take for twice a week."""
    unit = {"w": Unit.WEEK, "m": Unit.MONTH, "a": Unit.YEAR, "y": Unit.YEAR}[found["unit"].lower()[0]]
    return replace(said, unit=unit, doubtful=(2,), recurring=True)


def hours(said: Said, found: Found, _today: date) -> Said | None:
    """Read "hourly", "every half hour", "every minute", "every second"."""
    words = found[0].lower()
    if "second" in words:
        return replace(said, unit=Unit.SECOND, stride=1, recurring=True)
    minutes = (
        30 if "half" in words and "and" not in words else 90 if "half" in words else 15 if "quarter" in words else 0
    )
    if minutes:
        return replace(said, unit=Unit.MINUTE, stride=minutes, recurring=True)
    return replace(said, unit=Unit.MINUTE if "minute" in words else Unit.HOUR, stride=1, recurring=True)


def count(said: Said, found: Found, _today: date) -> Said | None:
    """Read "twice a day"."""
    times = number(found["number"])
    if times == 0:
        return replace(said, fault=TooOften(text=found[0], least=told_duration(MINUTE)), recurring=True)
    unit = Unit.DAY if found["unit"].lower() == "daily" else unit_of(found["unit"])
    return replace(said, unit=unit, count=times, recurring=True)


def vague(said: Said, _found: Found, _today: date) -> Said | None:
    """Read "every few hours"."""
    return replace(said, vague=True, recurring=True)


def ordinal(said: Said, found: Found, _today: date) -> Said | None:
    """Read "the first and third Monday of each month", "the last working day of the quarter"."""
    which = [ORDINALS[each.lower()] for each in re.findall(ORDINAL, found["which"], re.IGNORECASE)]
    what, of = found["what"].lower(), (found["of"] or "").lower()
    recurring = said.recurring or bool(of) or re.match("every|each", found[0], re.IGNORECASE) is not None
    said = replace(said, recurring=recurring)
    if of:
        unit = Unit.QUARTER if "quarter" in of else Unit.YEAR if "year" in of else Unit.MONTH
        said = replace(said, unit=said.unit if said.unit and said.unit is not Unit.DAY else unit)
    if months := re.findall(MONTH, of, re.IGNORECASE):
        said = replace(said, months=tuple(month_of(each) for each in months)).per(Unit.YEAR)
    if what == "day":
        return replace(said, days=tuple(LAST_DAY if each == LAST else each for each in which))
    if re.match("week|work|business", what):
        if which == [LAST]:
            return replace(said, days=(LAST_WORKDAY,))
        return replace(said, ordinals=((1, 0),)) if which == [1] else None
    said = replace(said, ordinals=tuple((each, weekday_of(what)) for each in which))
    if of or said.unit or which == [LAST] or not re.match("every|each", found[0], re.IGNORECASE):
        return said
    return replace(said, doubtful=tuple(which), unit=Unit.WEEK, weekdays=frozenset((weekday_of(what),)))


def month_days(said: Said, found: Found, _today: date) -> Said | None:
    """Read "on the 1st and 15th"."""
    days = tuple(int(each) for each in re.findall(r"\d{1,2}", found["days"]))
    if any(not 1 <= day <= 31 for day in days):  # noqa: PLR2004  (a month's days)
        return replace(said, fault=DateImpossible(text=found[0].strip()), recurring=True)
    recurring = said.recurring or re.match("every|each", found[0], re.IGNORECASE) is not None
    days = (*days, LAST_DAY) if found["last"] else days
    return replace(said, days=(*said.days, *days), recurring=recurring)


def year_day(said: Said, found: Found, _today: date) -> Said | None:
    """Read "every 3 March", "on March 3rd"."""
    each = re.match("every|each", found[0], re.IGNORECASE) is not None
    month, day = found["month"] or found["month2"], int(found["day"] or found["day2"])
    return replace(said, months=(month_of(month),), days=(day,), recurring=said.recurring or each).per(Unit.YEAR)


def months(said: Said, found: Found, _today: date) -> Said | None:
    """Read "in May and June"."""
    months = tuple(month_of(each) for each in re.findall(MONTH, found["months"], re.IGNORECASE))
    each = re.match("every|each", found[0], re.IGNORECASE) is not None
    return replace(said, months=months, recurring=said.recurring or each)


def edge(said: Said, found: Found, _today: date) -> Said | None:
    """Read "the first of every month", "at the end of each quarter", "month end"."""
    first = found["day"].lower() in ("first", "1st")
    return replace(said, days=(1 if first else LAST_DAY,), recurring=True).per(unit_of(found["unit"]))


def past(said: Said, found: Found, _today: date) -> Said | None:
    """Read "at 15 past", "quarter past every hour", "at :15"."""
    minute = {"quarter": 15, "half": 30}.get(found["minute"].lower()) or int(found["minute"])
    if said.unit is not Unit.HOUR and "hour" not in found[0].lower():
        return None
    if minute > 59:  # noqa: PLR2004  (an hour's minutes)
        return replace(said, fault=TimeImpossible(text=found[0]), recurring=True)
    return replace(said, unit=Unit.HOUR, recurring=True).at(Clock(minute))


def office_hours(said: Said, _found: Found, _today: date) -> Said | None:
    """Read "during office hours"."""
    return replace(said, window=(9 * 60, 17 * 60), weekdays=said.weekdays or WORKDAYS)


def zone(said: Said, found: Found, _today: date) -> Said | None:
    """Read a time zone after a time: "UTC", "Berlin time"."""
    if not said.times and not said.window:
        return None
    return said if found["zone"].lower() in ("my", "local") else replace(said, zone=found["zone"])


def once(said: Said, found: Found, today: date) -> Said | None:
    """Read "tomorrow", "on 3 March 2027"."""
    if said.recurring:
        return None
    day = date_of(found["date"], today)
    return replace(said, once=True, starts=day)


def bound(said: Said, found: Found, today: date) -> Said | None:
    """Read "until 31 December", "from tomorrow"."""
    try:
        day = date_of(found["date"], today)
    except ValueError:
        return replace(said, fault=DateImpossible(text=found["date"]))
    return (
        replace(said, ends=day)
        if re.match("until|till|through", found[0], re.IGNORECASE)
        else replace(said, starts=day)
    )


def duration(said: Said, found: Found, today: date) -> Said | None:
    """Read "for 3 weeks", from today on."""
    days = {"d": 1, "w": 7, "m": 30}[found["unit"].lower()[0]]
    return replace(said, ends=today + timedelta(days=days * number(found["number"]))) if said.times else None


def window(said: Said, found: Found, _today: date) -> Said | None:
    """Read "between 9 and 17"."""
    first, last = clock_of(found["first"], None), clock_of(found["last"], None)
    if first is None or last is None:
        return replace(said, fault=TimeImpossible(text=found[0].strip()))
    ends = last.minutes
    if not last.clear and ends < 12 * 60 and ends <= first.minutes:  # "between 9 and 5"
        ends += 12 * 60
    return replace(said, window=(first.minutes, ends))


def times(said: Said, found: Found, _today: date) -> Said | None:
    """Read "at 9 and 17:30"."""
    part = part_of(found["part"]) or said.part
    words = [each[0] for each in re.finditer(TIME, found["times"], re.IGNORECASE)]
    halves = [half[0].lower()[0] if (half := re.search(HALF, word, re.IGNORECASE)) else "" for word in words]
    shared = halves[-1] if halves and not any(halves[:-1]) else ""  # "at 9 and 11 am"
    times: list[Clock] = []
    for word, half in zip(words, halves, strict=True):
        later = word if half or not shared or re.search("noon|mid", word) else f"{word} {shared}m"
        clock = clock_of(later, part)
        if clock is None:
            return replace(said, fault=TimeImpossible(text=word), recurring=True)
        times.append(clock)
    either = said.either or re.search(r"\bor\b", found["times"], re.IGNORECASE) is not None
    said = replace(said.at(*times), either=either, part=None)
    return replace(said, recurring=True) if re.search(r"\b(?:every|each)\s", found[0], re.IGNORECASE) else said


def part(said: Said, found: Found, _today: date) -> Said | None:
    """Read "in the evening", "every morning"."""
    each = re.match("every|each", found[0], re.IGNORECASE) is not None or found[0].lower().endswith("s")
    part = part_of(found["part"])
    if found[0].lower().rstrip("s").endswith("midnight"):
        said = said.at(Clock(0, midnight=True))
        part = None
    if said.times and part:
        return replace(
            said, times=tuple(_shifted(clock, part) for clock in said.times), recurring=said.recurring or each
        )
    unit = said.unit or (Unit.DAY if each and not said.weekdays else None)
    return replace(said, part=part, unit=unit, recurring=said.recurring or each)


def _shifted(clock: Clock, part: DayPart) -> Clock:
    return on_clock(clock.minutes // 60, clock.minutes % 60, part) or clock if not clock.clear else clock
