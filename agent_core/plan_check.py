"""Whether a Plan can be carried out. The sentences are for people and are fed back to the planner's model."""

from collections import Counter
from graphlib import CycleError, TopologicalSorter

from agent_core.domain import Plan, Subtask
from agent_core.errors import NodError

MAX_SUBTASKS = 12


class PlanBroken(NodError):
    """The plan cannot be carried out."""


class PlanSizeWrong(PlanBroken):
    """The plan has {count} subtasks; make it 1 to {most}."""


class SubtaskNamesRepeat(PlanBroken):
    """More than one subtask is called {name}; give each a name of its own."""


class TitleMissing(PlanBroken):
    """Subtask {name} has no title; say in a few words what it does."""


class CriteriaMissing(PlanBroken):
    """Subtask {name} has no criterion, or an empty one; give it at least one sentence that says when it is done."""


class DependencyUnknown(PlanBroken):
    """Subtask {name} waits for {after}, which is not in the plan; let it wait for one that is, or for none."""


class PlanCycle(PlanBroken):
    """These subtasks wait for each other in a circle: {circle}; let one of them not wait for the others."""


def check_plan(plan: Plan) -> None:
    """Check that a Plan has 1 to 12 Subtasks with titles and criteria, and that no wait goes round in a circle.

    Raises:
        PlanBroken: its sentence says what is wrong and what to do.
    """
    if not 1 <= len(plan.subtasks) <= MAX_SUBTASKS:
        raise PlanSizeWrong(count=len(plan.subtasks), most=MAX_SUBTASKS)
    names = Counter(subtask.id for subtask in plan.subtasks)
    for name, times in names.items():
        if times > 1:
            raise SubtaskNamesRepeat(name=name)
    for subtask in plan.subtasks:
        _check_subtask(subtask, set(names))
    try:
        TopologicalSorter({subtask.id: subtask.after for subtask in plan.subtasks}).prepare()
    except CycleError as error:
        # graphlib lists the circle from what is waited for to what waits, its first node once more at the end
        circle: list[str] = list(reversed(error.args[1]))
        raise PlanCycle(circle=" → ".join(circle)) from error


def _check_subtask(subtask: Subtask, names: set[str]) -> None:
    if not subtask.title.strip():
        raise TitleMissing(name=subtask.id)
    if not subtask.criteria or not all(criterion.text.strip() for criterion in subtask.criteria):
        raise CriteriaMissing(name=subtask.id)
    for after in subtask.after:
        if after not in names:
            raise DependencyUnknown(name=subtask.id, after=after)
