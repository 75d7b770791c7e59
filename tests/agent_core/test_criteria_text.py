"""People reword criteria that code checks: the check goes along, or they are told that it cannot."""

import pytest

from agent_core.check_words import check_words, criterion_words, read_check, stated
from agent_core.criteria_text import CheckUnclear, criteria_of
from agent_core.domain import Check, CheckKind, Criterion, Plan, Subtask
from agent_core.errors import EditRefused
from agent_core.plan_text import parse_plan, render_plan

LONG = Criterion("blog.md has at least 150 words.", Check(CheckKind.MIN_WORDS, "blog.md", 150))
CATS = Criterion("blog.md mentions “cats”.", Check(CheckKind.CONTAINS, "blog.md", text="cats"))
THERE = Criterion("notes.md is there.", Check(CheckKind.FILE_EXISTS, "notes.md"))
KIND = Criterion("It is for beginners.")
SUFFIX = " (checked by code: blog.md has at least 150 words)"
CHECKS = [Check(kind, "a.md", 7, "so “it” is)") for kind in CheckKind]


def read(*lines: str, was: tuple[Criterion, ...] = (LONG, CATS, THERE, KIND)) -> tuple[Criterion, ...]:
    subtask = Subtask("1", "Write", "", was)
    return criteria_of(lines, subtask, Plan((subtask,)), "en")


@pytest.mark.parametrize("ending", ["", SUFFIX])
@pytest.mark.parametrize(
    ("words", "check"),
    [
        ("blog.md has at least 5000 words.", Check(CheckKind.MIN_WORDS, "blog.md", 5000)),
        ("blog.md has at least 1,500 words", Check(CheckKind.MIN_WORDS, "blog.md", 1500)),
        ("blog.md has at most 90 words.", Check(CheckKind.MAX_WORDS, "blog.md", 90)),
        ("blog.md has no more than 2k words.", Check(CheckKind.MAX_WORDS, "blog.md", 2000)),
        ("post.md has at least 150 words.", Check(CheckKind.MIN_WORDS, "post.md", 150)),
    ],
)
def test_a_check_goes_along_with_the_new_number_bound_or_file(words, check, ending):
    assert read(words + ending) == (Criterion(words, check),)


def test_a_check_goes_along_in_chinese():
    was = Criterion("blog.md 至少有 150 字。", Check(CheckKind.MIN_WORDS, "blog.md", 150))
    (criterion,) = read("blog.md 至少有5000字。", was=(was,))
    assert criterion.check == Check(CheckKind.MIN_WORDS, "blog.md", 5000)


def test_a_check_goes_along_with_the_text_it_looks_for():
    assert read("blog.md mentions “dogs”.")[0].check == Check(CheckKind.CONTAINS, "blog.md", text="dogs")


def test_what_is_not_reworded_keeps_its_check_with_or_without_its_words():
    assert read(LONG.text + SUFFIX, LONG.text, KIND.text) == (LONG, LONG, KIND)


def test_a_check_can_be_edited_dropped_and_added():
    assert read("It is long. (checked by code: blog.md has at least 9 words)")[0].check == Check(
        CheckKind.MIN_WORDS, "blog.md", 9
    )
    assert read("blog.md has at least 150 words. (not checked by code)") == (Criterion(LONG.text),)
    assert read("post.md has at most 90 words.", was=()) == (
        Criterion("post.md has at most 90 words.", Check(CheckKind.MAX_WORDS, "post.md", 90)),
    )
    assert read("A page that lists what exists", "The reason why it exists.", was=()) == (
        Criterion("A page that lists what exists"),
        Criterion("The reason why it exists."),
    )


@pytest.mark.parametrize(
    "line",
    [
        "blog.md has about 5000 words.",
        "blog.md has words, at least 150 or 5000.",
        "The start of blog.md has at least 50 words.",
        "blog.md does not mention “cats”.",
        "blog.md has many words. (checked by code: count them)",
    ],
)
def test_a_rewording_that_does_not_say_what_code_checks_is_refused_with_what_to_write(line):
    with pytest.raises(CheckUnclear, match=r"What is code to check of .* “\(not checked by code\)”"):
        read(line)


def test_a_criterion_beside_one_that_is_kept_is_a_new_one():
    added = "blog.md has at least 3 parts."
    assert read(criterion_words(LONG, "en"), added) == (LONG, Criterion(added))


def test_an_edit_whose_words_and_check_differ_is_refused():
    plan = Plan((Subtask("1", "Write", "", (LONG,)),))
    text = render_plan(plan, "en").replace("has at least 150 words)", "has at least 200 words)")
    with pytest.raises(EditRefused, match="speaks of 150, but code would check for 200; make them the same"):
        parse_plan(text, plan, 2, "en")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.kind.value)
def test_every_check_is_told_in_words_that_are_read_back(check, language):
    words, said = stated(criterion_words(Criterion("So it is.", check), language))
    assert (words, said) == ("So it is.", check_words(check, language))
    read_back = read_check(said)
    assert read_back is not None
    assert (read_back.kind, check_words(read_back, language)) == (check.kind, said)
