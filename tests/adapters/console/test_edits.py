import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.console.edits import arguments_text, edited_arguments, with_problem
from agent_core.cards import Field
from agent_core.errors import EditRefused

FIELDS = (
    Field("path", "blog.md", is_text=True, multiline=False),
    Field("content", "# AI\n\nFirst.\n  indented: yes\n", is_text=True, multiline=True),
    Field("limit", "20000", is_text=False, multiline=False),
    Field("tags", '["a", "b"]', is_text=False, multiline=False),
)


def test_arguments_read_well_as_yaml():
    assert arguments_text(FIELDS, "en").splitlines() == [
        "# Change the values, save and close.",
        "path: blog.md",
        "content: |",
        "  # AI",
        "",
        "  First.",
        "    indented: yes",
        "limit: 20000",
        "tags:",
        "- a",
        "- b",
    ]


def test_what_may_stand_in_an_argument_is_said_above_and_is_no_part_of_it():
    goal = Field("goal", "tidy up\n\n  all of it\n\n", is_text=True, multiline=True)
    rhythm = Field("rhythm", "0 9 * * *", is_text=True, multiline=False, hint="In words, or “0 9 * * 1-5”: as cron.")
    grace = Field("grace", "60", is_text=False, multiline=False, hint="0 for never late.")
    text = arguments_text((goal, rhythm, grace), "en")

    assert text.splitlines()[:3] == [
        "# Change the values, save and close.",
        "# rhythm: In words, or “0 9 * * 1-5”: as cron.",
        "# grace: 0 for never late.",
    ]
    assert edited_arguments(text, (goal, rhythm, grace), "en") == {}
    assert edited_arguments(text.replace("grace: 60", "grace: 0"), (goal, rhythm, grace), "en") == {"grace": "0"}


def test_nothing_changed_is_no_edit():
    assert edited_arguments(arguments_text(FIELDS, "en"), FIELDS, "en") == {}


def test_only_what_was_changed_is_edited():
    text = arguments_text(FIELDS, "en").replace("First.", "Second.").replace("20000", "10")

    assert edited_arguments(text, FIELDS, "en") == {
        "content": "# AI\n\nSecond.\n  indented: yes\n",
        "limit": "10",
    }


@pytest.mark.parametrize("value", ["2026-01-05", "yes", "12", "null", "~", "0x1F", "[not a list"])
def test_a_text_stays_a_text_whatever_it_looks_like(value):
    fields = (Field("title", "old", is_text=True, multiline=False),)
    quoted = json.dumps(value)

    assert edited_arguments(f"title: {quoted}", fields, "en") == {"title": value}
    if not value.startswith("["):
        assert edited_arguments(f"title: {value}", fields, "en") == {"title": value}


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"\A[a-z_]{1,8}\Z"), st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3
    )
)
def test_every_text_comes_back_as_it_was(texts):
    fields = tuple(Field(name, text, is_text=True, multiline="\n" in text) for name, text in texts.items())

    assert edited_arguments(arguments_text(fields, "en"), fields, "en") == {}


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text("abc: -\n"), st.lists))
def test_every_value_comes_back_as_it_was(value):
    fields = (Field("value", json.dumps(value), is_text=False, multiline=False),)
    if not isinstance(value, str):
        assert edited_arguments(arguments_text(fields, "en"), fields, "en") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path: [", "line 1: "),
        ("- a\n- b", "write each argument as name: value."),
        ("", "write each argument as name: value."),
        ("path: a\nsize: 3", "there is no argument size."),
        ("path: a", "content is missing; keep every argument."),
        ("path: [a]\ncontent: x\nlimit: 1\ntags: []", "path must be a text; put quotes around it."),
        ("path: a\ncontent: x\nlimit: 2026-01-05\ntags: []", "limit holds a value that cannot be used."),
        ("path: a\ncontent: x\nlimit: .nan\ntags: []", "limit holds a value that cannot be used."),
    ],
)
def test_what_cannot_be_used_is_told(text, said):
    with pytest.raises(EditRefused, match="The edit cannot be used") as refused:
        edited_arguments(text, FIELDS, "en")

    assert said in str(refused.value)


def test_a_problem_stands_in_the_first_line_and_replaces_the_one_before():
    once = with_problem("a: 1\n", "first\nproblem")

    assert once == "# ! first problem\na: 1\n"
    assert with_problem(once, "second") == "# ! second\na: 1\n"
