"""What people type, and what it is read as, without a model."""

import re
from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from agent_core.i18n import sentence
from agent_core.schedules.asked import Ambiguous, Asked, NotASchedule, Reading, Refused
from agent_core.schedules.phrases import read_rhythm, read_schedule
from agent_core.schedules.rhythm import Rhythm
from agent_core.schedules.times import next_times
from tests.agent_core.schedules.phrases_in_chinese import CHINESE
from tests.agent_core.schedules.phrases_in_english import ENGLISH
from tests.agent_core.schedules.phrases_refused import ASKS, ORDINARY, REFUSED

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)  # a Wednesday, 9:20 in Berlin
BERLIN = ZoneInfo("Europe/Berlin")
GOALS = {"en": "summarise what happened in #support", "zh": "总结 #support 的讨论"}


def filled(phrase: str) -> tuple[str, str]:
    """Return a phrase with a goal of its language in it, and that goal."""
    goal = GOALS["zh" if re.search("[\u4e00-\u9fff]", phrase) else "en"]
    return phrase.replace("{}", goal), goal


def read(text: str) -> Reading:
    return read_schedule(text, now=NOW, zone=BERLIN)


def assumed(text: str, language: str = "en") -> list[str]:
    reading = read(text)
    assert isinstance(reading, Asked)
    return [each.told(language) for each in reading.assumed]


def test_the_table_is_as_long_as_it_was_promised():
    assert len(ENGLISH) + len(CHINESE) >= 200
    assert min(len(ENGLISH), len(CHINESE)) >= 100
    assert len(ASKS) + len(REFUSED) >= 40
    assert len(ORDINARY) >= 40


@pytest.mark.parametrize(("phrase", "expression"), [*ENGLISH.items(), *CHINESE.items()])
def test_a_phrase_gives_its_expression_and_leaves_the_goal_as_it_was_written(phrase, expression):
    text, goal = filled(phrase)
    reading = read(text)
    assert isinstance(reading, Asked)
    assert (str(reading.rhythm), reading.goal) == (expression, goal)
    assert Rhythm.parse(str(reading.rhythm)) == reading.rhythm
    assert len(next_times(reading.rhythm, BERLIN, NOW, 5)) == (3 if "for 3 weeks" in phrase else 5)


@pytest.mark.parametrize(("phrase", "choices"), ASKS.items())
def test_what_can_be_meant_in_several_ways_asks(phrase, choices):
    text, goal = filled(phrase)
    reading = read(text)
    assert isinstance(reading, Ambiguous)
    assert (tuple(map(str, reading.choices)), reading.goal) == (choices, goal)
    assert reading.question.told("en").endswith("?")
    assert reading.question.told("zh").endswith(("？", "。"))


@pytest.mark.parametrize(("phrase", "said"), REFUSED.items())
def test_what_cannot_be_is_refused_and_says_why(phrase, said):
    text, goal = filled(phrase)
    reading = read(text)
    assert isinstance(reading, Refused)
    assert said in sentence(reading.why, "en")
    assert sentence(reading.why, "zh") != sentence(reading.why, "en")
    assert reading.goal == goal


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_goal_is_not_taken_for_a_schedule(text):
    assert isinstance(read(text), NotASchedule)


@pytest.mark.parametrize("goal", [GOALS["en"], GOALS["zh"], "", " ", "\n", "every", "每", '""', "“”", "at", "0 9 * *"])
def test_a_goal_without_a_rhythm_is_not_a_schedule(goal):
    assert isinstance(read(goal), NotASchedule)


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("every day at 9 10 facts about cats", "10 facts about cats"),
        ("every day at 9:00, 5 jokes about cats", "5 jokes about cats"),
        ("every Monday at 9:00: weekly report", "weekly report"),
        (
            "every Monday at 9:00 write a report\nwith two parts\n- one\n- two",
            "write a report\nwith two parts\n- one\n- two",
        ),
        ("every Monday at 9:00 summarise what changed since last Monday", "summarise what changed since last Monday"),
        ("每周一上午九点：写一篇周报，\n不超过 300 字。", "写一篇周报，\n不超过 300 字。"),
        ("每天上午9点 summarise #support", "summarise #support"),
        ("every day at 9:00 总结 #support", "总结 #support"),
        ("总结 #support 的讨论，every weekday at 9:00", "总结 #support 的讨论"),
    ],
)
def test_the_goal_is_what_is_left(text, goal):
    reading = read(text)
    assert isinstance(reading, Asked)
    assert reading.goal == goal


@pytest.mark.parametrize(
    ("text", "expression", "goal"),
    [
        ("remind me every Friday at 16:00 to send my hours", "cron 0 16 * * 5", "remind me to send my hours"),
        ("ask @ana every Monday at 9:00 about the numbers", "cron 0 9 * * 1", "ask @ana about the numbers"),
        ("提醒大家每周五下午五点提交工时", "cron 0 17 * * 5", "提醒大家提交工时"),
        ("can you summarise #support every day at 5pm?", "cron 0 17 * * *", "can you summarise #support"),
    ],
)
def test_a_rhythm_may_stand_within_the_goal_or_in_a_polite_question(text, expression, goal):
    reading = read(text)
    assert isinstance(reading, Asked)
    assert (str(reading.rhythm), reading.goal) == (expression, goal)


