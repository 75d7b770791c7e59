"""English words for numbers, days, times and dates, and what they mean."""

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from agent_core.schedules.said import LAST, Clock, DayPart, Unit, numbered, on_clock

_NUMBERS = numbered("one two three four five six seven eight nine ten eleven twelve") | {
    word: value
    for value, words in (
        *((1, ("a", "an", "once")), (2, ("twice",)), (3, ("thrice",)), (15, ("fifteen",)), (20, ("twenty",))),
        *((30, ("thirty",)), (45, ("forty-five",)), (60, ("sixty",)), (90, ("ninety",)), (100, ("a hundred",))),
        *((1000, ("a thousand",)), (1_000_000, ("a million",))),
    )
    for word in words
}
ORDINALS = numbered("first second third fourth fifth") | numbered("1st 2nd 3rd 4th 5th") | {"other": 2, "last": LAST}
_WEEKDAYS = numbered("mon tue wed thu fri sat sun")
_MONTHS = numbered("jan feb mar apr may jun jul aug sep oct nov dec")
_PARTS = {
    "afternoon": DayPart.AFTERNOON,  # before noon, which it contains
    "morning": DayPart.MORNING,
    "noon": DayPart.NOON,
    "midday": DayPart.NOON,
    "lunchtime": DayPart.NOON,
    "evening": DayPart.EVENING,
    "night": DayPart.NIGHT,
}

