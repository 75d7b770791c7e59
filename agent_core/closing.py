"""The events of actions that need neither a model nor a Tool: questions, expiry, recovery and the end. Pure."""

from collections.abc import Callable, Sequence

from agent_core.domain import Decision, FileRef, Outcome, Topic
from agent_core.i18n import translator
from agent_core.journal import events as e
from agent_core.journal.state import RunState
from agent_core.presenter import account_of, result_of
from agent_core.rules import Action, Ask, ExpireStep, Fail, Finish, RecoverStep, SkipStep, WavePlan


def events_for(action: Action, state: RunState) -> Sequence[e.Event]:  # noqa: PLR0911  (one a kind of action)
    """Return what such an action appends to a Run in this state."""
    _ = translator(state.language)
    match action:
        case WavePlan() if state.plan is not None:
            decision = Decision(Outcome.APPROVED, state.plan.digest, None, f"policy {state.policy.name}")
            return [e.PlanDecided(state.revision, decision)]
        case SkipStep(step_id):
            return [e.StepSkipped(step_id)]
        case RecoverStep(step_id):
            return [e.StepUncertain(step_id)]
        case ExpireStep(step_id):
            reason = _("Nobody decided in time. Resume the run to be asked again.")
            paused = [] if state.paused else [e.RunPaused(None, reason)]
            return [e.StepExpired(step_id), *paused]
        case Ask(topic, subtask_id):
            return [question(topic, subtask_id, _wording(state, topic, subtask_id))(state)]
        case Finish():
            return [e.RunFinished(result_of(state), files_of(state))]
        case Fail():
            return [e.RunFailed(account_of(state), files_of(state))]
        case _:
            return []


def question(topic: Topic, subtask_id: str, text: str) -> Callable[[RunState], e.QuestionAsked]:
    """Return what asks this of people, numbered after the questions of the state it is given."""
    return lambda state: e.QuestionAsked(f"q{len(state.questions) + 1}", topic, text, subtask_id)


def _wording(state: RunState, topic: Topic, subtask_id: str) -> str:
    _ = translator(state.language)
    title = state.subtasks[subtask_id].subtask.title if subtask_id in state.subtasks else ""
    match topic:
        case Topic.TURNS:
            text = _("“{title}” has taken {count} turns and is not done. Go on with it?")
            return text.format(title=title, count=len(state.subtasks[subtask_id].turns))
        case Topic.REPEATS:
            return _("“{title}” keeps asking for the same thing. Go on with it?").format(title=title)
        case _:
            text = _("Every attempt is used up. Plan the rest once more, or end here?")
            return f"{text}\n\n{account_of(state)}"


def files_of(state: RunState) -> tuple[FileRef, ...]:
    """Return the files the Run wrote, each as it was last written."""
    written = {file.path: file for step in state.steps.values() if step.observation for file in step.observation.files}
    return tuple(written.values())
