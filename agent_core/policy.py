"""Policy: which ToolCalls ask a person, and whose Decision counts. Pure functions."""

from enum import StrEnum

from agent_core.domain import Actor, Policy, PolicyName, Risk
from agent_core.journal.state import RunState, StepState, taint

ANSWER_TOOL = "answer"  # it only shows text in the thread where the goal was asked


class Ruling(StrEnum):
    """What a Policy says of a ToolCall."""

    ASK = "ask"  #: a person decides
    PASS = "pass"  #: waved through  # noqa: S105  (a ruling, not a password)
    SHOW = "show"  #: shown, and never run


_ASKS = (PolicyName.SIDE_EFFECTS, PolicyName.EVERY_STEP, PolicyName.OBSERVE)  # from the least asked to nothing run


def looser(policy: PolicyName, usual: PolicyName) -> bool:
    """Say whether `policy` asks less than `usual`."""
    return _ASKS.index(policy) < _ASKS.index(usual)


def rule(policy: Policy, step: StepState, *, tainted: bool, rest_approved: bool) -> Ruling:
    """Say whether a proposed Step asks, passes, or is only shown.

    Once untrusted content is in the Subtask's context (`tainted`), nothing that has an effect passes, nor a READ
    whose target could carry data out, whatever was approved in advance.
    """
    if policy.name is PolicyName.OBSERVE:
        return Ruling.SHOW
    harmless = step.call.tool == ANSWER_TOOL or (step.risk is Risk.READ and not (tainted and step.outside))
    if policy.name is PolicyName.SIDE_EFFECTS and harmless:
        return Ruling.PASS
    if rest_approved and (harmless or not tainted):
        return Ruling.PASS
    return Ruling.ASK


def ruling(state: RunState, step: StepState) -> Ruling:
    """Say what the Run's Policy says of one of its Steps."""
    return rule(
        state.policy,
        step,
        tainted=bool(taint(state, step.subtask_id)),
        rest_approved=state.rest_approved is not None,
    )


def deciders(state: RunState) -> tuple[Actor, ...]:
    """Return whose Decisions count in a Run: the asker's, unless a guest, and the approvers', whatever the door."""
    asker = () if state.actor.guest else (state.actor,)
    return (*asker, *(actor for actor in state.policy.approvers if actor != state.actor))


def is_approver(policy: Policy, actor: Actor) -> bool:
    """Say whether the Policy names this person, or a group that they belong to now; guests are never named."""
    held = (actor, *(Actor(actor.platform, group) for group in actor.groups))
    return not actor.guest and any(each in policy.approvers for each in held)


def may_decide(state: RunState, actor: Actor) -> bool:
    """Say whether this person's Decisions count in the Run."""
    return is_approver(state.policy, actor) or (actor == state.actor and not (actor.guest or state.actor.guest))
