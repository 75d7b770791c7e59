"""Chinese words -> Said. Pieces are read one after another for as long as there are any."""

import re
from collections.abc import Sequence
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
    DayPart,
    Said,
    Unit,
    on_clock,
)
from agent_core.schedules.spoken import Piece, Pieces, read_pieces
from agent_core.schedules.vocabulary_zh import (
    AND,
    CLOCK,
    CLOCKS,
    DATE,
    DAY,
    MINUTES,
    NUMBER,
    PART,
    SMALL,
    UNIT,
    UNITS,
    WEEK,
    WEEKDAY_NUMBERS,
    WEEKDAYS_SAID,
    ZONES,
    clock_of,
    date_of,
    minute_of,
    number,
    part_of,
    weekdays_of,
)

Found = re.Match[str]


def scan(text: str, start: int, today: date) -> tuple[Said, int]:
    """Return what is said of a rhythm from `start` on, and where the words of it end."""
    return read_pieces(text, start, today, _GAP, _PIECES)


def starts(text: str) -> Sequence[int]:
    """Return where in a text the words of a rhythm may begin."""
    return [found.start() for found in _BEGINS.finditer(text)]


# --- readers ------------------------------------------------------------------------------------------------------


def _read_weekdays(said: Said, found: Found, _today: date) -> Said | None:
    days = weekdays_of(found["days"])
    recurring = said.recurring or "每" in found[0] or "逢" in found[0] or len(days) > 1
    either = said.either or "或" in found["days"]
    return replace(said, weekdays=said.weekdays | days, recurring=recurring, either=either)


def _read_workdays(said: Said, found: Found, _today: date) -> Said | None:
    days = WEEKEND if "末" in found[0] else WORKDAYS
    return replace(said, weekdays=said.weekdays | days, recurring=True)


def _read_without(said: Said, found: Found, _today: date) -> Said | None:
    words = found["days"]
    days = WEEKEND if "末" in words else WORKDAYS if "工作日" in words else weekdays_of(words)
    return replace(said, without=said.without | days)


def _read_stride(said: Said, found: Found, _today: date) -> Said | None:
    """Read "每两小时", "每隔一天", "每3个月"."""
    apart = "隔" in found[0]
    stride = number(found["number"]) if found["number"] else 1
    unit = UNITS[found["unit"][0]]
    if apart and unit not in (Unit.SECOND, Unit.MINUTE, Unit.HOUR):
        if stride == 1:
            stride = 2
        else:  # 每隔两天: some mean every second day, some every third
            return replace(said, unit=unit, doubtful=(stride, stride + 1), recurring=True)
    if said.unit and unit is Unit.DAY and stride == 1:
        return replace(said, recurring=True)
    return replace(said, unit=unit, stride=stride, recurring=True)


def _read_half_hours(said: Said, found: Found, _today: date) -> Said | None:
    return replace(said, unit=Unit.MINUTE, stride=15 if "刻" in found[0] else 30, recurring=True)


def _read_each(said: Said, found: Found, _today: date) -> Said | None:
    """Read "每天", "每个月", "隔周"."""
    word = found["word"]
    if "隔" in word or "双周" in word:
        return replace(said, unit=Unit.DAY if "日" in word or "天" in word else Unit.WEEK, stride=2, recurring=True)
    unit = Unit.DAY if word in ("天天", "每晚", "每早") else UNITS[word.replace("个", "")[1]]
    part = {"每晚": DayPart.EVENING, "每早": DayPart.MORNING}.get(word, said.part)
    return replace(said, part=part, recurring=True).per(unit)


def _read_count(said: Said, found: Found, _today: date) -> Said | None:
    times = number(found["number"])
    unit = UNITS[found["unit"][0]] if found["unit"] else said.unit
    if times == 0:
        return replace(said, fault=TooOften(text=found[0], least=told_duration(MINUTE)), recurring=True)
    return replace(said, unit=unit, count=times if times > 1 else said.count, recurring=True)


def _read_both_ends(said: Said, found: Found, _today: date) -> Said | None:
    """Read "早晚八点": in the morning and in the evening; without an hour it must be asked."""
    if not found["hour"]:
        return replace(said, count=2, unit=said.unit or Unit.DAY)
    minute = minute_of(found["rest"] or "")
    times = [on_clock(number(found["hour"]), minute, part) for part in (DayPart.MORNING, DayPart.EVENING)]
    return said.at(*(clock for clock in times if clock))


