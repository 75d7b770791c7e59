"""Chinese words for numbers, days, times and dates, and what they mean."""

import re
from dataclasses import replace
from datetime import date, timedelta

from agent_core.schedules.said import Clock, DayPart, Unit, numbered, on_clock

_DIGITS = numbered("一 二 三 四 五 六 七 八 九") | {"零": 0, "〇": 0, "两": 2, "兩": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
WEEKDAY_NUMBERS = numbered("一 二 三 四 五 六 日") | numbered("1 2 3 4 5 6 7") | {"天": 7}
_PARTS = {
    DayPart.NIGHT: ("凌晨", "夜里", "半夜", "深夜", "夜晚", "午夜"),
    DayPart.MORNING: ("早上", "早晨", "清晨", "上午", "早间", "早"),
    DayPart.NOON: ("中午", "正午"),
    DayPart.AFTERNOON: ("下午", "午后"),
    DayPart.EVENING: ("傍晚", "晚上", "晚间", "晚"),
}
UNITS = {
    "秒": Unit.SECOND,
    "分": Unit.MINUTE,
    "小": Unit.HOUR,
    "钟": Unit.HOUR,
    "天": Unit.DAY,
    "日": Unit.DAY,
    "周": Unit.WEEK,
    "星": Unit.WEEK,
    "礼": Unit.WEEK,
    "月": Unit.MONTH,
    "季": Unit.QUARTER,
    "年": Unit.YEAR,
}

ZONES = {
    "北京": "Asia/Shanghai",
    "东京": "Asia/Tokyo",
    "伦敦": "Europe/London",
    "柏林": "Europe/Berlin",
    "纽约": "America/New_York",
    "美东": "America/New_York",
    "美西": "America/Los_Angeles",
    "UTC": "UTC",
    "GMT": "GMT",
    "世界": "UTC",
}
NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,3}(?![,\d])|\d{1,12}(?![,.]?\d)|[零〇一二三四五六七八九十百千万两兩]+)"
SMALL = r"(?:\d{1,2}|[零〇一二三四五六七八九十两]{1,3})"
AND = r"\s*(?:、|，|,|和|及|与|以及|或者|或|/|＋|\+)\s*"
TO = r"\s*(?:到|至|-|–|—|~|～)\s*"
WEEK = r"(?:周|星期|礼拜)"
WEEKDAY = rf"{WEEK}\s*(?:[一二三四五六日天](?![次篇个份条封遍])|[1-7](?![次篇个份条封遍\d]))"
WEEKDAYS_SAID = (
    rf"{WEEKDAY}(?:(?:{AND}|{TO})(?:每?{WEEK})?[一二三四五六日天](?![次篇个份条封遍点時时])"
    r"|[一二三四五六日](?![次篇个份条封遍点时天十]))*"
)
PART = "(?:" + "|".join(word for words in _PARTS.values() for word in words) + ")"
MINUTES = rf"(?:半|一刻|三刻|整|钟|{SMALL}\s*分?)?"
CLOCK = (
    rf"(?:{PART}\s*)?(?:\d{{1,2}}\s*[:：]\s*\d\d(?!\d)|{SMALL}\s*[点點時时]\s*(?!候){MINUTES})(?:钟|整)?(?:左右|前后)?"
    rf"|正午|午夜(?!{SMALL})"
)
CLOCKS = rf"(?:{CLOCK})(?:{AND}(?:{CLOCK}))*"
DAY = rf"{SMALL}\s*[号號日](?!\s*[会志])"
DATE = (
    rf"(?:\d{{4}}-\d\d?-\d\d?|(?:\d{{4}}\s*年\s*)?{SMALL}\s*月\s*{SMALL}\s*[号日]|今天|明天|后天|昨天|下个?{WEEK}(?:[一二三四五六日天])?"
    rf"|这?{WEEK}[一二三四五六日天])"
)
UNIT = r"个?\s*(?P<unit>秒钟?|分钟|小时|钟头|天|日|周|星期|礼拜|月|季度|年)"


def number(word: str) -> int:
    """Return the number that Chinese or Arabic numerals mean."""
    if word[0].isdigit():
        return int(re.sub(r"\D", "", word))
    if "万" in word:
        high, low = word.split("万", 1)
        return (number(high) if high else 1) * 10_000 + (number(low) if low else 0)
    total, digit = 0, 0
    for sign in word:
        if sign in _SCALES:
            total, digit = total + (digit or 1) * _SCALES[sign], 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def part_of(words: str) -> DayPart | None:
    """Return the part of the day that words name, if any."""
    return next((part for part, names in _PARTS.items() if any(name in words for name in names)), None)


def weekdays_of(words: str) -> frozenset[int]:
    """Return the weekdays that a list or range names: "Mon, Wed to Fri"."""
    found: set[int] = set()
    names = list(re.finditer(rf"(?:{WEEK})?\s*([一二三四五六日天1-7])", words))
    for place, name in enumerate(names):
        day = WEEKDAY_NUMBERS[name[1]]
        between = words[names[place - 1].end() : name.start()] if place else ""
        if re.fullmatch(rf"{TO}每?", between):
            first = WEEKDAY_NUMBERS[names[place - 1][1]]
            found.update((first - 1 + step) % 7 + 1 for step in range((day - first) % 7 + 1))
        found.add(day)
    return frozenset(found)


def date_of(words: str, today: date) -> date:
    """Return the date that words name; without a year the next one. Raises ValueError for what is no date."""
    days = {"今天": 0, "明天": 1, "后天": 2, "昨天": -1}
    if words in days:
        return today + timedelta(days=days[words])
    if re.match(r"\d{4}-", words):
        year, month, day = map(int, words.split("-"))
        return date(year, month, day)
    if "月" in words:
        year_said = re.match(r"(\d{4})\s*年", words)
        month, day = map(number, re.findall(SMALL, words[year_said.end() if year_said else 0 :]))
        found = date(int(year_said[1]) if year_said else today.year, month, day)
        return found if year_said or found >= today else found.replace(year=today.year + 1)
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 if "下" in words else 0)
    weekday = re.search(r"[一二三四五六日天]$", words)
    return monday + timedelta(days=WEEKDAY_NUMBERS[weekday[0]] - 1 if weekday else 0)


def clock_of(words: str, part: DayPart | None) -> Clock | None:
    """Return the time of day that words name, in a part of the day if one was said; None for what is no time."""
    part = part_of(words) or part
    words = re.sub(PART, "", words).strip()
    if not words:
        return Clock(12 * 60) if part is DayPart.NOON else Clock(0, midnight=True)
    hour, rest = re.split(r"\s*[:：点點时]\s*", words, maxsplit=1)
    clock = on_clock(number(hour), minute_of(rest), part)
    exact = part is not None or ":" in words or "：" in words or not 1 <= number(hour) <= 12  # noqa: PLR2004
    return clock and replace(clock, clear=exact)


def minute_of(words: str) -> int:
    """Return the minutes that are said after an hour."""
    words = re.sub(r"左右|前后|[钟整分\s]", "", words)
    return {"": 0, "半": 30, "一刻": 15, "三刻": 45}.get(words) or (number(words) if words and words[0] != "半" else 0)
