"""A Plan that cannot be carried out is refused with a sentence that says what to do."""

import pytest

from agent_core.domain import Criterion, Plan, Subtask
from agent_core.plan_check import PlanBroken, check_plan

DONE = (Criterion("It is there."),)


def plan(*waits: tuple[str, tuple[str, ...]]) -> Plan:
    return Plan(tuple(Subtask(name, f"Subtask {name}", "", DONE, after) for name, after in waits))


@pytest.mark.parametrize(
    "sound",
    [
        plan(("1", ())),
        plan(("1", ()), ("2", ("1",)), ("3", ("1", "2"))),
        plan(("later", ("sooner",)), ("sooner", ())),
        plan(*((str(number), ()) for number in range(12))),
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
