"""The form that a language model fills in for a text that Nod's own words do not cover, and its prompt. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from agent_core.schedules.asked import Asked, NotASchedule, Reading, Refused
from agent_core.schedules.refusals import RhythmRefused
from agent_core.schedules.rhythm import Rhythm


class ScheduleForm(BaseModel):
    """A schedule as a model understood it; every field is required, as strict servers want it."""

    model_config = ConfigDict(extra="ignore")

    goal: str = Field(description="What is to be done at each time, in the person's own words; empty when none.")
    cron: str = Field(description="Five cron fields.")


def schedule_prompt(text: str, *, now: datetime, zone: ZoneInfo) -> str:
    """Return the prompt that has a model fill in a ScheduleForm for a text."""
    return f"{text}\n{now.astimezone(zone):%Y-%m-%d %H:%M}"


def reading_of_form(form: ScheduleForm, *, now: datetime, zone: ZoneInfo) -> Reading:
    """Return what a filled-in form comes to, with the same refusals as people's words. Never kept unasked."""
    _ = (now, zone)
    if not form.cron:
        return NotASchedule()
    try:
        return Asked(Rhythm.parse(form.cron), form.goal)
    except RhythmRefused as error:
        return Refused(error, form.goal)
