"""What Nod itself is doing now, in a few words."""

from agent_core import rules
from agent_core.i18n import N_, listed, translator
from agent_core.journal.state import RunState, StepStatus

_KINDS = (
    (rules.TakeTurn, N_("Working on: {what}")),
    (rules.JudgeSubtask, N_("Checking: {what}")),
)


def activity(state: RunState) -> str:
    """Return what Nod is doing, in the run's language; an empty string when it waits or the Run is over."""
    # the state's own time, not the clock's: Cards depend on the Journal alone
    actions = rules.next_actions(state, state.updated_at)
    if isinstance(actions, rules.Wait):
        return ""
    _ = translator(state.language)
    if rules.MakePlan() in actions:
        return _("Making a new plan") if state.plans else _("Making a plan")
    begun = {action.step_id for action in actions if isinstance(action, rules.ExecuteStep)}
    running = [step.call.tool for step in state.steps.values() if step.id in begun or step.status is StepStatus.STARTED]
    if running:
        return _("Running: {what}").format(what=listed(running, state.language))
    for kind, words in _KINDS:
        titles = [now.subtask.title for name, now in state.subtasks.items() if kind(name) in actions]
        if titles:
            return _(words).format(what=listed(titles, state.language))
    return _("At work")
