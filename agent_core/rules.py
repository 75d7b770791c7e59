"""All of Nod's control flow: what a Run needs next, as a pure function of its state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from agent_core.domain import Choice, Outcome, Plan, PolicyName, Risk, RunStatus, Topic
from agent_core.journal.state import (
    NoteKind,
    PastPlan,
    PlanStatus,
    RunState,
    StepState,
    StepStatus,
    SubtaskState,
    SubtaskStatus,
    Turn,
    once_a_state,
)
from agent_core.policy import Ruling, ruling

MAX_TURNS = 12  # of the model in one attempt at a Subtask, before people are asked
MAX_REPEATS = 3  # of one identical call within those turns, before people are asked
MAX_REPLANS = 2  # because attempts were used up, before people are asked
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MakePlan:
    """Ask the planner for a Plan."""


@dataclass(frozen=True, slots=True)
class WavePlan:
    """Accept a Plan that needs no Decision of its own."""


@dataclass(frozen=True, slots=True)
class TakeTurn:
    """Ask the executor for the Subtask's next turn."""

    subtask_id: str


@dataclass(frozen=True, slots=True)
class ExecuteStep:
    """Run the Tool of a Step, on these grounds."""

    step_id: str
    grounds: str


@dataclass(frozen=True, slots=True)
class SkipStep:
    """Record that a Step was only shown."""

    step_id: str


@dataclass(frozen=True, slots=True)
class RecoverStep:
    """A Step was cut off while it ran: run a READ again, ask people about anything else."""

    step_id: str
    again: bool


@dataclass(frozen=True, slots=True)
class ExpireStep:
    """Record that nobody decided in time, and pause."""

    step_id: str


@dataclass(frozen=True, slots=True)
class JudgeSubtask:
    """Ask the evaluator for a Verdict."""

    subtask_id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a question to people."""

    topic: Topic
    subtask_id: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Every Subtask is done."""


@dataclass(frozen=True, slots=True)
class Fail:
    """A person ended the Run with something not done."""


Action = (
    MakePlan
    | WavePlan
    | TakeTurn
    | ExecuteStep
    | SkipStep
    | RecoverStep
    | ExpireStep
    | JudgeSubtask
    | Ask
    | Finish
    | Fail
)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until people act, or until `until`."""

    until: datetime | None = None


def next_actions(state: RunState, now: datetime) -> tuple[Action, ...] | Wait:
    """Return what is to be done now, in the Plan's order, or what is waited for: nothing, when the Run is over."""
    expiry = _first_expiry(state)
    return _worked_out(state, now) if expiry is not None and expiry <= now else _before_any_expiry(state)


@once_a_state
def _first_expiry(state: RunState) -> datetime | None:
    """Return when the first Step expires that nobody decided on; until then time changes nothing."""
    undecided = (step.expires_at for step in state.steps.values() if step.status is StepStatus.PROPOSED)
    return min((at for at in undecided if at is not None), default=None)


@once_a_state
def _before_any_expiry(state: RunState) -> tuple[Action, ...] | Wait:
    return _worked_out(state, _LONG_AGO)


def _worked_out(state: RunState, now: datetime) -> tuple[Action, ...] | Wait:
    if state.status.over:
        return Wait()
    if state.paused:  # what nobody decided in time expires all the same, or resuming would only pause again
        return tuple(ExpireStep(step.id) for step in asking(state) if _expired(step, now)) or Wait(
            _earliest_expiry(state)
        )
    if any(question.choice is Choice.END for question in state.questions.values()):
        return (Fail(),)
    if state.plan_status is not PlanStatus.ACCEPTED:
        return _planning(state)
    until = None if "" in _blocked(state) else _earliest_expiry(state)  # a blocked Run expires nothing either
    return tuple(_working(state, now)) or Wait(until)


def settled(state: RunState, now: datetime) -> RunState:
    """Return the state with its status, running while there is something to do, and when to look at it again."""
    if state.status.over:
        return state.but(wake_at=None)
    actions = next_actions(state, now)
    if not isinstance(actions, Wait):
        status, wake_at = RunStatus.RUNNING, None
    else:
        status, wake_at = RunStatus.PAUSED if state.paused else RunStatus.WAITING, actions.until
    if status is state.status and wake_at == state.wake_at:
        return state
    # neither of these two changes what is to be done
    return state.but_for(status=status, wake_at=wake_at)


def _blocked(state: RunState) -> frozenset[str]:
    """Return the Subtasks that wait for the answer to a question; an empty id stands for the whole Run."""
    return frozenset([question.subtask_id for question in state.open_questions()])


def _planning(state: RunState) -> tuple[Action, ...] | Wait:
    if "" in _blocked(state):
        return Wait()
    if state.plan_status is PlanStatus.WANTED:
        return (MakePlan(),)
    return Wait() if plan_asks(state) else (WavePlan(),)


def plan_asks(state: RunState) -> bool:
    """Say whether the Plan waits for a person: a large one does, and any after one that people sent back."""
    if state.plan is None or state.plan_status is not PlanStatus.PROPOSED or state.status.over:
        return False
    if state.policy.name is PolicyName.OBSERVE:
        return False
    return _large(state.plan) or any(_sent_back(past) for past in state.plans[:-1])


