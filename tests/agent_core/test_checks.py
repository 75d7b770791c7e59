"""Checks: code looks, and says what it found."""

from datetime import UTC, datetime

import pytest

from agent_core.checks import LINKED_BYTES, CheckResult, Evidence, check_criterion, count_words
from agent_core.domain import Check, CheckKind
from agent_core.readings import Reading
from agent_core.tools.workspace import Workspace

KIND = CheckKind
FILES = {
    "blog.md": "# Hello world\n\nA well-known text — it's short. See [notes](notes.md#to-do).\n",
    "notes.md": "# To do\n\n[blog](blog.md) <https://example.org/a>",
    "broken.md": "[a](no.md) [b](#no) https://example.org/unread",
    "plain.md": "Nothing here.",
    "many.md": " ".join(f"[a](no{n}.md)" for n in range(8)),
    "中文.md": "人工智能（AI）正在改变世界。",
    "data.json": '{"a": [1, 2.5, null]}',
    "half.json": '{"a": 1,\n "b"}',
    "nan.json": '{"a": NaN}',
    "deep.json": "[" * 100_000,
    "digits.json": "1" * 5_000,
    "empty.md": "",
    "image.png": b"\x89PNG\xff",
    "long.md": "x" * (LINKED_BYTES + 1),
}


@pytest.fixture
def evidence(tmp_path):
    workspace = Workspace(tmp_path / "r1")
    for path, content in FILES.items():
        workspace.write(path, content if isinstance(content, bytes) else content.encode())
    reading = Reading(("https://example.org/a",), datetime(2026, 3, 1, tzinfo=UTC), "A nod is enough to go on.")
    return Evidence(workspace, readings=(reading,))


MET = [
    (Check(KIND.FILE_EXISTS, "blog.md"), "blog.md has"),
    (Check(KIND.FILE_EXISTS, "./blog.md"), "blog.md has"),
    (Check(KIND.FILE_EXISTS, "image.png"), "image.png has 5 bytes."),
    (Check(KIND.MIN_WORDS, "blog.md", 9), "blog.md has 9 words; at least 9 are asked for."),
    (Check(KIND.MAX_WORDS, "blog.md", 9), "blog.md has 9 words; at most 9 are asked for."),
    (Check(KIND.MIN_WORDS, "中文.md", 11), "中文.md has 11 words"),
    (Check(KIND.CONTAINS, "blog.md", text="HELLO World"), "blog.md contains “HELLO World”."),
    (Check(KIND.CONTAINS, "中文.md", text="改变世界"), "contains"),
    (Check(KIND.LINKS_RESOLVE, "blog.md"), "all 1 links lead somewhere"),
    (Check(KIND.LINKS_RESOLVE, "./notes.md"), "all 2 links lead somewhere"),
    (Check(KIND.LINKS_RESOLVE, "plain.md"), "plain.md has no links."),
    (Check(KIND.VALID_JSON, "data.json"), "data.json is valid JSON."),
]

UNMET = [
    (Check(KIND.FILE_EXISTS, "no.md"), "There is no file no.md yet."),
    (Check(KIND.FILE_EXISTS, "BLOG.md"), "there is blog.md"),
    (Check(KIND.FILE_EXISTS, "empty.md"), "empty.md is empty."),
    (Check(KIND.FILE_EXISTS, "../../etc/passwd"), "cannot lead out"),
    (Check(KIND.FILE_EXISTS), "names no file"),
    (Check(KIND.MIN_WORDS, "blog.md", 10), "blog.md has 9 words; at least 10 are asked for."),
    (Check(KIND.MAX_WORDS, "blog.md", 8), "blog.md has 9 words; at most 8 are asked for."),
    (Check(KIND.MIN_WORDS, "no.md", 1), "There is no file no.md yet."),
    (Check(KIND.MIN_WORDS, "blog.md"), "names no number"),
    (Check(KIND.MAX_WORDS, "blog.md", -1), "names no number"),
    (Check(KIND.MIN_WORDS, "", 5), "names no file"),
    (Check(KIND.MIN_WORDS, "image.png", 1), "not text in UTF-8"),
    (Check(KIND.CONTAINS, "blog.md", text="goodbye"), "does not contain “goodbye”"),
    (Check(KIND.CONTAINS, "blog.md", text=" "), "names no text"),
    (
        Check(KIND.LINKS_RESOLVE, "broken.md"),
        (
            "no.md is not in the workspace; #no matches no heading; "
            "https://example.org/unread was not read in this run, "
            "and Nod opens no web link unasked."
        ),
    ),
    (Check(KIND.LINKS_RESOLVE, "many.md"), "and 3 more."),
    (Check(KIND.LINKS_RESOLVE, "long.md"), "at most 1,048,576 can be read"),
    (Check(KIND.VALID_JSON, "half.json"), "Expecting ':' delimiter at line 2, column 5"),
    (Check(KIND.VALID_JSON, "nan.json"), "NaN is not a JSON number"),
    (Check(KIND.VALID_JSON, "deep.json"), "nested too deeply"),
    (Check(KIND.VALID_JSON, "digits.json"), "digits.json is not valid JSON"),
    (Check(KIND.VALID_JSON, "empty.md"), "not valid JSON"),
    (Check(KIND.TESTS_PASS), "No code was run"),
    (Check(KIND.ANSWERED), "No answer was given"),
]


@pytest.mark.parametrize(("check", "note"), MET, ids=str)
async def test_a_check_is_met(evidence, check, note):
    result = await check_criterion(check, evidence)
    assert result.met
    assert note in result.note


@pytest.mark.parametrize(("check", "note"), UNMET, ids=str)
async def test_a_check_is_unmet_and_says_what_was_found(evidence, check, note):
    result = await check_criterion(check, evidence)
    assert not result.met
    assert note in result.note


@pytest.mark.parametrize(("ok", "met"), [(True, True), (False, False), (None, False)])
async def test_tests_pass_when_the_last_run_of_code_ended_well(tmp_path, ok, met):
    result = await check_criterion(Check(KIND.TESTS_PASS), Evidence(Workspace(tmp_path), run_code_ok=ok))
    assert result.met is met


@pytest.mark.parametrize(("answers", "met"), [(("42",), True), (("", " "), False), ((), False)])
async def test_an_answer_is_one_that_says_something(tmp_path, answers, met):
    result = await check_criterion(Check(KIND.ANSWERED), Evidence(Workspace(tmp_path), answers=answers))
    assert result.met is met


async def test_every_kind_of_check_can_be_carried_out(tmp_path):
    for kind in CheckKind:
        result = await check_criterion(Check(kind, "no.md", 1, "x"), Evidence(Workspace(tmp_path)))
        assert isinstance(result, CheckResult)
        assert result.note.endswith(".")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("— * # ...", 0),
        ("one two\nthree", 3),
        ("well-known don't e.g.", 3),
        ("写博客", 3),
        ("用AI写博客", 5),
        ("「AI、ML」，很好", 4),
        ("ラーメン、カタカナ・ひらがな", 12),
        ("안녕하세요 세계", 7),
        ("時々", 2),
        ("𠮷野家", 3),
        ("ＡＩ ABC", 2),
        ("Привет, мир! مرحبا بالعالم", 4),
        ("３个", 2),
    ],
)
def test_words_are_counted_as_people_of_each_script_count_them(text, words):
    assert count_words(text) == words