def _read_vague(said: Said, _found: Found, _today: date) -> Said | None:
    return replace(said, vague=True, recurring=True)


def _read_ordinal(said: Said, found: Found, _today: date) -> Said | None:
    """Read "第一个周一", "最后一个工作日", "最后一天", "月底"."""
    words = found[0]
    which = [number(each) for each in re.findall(rf"第({SMALL})", words)]
    if not which:  # 最后一天, 月底, 月初
        which = [1] if "初" in words else [LAST]
    if any(not (each == LAST or 1 <= each <= 31) for each in which):  # noqa: PLR2004  (a month's days)
        return replace(said, fault=DateImpossible(text=words))
    if "工作日" in words:
        if which == [LAST]:
            return replace(said, days=(LAST_WORKDAY,))
        return replace(said, ordinals=((1, 0),)) if which == [1] else None
    if day := re.search(rf"{WEEK}\s*([一二三四五六日天])", words):
        if any(each > 5 for each in which):  # noqa: PLR2004  (a month has at most five of a weekday)
            return replace(said, fault=DateImpossible(text=words))
        return replace(said, ordinals=tuple((each, WEEKDAY_NUMBERS[day[1]]) for each in which))
    return replace(said, days=tuple(LAST_DAY if each == LAST else each for each in which))


def _read_days(said: Said, found: Found, _today: date) -> Said | None:
    days = tuple(number(each) for each in re.findall(SMALL, found["days"]))
    if any(not 1 <= day <= 31 for day in days):  # noqa: PLR2004  (a month's days)
        return replace(said, fault=DateImpossible(text=found[0]), recurring=True)
    days = (*days, LAST_DAY) if found["last"] else days
    return replace(said, days=(*said.days, *days), recurring=said.recurring or "每" in found[0])


def _read_year_day(said: Said, found: Found, _today: date) -> Said | None:
    return replace(said, months=(number(found["month"]),), days=(number(found["day"]),)).per(Unit.YEAR)


def _read_months(said: Said, found: Found, _today: date) -> Said | None:
    months = tuple(number(each) for each in re.findall(SMALL, found["months"]))
    return None if any(not 1 <= month <= 12 for month in months) else replace(said, months=months)  # noqa: PLR2004


def _read_once(said: Said, found: Found, today: date) -> Said | None:
    return None if said.recurring else replace(said, once=True, starts=date_of(found["date"], today))


def _read_bound(said: Said, found: Found, today: date) -> Said | None:
    try:
        day = date_of(found["date"], today)
    except ValueError:
        return replace(said, fault=DateImpossible(text=found["date"]))
    return replace(said, ends=day) if found["until"] else replace(said, starts=day)


def _read_window(said: Said, found: Found, _today: date) -> Said | None:
    first = clock_of(found["first"], None)
    last = clock_of(found["last"], None if part_of(found["last"]) else part_of(found["first"]))
    if first is None or last is None:
        return replace(said, fault=TimeImpossible(text=found[0]), recurring=True)
    return replace(said, window=(first.minutes, last.minutes))


def _read_times(said: Said, found: Found, _today: date) -> Said | None:
    part = said.part
    for each in re.finditer(CLOCK, found[0]):
        part = part_of(each[0]) or part  # 下午两点、四点: the second is the afternoon's too
        clock = clock_of(each[0], part)
        if clock is None:
            return replace(said, fault=TimeImpossible(text=each[0]), recurring=True)
        said = said.at(clock)
    return replace(said, part=None, either=said.either or "或" in found[0])


def _read_zone(said: Said, found: Found, _today: date) -> Said | None:
    return replace(said, zone=ZONES[found["zone"]])


def _read_part(said: Said, found: Found, _today: date) -> Said | None:
    return replace(said, part=part_of(found[0]))


# --- pieces, the longer ones before those they begin with ---------------------------------------------------------

_GAP = re.compile(r"[\s,，、;；的在]*(?:于)?(?:并且|以及|和)?\s*")


