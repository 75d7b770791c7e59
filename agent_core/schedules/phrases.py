"""People's words -> a Rhythm and a Goal, without a model. Pure.

Two ways of asking are known: the rhythm first, or the Goal first and the rhythm at its end. Where the words say neither
how often clearly nor what to do, it is an ordinary Goal: a schedule is asked for a nod before it is kept, but a Goal
mistaken for one would not run at all.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent_core.i18n import N_, Phrase
from agent_core.schedules.asked import Ambiguous, Asked, NotASchedule, Reading, Refused
from agent_core.schedules.composing import compose
from agent_core.schedules.goals_en import ENGLISH
from agent_core.schedules.goals_zh import CHINESE
from agent_core.schedules.refusals import RhythmRefused
from agent_core.schedules.rhythm import MINUTE, Rhythm
from agent_core.schedules.said import Said, merged
from agent_core.schedules.spoken import Spoken
from agent_core.schedules.times import refuse_if_over

_UNREAD = N_("“{words} …” was not understood. Is it this rhythm?")
MOST_READ = 300  # characters at either end of a text in which a rhythm is looked for

_QUOTED = re.compile(r"""(?:"([^"]+)"|“([^”]+)”|`([^`]+)`|「([^」]+)」)\s*[,:，：]?\s*(.*)""", re.DOTALL)
_FIELD = r"(?:\*(?:/\d+)?|\d[\d*/,\-]*|\d*L|LW|(?:[a-z]{3}|\d)(?:[#,\-](?:[a-z]{3}|\d)+)*)"
_CRON = re.compile(rf"((?:{_FIELD}\s+){{4,5}}{_FIELD})(?=\s|$)\s*(.*)", re.IGNORECASE | re.DOTALL)
_CRON_ALONE = re.compile(
    r"(?:cron\s.*|@[a-z]+|[\d*,/\-#a-zA-Z]+(?:\s+[\d*,/\-#a-zA-Z]+){3,6})", re.IGNORECASE | re.DOTALL
)
_CANONICAL = re.compile(r"cron\s|@|every\s+\d+\s+(?:seconds|minutes)\s+from\s+\d{4}-\d\d-\d\dT", re.IGNORECASE)
_HAN = re.compile("[\u4e00-\u9fff]")
_BETWEEN = " \t\n,:;-—–>→，：；、。"
_ENDS = re.compile(r"[\s.!。！]*(?:please|谢谢|thanks?(?:\s+you)?)?[\s.!。！]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What words are read against: the time now (aware), the zone, and the shortest time between two firings."""

    now: datetime
    zone: ZoneInfo
    least: timedelta

    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def compose(self, said: Said, words: str) -> Reading:
        return compose(said, words, now=self.now, zone=self.zone, least=self.least)


def read_schedule(text: str, *, now: datetime, zone: ZoneInfo, least: timedelta = MINUTE) -> Reading:
    """Return what a text asks: `every weekday at 9:00 GOAL`, `GOAL every weekday at 9`, `"0 9 * * 1-5" GOAL`.

    `now` (aware) and `zone` are where counting starts and what has passed; `least` is the shortest time between two
    firings, a minute unless an administrator set another. A goal that merely contains "every" is
    NotASchedule. `read_rhythm` reads a text that is known to be a rhythm.
    """
    text = text.strip()
    if found := _QUOTED.fullmatch(text):
        *quoted, goal = found.groups()
        reading = read_rhythm(next(each for each in quoted if each), now=now, zone=zone, least=least)
        return _with_goal(reading, goal.strip()) if goal.strip() else NotASchedule()
    if (found := _CRON.fullmatch(text)) and "*" in found[1]:
        return _with_goal(read_rhythm(found[1], now=now, zone=zone, least=least), found[2].strip())
    frame = _Frame(now, zone, least)
    for language in _languages(text):
        reading = _first(text, language, frame)
        if isinstance(reading, NotASchedule):
            reading = _last(text, language, frame)
        if isinstance(reading, NotASchedule):
            reading = _within(text, language, frame)
        if not isinstance(reading, NotASchedule):
            return reading
    return NotASchedule()


def read_rhythm(text: str, *, now: datetime, zone: ZoneInfo, least: timedelta = MINUTE) -> Reading:
    """Return what a text says that is a rhythm and nothing else: canonical, cron fields, or words; the goal is empty.

    For `nod schedule edit`, the first argument of `schedule "…" GOAL`, and answers to an Ambiguous question.
    NotASchedule means that only a model may know.
    """
    text = text.strip()
    if _CANONICAL.match(text) or (_CRON_ALONE.fullmatch(text) and re.search(r"\*|\d\s+\d", text)):
        try:
            rhythm = Rhythm.parse(text, least=least)
            refuse_if_over(rhythm, zone, now)
        except RhythmRefused as error:
            return Refused(error)
        return Asked(rhythm, "")
    for language in _languages(text):
        said, end = language.scan(text[:MOST_READ], 0, now.astimezone(zone).date())
        if end and _ENDS.fullmatch(text, end):
            return compose(said, text, now=now, zone=zone, least=least)
    return NotASchedule()


def _languages(text: str) -> tuple[Spoken, ...]:
    return (CHINESE, ENGLISH) if _HAN.search(text) else (ENGLISH,)


def _with_goal(reading: Reading, goal: str) -> Reading:
    match reading:
        case Asked() | Ambiguous() | Refused():
            return replace(reading, goal=goal)
        case NotASchedule():
            return reading


def _first(text: str, language: Spoken, frame: _Frame) -> Reading:
    """Return what a text asks whose rhythm stands first."""
    begin = language.opening(text)
    said, end = language.scan(text[:MOST_READ], begin, frame.today())
    if end <= begin:
        return NotASchedule()
    words, goal = text[begin:end].strip(_BETWEEN), text[end:].lstrip(_BETWEEN).rstrip()
    if not said.timed() or not said.recurring:
        said, goal = _rest_of_rhythm(said, goal, language, frame)
    if goal and not language.begins_goal(said, words, text[end:]):
        return NotASchedule()
    if not goal and not (said.recurring and said.timed()):
        return NotASchedule()
    reading = _with_goal(frame.compose(said, words), goal)
    if isinstance(reading, Asked) and (unread := language.unread.match(goal)):
        return Ambiguous(Phrase(_UNREAD, words=unread[0]), (reading.rhythm,), goal)
    return reading


def _rest_of_rhythm(said: Said, goal: str, language: Spoken, frame: _Frame) -> tuple[Said, str]:
    """Return what was said at both ends: "every weekday summarise #support at 9"."""
    for begin in _begins(goal, language):
        more, end = language.scan(goal, begin, frame.today())
        adds = more.timed() and not more.dated() if said.recurring else more.recurring
        if end > begin and _ENDS.fullmatch(goal, end) and adds and not language.belongs_to(goal[:begin]):
            return merged(said, more), goal[:begin].rstrip(_BETWEEN)
    return said, goal


def _last(text: str, language: Spoken, frame: _Frame) -> Reading:
    """Return what a text asks whose rhythm stands last."""
    for begin in _begins(text, language):
        goal = text[:begin].rstrip(_BETWEEN)
        said, end = language.scan(text, begin, frame.today())
        if not goal or end <= begin or not _ENDS.fullmatch(text.rstrip("?？") if language.opening(text) else text, end):
            continue
        if language.belongs_to(text[:begin]) or not language.ends_goal(said, text[begin:end], goal):
            return NotASchedule()
        return _with_goal(frame.compose(said, text[begin:end].strip(_BETWEEN)), goal)
    return NotASchedule()


def _within(text: str, language: Spoken, frame: _Frame) -> Reading:
    """Return what a text asks whose rhythm stands within its Goal: "remind me every Friday to send my hours"."""
    leads = language.leads.match(text)
    if not leads:
        return NotASchedule()
    said, end = language.scan(text[:MOST_READ], leads.end(), frame.today())
    if end <= leads.end() or not said.recurring or not language.follows.match(text, end):
        return NotASchedule()
    goal = language.space.join((text[: leads.end()].rstrip(), text[end:].lstrip(_BETWEEN)))
    return _with_goal(frame.compose(said, text[leads.end() : end].strip(_BETWEEN)), goal)


def _begins(text: str, language: Spoken) -> list[int]:
    return [begin for begin in language.starts(text) if begin > 0 and len(text) - begin <= MOST_READ]