AND = r"(?:\s*(?:,\s*and|,\s*or|,|and|&|\+|/|or)\s*)"
TO = r"\s*(?:-|–|—|to|through|thru|till|until)\s*"
WORD_NUMBER = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,3}}(?![,\d])|\d{{1,12}}(?![,.]?\d)|(?:{WORD_NUMBER})(?![a-z]))"
WEEKDAY = (
    r"(?:mon(?:day)?s?|tue(?:s(?:day)?)?s?|wed(?:s|nesdays?)?|thu(?:r(?:s(?:days?)?)?)?"
    r"|fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?)\b\.?"
)
WEEKDAYS_SAID = rf"{WEEKDAY}(?:(?:{AND}|{TO}|\s+(?={WEEKDAY}))(?:on\s+|every\s+|each\s+)?{WEEKDAY})*"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DAY_NUMBER = r"\d{1,2}(?:st|nd|rd|th)\b"
ORDINAL = r"(?:first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last)"
HALF = r"(?:a\.?m\b\.?|p\.?m\b\.?)"
EXACT = rf"(?:\d{{1,2}}[:.h]\d\d(?!\d)(?:\s*{HALF})?|\d{{1,2}}\s*{HALF}|noon\b|midday\b|midnight\b)"
BARE = r"\d{1,2}(?!\d|[:.]\d|st|nd|rd|th|\s*%)(?:\s*(?:o['’]?clock|h\b|uhr\b))?"
WORDY = (
    r"(?:(?:half|quarter)\s+(?:past|to)\s+\w+"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?:\s+o['’]?clock)?)"
)
TIME = rf"(?:{EXACT}|{BARE}|{WORDY})"
# looks back at a time of day: each of the ways in which one ends is of one length
CLOCK_BEFORE = (
    r"(?:(?<=\d)|(?<=[ap]m)|(?<=[ap]\.m\.)|(?<=clock)|(?<=noon)|(?<=midday)|(?<=midnight)|(?<=one|two|six|ten)"
    r"|(?<=four|five|nine)|(?<=three|seven|eight)|(?<=eleven|twelve))"
)
EACH = r"(?:every|each|any)\s+(?:single\s+)?"
EACH_OR_ON = rf"(?:{EACH}|on\s+(?:every\s+|each\s+|all\s+|the\s+)?|all\s+)?"
UNIT = r"(?P<unit>seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?|quarters?|years?)\b"
DATE = (
    rf"(?:\d{{4}}-\d\d?-\d\d?|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}(?:,?\s+\d{{4}}\b)?"
    rf"|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?|(?:the\s+)?end\s+of\s+(?:the|this)\s+(?:year|month)|today|tomorrow|yesterday|next\s+week|(?:next\s+)?{WEEKDAY})"
)

_UNITS = {
    "s": Unit.SECOND,
    "mi": Unit.MINUTE,
    "m": Unit.MINUTE,
    "h": Unit.HOUR,
    "d": Unit.DAY,
    "w": Unit.WEEK,
    "mo": Unit.MONTH,
    "q": Unit.QUARTER,
    "y": Unit.YEAR,
}


def number(word: str) -> int:
    """Return the number that a word means."""
    word = " ".join(word.lower().split())
    return _NUMBERS[word] if word in _NUMBERS else int(re.sub(r"\D", "", word))


def unit_of(word: str) -> Unit:
    """Return the unit that a word names."""
    word = word.lower()
    return _UNITS[word[:2] if word[:2] in _UNITS else word[0]]


def weekday_of(word: str) -> int:
    """Return the weekday that a word names, Monday being 1."""
    return _WEEKDAYS[word.lower()[:3]]


def month_of(word: str) -> int:
    """Return the month that a word names."""
    return _MONTHS[word.lower()[:3]]


def weekdays_of(words: str) -> frozenset[int]:
    """Return the weekdays that a list or range names: "Mon, Wed to Fri"."""
    found: set[int] = set()
    names = list(re.finditer(WEEKDAY, words, re.IGNORECASE))
    for place, name in enumerate(names):
        day = weekday_of(name[0])
        between = words[names[place - 1].end() : name.start()] if place else ""
        if between and re.fullmatch(TO, between, re.IGNORECASE):
            first = weekday_of(names[place - 1][0])
            found.update((first - 1 + step) % 7 + 1 for step in range((day - first) % 7 + 1))
        found.add(day)
    return frozenset(found)


def date_of(words: str, today: date) -> date:
    """Return the date that words name; without a year the next one. Raises ValueError for what is no date."""
    words = " ".join(words.lower().split())
    if words in ("today", "tomorrow", "yesterday"):
        return today + timedelta(days={"today": 0, "tomorrow": 1, "yesterday": -1}[words])
    if "end of" in words:
        year, month = (today.year, 12) if "year" in words else (today.year, today.month)
        return date(year, month, monthrange(year, month)[1])
    if words == "next week":
        return today + timedelta(days=7 - today.weekday())
    if re.match(r"\d{4}-", words):
        year, month, day = map(int, words.split("-"))
        return date(year, month, day)
    if month := re.search(MONTH, words):
        numbers = [int(each) for each in re.findall(r"\d+", words)]
        year = next((each for each in numbers if each > 31), 0)  # noqa: PLR2004  (a month's days)
        found = date(year or today.year, month_of(month[0]), numbers[0])
        return found if year or found >= today else found.replace(year=today.year + 1)
    return today + timedelta(days=(weekday_of(words.removeprefix("next ")) - 1 - today.weekday() - 1) % 7 + 1)


def part_of(words: str | None) -> DayPart | None:
    """Return the part of the day that words name, if any."""
    return next((part for name, part in _PARTS.items() if name in (words or "").lower()), None)


def clock_of(words: str, part: DayPart | None) -> Clock | None:
    """Return the time of day that words name, in a part of the day if one was said; None for what is no time."""
    words = words.lower().strip()
    if words.startswith(("mid", "noon")):
        return Clock(0, midnight=True) if words == "midnight" else Clock(12 * 60)
    if wordy := re.match(r"(half|quarter)\s+(past|to)\s+(\w+)", words):
        return _wordy(wordy, part)
    digits = re.match(r"(\d{1,2})(?:[:.h](\d\d))?", words)
    hour = int(digits[1]) if digits else _NUMBERS.get(words.split()[0], 99)
    minute = int(digits[2] or 0) if digits else 0
    if half := re.search(r"[ap]\.?m", words):
        if not 1 <= hour <= 12 or minute > 59:  # noqa: PLR2004  (a clock's hours and minutes)
            return None
        return Clock((hour % 12 + (12 if half[0][0] == "p" else 0)) * 60 + minute)
    exact = bool(digits and digits[2]) or hour > 12 or hour == 0 or part is not None  # noqa: PLR2004
    clock = on_clock(hour, minute, part)
    return clock and replace(clock, clear=exact)


def _wordy(found: re.Match[str], part: DayPart | None) -> Clock | None:
    hour = _NUMBERS.get(found[3]) or (int(found[3]) if found[3].isdigit() else 99)
    minutes = 30 if found[1] == "half" else 15
    clock = on_clock(hour, 0, part)
    if clock is None or (found[1] == "half" and found[2] == "to"):
        return None
    at = clock.minutes + (minutes if found[2] == "past" else -minutes)
    return Clock(at % (24 * 60), clear=part is not None)