_PIECES: Pieces = (
    Piece(rf"[（(]?除了?\s*(?P<days>周末|工作日|{WEEKDAYS_SAID})\s*(?:以外|之外|外)?[）)]?", _read_without),
    Piece(rf"[（(]?(?:但|但是)?(?:不含|不包括|不算|不要)\s*(?P<days>周末|工作日|{WEEKDAYS_SAID})[）)]?", _read_without),
    Piece(rf"[（(]?(?P<days>周末|{WEEKDAYS_SAID})\s*除外[）)]?", _read_without),
    Piece(
        r"每隔?(?:几|若干|数)个?(?:秒|分钟|小时|天|日|周|星期|月|年)|每隔?一?段时间|时不时|隔三差五|偶尔|不定期|定期|经常"
        r"|(?:每|一)个?(?:天|日|周|星期|月|年)(?:好?几|多|若干)次",
        _read_vague,
    ),
    Piece(
        rf"(?:每个?|一个?)\s*(?P<unit>秒|分钟|小时|天|日|周|星期|月|年)\s*(?P<number>{NUMBER})\s*[次遍]", _read_count
    ),
    Piece(rf"早晚(?:各一次)?(?:\s*(?P<hour>{SMALL})\s*[点時时](?P<rest>{MINUTES}))?", _read_both_ends),
    Piece(r"每(?:隔)?(?:半个?小时|半个?钟头|一?刻钟)(?:\s*一次)?", _read_half_hours),
    Piece(rf"每?隔\s*(?P<number>{NUMBER})\s*{UNIT}(?:\s*一次)?", _read_stride),
    Piece(rf"每\s*(?P<number>{NUMBER})\s*{UNIT}(?:\s*一次)?", _read_stride),
    Piece(r"每(?P<number>$^)?个?(?P<unit>秒钟?|分钟|小时|钟头)(?:\s*一次)?", _read_stride),
    Piece(r"每?个?(?:工作日|上班日|周末)", _read_workdays),
    Piece(rf"(?:每逢|每个?|逢)?\s*(?P<days>{WEEKDAYS_SAID})", _read_weekdays),
    Piece(
        rf"(?:每(?=[第最]))?(?:第{SMALL}(?:{AND}第{SMALL})*个?(?:{WEEK}[一二三四五六日天]|工作日|天)|最后一?个?(?:{WEEK}[一二三四五六日天]|工作日|天)"
        rf"|(?:月|年|季度?|(?<=[月度年]))(?:底|末|初)(?![步次学审级期]))",
        _read_ordinal,
    ),
    Piece(
        r"(?P<word>每隔?双?周(?!末)|隔周|隔天|隔日|双周|天天|每晚(?!上)|每早(?!上|晨)|每个?(?:天|日|周|星期|礼拜|月|季度|年))(?:\s*一次)?",
        _read_each,
    ),
    Piece(
        rf"(?:从|自|由)?\s*(?P<first>{CLOCK})\s*(?:到|至|-|–|—|~|～)\s*(?P<last>{CLOCK})\s*(?:之间|期间|间|内)?",
        _read_window,
    ),
    Piece(rf"(?P<until>直到|到|至)\s*(?P<date>{DATE})\s*(?:为止|止|结束)?", _read_bound),
    Piece(rf"(?P<until>$^)?(?:从|自)\s*(?P<date>{DATE})\s*(?:起|开始|之后)?", _read_bound),
    Piece(
        rf"(?P<date>今天|明天|后天|\d{{4}}\s*年\s*{SMALL}\s*月\s*{SMALL}\s*[号日]|\d{{4}}-\d\d?-\d\d?|下个?{WEEK}[一二三四五六日天])",
        _read_once,
    ),
    Piece(rf"(?P<month>{SMALL})\s*月\s*(?P<day>{SMALL})\s*[号日]", _read_year_day),
    Piece(rf"(?P<months>{SMALL}\s*月(?:{AND}{SMALL}\s*月)*)(?:份)?", _read_months),
    Piece(
        rf"每?\s*(?P<days>(?:{SMALL}{AND})*{DAY}(?:{AND}(?:{SMALL}{AND})*{DAY})*)(?P<last>{AND}最后一天)?",
        _read_days,
    ),
    Piece(rf"(?P<zone>{'|'.join(ZONES)})\s*时间", _read_zone),
    Piece(CLOCKS, _read_times),
    Piece(PART, _read_part),
)

_BEGINS = re.compile(
    rf"每|工作日|周末|{WEEK}[一二三四五六日天]|隔[周天日]|天天|早|晚|上午|中午|下午|凌晨|除|从|定期|\d{{1,2}}\s*[:：点号]|一[天周]"
)
