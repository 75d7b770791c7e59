"""Where a Step stands, in words, and whether people are asked about it now."""

from collections.abc import Mapping

from agent_core.cards import Tone
from agent_core.domain import Choice
from agent_core.i18n import N_
from agent_core.journal.state import RunState, StepState, StepStatus
from agent_core.policy import Ruling, ruling

Standing = tuple[str, Tone]  # a msgid and its tone

_STATUS: Mapping[StepStatus, tuple[str, Tone]] = {
    StepStatus.REJECTED: (N_("Rejected"), Tone.BAD),
    StepStatus.STARTED: (N_("Running"), Tone.WORKING),
    StepStatus.SKIPPED: (N_("Not run: this is what would have run"), Tone.QUIET),
    StepStatus.UNCERTAIN: (N_("Cut off while it ran: did it take effect?"), Tone.ASKING),
    StepStatus.EXPIRED: (N_("Expired: nobody decided in time"), Tone.QUIET),
    StepStatus.DROPPED: (N_("Dropped: a new plan took its place"), Tone.QUIET),
}

_OVER: Mapping[StepStatus, str] = {
    StepStatus.PROPOSED: N_("Not decided: the run is over"),
    StepStatus.APPROVED: N_("Approved, but not run: the run is over"),
    StepStatus.STARTED: N_("The run ended while this ran; look whether it took effect"),
    StepStatus.UNCERTAIN: N_("The run ended while this ran; look whether it took effect"),
}

_RESOLVED: Mapping[Choice, tuple[str, Tone]] = {
    Choice.HAPPENED: (N_("It took effect, a person said"), Tone.DONE),
    Choice.SKIP: (N_("Left undone, a person said"), Tone.QUIET),
}


def asks_now(state: RunState, step: StepState) -> bool:
    """Say whether a person can decide this Step now."""
    live = not (state.status.over or state.paused)
    return live and step.status is StepStatus.PROPOSED and ruling(state, step) is Ruling.ASK


def uncertain_now(state: RunState, step: StepState) -> bool:
    """Say whether a person can say now what became of this Step."""
    return step.status is StepStatus.UNCERTAIN and not (state.status.over or state.paused)


def standing(state: RunState, step: StepState) -> Standing:
    """Return where a Step is."""
    if state.status.over and step.status in _OVER:
        return _OVER[step.status], Tone.BAD if step.starts else Tone.QUIET
    if step.resolved is not None and step.resolved in _RESOLVED:
        return _RESOLVED[step.resolved]
    match step.status:
        case StepStatus.PROPOSED:
            return _proposed(state, step)
        case StepStatus.APPROVED:
            return _approved(state, step)
        case StepStatus.FINISHED:
            failed = step.observation is not None and not step.observation.ok
            return (N_("Ran, and failed"), Tone.BAD) if failed else (N_("Done"), Tone.DONE)
        case other:
            return _STATUS[other]


def _proposed(state: RunState, step: StepState) -> Standing:
    if asks_now(state, step):
        return N_("Waiting for a decision"), Tone.ASKING
    if state.paused:
        return N_("Waiting: the run is paused"), Tone.QUIET
    if ruling(state, step) is Ruling.SHOW:
        return N_("Only shown: the policy runs nothing"), Tone.QUIET
    return N_("Passes without asking; about to run"), Tone.WORKING


def _approved(state: RunState, step: StepState) -> Standing:
    if state.paused:
        return N_("Approved; it runs when the run is resumed"), Tone.QUIET
    if _behind(state, step):
        return N_("Approved; it runs after the step before it"), Tone.QUIET
    return N_("Approved; about to run"), Tone.WORKING


def _behind(state: RunState, step: StepState) -> bool:
    """Say whether an earlier Step of the same turn has to conclude first."""
    earlier = (other for other in state.steps.values() if other.subtask_id == step.subtask_id and other.id != step.id)
    return any(other.turn == step.turn and not other.status.concluded and other.at <= step.at for other in earlier)
