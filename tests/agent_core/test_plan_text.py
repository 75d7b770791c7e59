"""People edit a Plan as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_core.check_words import numbers_of
from agent_core.domain import Check, CheckKind, Criterion, Plan, Subtask
from agent_core.errors import EditRefused
from agent_core.i18n import sentence
from agent_core.plan_text import parse_plan, render_plan
from tests.agent_core.journals import PLAN, RESEARCH, WRITE


def body(plan: Plan, language: str = "en") -> str:
    return render_plan(plan, language).partition("\n\n")[2]


def edited(text: str, original: Plan = PLAN, next_number: int = 3) -> Plan:
    return parse_plan(text, original, next_number, "en")


def refusal(text: str, language: str = "en") -> str:
    with pytest.raises(EditRefused) as refused:
        parse_plan(text, PLAN, 3, language)
    return sentence(refused.value, language)


def test_a_plan_reads_as_a_numbered_list():
    assert body(PLAN) == (
        "1. Find sources\n"
        "   Find three sources.\n"
        "   - Three sources are named.\n"
        "   after: none\n"
        "\n"
        "2. Write the blog\n"
        "   Write blog.md in Markdown.\n"
        "   - blog.md has at least 300 words. (checked by code: blog.md has at least 300 words)\n"
        "   - It is for beginners.\n"
        "   after: 1\n"
    )


def test_a_plan_reads_as_a_numbered_list_in_chinese():
    text = render_plan(PLAN, "zh")
    assert "   依赖：1\n" in text
    assert "   依赖：无\n" in text
    assert "after" not in text


def test_the_top_says_how_to_edit_and_is_not_part_of_the_plan():
    text = render_plan(PLAN, "en")
    assert text.startswith("# Change, add, move or delete subtasks.")
    assert edited(text) == edited(body(PLAN)) == PLAN


words = st.text(min_size=1, max_size=40).filter(lambda text: text.strip())
said = words | st.sampled_from(["x (checked by code: a.md exists)", "y（不由代码检查）", "z (not checked by code)"])
lines = st.lists(
    st.sampled_from(
        ["- x", "-x", "--x", "* y", "**y**", "\\- x", "\\\\- x", "after: 2", "After：1", "依赖：无", "1. x"]
    )
    | st.sampled_from(["", "  indented", "# heading", "\\frac", "   - deep", "2) y", "3、z"])
    | st.text(max_size=20),
    max_size=6,
).map("\n".join)
texts = words.filter(lambda text: not numbers_of(text))
paths = st.sampled_from(["a.md", "the notes.md", "文章.md"])
checks = st.none() | st.builds(Check, st.sampled_from(CheckKind), paths, st.integers(1, 9), texts)
criteria = st.builds(Criterion, said, st.none()) | st.builds(Criterion, texts, checks)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    count = draw(st.integers(1, 6))
    ids = draw(st.permutations([str(number) for number in range(1, 10)]))[:count]
    order = draw(st.permutations(range(count)))  # what may wait for what, whatever the order people read
    subtasks = []
    for position in range(count):
        before = [ids[other] for other in range(count) if order[other] < order[position]]
        after = tuple(draw(st.lists(st.sampled_from(before), unique=True))) if before else ()
        done = tuple(draw(st.lists(criteria, min_size=1, max_size=4)))
        subtasks.append(Subtask(ids[position], draw(words), draw(lines), done, after))
    return Plan(tuple(subtasks))


@given(plans(), st.sampled_from(["en", "zh"]))
def test_an_unedited_text_gives_back_the_very_plan(plan, language):
    assert parse_plan(render_plan(plan, language), plan, 10, language) == plan


@given(plans())
def test_a_browser_s_line_ends_change_nothing(plan):
    assert parse_plan(render_plan(plan, "en").replace("\n", "\r\n"), plan, 10, "en") == plan


@given(st.text())
def test_any_text_gives_a_plan_or_a_sentence(text):
    try:
        plan = edited(text)
    except EditRefused as refused:
        said = sentence(refused, "zh")
    else:
        said = str(len(plan.subtasks))
    assert said.startswith("无法采用这次修改：") or 1 <= int(said) <= 12


def test_rewording_keeps_ids_and_checks():
    plan = edited(body(PLAN).replace("Write blog.md in Markdown.", "Write blog.md, short.").replace("the blog", "it"))
    assert plan.subtask("2").title == "Write it"
    assert plan.subtask("2").instructions == "Write blog.md, short."
    assert plan.subtask("2").criteria == WRITE.criteria
    assert plan.subtask("1") == RESEARCH


def test_dropping_a_subtask_drops_waiting_for_it():
    plan = edited("2. Write the blog\n   - It is for beginners.\n   after: 1\n")
    assert [subtask.id for subtask in plan.subtasks] == ["2"]
    assert plan.subtask("2").after == ()


def test_an_added_subtask_gets_a_new_id_and_waits_for_the_one_before_it():
    plan = edited(body(PLAN) + "\n3. Proofread\n   Read it aloud.\n   - No errors are left.\n")
    added = plan.subtasks[-1]
    assert (added.id, added.title, added.instructions, added.after) == ("3", "Proofread", "Read it aloud.", ("2",))


def test_an_added_subtask_needs_neither_indentation_nor_criteria():
    plan = edited(body(PLAN) + "\n3) Proofread\nRead it aloud.\n", next_number=7)
    added = plan.subtasks[-1]
    assert (added.id, added.title, added.instructions) == ("7", "Proofread", "Read it aloud.")
    assert added.criteria == (Criterion("What the instructions ask for is there."),)


def test_renumbering_around_an_added_subtask_keeps_the_ids_of_the_others():
    text = body(PLAN).replace("2. Write", "2. Outline\n   - An outline is there.\n   after: 1\n\n3. Write")
    plan = edited(text)
    assert [(subtask.id, subtask.title) for subtask in plan.subtasks] == [
        ("1", "Find sources"),
        ("3", "Outline"),
        ("2", "Write the blog"),
    ]


def test_subtasks_can_be_reordered():
    first, second = body(PLAN).split("\n\n")
    plan = edited(f"{second}\n{first}\n")
    assert plan.subtasks == (WRITE, RESEARCH)


@pytest.mark.parametrize(
    "line",
    ["after: 1", "After: 1.", "after：1", "依赖：1", "依赖: 1", "之后：1", "waits for: 1", "after: #1", "after: 1, 1"],
)
def test_what_a_subtask_waits_for_may_be_written_in_many_ways(line):
    plan = edited(body(PLAN).replace("after: 1", line))
    assert plan.subtask("2").after == ("1",)


def test_full_width_punctuation_is_read():
    text = (
        "1．查资料\n　　找三个来源。\n　　－ 列出了三个来源\n　　依赖：无\n\n"
        "2、写大纲\n- 有大纲\n\n"
        "3。写博客\n•  写完了\n依赖：1、2\n"
    )
    plan = parse_plan(text, PLAN, 5, "zh")
    assert [subtask.title for subtask in plan.subtasks] == ["查资料", "写大纲", "写博客"]
    assert [subtask.after for subtask in plan.subtasks] == [(), ("1",), ("1", "2")]
    assert plan.subtasks[0].instructions == "找三个来源。"
    assert [subtask.criteria[0].text for subtask in plan.subtasks] == ["列出了三个来源", "有大纲", "写完了"]


def test_a_wrapped_criterion_is_one_criterion():
    plan = edited("1. Write\n   - It is long enough\n     for a Sunday morning.\n")
    assert plan.subtasks[0].criteria == (Criterion("It is long enough for a Sunday morning."),)


def test_a_number_at_the_margin_that_is_no_label_stays_an_instruction():
    plan = edited("1. Write\nAbout\n1.5 million people\n- done\n")
    assert plan.subtasks[0].instructions == "About\n1.5 million people"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The plan has 0 subtasks; make it 1 to 12."),
        ("   - a criterion", "Line 1 begins no subtask: put a number before it"),
        (
            "1. A\n   - done\n\nProofread\n",
            "Line 4 begins no subtask: put a number before it, as in `3. Title`, or indent",
        ),
        ("1. A\n   - done\nProofread\n", "Line 3 begins no subtask"),
        ("1. A\n   after: none\nProofread\n   - done\n", "Line 3 begins no subtask"),
        ("Proofread\n", "Line 1 begins no subtask"),
        ("1. A\n\n1. B\n", "Line 3: there already is a subtask 1; give this one another number"),
        ("1. A\n   after: 7\n", "Line 2: there is no subtask 7 to wait for; name one of 1, or none."),
        ("1. A\n   after: 2\n\n2. B\n   after: 1\n", "in a circle: "),
        ("1.\n   text\n", "Subtask 1 has no title"),
        ("\n".join(f"{number}. Subtask\n" for number in range(1, 14)), "The plan has 13 subtasks"),
    ],
)
def test_an_edit_that_cannot_be_used_is_refused_with_what_to_do(text, said):
    assert said in refusal(text)


def test_a_refusal_is_in_the_run_s_language():
    assert refusal("1. A\n   依赖：7\n", "zh").startswith("无法采用这次修改：第 2 行")


def test_a_circle_is_told_in_the_text_s_numbers():
    original = Plan((Subtask("8", "A", "", RESEARCH.criteria), Subtask("9", "B", "", RESEARCH.criteria, ("8",))))
    with pytest.raises(EditRefused, match=r"(1 → 2 → 1|2 → 1 → 2)"):
        parse_plan(body(original).replace("after: none", "after: 2"), original, 10, "en")
