"""The rows kept beside a Journal for queries, derived from RunState."""

from collections.abc import Iterator, Sequence

from agent_core.domain import Choice
from agent_core.journal import events as e
from agent_core.journal.state import RunState, StepStatus, once_a_state, taint
from agent_core.ports import OpenApproval, RunSummary, Said
from agent_core.rules import asking, plan_asks

PLAN = "plan"  # the Card id of the Plan; Steps and questions are `step:ID` and `question:ID`


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


def said_of(state: RunState, events: Sequence[e.Event]) -> tuple[Said, ...]:
    """Return what these events, the state's newest, add to the conversation: people's words, and Nod's last ones."""
    # words that answer a question and bring files are two events, and were said once
    return tuple(dict.fromkeys(said for event in events for said in _said(state, event)))


def _said(state: RunState, event: e.Event) -> Iterator[Said]:
    at, run_id = state.updated_at, state.run_id
    match event:
        case e.GoalSubmitted(goal=text, actor=actor) | e.FeedbackGiven(text=text, actor=actor):
            yield Said(text, actor, at, run_id)
        case e.QuestionAnswered(choice=Choice.ANSWER, text=text, actor=actor):
            yield Said(text, actor, at, run_id)
        case e.RunFinished(result=text) | e.RunFailed(account=text):
            tainted = any(taint(state, subtask_id) for subtask_id in state.subtasks)
            yield Said(text, None, at, run_id, trusted=not tainted)
        case _:
            pass


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
