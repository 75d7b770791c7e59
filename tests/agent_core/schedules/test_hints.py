"""Texts that are plainly meant as rhythms and that only a model may read; ordinary Goals are none of them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.commands import ProposeSchedule, SubmitGoal, parse_goal_command
from agent_core.schedules.asked import NotASchedule
from agent_core.schedules.hints import sounds_like_rhythm
from agent_core.schedules.phrases import read_schedule
from tests.agent_core.schedules.phrases_refused import ORDINARY

MEANT = """
every 1.5 hours check the site
every 1,5 hours check the site
every 2½ hours check the site
every two and a half hours check the site
every 1h30m check the site
every working hour check the site
every full moon post a poem
every day before lunch check the site
every night after the backup check the logs
before 9:00 every day summarise #support
shortly before 9 every weekday check the site
after lunch every Tuesday send the notes
in the first week of every month, send the invoices
check the site every 1.5 hours
check the site before 9:00 every day
check the site every full moon
每1.5小时检查网站
每两个半小时检查网站
九点前每天总结 #support
每个季度末前三天提醒我
检查网站每1.5小时
""".strip().splitlines()


@pytest.mark.parametrize("text", MEANT)
def test_what_is_meant_as_a_rhythm_and_not_understood_is_not_run_at_once(text):
    reading = read_schedule(text, now=datetime(2026, 11, 25, tzinfo=UTC), zone=ZoneInfo("UTC"))
    assert isinstance(reading, NotASchedule)
    assert sounds_like_rhythm(text)
    assert parse_goal_command(text) == ProposeSchedule(text)


@pytest.mark.parametrize(
    "text", [*ORDINARY, "", "every", "每", "every day", "every 2 weeks", "daily report", "every time I check the site"]
)
def test_an_ordinary_goal_does_not_sound_like_a_rhythm(text):
    assert not sounds_like_rhythm(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_goal_stays_a_goal(text):
    assert parse_goal_command(text) == SubmitGoal(text)
