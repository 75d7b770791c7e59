"""Subtasks -> Items: how far a Plan is, with the evidence for what is judged."""

from collections.abc import Iterator, Sequence

from agent_core.cards import Item, Mark
from agent_core.check_words import criterion_words
from agent_core.domain import Judgement, Plan, PolicyName, Subtask, Verdict
from agent_core.i18n import Translate, format_share, listed, translator
from agent_core.journal.fold_steps import MAX_ATTEMPTS
from agent_core.journal.state import PlanStatus, RunState, SubtaskState, SubtaskStatus
from agent_core.presenter.standing import asks_now, uncertain_now

ROOM = 70  # characters for the titles of what a Subtask waits for


def items_of(state: RunState, plan: Plan) -> tuple[Item, ...]:
    """Return a Plan's Subtasks as Items, in the order people read them."""
    return tuple(_item(state, plan, subtask) for subtask in plan.subtasks)


def mark_of(state: RunState, subtask_id: str) -> Mark:
    """Return how a Subtask stands."""
    subtask = state.subtasks[subtask_id]
    if subtask.status is SubtaskStatus.DONE:
        return Mark.DONE
    if subtask.status is SubtaskStatus.EXHAUSTED or (state.status.over and subtask.turns):
        return Mark.FAILED
    if state.status.over or state.plan_status is not PlanStatus.ACCEPTED:
        return Mark.TODO
    if subtask_asks(state, subtask_id):
        return Mark.ASKING
    ready = all(state.subtasks[name].status is SubtaskStatus.DONE for name in subtask.subtask.after)
    return Mark.ACTIVE if ready else Mark.TODO


def subtask_asks(state: RunState, subtask_id: str) -> bool:
    """Say whether anything of a Subtask waits for people."""
    steps = (step for step in state.steps.values() if step.subtask_id == subtask_id)
    asked = any(asks_now(state, step) or uncertain_now(state, step) for step in steps)
    return asked or any(question.subtask_id == subtask_id for question in state.open_questions())


def _item(state: RunState, plan: Plan, subtask: Subtask) -> Item:
    _ = translator(state.language)
    now = state.subtasks[subtask.id]
    shown = state.policy.name is PolicyName.OBSERVE and now.status is SubtaskStatus.DONE
    mark = Mark.TODO if shown else mark_of(state, subtask.id)
    words = {
        Mark.TODO: _("Not begun"),
        Mark.ACTIVE: _("Paused") if state.paused else _("Under way"),
        Mark.ASKING: _("Waiting for a decision"),
        Mark.DONE: _("Done"),
        Mark.FAILED: _("Not done"),
    }
    details = [subtask.instructions] if subtask.instructions else []
    return Item(
        id=subtask.id,
        mark=mark,
        label=_("Only shown") if shown else words[mark],
        title=subtask.title,
        details=(*details, *_criteria(_, subtask, () if shown else now.verdicts, state.language)),
        note=" · ".join(_notes(state, plan, now)),
    )


def _criteria(_: Translate, subtask: Subtask, verdicts: Sequence[Verdict], language: str) -> Iterator[str]:
    """Yield each Criterion, with its Judgement once there is one."""
    if not verdicts:
        for criterion in subtask.criteria:
            yield _("Done when: {criterion}").format(criterion=criterion_words(criterion, language))
        return
    for judgement in verdicts[-1].judgements:
        yield judged(_, judgement, language)
    if verdicts[-1].advice and not verdicts[-1].met:
        yield _("Advice for the next attempt: {advice}").format(advice=verdicts[-1].advice)


def judged(_: Translate, judgement: Judgement, language: str) -> str:
    """Return a Judgement in a line: met or not, what shows it, and whether code or opinion said so."""
    line = _("Met: {criterion}") if judgement.met else _("Not met: {criterion}")
    grounds = [judgement.note] if judgement.note else []
    if judgement.evidence:
        steps = [_("the result") if name == "result" else name for name in judgement.evidence]
        grounds.append(_("shown by {steps}").format(steps=listed(steps, language)))
    if judgement.checked:
        grounds.append(_("checked by code"))
    said = line.format(criterion=judgement.criterion)
    return _("{said} ({grounds})").format(said=said, grounds=" · ".join(grounds)) if grounds else said


def _before(plan: Plan, subtask: Subtask, language: str) -> str:
    """Return what a Subtask waits for: by title where there is room for that, else by number."""
    waited_for = [(number, each) for number, each in enumerate(plan.subtasks, start=1) if each.id in subtask.after]
    titles = listed([f"“{each.title}”" for _number, each in waited_for], language)
    return titles if len(titles) <= ROOM else listed([str(number) for number, _each in waited_for], language)


def _notes(state: RunState, plan: Plan, now: SubtaskState) -> Iterator[str]:
    _ = translator(state.language)
    if now.status is not SubtaskStatus.DONE and (before := _before(plan, now.subtask, state.language)):
        yield _("after {what}").format(what=before)
    if now.attempt > 1:
        yield _("attempt {number} of {most}").format(number=now.attempt, most=MAX_ATTEMPTS)
    if now.verdicts and not now.verdicts[-1].met and state.policy.name is not PolicyName.OBSERVE:
        yield _("score {score}").format(score=format_share(now.verdicts[-1].score, state.language))
