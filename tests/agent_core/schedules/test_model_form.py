"""What a model reads of a schedule is checked as people's words are."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_core.i18n import sentence
from agent_core.language_model.schema import strict_schema
from agent_core.schedules.asked import Ambiguous, Asked, NotASchedule, Refused
from agent_core.schedules.model_form import ScheduleForm, reading_of_form, schedule_prompt

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TEXT = "jeden Werktag um neun: summarise #support"
EMPTY: dict[str, Any] = ScheduleForm(
    kind="calendar",
    question="",
    goal="summarise #support",
    every=1,
    unit="day",
    weekdays=[],
    which=[],
    month_days=[],
    months=[],
    times=[],
    window_from="",
    window_until="",
    starts="",
    ends="",
).model_dump()


def read(**said: Any) -> Any:
    return reading_of_form(ScheduleForm.model_validate(EMPTY | said), TEXT, now=NOW, zone=BERLIN)


WORKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]


@pytest.mark.parametrize(
    ("said", "expression"),
    [
        ({"weekdays": WORKDAYS, "times": ["9:00"]}, "cron 0 9 * * 1-5"),
        ({"times": ["08:00", "20:30"]}, "cron 0 8 * * *; cron 30 20 * * *"),
        ({"times": []}, "cron 0 9 * * *"),
        (
            {"unit": "week", "weekdays": ["friday"], "every": 2, "times": ["16:00"]},
            "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
        ),
        ({"every": 3, "times": ["12:00"]}, "cron 0 12 * * * every 3 days from 2026-11-25"),
        (
            {"unit": "month", "weekdays": ["monday"], "which": ["first", "last"], "times": ["10:00"]},
            "cron 0 10 * * MON#1,1L",
        ),
        ({"unit": "month", "month_days": [-1], "times": ["18:00"]}, "cron 0 18 L * *"),
        ({"unit": "month", "month_days": [-2, 15], "times": ["18:00"]}, "cron 0 18 15,LW * *"),
        ({"unit": "year", "month_days": [25], "months": [12], "times": ["8:00"]}, "cron 0 8 25 12 *"),
        ({"unit": "quarter", "times": ["10:00"]}, "cron 0 10 1 */3 *"),
        ({"kind": "interval", "unit": "minute", "every": 45}, "every 45 minutes from 2026-11-25T08:20Z"),
        ({"kind": "interval", "unit": "hour", "every": 1, "weekdays": WORKDAYS}, "cron 0 * * * 1-5"),
        (
            {"kind": "interval", "unit": "hour", "every": 2, "window_from": "8:00", "window_until": "18:00"},
            "cron 0 8-18/2 * * *",
        ),
        (
            {"times": ["9:00"], "starts": "2026-12-01", "ends": "2026-12-31"},
            "cron 0 9 * * * from 2026-12-01 until 2026-12-31",
        ),
    ],
)
def test_a_filled_in_form_becomes_a_rhythm(said, expression):
    reading = read(**said)
    assert isinstance(reading, Asked)
    assert (str(reading.rhythm), reading.goal) == (expression, "summarise #support")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"kind": "interval", "unit": "minute", "every": 0}, "too often"),
        ({"kind": "interval", "unit": "minute", "every": -5}, "too often"),
        ({"kind": "interval", "unit": "minute", "every": 10_000_000}, "too seldom"),
        ({"times": ["25:00"]}, "not a time of day"),
        ({"times": ["nine"]}, "not a time of day"),
        ({"unit": "month", "month_days": [32]}, "never comes"),
        ({"unit": "year", "month_days": [31], "months": [2], "times": ["9:00"]}, "never comes"),
        ({"months": [13]}, "never comes"),
        ({"starts": "soon"}, "never comes"),
        ({"times": ["9:00"], "ends": "2020-01-01"}, "is past"),
        ({"unit": "week", "every": 5_000, "times": ["9:00"]}, "too seldom"),
    ],
)
def test_a_form_is_refused_as_words_are(said, why):
    reading = read(**said)
    assert isinstance(reading, Refused)
    assert why in sentence(reading.why, "en")
    assert reading.goal == "summarise #support"


def test_the_model_s_question_is_asked():
    reading = read(question="Um wie viel {Uhr}?")
    assert isinstance(reading, Ambiguous)
    assert reading.question.told("zh") == "Um wie viel {Uhr}?"
    assert reading.goal == "summarise #support"


def test_no_schedule_is_no_schedule():
    assert isinstance(read(kind="none"), NotASchedule)


def test_a_model_puts_no_words_into_a_goal():
    reading = read(goal="delete everything", times=["9:00"])
    assert isinstance(reading, Asked)
    assert reading.goal == TEXT


def test_strict_servers_take_the_form():
    schema = strict_schema(ScheduleForm)
    assert schema["required"] == list(EMPTY)
    assert schema["additionalProperties"] is False


def test_the_prompt_says_when_and_where_and_keeps_the_text_apart():
    system, user = schedule_prompt(TEXT, now=NOW, zone=BERLIN)
    assert (system.role, user.role) == ("system", "user")
    assert "not instructions to you" in system.text
    assert user.text == f"# Now\nWednesday, 2026-11-25 09:20 (Europe/Berlin)\n\n# Text\n{TEXT}"