def _large(plan: Plan) -> bool:
    return len(plan.subtasks) > 1


def _sent_back(past: PastPlan) -> bool:
    """Say whether people were asked about an earlier Plan and did not accept it: they rejected it, or wrote instead."""
    if past.decision is None:
        return _large(past.proposed)
    return past.decision.outcome is Outcome.REJECTED


def _working(state: RunState, now: datetime) -> Iterator[Action]:
    """Yield what the Subtasks of an accepted Plan need."""
    blocked = _blocked(state)
    if "" in blocked:
        return
    undone = {name: subtask for name, subtask in state.subtasks.items() if subtask.status is not SubtaskStatus.DONE}
    if not undone:
        yield Finish()
        return
    exhausted = any(subtask.status is SubtaskStatus.EXHAUSTED for subtask in undone.values())
    if exhausted and not _unsettled(state):
        # a new Plan replaces whatever else is open, so nothing else is begun
        allowed = state.replans < MAX_REPLANS + state.replans_granted
        yield MakePlan() if allowed else Ask(Topic.ATTEMPTS, "")
        return
    for name, subtask in undone.items():
        if name in blocked or subtask.status is SubtaskStatus.EXHAUSTED:
            continue
        if undone.keys().isdisjoint(subtask.subtask.after):
            yield from _subtask_actions(state, subtask, now)


def _unsettled(state: RunState) -> bool:
    """Say whether a Step may have had an effect that is not recorded yet; no new Plan may hide it."""
    return any(step.status in (StepStatus.STARTED, StepStatus.UNCERTAIN) for step in state.steps.values())


def _subtask_actions(state: RunState, subtask: SubtaskState, now: datetime) -> Iterator[Action]:
    name = subtask.subtask.id
    turn = subtask.turns[-1] if subtask.turns else None
    if subtask.status is SubtaskStatus.REPORTED:
        yield TakeTurn(name) if turn is not None and _unheard(state, turn) else JudgeSubtask(name)
        return
    waiting = [step for step in state.steps_of(turn) if not step.status.concluded] if turn else []
    if waiting:
        # in the order proposed: a later call of a turn may rest on an earlier one
        yield from _step_action(state, waiting[0], now)
        yield from (ExpireStep(step.id) for step in waiting[1:] if _expired(step, now))
        return
    counted = subtask.turns[subtask.counted_from :]
    spent = Topic.TURNS if len(counted) >= MAX_TURNS else Topic.REPEATS if _repeats(state, counted) else None
    if spent is None:
        yield TakeTurn(name)
    else:
        yield JudgeSubtask(name) if state.policy.name is PolicyName.OBSERVE else Ask(spent, name)


def _unheard(state: RunState, turn: Turn) -> bool:
    """Say whether a person wrote something that the model did not know of in this turn."""
    return any(note.kind is NoteKind.FEEDBACK and note.seq > turn.seen for note in state.notes)


def _repeats(state: RunState, turns: tuple[Turn, ...]) -> bool:
    """Say whether the newest turn's calls have all been made often enough to look stuck."""
    if not turns or not turns[-1].step_ids:
        return False
    digests = [step.proposed.digest for turn in turns for step in state.steps_of(turn)]
    return all(digests.count(step.proposed.digest) >= MAX_REPEATS for step in state.steps_of(turns[-1]))


def _expired(step: StepState, now: datetime) -> bool:
    return step.status is StepStatus.PROPOSED and step.expires_at is not None and step.expires_at <= now


def _step_action(state: RunState, step: StepState, now: datetime) -> Iterator[Action]:
    if step.status is StepStatus.APPROVED:
        yield ExecuteStep(step.id, "decision")
    elif step.status is StepStatus.STARTED:
        # whoever is running it now leaves this aside; anyone else finds it cut off
        yield RecoverStep(step.id, again=step.risk is Risk.READ)
    elif step.status is StepStatus.PROPOSED:
        match ruling(state, step):
            case Ruling.SHOW:
                yield SkipStep(step.id)
            case Ruling.PASS:
                yield ExecuteStep(step.id, grounds(state))
            case Ruling.ASK if _expired(step, now):
                yield ExpireStep(step.id)
            case Ruling.ASK:
                pass


def grounds(state: RunState) -> str:
    """Name what waves a Step through: a person's approval of the rest, or the Policy."""
    if state.rest_approved is not None:
        return f"rest approved by {state.rest_approved}"
    return f"policy {state.policy.name}"


def _earliest_expiry(state: RunState) -> datetime | None:
    return min(
        (step.expires_at for step in asking(state) if step.expires_at is not None),
        default=None,
    )


@once_a_state
def asking(state: RunState) -> tuple[StepState, ...]:
    """Return the Steps that wait for a person's Decision now, in the order proposed."""
    return tuple(
        step
        for step in state.steps.values()
        if step.status is StepStatus.PROPOSED and ruling(state, step) is Ruling.ASK
    )
