"""The fold: events in, RunState out. Pure; what it gives depends on the Journal alone."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agent_core.domain import Choice, Outcome, Plan, RunStatus, Subtask, Topic, changed
from agent_core.errors import JournalBroken
from agent_core.journal import events as e
from agent_core.journal.fold_steps import STEP_FOLDS, change_subtask, with_item
from agent_core.journal.records import Entry, timestamp
from agent_core.journal.state import (
    Note,
    NoteKind,
    PastPlan,
    PlanStatus,
    Question,
    RunState,
    StepStatus,
    SubtaskState,
    SubtaskStatus,
    taint,
)
from agent_core.recurring import Fate


def fold(entries: Iterable[Entry], state: RunState | None = None) -> RunState:
    """Return the state after `entries`, from `state` on, or from the start of a Journal.

    Raises:
        JournalBroken: an event does not fit what came before it.
    """
    for entry in entries:
        state = apply(state, entry)
    if state is None:
        raise JournalBroken(run_id="", seq=0, reason="it is empty")
    return state


def apply(state: RunState | None, entry: Entry) -> RunState:
    """Return the state after one event.

    Raises:
        JournalBroken: the event does not fit what came before it.
    """
    try:
        if isinstance(entry.event, e.GoalSubmitted):
            return _begin(entry, entry.event)
        if state is None or entry.seq != state.seq + 1:
            raise KeyError(entry.seq)  # noqa: TRY301  (told like every other misfit)
        after = _FOLDS[type(entry.event)](state, entry.event, entry)
    except KeyError as error:
        raise JournalBroken(run_id=entry.run_id, seq=entry.seq, reason=f"{error} does not fit") from error
    return after.but(seq=entry.seq, digest=entry.digest, updated_at=entry.at)


def _begin(entry: Entry, event: e.GoalSubmitted) -> RunState:
    return RunState(
        run_id=entry.run_id,
        seq=entry.seq,
        digest=entry.digest,
        goal=event.goal,
        origin=event.origin,
        actor=event.actor,
        policy=event.policy,
        language=event.language,
        workspace=event.workspace,
        follows=event.follows,
        persona=event.persona,
        attachments=event.attachments,
        rehearsal=event.rehearsal,
        zone=event.zone,
        firing=event.firing,
        scheduling=event.scheduling,
        created_at=entry.at,
        updated_at=entry.at,
        untrusted_files=frozenset(file.path for file in event.attachments),
        untrusted_digests=frozenset(file.digest for file in event.attachments),
    )


def _note(state: RunState, entry: Entry, kind: NoteKind, actor: Any, text: str) -> RunState:
    note = Note(entry.seq, kind, actor, text, entry.at)
    return state.but(notes=(*state.notes, note), order=(*state.order, f"note:{entry.seq}"))


# --- the start and the plan ---------------------------------------------------------------------------------------


def _recalled(state: RunState, event: e.MemoryRecalled, _: Entry) -> RunState:
    return state.but(
        recalled=(*state.recalled, *event.items),
        recalled_sources=(*state.recalled_sources, *event.sources),
        untrusted_files=state.untrusted_files.union(event.untrusted_files),
        untrusted_digests=state.untrusted_digests.union(event.untrusted_digests),
    )


def _described(state: RunState, event: e.ToolsDescribed, _: Entry) -> RunState:
    return state.but(described_by=tuple(dict.fromkeys((*state.described_by, *event.by))))


def _adopt(state: RunState, plan: Plan) -> RunState:
    """Take over a Plan: what is done stays so, the rest begins anew, and open Steps of the old Plan are dropped."""
    steps = {
        step.id: step if step.status.concluded else changed(step, status=StepStatus.DROPPED)
        for step in state.steps.values()
    }
    numbers = [int(subtask.id) for subtask in plan.subtasks if subtask.id.isdecimal()]
    return state.but(
        plan=plan,
        subtasks={subtask.id: _adopted(state.subtasks.get(subtask.id), subtask) for subtask in plan.subtasks},
        steps=steps,
        subtask_count=max([state.subtask_count, *numbers]),
    )


def _adopted(was: SubtaskState | None, subtask: Subtask) -> SubtaskState:
    """Return a Subtask of a new Plan: done if it was and means the same, else to be done, with the turns it had."""
    if was is None:
        return SubtaskState(subtask)
    if was.status is SubtaskStatus.DONE and changed(was.subtask, after=()) == changed(subtask, after=()):
        return changed(was, subtask=subtask)
    return changed(
        was,
        subtask=subtask,
        status=SubtaskStatus.OPEN,
        attempt=1,
        counted_from=len(was.turns),
        done_at=0,
        verdicts=(),
    )


def _plan_proposed(state: RunState, event: e.PlanProposed, entry: Entry) -> RunState:
    exhausted = any(subtask.status is SubtaskStatus.EXHAUSTED for subtask in state.subtasks.values())
    known = dict.fromkeys(source for subtask_id in state.subtasks for source in taint(state, subtask_id))
    seen = entry.seq if event.seen is None else event.seen
    past = PastPlan(event.revision, event.plan, event.why, entry.at, seen)
    unheard = any(note.kind is NoteKind.FEEDBACK and note.seq > seen for note in state.notes)
    state = _adopt(state, event.plan).but(
        plan_status=PlanStatus.WANTED if unheard else PlanStatus.PROPOSED,
        plans=(*state.plans, past),
        plan_sources=tuple(known),
        replans=state.replans + exhausted,
    )
    return state if "plan" in state.order else state.but(order=(*state.order, "plan"))


def _plan_decided(state: RunState, event: e.PlanDecided, entry: Entry) -> RunState:
    past = changed(state.plans[-1], decision=event.decision, decided_at=entry.at)
    state = state.but(plans=(*state.plans[:-1], past))
    if event.decision.outcome is Outcome.REJECTED:
        return state.but(plan_status=PlanStatus.WANTED)
    if event.plan is not None:
        state = _adopt(state, event.plan)
    return state.but(plan_status=PlanStatus.ACCEPTED)


# --- people and the end -------------------------------------------------------------------------------------------


def _feedback(state: RunState, event: e.FeedbackGiven, entry: Entry) -> RunState:
    state = state.but(
        attachments=(*state.attachments, *event.files),
        untrusted_files=state.untrusted_files.union(file.path for file in event.files),
        heard=_heard(state, event.key),
        untrusted_digests=state.untrusted_digests.union(file.digest for file in event.files),
        # what waits for a Decision was made without these words
        plan_status=PlanStatus.WANTED if state.plan_status is PlanStatus.PROPOSED else state.plan_status,
    )
    return _note(state, entry, NoteKind.FEEDBACK, event.actor, event.text)


def _heard(state: RunState, key: str) -> frozenset[str]:
    return state.heard | {key} if key else state.heard


def _asked(state: RunState, event: e.QuestionAsked, entry: Entry) -> RunState:
    question = Question(event.question_id, event.topic, event.text, event.subtask_id, entry.at)
    return state.but(
        questions=with_item(state.questions, question.id, question),
        order=(*state.order, f"question:{question.id}"),
    )


def _answered(state: RunState, event: e.QuestionAnswered, entry: Entry) -> RunState:
    question = changed(
        state.questions[event.question_id],
        choice=event.choice,
        answer=event.text,
        actor=event.actor,
        via=event.via,
        answered_at=entry.at,
    )
    state = state.but(questions=with_item(state.questions, question.id, question), heard=_heard(state, event.key))
    if event.choice is not Choice.AGAIN:
        return state
    if question.topic is Topic.ATTEMPTS:
        return state.but(replans_granted=state.replans_granted + 1)
    if question.topic in (Topic.TURNS, Topic.REPEATS) and question.subtask_id in state.subtasks:
        return change_subtask(state, question.subtask_id, counted_from=len(state.subtasks[question.subtask_id].turns))
    return state


def _rest_approved(state: RunState, event: e.RestApproved, entry: Entry) -> RunState:
    return _note(state.but(rest_approved=event.actor), entry, NoteKind.REST_APPROVED, event.actor, "")


def _model_called(state: RunState, event: e.ModelCalled, _: Entry) -> RunState:
    usage = event.usage
    return state.but(
        cost=state.cost + (usage.cost or 0.0),
        tokens=state.tokens + usage.prompt_tokens + usage.completion_tokens,
        estimated=state.estimated or usage.estimated,
        unpriced=state.unpriced or (usage.cost is None and not usage.rehearsal),
    )


def _paused(state: RunState, event: e.RunPaused, entry: Entry) -> RunState:
    return _note(state.but(paused=True), entry, NoteKind.PAUSED, event.actor, event.reason)


def _resumed(state: RunState, event: e.RunResumed, entry: Entry) -> RunState:
    return _note(state.but(paused=False), entry, NoteKind.RESUMED, event.actor, "")


def _stopped(state: RunState, event: e.RunStopped, entry: Entry) -> RunState:
    state = state.but(status=RunStatus.STOPPED)
    return _note(state, entry, NoteKind.STOPPED, event.actor, event.reason)


def _finished(state: RunState, event: e.RunFinished, _: Entry) -> RunState:
    return state.but(status=RunStatus.FINISHED, result=event.result, files=event.files)


def _failed(state: RunState, event: e.RunFailed, _: Entry) -> RunState:
    return state.but(status=RunStatus.FAILED, result=event.account, files=event.files)


def _firing_held(state: RunState, event: e.FiringHeld, entry: Entry) -> RunState:
    return _note(state, entry, _held_kind(event), None, _held_text(event))


def was_held(state: RunState, event: e.FiringHeld) -> bool:
    """Say whether a Run was told of a held firing already."""
    told = (_held_kind(event), _held_text(event))
    return any((note.kind, note.text) == told for note in state.notes)


def _held_kind(event: e.FiringHeld) -> NoteKind:
    return NoteKind.QUEUED if event.fate is Fate.QUEUED else NoteKind.SKIPPED


def _held_text(event: e.FiringHeld) -> str:
    return f"{timestamp(event.at)} {event.zone}"


_FOLDS: Mapping[type[Any], Callable[[RunState, Any, Entry], RunState]] = {
    **STEP_FOLDS,
    e.MemoryRecalled: _recalled,
    e.ToolsDescribed: _described,
    e.PlanProposed: _plan_proposed,
    e.PlanDecided: _plan_decided,
    e.FeedbackGiven: _feedback,
    e.QuestionAsked: _asked,
    e.QuestionAnswered: _answered,
    e.RestApproved: _rest_approved,
    e.ModelCalled: _model_called,
    e.RunPaused: _paused,
    e.RunResumed: _resumed,
    e.RunStopped: _stopped,
    e.RunFinished: _finished,
    e.RunFailed: _failed,
    e.FiringHeld: _firing_held,
}
