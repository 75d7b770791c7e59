"""A Plan that cannot be carried out is refused with a sentence that says what to do."""

import pytest

from agent_core.domain import Check, CheckKind, Criterion, Plan, Subtask
from agent_core.plan_check import PlanBroken, check_plan

DONE = (Criterion("It is there."),)


def checked(text: str, kind: CheckKind, path: str = "", number: int = 0) -> Plan:
    return Plan((Subtask("1", "Title", "", (Criterion(text, Check(kind, path, number)),)),))


def plan(*waits: tuple[str, tuple[str, ...]]) -> Plan:
    return Plan(tuple(Subtask(name, f"Subtask {name}", "", DONE, after) for name, after in waits))


@pytest.mark.parametrize(
    "sound",
    [
        plan(("1", ())),
        plan(("1", ()), ("2", ("1",)), ("3", ("1", "2"))),
        plan(("later", ("sooner",)), ("sooner", ())),
        plan(*((str(number), ()) for number in range(12))),
        checked("It is long enough.", CheckKind.MIN_WORDS, "a.md", 800),
        checked("part-2.md has 1,200 words or more.", CheckKind.MIN_WORDS, "part-2.md", 1200),
        checked("Between 300 and 500 words, in 4 parts.", CheckKind.MAX_WORDS, "a.md", 500),
        checked("至少八百字", CheckKind.MIN_WORDS, "a.md", 800),
        checked("An answer in 2 sentences", CheckKind.ANSWERED),
    ],
)
def test_a_plan_without_circles_passes(sound):
    check_plan(sound)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (Plan(()), "The plan has 0 subtasks; make it 1 to 12."),
        (plan(*((str(number), ()) for number in range(13))), "The plan has 13 subtasks; make it 1 to 12."),
        (plan(("1", ()), ("1", ())), "More than one subtask is called 1; give each a name of its own."),
        (plan(("1", ("9",))), "Subtask 1 waits for 9, which is not in the plan"),
        (plan(("1", ("1",))), "in a circle: 1 → 1;"),
        (plan(("a", ("b",)), ("b", ("c",)), ("c", ("a",))), "wait for each other in a circle"),
        (Plan((Subtask("1", " ", "", DONE),)), "Subtask 1 has no title"),
        (Plan((Subtask("1", "Title", "", ()),)), "Subtask 1 has no criterion"),
        (Plan((Subtask("1", "Title", "", (Criterion(" "),)),)), "Subtask 1 has no criterion"),
        (checked("It is there.", CheckKind.FILE_EXISTS), "the check of “It is there.” names no file"),
        (checked("It mentions cats.", CheckKind.CONTAINS, "a.md"), "names no text to look for"),
        (checked("It is long.", CheckKind.MIN_WORDS, "a.md"), "names no number of words"),
        (
            checked("a.md has at least 800 words.", CheckKind.MIN_WORDS, "a.md", 1),
            "Subtask 1: “a.md has at least 800 words.” speaks of 800, but code would check for 1; make them the same.",
        ),
        (checked("两千字以内，至多2千字", CheckKind.MAX_WORDS, "a.md", 200), "speaks of 2000"),
        (checked("300 to 500 words in 4 parts", CheckKind.MAX_WORDS, "a.md", 4), "speaks of 300, 500"),
    ],
)
def test_what_is_wrong_is_named(broken, sentence):
    with pytest.raises(PlanBroken) as refused:
        check_plan(broken)
    assert sentence in str(refused.value)


def test_a_circle_is_told_in_the_direction_of_waiting():
    with pytest.raises(PlanBroken) as refused:
        check_plan(plan(("a", ("b",)), ("b", ("c",)), ("c", ("a",))))
    circle = str(refused.value).partition("circle: ")[2].partition(";")[0]
    assert circle in {"a → b → c → a", "b → c → a → b", "c → a → b → c"}
