"""English words -> Said. Pieces are read one after another for as long as there are any."""

import re
from collections.abc import Sequence
from datetime import date

from agent_core.schedules import readers_en as read
from agent_core.schedules.said import (
    Said,
)
from agent_core.schedules.spoken import Piece, Pieces, Reader, read_pieces
from agent_core.schedules.vocabulary_en import (
    AND,
    BARE,
    CLOCK_BEFORE,
    DATE,
    DAY_NUMBER,
    EACH_OR_ON,
    EXACT,
    HALF,
    MONTH,
    NUMBER,
    ORDINAL,
    TIME,
    TO,
    UNIT,
    WEEKDAY,
    WEEKDAYS_SAID,
    WORD_NUMBER,
    WORDY,
)

Found = re.Match[str]


def scan(text: str, start: int, today: date) -> tuple[Said, int]:
    """Return what is said of a rhythm from `start` on, and where the words of it end."""
    exact = text[:start] + _ABOUT.sub(lambda found: " " * len(found[0]), text[start:])
    said, end = read_pieces(exact, start, today, _GAP, _PIECES)
    about = _ABOUT.match(text, end)
    return said, about.end() if about else end


def starts(text: str) -> Sequence[int]:
    """Return where in a text the words of a rhythm may begin."""
    return [found.start() for found in _BEGINS.finditer(text)]


# "9ish", "nine-ish or so": read as the time itself, as "around 9" is; people see the time before they confirm it
_OR_SO = r"\s+or\s+(?:so|thereabouts)"
_ABOUT = re.compile(rf"{CLOCK_BEFORE}(?:[\s-]?ish(?:{_OR_SO})?|{_OR_SO})(?![\w'’-])", re.IGNORECASE)

# --- pieces, the longer ones before those they begin with ---------------------------------------------------------

_GAP = re.compile(r"[\s,;]*(?:(?:and|also|but|again)\s+)*", re.IGNORECASE)
_DAY_PART = r"(?P<part>mornings?|afternoons?|evenings?|nights?|noon|midday|midnight|lunchtime)\b"
_AFTER_TIME = (
    r"(?:\s+(?:in\s+the|at|every|each)\s+(?P<part>morning|afternoon|evening|night)\b)?(?:\s+(?:sharp|exactly)\b)?"
)
_PLACE = (
    r"(?P<of>\s+(?:of|in)\s+(?:(?:every|each|the|a|any)\s+)?(?:calendar\s+)?"
    rf"(?:months?|quarters?|years?|{MONTH}(?:{AND}{MONTH})*)\b\.?|\s+(?:every|each|a|per)\s+(?:month|quarter|year)\b)?"
)
_TIME_LIST = rf"{EXACT}(?:{AND}(?:at\s+)?(?:{EXACT}|{BARE}(?=\s*(?:{HALF}|$|[,.:;]))))*"
_BARE_LIST = rf"(?:{BARE}|{WORDY})(?:{AND}(?:at\s+)?{TIME}(?!\s+(?:minutes?|hours?|days?)))*"
_AT_LIST = rf"(?:{_TIME_LIST}|{_BARE_LIST})"  # after 9:00 a bare 5 is no time: "at 9:00, 5 jokes"


def _piece(pattern: str, reader: Reader) -> Piece:
    return Piece(pattern, reader, re.IGNORECASE)


