"""English words -> Said. Pieces are read one after another for as long as there are any."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

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
    AND,
    BARE,
    DATE,
    DAY_NUMBER,
    EACH_OR_ON,
    EXACT,
    HALF,
    MONTH,
    NUMBER,
    ORDINAL,
    ORDINALS,
    TIME,
    TO,
    UNIT,
    WEEKDAY,
    WEEKDAYS_SAID,
    WORD_NUMBER,
    WORDY,
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
Reader = Callable[[Said, Found, date], Said | None]


def scan(text: str, start: int, today: date) -> tuple[Said, int]:
    """Return what is said of a rhythm from `start` on, and where the words of it end."""
    said, at = Said(), start
    while True:
        gap = _GAP.match(text, at)
        begin = gap.end() if gap else at
        for pattern, reader in _PIECES:
            found = pattern.match(text, begin)
            if found and (more := reader(said, found, today)) is not None:
                said, at = more, found.end()
                break
        else:
            return said, at


def starts(text: str) -> Sequence[int]:
    """Return where in a text the words of a rhythm may begin."""
    return [found.start() for found in _BEGINS.finditer(text)]


# --- readers ------------------------------------------------------------------------------------------------------


def _read_weekdays(said: Said, found: Found, _today: date) -> Said | None:
    words = found["days"]
    days, each = weekdays_of(words), (found["each"] or "").lower()
    if said.weekdays and said.recurring and not said.weekdays & days and each:
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


def _read_workdays(said: Said, found: Found, _today: date) -> Said | None:
    words = found[0].lower()
    plural = found["days"].endswith("s")
    if not plural and not re.match("every|each|any", words):
        return None
    days = WEEKEND if "weekend" in words else WORKDAYS
    return replace(said, weekdays=said.weekdays | days, recurring=True)


def _read_without(said: Said, found: Found, _today: date) -> Said | None:
    words = found["days"].lower()
    days = WEEKEND if "weekend" in words else WORKDAYS if "work" in words or "weekday" in words else weekdays_of(words)
    return replace(said, without=said.without | days)


def _read_single(said: Said, found: Found, _today: date) -> Said | None:
    """Read "daily", "every week", "once a month"."""
    word = re.sub(r"^(?:(?:every|each|any|once|of|in|a|an|per|the|single)\b\s*)+", "", found[0].lower()).strip()
    unit = {"daily": Unit.DAY, "nightly": Unit.DAY, "fortnightly": Unit.WEEK, "fortnight": Unit.WEEK}.get(word)
    unit = unit or {"annually": Unit.YEAR, "mornings": Unit.DAY}.get(word) or unit_of(word)
    part = DayPart.NIGHT if word == "nightly" else said.part
    stride = 2 if word.startswith("fortnight") else said.stride
    if said.unit in (Unit.MINUTE, Unit.HOUR) and unit is Unit.DAY:
        unit, stride = said.unit, said.stride  # "every 15 minutes every day"
    return replace(said, unit=unit, stride=stride, part=part, recurring=True)


def _read_stride(said: Said, found: Found, _today: date) -> Said | None:
    """Read "every 3 days", "every other week", "every second Monday", "every 45 minutes"."""
    if found["ordinal"]:
        stride = ORDINALS.get(found["ordinal"].lower()) or int(re.sub(r"\D", "", found["ordinal"]))
    else:
        stride = number(found["number"])
    unit = unit_of(found["unit"])
    if unit is Unit.SECOND or stride == 0:
        return replace(said, fault=TooOften(text=found[0].strip(), least=told_duration(MINUTE)), recurring=True)
    return replace(said, unit=unit, stride=stride, recurring=True)


def _read_other_weekday(said: Said, found: Found, _today: date) -> Said | None:
    days = WORKDAYS if "week" in found["days"].lower() else weekdays_of(found["days"])
    return replace(said, unit=Unit.WEEK, stride=2, weekdays=days, recurring=True)


def _read_doubtful(said: Said, found: Found, _today: date) -> Said | None:
    unit = {"w": Unit.WEEK, "m": Unit.MONTH, "a": Unit.YEAR, "y": Unit.YEAR}[found["unit"].lower()[0]]
    return replace(said, unit=unit, doubtful=(2,), recurring=True)


def _read_hours(said: Said, found: Found, _today: date) -> Said | None:
    """Read "hourly", "every half hour", "every minute", "every second"."""
    words = found[0].lower()
    if "second" in words:
        return replace(said, fault=TooOften(text=found[0], least=told_duration(MINUTE)), recurring=True)
    minutes = (
        30 if "half" in words and "and" not in words else 90 if "half" in words else 15 if "quarter" in words else 0
    )
    if minutes:
        return replace(said, unit=Unit.MINUTE, stride=minutes, recurring=True)
    return replace(said, unit=Unit.MINUTE if "minute" in words else Unit.HOUR, stride=1, recurring=True)


def _read_count(said: Said, found: Found, _today: date) -> Said | None:
    times = number(found["number"])
    if times == 0:
        return replace(said, fault=TooOften(text=found[0], least=told_duration(MINUTE)), recurring=True)
    return replace(said, unit=unit_of(found["unit"]), count=times, recurring=True)


def _read_vague(said: Said, _found: Found, _today: date) -> Said | None:
    return replace(said, vague=True, recurring=True)


def _read_ordinal(said: Said, found: Found, _today: date) -> Said | None:
    """Read "the first and third Monday of each month", "the last working day of the quarter"."""
    which = [ORDINALS[each.lower()] for each in re.findall(ORDINAL, found["which"], re.IGNORECASE)]
    what, of = found["what"].lower(), (found["of"] or "").lower()
    recurring = said.recurring or bool(of) or re.match("every|each", found[0], re.IGNORECASE) is not None
    said = replace(said, recurring=recurring)
    if of:
        unit = Unit.QUARTER if "quarter" in of else Unit.YEAR if "year" in of else Unit.MONTH
        said = replace(said, unit=said.unit if said.unit and said.unit is not Unit.DAY else unit)
    if months := re.findall(MONTH, of, re.IGNORECASE):
        said = replace(said, months=tuple(month_of(each) for each in months), unit=Unit.YEAR)
    if what == "day":
        return replace(said, days=tuple(LAST_DAY if each == LAST else each for each in which))
    if re.match("week|work|business", what):
        if which == [LAST]:
            return replace(said, days=(LAST_WORKDAY,))
        return replace(said, ordinals=((1, 0),)) if which == [1] else None
    return replace(said, ordinals=tuple((each, weekday_of(what)) for each in which))


def _read_month_days(said: Said, found: Found, _today: date) -> Said | None:
    days = tuple(int(each) for each in re.findall(r"\d{1,2}", found["days"]))
    if any(not 1 <= day <= 31 for day in days):  # noqa: PLR2004  (a month's days)
        return replace(said, fault=DateImpossible(text=found[0].strip()), recurring=True)
    recurring = said.recurring or re.match("every|each", found[0], re.IGNORECASE) is not None
    days = (*days, LAST_DAY) if found["last"] else days
    return replace(said, days=(*said.days, *days), recurring=recurring)


def _read_year_day(said: Said, found: Found, _today: date) -> Said | None:
    """Read "every 3 March", "on March 3rd"."""
    each = re.match("every|each", found[0], re.IGNORECASE) is not None
    month, day = found["month"] or found["month2"], int(found["day"] or found["day2"])
    return replace(said, months=(month_of(month),), days=(day,), unit=Unit.YEAR, recurring=said.recurring or each)


def _read_months(said: Said, found: Found, _today: date) -> Said | None:
    months = tuple(month_of(each) for each in re.findall(MONTH, found["months"], re.IGNORECASE))
    each = re.match("every|each", found[0], re.IGNORECASE) is not None
    return replace(said, months=months, recurring=said.recurring or each)


def _read_once(said: Said, found: Found, today: date) -> Said | None:
    if said.recurring:
        return None
    day = date_of(found["date"], today)
    return replace(said, once=True, starts=day)


def _read_bound(said: Said, found: Found, today: date) -> Said | None:
    try:
        day = date_of(found["date"], today)
    except ValueError:
        return replace(said, fault=DateImpossible(text=found["date"]))
    return (
        replace(said, ends=day)
        if re.match("until|till|through", found[0], re.IGNORECASE)
        else replace(said, starts=day)
    )


def _read_window(said: Said, found: Found, _today: date) -> Said | None:
    first, last = clock_of(found["first"], None), clock_of(found["last"], None)
    if first is None or last is None:
        return replace(said, fault=TimeImpossible(text=found[0].strip()))
    ends = last.minutes
    if not last.clear and ends < 12 * 60 and ends <= first.minutes:  # "between 9 and 5"
        ends += 12 * 60
    return replace(said, window=(first.minutes, ends))


def _read_times(said: Said, found: Found, _today: date) -> Said | None:
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


def _read_part(said: Said, found: Found, _today: date) -> Said | None:
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


# --- pieces, the longer ones before those they begin with ---------------------------------------------------------

_GAP = re.compile(r"[\s,;]*(?:(?:and|also|but)\s+)?", re.IGNORECASE)
_DAY_PART = r"(?P<part>mornings?|afternoons?|evenings?|nights?|noon|midday|midnight|lunchtime)\b"
_AFTER_TIME = r"(?:\s+(?:in\s+the|at|every|each)\s+(?P<part>morning|afternoon|evening|night)\b)?"
_PLACE = (
    r"(?P<of>\s+(?:of|in)\s+(?:(?:every|each|the|a|any)\s+)?(?:calendar\s+)?"
    rf"(?:months?|quarters?|years?|{MONTH}(?:{AND}{MONTH})*)\b\.?|\s+(?:every|each|a|per)\s+(?:month|quarter|year)\b)?"
)
_TIME_LIST = rf"{EXACT}(?:{AND}(?:at\s+)?(?:{EXACT}|{BARE}(?=\s*(?:{HALF}|$|[,.:;]))))*"
_BARE_LIST = rf"(?:{BARE}|{WORDY})(?:{AND}(?:at\s+)?{TIME}(?!\s+(?:minutes?|hours?|days?)))*"
_AT_LIST = rf"(?:{_TIME_LIST}|{_BARE_LIST})"  # after 9:00 a bare 5 is no time: "at 9:00, 5 jokes"


def _piece(pattern: str, reader: Reader) -> tuple[re.Pattern[str], Reader]:
    return re.compile(pattern, re.IGNORECASE), reader


_PIECES: Sequence[tuple[re.Pattern[str], Reader]] = (
    _piece(
        rf"(?:except|excluding|excepting|but\s+not|other\s+than|apart\s+from|without|not)\s+(?:for\s+)?(?:on\s+)?(?:the\s+)?"
        rf"(?P<days>weekends?|weekdays|{WEEKDAYS_SAID})",
        _read_without,
    ),
    _piece(
        r"(?:every\s+(?:few|couple\s+of|several|so\s+many)\s+(?:minutes|hours|days|weeks|months)"
        r"|every\s+(?:now\s+and\s+then|so\s+often|once\s+in\s+a\s+while)|once\s+in\s+a\s+while|several\s+times\s+(?:a|per)\s+\w+"
        r"|(?:a\s+few|a\s+couple\s+of|many)\s+times\s+(?:a|per|each|every)\s+\w+|from\s+time\s+to\s+time)\b",
        _read_vague,
    ),
    _piece(rf"(?P<number>{NUMBER})\s*(?:times?|x|×)\s*(?:a|an|per|each|every)\s+{UNIT}", _read_count),
    _piece(rf"(?P<number>once(?=\s+every\b)|twice|thrice)\s+(?:a|an|per|each|every)\s+{UNIT}", _read_count),
    _piece(r"bi-?(?P<unit>weekly|monthly|annually|yearly)\b", _read_doubtful),
    _piece(
        r"(?:every|each)\s+(?:half(?:\s+an)?[\s-]hour|quarter(?:\s+of)?(?:\s+an)?[\s-]hour|hour\s+and\s+a\s+half)\b"
        r"|half[\s-]hourly\b",
        _read_hours,
    ),
    _piece(
        rf"(?:every|each)\s+(?:other|second|2nd)\s+(?P<days>{WEEKDAYS_SAID}|weekdays?)(?!\s+(?:of|in)\s+(?:the|each|every|a)\b)",
        _read_other_weekday,
    ),
    _piece(
        rf"(?:on\s+)?(?:the\s+|every\s+|each\s+)*(?P<which>{ORDINAL}(?:{AND}(?:the\s+)?{ORDINAL})*)\s+"
        rf"(?P<what>{WEEKDAY}|day\b|weekday\b|(?:working|business|work)\s*day\b){_PLACE}(?<!every second day)",
        _read_ordinal,
    ),
    _piece(
        rf"(?:once\s+)?(?:every|each)\s+(?:(?P<ordinal>other|second|third|fourth|2nd|3rd|\d{{1,3}}(?:st|nd|rd|th))|(?P<number>{NUMBER}))\s*{UNIT}",
        _read_stride,
    ),
    _piece(
        r"(?:hourly|(?:once\s+)?(?:every|each|an|a|per)\s+(?:single\s+)?(?:hour|minute|second)|on\s+the\s+hour)\b",
        _read_hours,
    ),
    _piece(
        rf"{EACH_OR_ON}(?P<days>weekdays?|working\s*days?|workdays?|work\s+days|business\s+days?|weekends?)\b",
        _read_workdays,
    ),
    _piece(
        rf"(?:(?:every|each|on)\s+)?(?:the\s+)?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{MONTH})|(?P<month2>{MONTH})\s+(?:the\s+)?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]))(?!,?\s*\d{{4}})",
        _read_year_day,
    ),
    _piece(rf"(?:between|from)\s+(?P<first>{TIME})\s*(?:and|to|-|–|until|till)\s*(?P<last>{TIME})", _read_window),
    _piece(rf"(?P<first>{EXACT})\s*(?:-|–|to)\s*(?P<last>{EXACT})", _read_window),
    _piece(rf"(?P<each>from\s+)(?P<days>{WEEKDAY}{TO}{WEEKDAY})", _read_weekdays),
    _piece(
        rf"(?:starting|beginning|from|as\s+of|until|till|through)\s+(?:on\s+|from\s+)?(?P<date>{DATE})", _read_bound
    ),
    _piece(
        rf"(?:on\s+)?(?P<date>\d{{4}}-\d\d?-\d\d?|tomorrow|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH},?\s+\d{{4}}\b|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b)",
        _read_once,
    ),
    _piece(rf"(?P<each>{EACH_OR_ON})(?P<days>{WEEKDAYS_SAID})", _read_weekdays),
    _piece(
        rf"(?:(?:on|every|each)\s+)?(?:the\s+|day\s+)?(?P<days>{DAY_NUMBER}(?:{AND}(?:the\s+)?{DAY_NUMBER})*)(?P<last>{AND}(?:the\s+)?last(?:\s+day)?\b)?(?:\s+day)?",
        _read_month_days,
    ),
    _piece(r"(?:on\s+)?(?:every\s+|each\s+)?day\s+(?P<days>\d{1,2})(?P<last>$^)?\b", _read_month_days),
    _piece(
        r"(?:daily|weekly|monthly|quarterly|yearly|annually|nightly|fortnightly"
        r"|of\s+the\s+(?:month|quarter|year)|(?:(?:once|of|in)\s+)?(?:every|each|a|per|any)\s+(?:single\s+)?(?:day|week|month|quarter|year|fortnight))\b",
        _read_single,
    ),
    _piece(rf"(?:every|each|in|of)\s+(?P<months>{MONTH}(?:{AND}{MONTH})*)", _read_months),
    _piece(rf"(?:at|@|starting\s+at|from)\s*(?P<times>{_AT_LIST}){_AFTER_TIME}", _read_times),
    _piece(rf"(?P<times>{_TIME_LIST}){_AFTER_TIME}", _read_times),
    _piece(rf"(?:(?:every|each|in\s+the|at)\s+)?{_DAY_PART}", _read_part),
)

_BEGINS = re.compile(
    r"(?<![\w'’-])(?:(?:once|on|the|all|of|at|from|between|starting|half-hourly|several|few|many|twice|thrice)\b"
    r"|every\b|each\b|daily\b|weekly\b|monthly\b|quarterly\b|yearly\b|annually\b|hourly\b|nightly\b|fortnightly\b|bi-?(?:weekly|monthly)\b"
    rf"|weekdays\b|workdays\b|working\b|weekends\b|business\b|{WEEKDAYS_SAID}|\d|{WORD_NUMBER}|noon\b|tomorrow\b)",
    re.IGNORECASE,
)
