"""RunState: what folding a Journal gives. Values only; `fold` makes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from agent_core.domain import (
    Actor,
    Choice,
    Decision,
    FileRef,
    Observation,
    Origin,
    Plan,
    Policy,
    Preview,
    Risk,
    RunStatus,
    Subtask,
    ToolCall,
    Topic,
    Verdict,
)
from agent_core.recurring import Firing, Scheduling

T = TypeVar("T")


class PlanStatus(StrEnum):
    """Where the Plan is."""

    WANTED = "wanted"  #: none yet, or people rejected the last one, or wrote something that it does not know of
    PROPOSED = "proposed"  #: waits for a Decision
    ACCEPTED = "accepted"


class StepStatus(StrEnum):
    """Where a Step is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    STARTED = "started"
    FINISHED = "finished"
    SKIPPED = "skipped"  #: not run: by the observe policy, or a person's word on an uncertain Step
    UNCERTAIN = "uncertain"
    EXPIRED = "expired"  #: nobody decided in time
    DROPPED = "dropped"  #: its Subtask was replaced by a new Plan

    @property
    def concluded(self) -> bool:
        """Whether nothing more will happen to the Step."""
        return self not in (StepStatus.PROPOSED, StepStatus.APPROVED, StepStatus.STARTED, StepStatus.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class StepState:
    """One Step. `proposed` is the call the model proposed; `call` is what a Decision made of it.

    `doubt`: why nobody knows whether it took effect; empty when Nod itself was cut off.
    """

    id: str
    subtask_id: str
    turn: int
    proposed: ToolCall
    call: ToolCall
    risk: Risk
    outside: bool
    why: str
    preview: Preview
    at: datetime
    expires_at: datetime | None
    status: StepStatus = StepStatus.PROPOSED
    decision: Decision | None = None
    decided_at: datetime | None = None
    grounds: str = ""
    starts: int = 0
    finished_at: datetime | None = None
    observation: Observation | None = None
    doubt: str = ""
    resolved: Choice | None = None
    resolved_by: Actor | None = None
    resolved_via: str = ""
    resolved_at: datetime | None = None
    described_by: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the model in a Subtask: Steps, or a `fault`, or a `report`. `seen` is the seq it knew of."""

    number: int
    attempt: int
    seen: int
    said: str
    step_ids: tuple[str, ...] = ()
    fault: str = ""
    fault_sources: tuple[str, ...] = ()  #: from outside, whose words are in it
    report: str = ""


class SubtaskStatus(StrEnum):
    """Where a Subtask is."""

    OPEN = "open"
    REPORTED = "reported"  #: the model says it is finished; to be judged
    DONE = "done"
    EXHAUSTED = "exhausted"  #: its attempts are used up


@dataclass(frozen=True, slots=True)
class SubtaskState:
    """One Subtask under way. `counted_from` is the number of turns before the present allowance of turns."""

    subtask: Subtask
    status: SubtaskStatus = SubtaskStatus.OPEN
    attempt: int = 1
    turns: tuple[Turn, ...] = ()
    counted_from: int = 0
    done_at: int = 0  #: the seq of the Verdict that it is done; 0 until then
    verdicts: tuple[Verdict, ...] = ()
    sources: tuple[str, ...] = ()  #: what its Steps read from outside

    @property
    def report(self) -> str:
        """The result the model last reported, or an empty string."""
        return self.turns[-1].report if self.turns else ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question to people that is not an Approval."""

    id: str
    topic: Topic
    text: str
    subtask_id: str
    at: datetime
    choice: Choice | None = None
    answer: str = ""
    actor: Actor | None = None
    via: str = ""
    answered_at: datetime | None = None


class NoteKind(StrEnum):
    """What a Note tells."""

    FEEDBACK = "feedback"
    REST_APPROVED = "rest_approved"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    SKIPPED = "skipped"  #: a firing of the same Schedule was skipped for this Run
    QUEUED = "queued"  #: a firing of the same Schedule waits for this Run


@dataclass(frozen=True, slots=True)
class Note:
    """Something said or done in the thread beside Decisions. `actor` is None when it was Nod."""

    seq: int
    kind: NoteKind
    actor: Actor | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PastPlan:
    """A Plan that was proposed, and what was decided on it. `proposed` is as the planner gave it."""

    revision: int
    proposed: Plan
    why: str
    at: datetime
    seen: int  #: the seq up to which the planner knew the Journal
    decision: Decision | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class RunState:
    """A Run, folded from its Journal up to `seq`; `digest` is that event's.

    `order` lists Card-worthy things as they came: `plan`, `step:ID`, `question:ID`, `note:SEQ`.
    `status` and `wake_at` are set by `rules.settled`; the bare fold leaves RUNNING in a Run that is not over.
    """

    run_id: str
    seq: int
    digest: str
    goal: str
    origin: Origin
    actor: Actor
    policy: Policy
    language: str
    workspace: str
    follows: str
    persona: str
    attachments: tuple[FileRef, ...]
    rehearsal: bool
    created_at: datetime
    updated_at: datetime
    zone: str = "UTC"  #: that days are meant in
    firing: Firing | None = None
    scheduling: Scheduling | None = None
    status: RunStatus = RunStatus.RUNNING
    wake_at: datetime | None = None  #: when it must be looked at without anybody's doing
    paused: bool = False
    rest_approved: Actor | None = None
    recalled: tuple[str, ...] = ()
    recalled_sources: tuple[str, ...] = ()
    described_by: tuple[str, ...] = ()  #: who from outside has worded Tools that the model was told of
    plan: Plan | None = None
    plan_status: PlanStatus = PlanStatus.WANTED
    plans: tuple[PastPlan, ...] = ()
    plan_sources: tuple[str, ...] = ()  #: what the planner knew from outside
    replans: int = 0  #: new Plans because attempts were used up
    replans_granted: int = 0  #: by people, beyond the ceiling
    subtask_count: int = 0  #: ids given so far, over all Plans
    subtasks: Mapping[str, SubtaskState] = field(default_factory=dict[str, SubtaskState])
    steps: Mapping[str, StepState] = field(default_factory=dict[str, StepState])
    questions: Mapping[str, Question] = field(default_factory=dict[str, Question])
    notes: tuple[Note, ...] = ()
    heard: frozenset[str] = frozenset()  #: the keys of what people wrote
    order: tuple[str, ...] = ()
    untrusted_files: frozenset[str] = frozenset()  #: paths that content from outside was, or may have been, written to
    untrusted_digests: frozenset[str] = frozenset()  #: of contents from outside, under whatever name they come to lie
    cost: float = 0.0
    tokens: int = 0
    estimated: bool = False
    unpriced: bool = False
    result: str = ""
    files: tuple[FileRef, ...] = ()
    memo: dict[str, Any] | None = field(default=None, repr=False, compare=False)  #: see `once_a_state`

    def but(self, **changes: Any) -> "RunState":
        """Return the state with these fields changed, as `dataclasses.replace` does, at a tenth of its time."""
        changed = object.__new__(RunState)
        changed.__dict__.update(self.__dict__, **changes)
        changed.__dict__["memo"] = None
        return changed

    def but_for(self, **changes: Any) -> "RunState":
        """Return the state with fields changed that nothing known of it depends on: what is known stays so."""
        changed = self.but(**changes)
        changed.__dict__["memo"] = self.memo and dict(self.memo)
        return changed

    @property
    def revision(self) -> int:
        """The revision of the newest Plan, 0 when there is none."""
        return self.plans[-1].revision if self.plans else 0

    def open_questions(self) -> tuple[Question, ...]:
        """The questions nobody has answered, oldest first, but for those about Subtasks that a new Plan dropped."""
        if not self.questions:
            return ()
        return tuple(
            question
            for question in self.questions.values()
            if question.choice is None and (not question.subtask_id or question.subtask_id in self.subtasks)
        )

    def steps_of(self, turn: Turn) -> tuple[StepState, ...]:
        """The Steps of a turn, in the order proposed."""
        return tuple(self.steps[step_id] for step_id in turn.step_ids)


def once_a_state(function: Callable[[RunState], T]) -> Callable[[RunState], T]:
    """Have a pure function of a state worked out once for each state: several places ask the same of it."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def known(state: RunState) -> T:
        memo = state.memo
        if memo is None:
            memo = state.__dict__["memo"] = dict[str, Any]()
        elif name in memo:
            return cast("T", memo[name])
        found = memo[name] = function(state)
        return found

    return known


def taint(state: RunState, subtask_id: str) -> tuple[str, ...]:
    """Return what from outside stands in a Subtask's context, its own or through what it waits for."""
    if not _any_sources(state):
        return ()
    found: dict[str, None] = dict.fromkeys((*state.recalled_sources, *state.plan_sources))
    waiting, seen = [subtask_id], set[str]()
    while waiting:
        current = waiting.pop()
        if current in seen or current not in state.subtasks:
            continue
        seen.add(current)
        found.update(dict.fromkeys(state.subtasks[current].sources))
        waiting.extend(state.subtasks[current].subtask.after)
    return tuple(found)


@once_a_state
def _any_sources(state: RunState) -> bool:
    own = any(subtask.sources for subtask in state.subtasks.values())
    return own or bool(state.recalled_sources or state.plan_sources)