_PIECES: Pieces = (
    _piece(
        rf"(?:except|excluding|excepting|but\s+not|other\s+than|apart\s+from|without|not)\s+(?:for\s+)?(?:on\s+)?(?:the\s+)?"
        rf"(?P<days>weekends?|weekdays|{WEEKDAYS_SAID})",
        read.without,
    ),
    _piece(
        r"(?:every\s+(?:few|couple\s+of|several|so\s+many)\s+(?:minutes|hours|days|weeks|months)"
        r"|every\s+(?:now\s+and\s+then|so\s+often|once\s+in\s+a\s+while)|once\s+in\s+a\s+while|several\s+times\s+(?:a|per)\s+\w+"
        r"|(?:a\s+few|a\s+couple\s+of|many)\s+times\s+(?:a|per|each|every)\s+\w+|from\s+time\s+to\s+time)\b",
        read.vague,
    ),
    _piece(rf"(?P<number>{NUMBER})\s*(?:times?|x|×)\s*(?:a|an|per|each|every)\s+{UNIT}", read.count),
    _piece(rf"(?P<number>{NUMBER})\s*(?:times?|x|×)?\s+(?P<unit>daily|weekly|monthly|hourly)\b", read.count),
    _piece(rf"(?P<number>once(?=\s+every\b)|twice|thrice)\s+(?:a|an|per|each|every)\s+{UNIT}", read.count),
    _piece(r"bi-?(?P<unit>weekly|monthly|annually|yearly)\b", read.doubtful),
    _piece(
        r"(?:every|each)\s+(?:half(?:\s+an)?[\s-]hour|quarter(?:\s+of)?(?:\s+an)?[\s-]hour|hour\s+and\s+a\s+half)\b"
        r"|half[\s-]hourly\b",
        read.hours,
    ),
    _piece(
        rf"(?:every|each)\s+(?:other|second|2nd)\s+(?P<days>{WEEKDAYS_SAID}|weekdays?)(?!\s+(?:of|in)\s+(?:the|each|every|a)\b)",
        read.other_weekday,
    ),
    _piece(
        rf"(?!(?:every|each)\s+{ORDINAL}\s+days?\b(?!\s+(?:of|in)\b))(?:on\s+)?(?:the\s+|every\s+|each\s+)*(?P<which>{ORDINAL}(?:{AND}(?:the\s+)?{ORDINAL})*)\s+"
        rf"(?P<what>{WEEKDAY}|day\b|weekday\b|(?:working|business|work)\s*day\b){_PLACE}",
        read.ordinal,
    ),
    _piece(
        rf"(?:once\s+)?(?:every|each)\s+(?:(?P<ordinal>other|second|third|fourth|2nd|3rd|\d{{1,3}}(?:st|nd|rd|th))|(?P<number>{NUMBER}))\s*{UNIT}",
        read.stride,
    ),
    _piece(
        r"(?:hourly|(?:once\s+)?(?:every|each|an|a|per)\s+(?:single\s+)?(?:hour|minute|second)|on\s+the\s+hour)\b",
        read.hours,
    ),
    _piece(
        rf"{EACH_OR_ON}(?P<days>weekdays?|working\s*days?|workdays?|work\s+days|business\s+days?|weekends?)\b(?P<parts>(?=\s+(?:mornings|afternoons|evenings|nights)\b))?",
        read.workdays,
    ),
    _piece(
        rf"(?:(?:every|each|on)\s+)?(?:the\s+)?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{MONTH})|(?P<month2>{MONTH})\s+(?:the\s+)?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]))(?!,?\s*\d{{4}})",
        read.year_day,
    ),
    _piece(
        r"(?:on\s+|at\s+)?(?:the\s+)?(?P<day>first|1st|end|last)"
        r"\s+of\s+(?:every|each|the)\s+(?P<unit>month|quarter|year)\b",
        read.edge,
    ),
    _piece(r"(?:at\s+)?(?:every\s+|each\s+)?(?P<unit>month|quarter|year)[\s-](?P<day>end)\b", read.edge),
    _piece(
        r"(?:at\s+)?(?P<minute>\d{1,2}|quarter|half)(?:\s+minutes?)?\s+past(?:\s+(?:every|each|the)\s+hour)?\b"
        rf"(?!\s+(?:\d|{WORD_NUMBER}))",
        read.past,
    ),
    _piece(r"(?:at\s+)?:(?P<minute>\d\d)\b", read.past),
    _piece(r"(?:during|in|within)\s+(?:business|office|working|work)\s+hours\b", read.office_hours),
    _piece(
        r"(?:in\s+)?\(?(?P<zone>(?-i:UTC|GMT|CES?T|[ECMP][SD]T|BST|IST|JST|[A-Z][a-z]+/[A-Z][A-Za-z_]+)"
        r"|(?-i:[A-Z])\w+(?=\s+time\b)|(?:my|local)(?=\s+time\b))(?:\s+time)?\b\)?",
        read.zone,
    ),
    _piece(rf"for\s+(?:the\s+next\s+)?(?P<number>{NUMBER})\s+(?P<unit>days?|weeks?|months?)\b", read.duration),
    _piece(rf"(?:between|from)\s+(?P<first>{TIME})\s*(?:and|to|-|–|until|till)\s*(?P<last>{TIME})", read.window),
    _piece(rf"(?P<first>{EXACT})\s*(?:-|–|to)\s*(?P<last>{EXACT})", read.window),
    _piece(rf"(?P<each>from\s+)(?P<days>{WEEKDAY}{TO}{WEEKDAY})", read.weekdays),
    _piece(rf"(?:starting|beginning|from|as\s+of|until|till|through)\s+(?:on\s+|from\s+)?(?P<date>{DATE})", read.bound),
    _piece(
        rf"(?:on\s+)?(?P<date>\d{{4}}-\d\d?-\d\d?|today|tomorrow|next\s+week|next\s+{WEEKDAY}|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH},?\s+\d{{4}}\b|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b)",
        read.once,
    ),
    _piece(rf"(?P<each>{EACH_OR_ON})(?P<days>{WEEKDAYS_SAID})", read.weekdays),
    _piece(
        rf"(?:(?:on|every|each)\s+)?(?:the\s+|day\s+)?(?P<days>{DAY_NUMBER}(?:{AND}(?:the\s+)?{DAY_NUMBER})*)(?P<last>{AND}(?:the\s+)?last(?:\s+day)?\b)?(?:\s+day)?",
        read.month_days,
    ),
    _piece(r"on\s+day\s+(?P<days>\d{1,2})(?P<last>$^)?\b(?![:.])", read.month_days),
    _piece(
        r"(?:daily|weekly|monthly|quarterly|yearly|annually|nightly|fortnightly"
        r"|of\s+the\s+(?:month|quarter|year)|(?:(?:once|of|in)\s+)?(?:every|each|a|per|any)\s+(?:single\s+)?(?:day(?:\s+of\s+the\s+week)?|week|month|quarter|year|fortnight))\b",
        read.single,
    ),
    _piece(rf"(?:every|each|in|of)\s+(?P<months>{MONTH}(?:{AND}{MONTH})*)", read.months),
    _piece(
        rf"(?:(?:at\s+)?(?:around|about|approximately)\s|at|by\s|@|starting\s+at|from)\s*(?P<times>{_AT_LIST}){_AFTER_TIME}",
        read.times,
    ),
    _piece(rf"(?P<times>{_TIME_LIST}){_AFTER_TIME}", read.times),
    _piece(rf"(?:(?:every|each|in\s+the|at)\s+)?{_DAY_PART}", read.part),
)

_BEGINS = re.compile(
    r"(?<![\w'’-])(?:(?:once|on|the|all|of|at|from|between|starting|half-hourly|several|few|many|twice|thrice)\b"
    r"|every\b|each\b|daily\b|weekly\b|monthly\b|quarterly\b|yearly\b|annually\b|hourly\b|nightly\b|fortnightly\b|bi-?(?:weekly|monthly)\b"
    rf"|weekdays\b|workdays\b|working\b|weekends\b|business\b|{WEEKDAYS_SAID}|\d|{WORD_NUMBER}|noon\b|tomorrow\b)",
    re.IGNORECASE,
)
