"""Whether a text is plainly meant as a rhythm and a Goal, though Nod's own words do not read it: a model may. Pure.

A text sounds so if it begins with words of time alone, "every" among them, and then says what is to be done; or if it
says what is to be done and ends with such words. What is wrongly taken for one is asked about; it does not run unseen.
"""

import re
from collections.abc import Sequence

from agent_core.schedules import goals_en, goals_zh
from agent_core.schedules.vocabulary_en import WORD_NUMBER

_MOST_READ = 300  # characters at either end
_OFTEN = frozenset(["every", "each", "daily", "weekly", "monthly", "hourly", "nightly", "yearly", "quarterly"])
_TIMES = """
a after afternoon afternoons am an and another around at before beginning between breakfast business by calendar close
couple dawn day days during dusk early end eve evening evenings few fifth first following fortnight fourth from full
half hour hours hrs in last late later latest least lunch midday midnight mid min mins minute minutes month months moon
morning mornings never new next night nights no non noon not of office off on once or other past pm point quarter
quarters right second seconds secs shortly since solstice soon start starting straight sunrise sunset than the then
thing third til till time times to twice until week weekday weekdays weekend weekends weeks within work workday workdays
working year years about just always only odd even alternate
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays
mon tue tues wed thu thur thurs fri sat sun
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
"""
_WORDS = frozenset(_TIMES.split()) | _OFTEN
_TOKEN = re.compile(
    rf"(?:\d[\d.,:/h]*|[½¼¾]|(?:{WORD_NUMBER})(?![a-z]))[½¼¾]?(?:st|nd|rd|th|am|pm|ish|o'?clock|[smhdw]|hrs?|mins?|m\d*)?",
    re.IGNORECASE,
)
_OPEN = frozenset(("a", "an", "the", "of", "to"))  # after which a noun comes, and no Goal
_WITH_NOUN = frozenset(("before", "after", "during"))  # "after the backup"
_ARTICLES = frozenset(("the", "our", "my"))
_HAN_TIME = (
    r"[每隔各个第末初前后之以内半小时分钟秒天日周星期礼拜月季度年早晚晨上午下中夜里间点點整刻号號工作头尾底饭到至和或约大左右"
    r"零〇一二三四五六七八九十百两\d.:：~、，,\s]"
)
_HAN = re.compile(rf"{_HAN_TIME}{{2,40}}?")
_HAN_LAST = re.compile(rf"(?P<goal>.{{2,}}?)(?P<rhythm>[每隔]{_HAN_TIME}{{2,40}})[。.!！]?", re.DOTALL)


def sounds_like_rhythm(text: str) -> bool:
    """Return whether a text that is NotASchedule is meant as one all the same."""
    text = text.strip()
    return _first(text) or _last(text) or _in_chinese(text)


def _first(text: str) -> bool:
    """Return whether words of time stand first: "every 1.5 hours check the site"."""
    rest = list(re.finditer(r"[^\s,;:—–]\S*", text[goals_en.opening(text) : _MOST_READ]))
    words = [found[0].lower().rstrip(",;:") for found in rest]
    count = _leading(words)
    if count < 2 or count == len(words) or not _OFTEN & set(words[:count]) or words[count - 1] in _OPEN:  # noqa: PLR2004
        return False
    begin = goals_en.opening(text)
    return goals_en.says_what(text[begin : begin + rest[count].start()], text[begin + rest[count].start() :])


def _leading(words: Sequence[str]) -> int:
    """Return how many of the first words speak of times."""
    count = 0
    while count < len(words):
        if words[count] in _WITH_NOUN and words[count + 1 : count + 2] and words[count + 1] in _ARTICLES:
            count += 3
        elif _is_time(words[count]):
            count += 1
        else:
            break
    return min(count, len(words))


def _last(text: str) -> bool:
    """Return whether words of time stand last: "check the site every 1.5 hours"."""
    words = list(re.finditer(r"\S+", text))
    begin = len(words)
    while begin and _is_time(words[begin - 1][0].lower().strip(",;:.!")):
        begin -= 1
    if begin == len(words):
        return False
    goal, rhythm = text[: words[begin].start()], text[words[begin].start() :].lower()
    if not re.search(r"\b(?:every|each)\s+\S", rhythm) or re.fullmatch(r"(?:of|to|the|a|an|in)\s.*", rhythm, re.DOTALL):
        return False
    return goals_en.is_work(goal) and not goals_en.belongs_to(goal)


def _is_time(word: str) -> bool:
    return all(part in _WORDS or _TOKEN.fullmatch(part) for part in word.split("-"))


def _in_chinese(text: str) -> bool:
    """Return whether Chinese words of time stand before or after what is to be done: "每1.5小时检查网站"."""
    text = text[goals_zh.opening(text) : _MOST_READ]
    for end in range(2, min(len(text), 40)):
        before = text[:end]
        if not _HAN.fullmatch(before):
            break
        if re.search("[每隔]", before) and goals_zh.says_what(text[end:]):
            return True
    last = _HAN_LAST.fullmatch(text)
    return bool(last and goals_zh.is_work(last["goal"]) and not goals_zh.belongs_to(last["goal"]))
