"""What a Goal is taken for, by its words."""

import pytest

from agent_core.tools.paths import is_checked
from bot.rehearsal.goals import TOPIC_LENGTH, Kind, aim_of, files_named, kind_of, quoted
from bot.rehearsal.reading import Briefing, language_of
from tests.bot.rehearsal.examples import GOALS, UNCLEAR


@pytest.mark.parametrize(("goal", "kind", "topic", "path"), GOALS)
def test_a_goal_has_a_kind_a_topic_and_a_file(goal, kind, topic, path):
    aim = aim_of(Briefing(goal, language_of(goal)))
    assert (aim.kind, aim.topic) == (kind, topic)
    assert path is None or aim.path == path


@pytest.mark.parametrize("goal", UNCLEAR)
def test_what_nobody_could_plan_is_unclear(goal):
    assert kind_of(goal) is Kind.UNCLEAR


def test_an_answer_to_the_question_becomes_the_goal():
    assert aim_of(Briefing("help", "en", answers=("write a blog about bees",))).path == "blog.md"
    assert aim_of(Briefing("help", "en", answers=("🎉",))).kind is Kind.OTHER


def test_a_file_that_is_attached_is_a_source_and_never_overwritten():
    aim = aim_of(Briefing("summarise my notes.txt", "en", attachments=("my notes.txt",)))
    assert (aim.path, aim.sources) == ("summary.md", ("my notes.txt",))
    aim = aim_of(Briefing("🎉", "en", attachments=("a.txt",)))
    assert (aim.kind, aim.path) == (Kind.SUMMARISE, "summary.md")


def test_a_follow_up_goes_on_with_the_file_there_is():
    known = "Its result: Done.\nFiles in the workspace: blog.md, outline.md"
    aim = aim_of(Briefing("make it shorter", "en", known=known))
    assert (aim.kind, aim.path) == (Kind.OTHER, "blog.md")


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        ("write 700 words on tea", 700),
        ("写一篇800字的文章", 800),
        ("at most 90 words on tea", 0),
        ("不超过100字的文章", 0),
    ],
)
def test_a_length_is_a_floor_unless_it_is_a_ceiling(goal, words):
    assert aim_of(Briefing(goal, "en")).words == words


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Write blog.md, then read a/b.txt.", ("blog.md", "a/b.txt")),
        ("先读 outline.md。再写blog.md：按提纲写", ("outline.md", "blog.md")),
        ("保存为 周报.md", ("周报.md",)),
        ("see example.com, e.g. version 1.2 or ../secret.md", ()),
        ("read ./notes.md and notes.md", ("notes.md",)),
    ],
)
def test_file_names_are_found_and_only_those_a_workspace_can_hold(text, names):
    assert files_named(text) == names
    assert all(is_checked(name) for name in names)


def test_a_topic_fits_into_a_heading():
    aim = aim_of(Briefing("write a blog about\n\x00 " + "very " * 100, "en"))
    assert len(aim.topic) <= TOPIC_LENGTH + 1
    assert "\n" not in aim.topic


def test_a_quotation_cannot_be_left():
    assert quoted("a ” b “ c\nd") == '“a " b " c d”'
