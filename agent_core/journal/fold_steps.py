"""The fold of turns, Steps and Verdicts: events of a Subtask under way, in; RunState, out. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from agent_core.domain import ANY_FILE, Choice, FileRef, Outcome, Risk, changed
from agent_core.journal import events as e
from agent_core.journal.records import Entry
from agent_core.journal.state import RunState, StepState, StepStatus, SubtaskStatus, Turn, taint

MAX_ATTEMPTS = 3  # of one Subtask before a new Plan is wanted


K = TypeVar("K")
V = TypeVar("V")


def with_item(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    """Return the mapping with one item set."""
    return {**mapping, key: value}


def _step(state: RunState, step_id: str, **changes: Any) -> RunState:
    return state.but(steps=with_item(state.steps, step_id, changed(state.steps[step_id], **changes)))


def change_subtask(state: RunState, subtask_id: str, **changes: Any) -> RunState:
    """Return the state with these fields of a Subtask changed."""
    return state.but(subtasks=with_item(state.subtasks, subtask_id, changed(state.subtasks[subtask_id], **changes)))


def _add_turn(state: RunState, subtask_id: str, turn: Turn) -> RunState:
    """Add a turn, or what else a turn proposed, to its Subtask."""
    subtask = state.subtasks[subtask_id]
    if subtask.turns and subtask.turns[-1].number == turn.number:
        last = subtask.turns[-1]
        fault = turn if turn.fault else last
        turn = changed(
            last, step_ids=last.step_ids + turn.step_ids, fault=fault.fault, fault_sources=fault.fault_sources
        )
        return change_subtask(state, subtask_id, turns=(*subtask.turns[:-1], turn))
    # a new turn reopens a Subtask that had reported: a person said something meanwhile
    return change_subtask(state, subtask_id, turns=(*subtask.turns, turn), status=SubtaskStatus.OPEN)


def _step_proposed(state: RunState, event: e.StepProposed, entry: Entry) -> RunState:
    step = StepState(
        id=event.step_id,
        subtask_id=event.subtask_id,
        turn=event.turn,
        proposed=event.call,
        call=event.call,
        risk=event.risk,
        outside=event.outside,
        described_by=event.described_by,
        why=event.why,
        preview=event.preview,
        at=entry.at,
        expires_at=event.expires_at,
    )
    attempt = state.subtasks[event.subtask_id].attempt
    state = _add_turn(state, event.subtask_id, Turn(event.turn, attempt, event.seen, event.said, step_ids=(step.id,)))
    return state.but(steps=with_item(state.steps, step.id, step), order=(*state.order, f"step:{step.id}"))


def _turn_faulted(state: RunState, event: e.TurnFaulted, _: Entry) -> RunState:
    attempt = state.subtasks[event.subtask_id].attempt
    turn = Turn(event.turn, attempt, event.seen, event.said, fault=event.problem, fault_sources=event.sources)
    state = _add_turn(state, event.subtask_id, turn)
    return _read_from(state, event.subtask_id, event.sources) if event.sources else state


def _read_from(state: RunState, subtask_id: str, sources: Iterable[str]) -> RunState:
    """Return the state after a Subtask read something from outside."""
    known = dict.fromkeys((*state.subtasks[subtask_id].sources, *sources))
    return change_subtask(state, subtask_id, sources=tuple(known))


def _step_decided(state: RunState, event: e.StepDecided, entry: Entry) -> RunState:
    step = state.steps[event.step_id]
    rejected = event.decision.outcome is Outcome.REJECTED
    return _step(
        state,
        event.step_id,
        status=StepStatus.REJECTED if rejected else StepStatus.APPROVED,
        decision=event.decision,
        decided_at=entry.at,
        call=event.call or step.call,
        preview=event.preview or step.preview,
    )


def _step_expired(state: RunState, event: e.StepExpired, _: Entry) -> RunState:
    return _step(state, event.step_id, status=StepStatus.EXPIRED)


def _step_started(state: RunState, event: e.StepStarted, _: Entry) -> RunState:
    step = state.steps[event.step_id]
    path = step.call.arguments.get("path")
    if step.risk is not Risk.READ and path and taint(state, step.subtask_id):
        # from now on, for it may take effect and its end never be known
        state = state.but(untrusted_files=state.untrusted_files | {path})
    return _step(state, step.id, status=StepStatus.STARTED, grounds=event.grounds, starts=step.starts + 1)


def _step_finished(state: RunState, event: e.StepFinished, entry: Entry) -> RunState:
    step = state.steps[event.step_id]
    seen = event.observation
    path = step.call.arguments.get("path")
    if step.risk is Risk.READ and seen.trusted and path in state.untrusted_files:
        # another Subtask began to write it while it was read
        seen = changed(seen, trusted=False, sources=(*seen.sources, f"file {path}"))
    if not seen.trusted and step.subtask_id in state.subtasks:
        state = _read_from(state, step.subtask_id, seen.sources or (step.call.tool,))
    state = _written(state, step, seen.files)
    return _step(state, event.step_id, status=StepStatus.FINISHED, observation=seen, finished_at=entry.at)


def _written(state: RunState, step: StepState, files: Sequence[FileRef]) -> RunState:
    """Return the state after a Step wrote files: new content is as trusted as its Subtask, known content as it was."""
    if not files:
        return state
    written = {file.path for file in files}
    if taint(state, step.subtask_id):
        digests = state.untrusted_digests.union(file.digest for file in files)
        return state.but(untrusted_files=state.untrusted_files | written, untrusted_digests=digests)
    foreign = {file.path for file in files if file.digest in state.untrusted_digests}
    return state.but(untrusted_files=(state.untrusted_files - written) | foreign)


def _step_skipped(state: RunState, event: e.StepSkipped, _: Entry) -> RunState:
    return _step(state, event.step_id, status=StepStatus.SKIPPED)


def _step_uncertain(state: RunState, event: e.StepUncertain, _: Entry) -> RunState:
    step = state.steps[event.step_id]
    if step.risk is Risk.EXECUTE:
        # code writes what it likes, and was cut off before anybody could say what that was, or what it was made of
        state = state.but(untrusted_files=state.untrusted_files | {ANY_FILE})
    return _step(state, event.step_id, status=StepStatus.UNCERTAIN, doubt=event.reason)


_RESOLVED = {
    Choice.HAPPENED: StepStatus.FINISHED,
    Choice.AGAIN: StepStatus.APPROVED,
    Choice.SKIP: StepStatus.SKIPPED,
}


def _step_resolved(state: RunState, event: e.StepResolved, entry: Entry) -> RunState:
    return _step(
        state,
        event.step_id,
        status=_RESOLVED[event.choice],
        resolved=event.choice,
        resolved_by=event.actor,
        resolved_via=event.via,
        resolved_at=entry.at,
    )


def _reported(state: RunState, event: e.SubtaskReported, _: Entry) -> RunState:
    attempt = state.subtasks[event.subtask_id].attempt
    turn = Turn(event.turn, attempt, event.seen, event.text, report=event.text)
    return change_subtask(_add_turn(state, event.subtask_id, turn), event.subtask_id, status=SubtaskStatus.REPORTED)


def _judged(state: RunState, event: e.SubtaskJudged, entry: Entry) -> RunState:
    subtask = state.subtasks[event.subtask_id]
    verdicts = (*subtask.verdicts, event.verdict)
    if event.verdict.met:
        return change_subtask(state, event.subtask_id, verdicts=verdicts, status=SubtaskStatus.DONE, done_at=entry.seq)
    if subtask.attempt >= MAX_ATTEMPTS:
        return change_subtask(state, event.subtask_id, verdicts=verdicts, status=SubtaskStatus.EXHAUSTED)
    return change_subtask(
        state,
        event.subtask_id,
        verdicts=verdicts,
        status=SubtaskStatus.OPEN,
        attempt=subtask.attempt + 1,
        counted_from=len(subtask.turns),
    )


STEP_FOLDS: Mapping[type[Any], Callable[[RunState, Any, Entry], RunState]] = {
    e.StepProposed: _step_proposed,
    e.TurnFaulted: _turn_faulted,
    e.StepDecided: _step_decided,
    e.StepExpired: _step_expired,
    e.StepStarted: _step_started,
    e.StepFinished: _step_finished,
    e.StepSkipped: _step_skipped,
    e.StepUncertain: _step_uncertain,
    e.StepResolved: _step_resolved,
    e.SubtaskReported: _reported,
    e.SubtaskJudged: _judged,
}
