"""Whether a Plan can be carried out. The sentences are for people and are fed back to the planner's model."""

from collections import Counter
from graphlib import CycleError, TopologicalSorter

from agent_core.check_words import COUNTS, OF_FILES, numbers_of
from agent_core.domain import Check, CheckKind, Plan, Subtask
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


class CheckOfNoFile(PlanBroken):
    """Subtask {name}: the check of “{criterion}” names no file; name the one to look at, or leave the check out."""


class CheckOfNoNumber(PlanBroken):
    """Subtask {name}: the check of “{criterion}” names no number of words; name one, or leave the check out."""


class CheckOfNoText(PlanBroken):
    """Subtask {name}: the check of “{criterion}” names no text to look for; name it, or leave the check out."""


class CheckContradicted(PlanBroken):
    """Subtask {name}: “{criterion}” speaks of {said}, but code would check for {number}; make them the same."""


class DependencyUnknown(PlanBroken):
    """Subtask {name} waits for {after}, which is not in the plan; let it wait for one that is, or for none."""


class PlanCycle(PlanBroken):
    """These subtasks wait for each other in a circle: {circle}; let one of them not wait for the others."""


def check_plan(plan: Plan) -> None:
    """Check that a Plan has 1 to 12 Subtasks with titles and criteria, and that no wait goes round in a circle.

    Checks must be such that code can carry them out, and count to the number that their criterion names.

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
    for criterion in subtask.criteria:
        if criterion.check is not None:
            _check_check(subtask.id, criterion.text.strip(), criterion.check)
    for after in subtask.after:
        if after not in names:
            raise DependencyUnknown(name=subtask.id, after=after)


def _check_check(name: str, criterion: str, check: Check) -> None:
    if check.kind in OF_FILES and not check.path.strip():
        raise CheckOfNoFile(name=name, criterion=criterion)
    if check.kind is CheckKind.CONTAINS and not check.text.strip():
        raise CheckOfNoText(name=name, criterion=criterion)
    if check.kind not in COUNTS:
        return
    if check.number < 1:
        raise CheckOfNoNumber(name=name, criterion=criterion)
    named = numbers_of(criterion, check.path)
    if named and check.number not in named:
        said = ", ".join(str(number) for number in named)
        raise CheckContradicted(name=name, criterion=criterion, said=said, number=check.number)
