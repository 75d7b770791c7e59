"""The rows kept beside a Journal for queries, derived from RunState."""

from agent_core.domain import PolicyName
from agent_core.journal.state import PlanStatus, RunState, StepStatus, once_a_state
from agent_core.ports import OpenApproval, RunSummary
from agent_core.rules import asking

PLAN = "plan"  # the Card id of the Plan; Steps and questions are `step:ID` and `question:ID`


def plan_asks(state: RunState) -> bool:
    """Say whether the Plan waits for a person: more than one Subtask, in a Run that acts."""
    if state.plan is None or state.plan_status is not PlanStatus.PROPOSED or state.status.over:
        return False
    return len(state.plan.subtasks) > 1 and state.policy.name is not PolicyName.OBSERVE


@once_a_state
def approvals_of(state: RunState) -> tuple[OpenApproval, ...]:
    """Return all that waits for people in a Run now; nothing once it is over."""
    if state.status.over:
        return ()
    found: list[OpenApproval] = []
    if plan_asks(state) and state.plan is not None:
        found.append(OpenApproval(state.run_id, PLAN, state.plan.digest, state.plans[-1].at))
    found.extend(
        OpenApproval(state.run_id, f"step:{step.id}", step.call.digest, step.at, step.expires_at)
        for step in asking(state)
    )
    found.extend(
        OpenApproval(state.run_id, f"step:{step.id}", step.call.digest, step.at)
        for step in state.steps.values()
        if step.status is StepStatus.UNCERTAIN
    )
    found.extend(
        OpenApproval(state.run_id, f"question:{question.id}", "", question.at) for question in state.open_questions()
    )
    return tuple(found)


def summary_of(state: RunState) -> RunSummary:
    """Return a settled state's row."""
    return RunSummary(
        run_id=state.run_id,
        seq=state.seq,
        status=state.status,
        goal=state.goal,
        origin=state.origin,
        actor=state.actor,
        policy=state.policy.name,
        language=state.language,
        workspace=state.workspace,
        follows=state.follows,
        cost=state.cost,
        tokens=state.tokens,
        rehearsal=state.rehearsal,
        created_at=state.created_at,
        updated_at=state.updated_at,
        wake_at=state.wake_at,
    )
