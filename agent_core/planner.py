"""The planner: a Goal becomes a Plan, or the question that must be answered first."""

from collections.abc import Mapping, Sequence

from agent_core.domain import CheckKind, Plan, Subtask, Topic, Usage
from agent_core.errors import CallCancelled, ModelError, ModelGarbled
from agent_core.forms import PlanForm
from agent_core.journal.events import Event, ModelCalled, PlanProposed, QuestionAsked
from agent_core.journal.state import RunState, SubtaskStatus
from agent_core.plan_check import PlanBroken, SubtaskNamesRepeat, check_plan
from agent_core.ports import LanguageModel, Message, ToolSpec
from agent_core.prompts import plan_prompt

MAX_TRIES = 3  # at a Plan that holds together, before people are told
MAX_QUESTIONS = 2  # to clarify one Goal; after that Nod plans with what it knows


class QuestionsUsedUp(PlanBroken):
    """No more questions can be asked; plan with what is known."""


class CodeNotRun(PlanBroken):
    """Subtask {name}: no tool here runs code, so “{criterion}” cannot be checked by tests; check it otherwise."""


async def propose_plan(model: LanguageModel, state: RunState, tools: Sequence[ToolSpec]) -> Sequence[Event]:
    """Return the events of asking for a Plan: what it cost, and the Plan or a clarifying question.

    Raises:
        ModelError: the model could not be used, or gave no Plan that holds together; usages are in it.
    """
    messages = plan_prompt(state, tools)
    usages: tuple[Usage, ...] = ()
    problem: str | PlanBroken = ""
    for _ in range(MAX_TRIES):
        try:
            filled = await model.fill(messages, PlanForm)
        except (ModelError, CallCancelled) as error:
            error.usages = (*usages, *error.usages)
            raise
        usages = (*usages, *filled.usages)
        try:
            event = _understand(state, filled.value, tools)
        except PlanBroken as error:
            problem = error
            messages = [*messages, Message("assistant", filled.value.model_dump_json()), Message("user", str(error))]
        else:
            return [*(ModelCalled("plan", usage) for usage in usages), event]
    garbled = ModelGarbled(model=model.name, tries=MAX_TRIES, reason=problem)
    garbled.usages = usages
    raise garbled


def _understand(state: RunState, form: PlanForm, tools: Sequence[ToolSpec]) -> Event:
    """Return the question or the Plan of a form. Raises PlanBroken."""
    if form.question.strip() and not form.subtasks:
        if sum(question.topic is Topic.CLARIFY for question in state.questions.values()) >= MAX_QUESTIONS:
            raise QuestionsUsedUp
        return QuestionAsked(f"q{len(state.questions) + 1}", Topic.CLARIFY, form.question.strip())
    made = _subtasks(state, form)
    plan = Plan((*_done(state), *made))
    check_plan(plan)
    if not any(tool.runs_code for tool in tools):
        _refuse_tests(made)
    return PlanProposed(state.revision + 1, plan, form.why.strip(), seen=state.seq)


def _refuse_tests(subtasks: Sequence[Subtask]) -> None:
    """Raise CodeNotRun for a check that could never be met."""
    for subtask in subtasks:
        for criterion in subtask.criteria:
            if criterion.check is not None and criterion.check.kind is CheckKind.TESTS_PASS:
                raise CodeNotRun(name=subtask.id, criterion=criterion.text.strip())


def _done(state: RunState) -> tuple[Subtask, ...]:
    return tuple(each.subtask for each in state.subtasks.values() if each.status is SubtaskStatus.DONE)


def _subtasks(state: RunState, form: PlanForm) -> tuple[Subtask, ...]:
    """Return a form's Subtasks with ids of this Run; unknown names in `after` stay, for check_plan to refuse."""
    keys = [subtask.key.strip() for subtask in form.subtasks]
    if len(set(keys)) < len(keys):
        raise SubtaskNamesRepeat(name=next(key for key in keys if keys.count(key) > 1))
    ids: Mapping[str, str] = {
        **{subtask.title: subtask.id for subtask in _done(state)},
        **{key: str(number) for number, key in enumerate(keys, start=state.subtask_count + 1)},
    }
    return tuple(
        Subtask(
            id=ids[key],
            title=subtask.title.strip(),
            instructions=subtask.instructions.strip(),
            criteria=tuple(criterion.criterion() for criterion in subtask.criteria if criterion.text.strip()),
            after=tuple(dict.fromkeys(ids.get(name.strip(), name.strip()) for name in subtask.after)),
        )
        for key, subtask in zip(keys, form.subtasks, strict=True)
    )
