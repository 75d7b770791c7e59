"""RunState -> the buttons of the Run as a whole."""

from agent_core.cards import Button, Verb
from agent_core.domain import PolicyName
from agent_core.journal.state import PlanStatus, RunState
from agent_core.presenter.words import button


def controls_of(state: RunState) -> tuple[Button, ...]:
    """Return the buttons of the Run as a whole, as they make sense now."""
    if state.status.over:
        return ()
    verbs = [Verb.RESUME if state.paused else Verb.PAUSE, Verb.STOP]
    accepted = state.plan_status is PlanStatus.ACCEPTED
    rest = state.rest_approved is None and state.scheduling is None
    if accepted and rest and state.policy.name is not PolicyName.OBSERVE:
        verbs.insert(1, Verb.APPROVE_REST)
    return tuple(button(verb, state.language) for verb in verbs)