@pytest.mark.parametrize("text", ["every Monday at 9:00 and every day at 5 check", "每周一上午九点和每天五点检查"])
def test_of_several_clauses_the_unclear_one_is_asked_for(text):
    reading = read(text)
    assert isinstance(reading, Ambiguous)
    assert (reading.choices, reading.goal[-5:]) == ((), text[-5:] if text.isascii() else "检查")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("every weekday at 9:00 unless it is a holiday, check the site", "unless"),
        ("every weekday at 9:00 until the release is out check the site", "until"),
        ("每个工作日上午九点如果不放假就总结", "如果"),
    ],
)
def test_words_of_a_rhythm_that_were_not_understood_are_asked_about(text, words):
    reading = read(text)
    assert isinstance(reading, Ambiguous)
    assert tuple(map(str, reading.choices)) == ("cron 0 9 * * 1-5",)
    assert f"“{words} …” was not understood" in reading.question.told("en")
    assert words in reading.question.told("zh")


def test_what_was_left_open_is_told_in_both_languages():
    assert assumed("every weekday summarise #support") == ["No time was given, so it is 09:00."]
    assert assumed("weekly summarise #support") == [
        "No day was given, so it is Monday.",
        "No time was given, so it is 09:00.",
    ]
    assert assumed("每月总结 #support", "zh") == ["没有写明哪一天，所以定在 1 日。", "没有写明时间，所以定在 09:00。"]
    assert assumed("every evening summarise #support") == ["No exact time was given, so it is 18:00."]
    assert assumed("every day at 12 summarise #support") == ["12 is taken for noon."]
    assert assumed("every day at 9 summarise #support") == ["The hour is taken for the morning's."]
    assert assumed("every Friday at midnight back up") == ["Midnight is the one with which the day begins."]
    assert assumed("every month on the 31st at 9:00 close the books") == ["Months without that day are skipped."]
    assert assumed("every weekday at 9:00 summarise #support") == []


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("every weekday at 9:00", "cron 0 9 * * 1-5"),
        ("  每个工作日上午九点 ", "cron 0 9 * * 1-5"),
        ("0 9 * * 1-5", "cron 0 9 * * 1-5"),
        ("cron 0 9 * * 1 every 2 weeks from 2026-11-23", "cron 0 9 * * 1 every 2 weeks from 2026-11-23"),
        ("every 45 minutes from 2026-11-25T09:00Z", "every 45 minutes from 2026-11-25T09:00Z"),
        ("cron 15 9 * * *; cron 40 17 * * *", "cron 15 9 * * *; cron 40 17 * * *"),
        ("at 9:00 every day", "cron 0 9 * * *"),
        ("@hourly", "cron 0 * * * *"),
        ("every Monday", "cron 0 9 * * 1"),
    ],
)
def test_a_rhythm_alone_is_read(text, expression):
    reading = read_rhythm(text, now=NOW, zone=BERLIN)
    assert isinstance(reading, Asked)
    assert (str(reading.rhythm), reading.goal) == (expression, "")


@pytest.mark.parametrize("text", ["", "soon", "whenever it rains", "every weekday at 9:00 write", "下雨的时候"])
def test_a_rhythm_that_only_a_model_may_know_is_said_to_be_none(text):
    assert isinstance(read_rhythm(text, now=NOW, zone=BERLIN), NotASchedule)


def test_a_canonical_rhythm_that_is_over_is_refused():
    reading = read_rhythm("cron 0 9 * * * until 2026-11-24", now=NOW, zone=BERLIN)
    assert isinstance(reading, Refused)
    assert "is past" in sentence(reading.why, "en")


def test_counting_starts_where_the_asker_is():
    reading = read_rhythm("every 2 hours", now=NOW, zone=ZoneInfo("Asia/Kolkata"))  # 13:50 there
    assert isinstance(reading, Asked)
    assert str(reading.rhythm) == "every 120 minutes from 2026-11-25T08:30Z"  # 14:00 there


@pytest.mark.parametrize(
    "text",
    [
        "every " * 5_000,
        "write " + "every day at 9 and " * 2_000,
        "每" * 20_000,
        "每周一、" * 5_000,
        "at 9, " * 5_000,
        "Monday, " * 5_000 + "at 9",
        '"' * 20_000,
        "0 " * 20_000,
        "* " * 20_000,
        "first " * 5_000,
    ],
)
def test_long_texts_are_read_in_no_time(text):
    began = perf_counter()
    read(text)
    assert perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("text", "rhythm"),
    [
        ("every 30 seconds check the site", "every 30 seconds from 2026-11-25T08:20Z"),
        ("check the site every 45 seconds", "every 45 seconds from 2026-11-25T08:20Z"),
        ("每30秒检查网站", "every 30 seconds from 2026-11-25T08:20Z"),
        ("every 120 seconds check the site", "cron */2 * * * *"),
    ],
)
def test_rhythms_under_a_minute_are_read_where_an_administrator_allows_them(text, rhythm):
    reading = read_schedule(text, now=NOW, zone=BERLIN, least=timedelta(seconds=30))
    assert isinstance(reading, Asked)
    assert str(reading.rhythm) == rhythm


@pytest.mark.parametrize("text", ["every 29 seconds check the site", "3 times a minute check the site", "每秒检查网站"])
def test_more_often_than_an_administrator_allows_is_refused_with_what_is_allowed(text):
    reading = read_schedule(text, now=NOW, zone=BERLIN, least=timedelta(seconds=30))
    assert isinstance(reading, Refused)
    assert "once in 30 seconds is the most" in sentence(reading.why, "en")


@pytest.mark.parametrize("text", ["every 90 seconds on weekdays check", "every 90 seconds from 9:00 to 10:00 check"])
def test_seconds_on_some_days_or_hours_are_no_rhythm(text):
    reading = read(text)
    assert isinstance(reading, Refused)
    assert "not a rhythm Nod knows" in sentence(reading.why, "en")
