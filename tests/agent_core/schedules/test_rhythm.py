"""Rhythms as text: what is canonical, what is taken for it, what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agent_core.i18n import sentence
from agent_core.schedules.refusals import RhythmRefused
from agent_core.schedules.rhythm import Cron, Interval, Rhythm, StrideUnit


@pytest.mark.parametrize(
    "text",
    [
        "cron 0 9 * * 1-5",
        "cron 15 9 * * *; cron 40 17 * * *",
        "cron 0 9 L * *",
        "cron 0 9 LW * *",
        "cron 0 9 * * MON#1",
        "cron 0 9 * * 5L",
        "cron 0 9 * * 1 every 2 weeks from 2026-11-23",
        "cron 0 9 1 * * every 5 months from 2026-11-01 until 2028-01-31",
        "cron 0 9 * * * from 2026-12-01",
        "every 45 minutes from 2026-11-25T09:00Z",
        "every 45 minutes from 2026-11-25T09:00:30Z until 2026-12-31",
    ],
)
def test_canonical_texts_are_read_and_written_unchanged(text):
    assert str(Rhythm.parse(text)) == text


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("0 9 * * mon-fri", "cron 0 9 * * MON-FRI"),
        ("  0   9 * *  1-5 ", "cron 0 9 * * 1-5"),
        ("@daily", "cron 0 0 * * *"),
        ("CRON 0 9 * * 1 EVERY 2 WEEKS FROM 2026-11-23", "cron 0 9 * * 1 every 2 weeks from 2026-11-23"),
        ("0 9 * * *;0 9 * * *;", "cron 0 9 * * *"),
        ("0 9 * * * every 1 weeks from 2026-12-01", "cron 0 9 * * * from 2026-12-01"),
    ],
)
def test_what_people_type_becomes_canonical(typed, canonical):
    assert str(Rhythm.parse(typed)) == canonical


def test_a_text_is_a_value():
    assert Rhythm.parse(
        "cron 0 9 * * 1 every 2 weeks from 2026-11-23; every 45 minutes from 2026-11-25T09:00Z"
    ) == Rhythm(
        (
            Cron("0 9 * * 1", 2, StrideUnit.WEEKS, date(2026, 11, 23)),
            Interval(timedelta(minutes=45), datetime(2026, 11, 25, 9, tzinfo=UTC)),
        )
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("* * * * * *", "seconds"),
        ("0 9 * *", "4 fields"),
        ("0 9 31 2 *", "never comes"),
        ("0 9 30 2 *", "never comes"),
        ("0 9 31 4,6,9,11 *", "never comes"),
        ("61 9 * * *", "“61” cannot be the minute"),
        ("0 24 * * *", "“24” cannot be the hour"),
        ("0 9 * * MON#6", "“MON#6” cannot be the weekday"),
        ("0 9 * * 5-1", "“5-1” cannot be the weekday"),
        ("*/0 9 * * *", "“*/0” cannot be the minute"),
        ("every 0 minutes from 2026-11-25T09:00Z", "too often"),
        ("every 30 seconds from 2026-11-25T09:00Z", "too often"),
        ("every 999999999 minutes from 2026-11-25T09:00Z", "too seldom"),
        ("cron 0 9 * * 1 every 2 weeks from 2026-02-30", "never comes"),
        ("every 5 minutes from 2026-02-30T09:00Z", "never comes"),
        ("cron 0 9 * * 1 every 900 weeks from 2026-02-03", "too seldom"),
        ("cron 0 9 * * 1 every 2 weeks", "not a rhythm"),
        ("tomorrow", "not a rhythm"),
        ("", "not a rhythm"),
        ("; ;", "not a rhythm"),
        ("0 9 * * * " * 60, "too long"),
        (";".join(f"{n} 9 * * *" for n in range(25)), "25 parts"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_in_both_languages(text, said):
    with pytest.raises(RhythmRefused) as refused:
        Rhythm.parse(text)
    assert said in sentence(refused.value, "en")
    assert sentence(refused.value, "zh") != sentence(refused.value, "en")


def test_an_administrator_may_allow_seconds():
    text = "every 30 seconds from 2026-11-25T09:00Z"
    assert str(Rhythm.parse(text, least=timedelta(seconds=10))) == text
    with pytest.raises(RhythmRefused, match="10 seconds"):
        Rhythm.parse("every 9 seconds from 2026-11-25T09:00Z", least=timedelta(seconds=10))
