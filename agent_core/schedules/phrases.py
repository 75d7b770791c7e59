"""People's words -> a Rhythm and a Goal, without a model. Pure."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from agent_core.schedules.asked import Asked, NotASchedule, Reading, Refused
from agent_core.schedules.refusals import RhythmRefused
from agent_core.schedules.rhythm import Rhythm
from agent_core.schedules.times import refuse_if_over

_QUOTED = re.compile(r"""\s*(?:"(?P<straight>[^"]+)"|“(?P<curly>[^”]+)”|`(?P<code>[^`]+)`)\s*(?P<goal>.*)""", re.DOTALL)


def read_schedule(text: str, *, now: datetime, zone: ZoneInfo) -> Reading:
    """Return what a text asks: `every weekday at 9:00 GOAL`, `GOAL every weekday at 9`, `"0 9 * * 1-5" GOAL`.

    `now` (aware) and `zone` are where counting starts and what has passed. A goal that merely contains "every" is
    NotASchedule. `read_rhythm` reads a text that is known to be a rhythm.
    """
    if found := _QUOTED.fullmatch(text):
        reading = read_rhythm(found["straight"] or found["curly"] or found["code"], now=now, zone=zone)
        match reading:
            case Asked(rhythm, _, assumed) if found["goal"]:
                return Asked(rhythm, found["goal"].strip(), assumed)
            case _:
                return NotASchedule()
    return NotASchedule()


def read_rhythm(text: str, *, now: datetime, zone: ZoneInfo) -> Reading:
    """Return what a text says that is a rhythm and nothing else: canonical, cron fields, or words; the goal is empty.

    For `nod schedule edit`, the first argument of `schedule "…" GOAL`, and answers to an Ambiguous question.
    NotASchedule means that only a model may know.
    """
    try:
        rhythm = Rhythm.parse(text)
        refuse_if_over(rhythm, zone, now)
    except RhythmRefused as error:
        return Refused(error)
    return Asked(rhythm, "")
