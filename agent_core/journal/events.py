"""The kinds of events a Journal holds. A kind is the name of its class; add fields only with defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

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
    ToolCall,
    Topic,
    Usage,
    Verdict,
)
from agent_core.recurring import Fate, Firing, Scheduling


@dataclass(frozen=True, slots=True)
class GoalSubmitted:
    """A person asked. `workspace` names the folder, shared with the Run it `follows`. `persona` is who Nod plays.

    `zone` is the time zone that days are meant in.
    """

    goal: str
    origin: Origin
    actor: Actor
    policy: Policy
    language: str
    workspace: str
    follows: str = ""
    persona: str = ""
    attachments: tuple[FileRef, ...] = ()
    rehearsal: bool = False
    firing: Firing | None = None  #: when a Schedule asked
    scheduling: Scheduling | None = None  #: when it is about a Schedule itself
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class FiringHeld:
    """A Schedule's time came while this Run of it was open: that firing is skipped, or queued behind it."""

    at: datetime
    zone: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class MemoryRecalled:
    """What the Run was given to know at its start: earlier results and what was said, oldest first.

    `untrusted_files` are workspace files whose contents came from outside, `untrusted_digests` are of those contents.
    """

    items: tuple[str, ...]
    untrusted_files: tuple[str, ...] = ()
    trusted: bool = True
    sources: tuple[str, ...] = ()
    untrusted_digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolsDescribed:
    """The model was told of Tools in words from outside: `by` names whose, for example mcp notes."""

    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanProposed:
    """The planner's Plan. `revision` counts from 1; Subtasks already done are kept in it."""

    revision: int
    plan: Plan
    why: str = ""
    seen: int | None = None  #: the seq up to which the planner knew the Journal; None: all before this


@dataclass(frozen=True, slots=True)
class PlanDecided:
    """A Decision on a Plan; `plan` is the edited one when it was edited."""

    revision: int
    decision: Decision
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class StepProposed:
    """One action proposed for a Subtask in its `turn` (counted from 1 over all attempts)."""

    step_id: str
    subtask_id: str
    turn: int
    call: ToolCall
    risk: Risk
    why: str
    preview: Preview
    outside: bool = False  #: its target may carry data out
    said: str = ""  #: what the model wrote beside the calls of this turn
    seen: int = 0  #: the seq up to which the model knew the Journal
    expires_at: datetime | None = None
    described_by: str = ""  #: whose words the Tool's description is, if from outside


@dataclass(frozen=True, slots=True)
class TurnFaulted:
    """A turn of the model that gave nothing to propose; `problem` is fed back to it, with words of these `sources`."""

    subtask_id: str
    turn: int
    said: str
    problem: str
    seen: int = 0
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepDecided:
    """A Decision on a Step; `call` (new digest) and `preview` when the arguments were edited."""

    step_id: str
    decision: Decision
    call: ToolCall | None = None
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class StepExpired:
    """Nobody decided in time."""

    step_id: str


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The Tool is about to run. `grounds`: `decision`, or the policy that waves it through."""

    step_id: str
    digest: str
    grounds: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """The Tool returned."""

    step_id: str
    observation: Observation


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """The Policy runs nothing; this is what would have run."""

    step_id: str


@dataclass(frozen=True, slots=True)
class StepUncertain:
    """Nobody knows whether a started Step took effect: its worker died, or its Tool says so, with its `reason`."""

    step_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StepResolved:
    """A person said what became of an uncertain Step: happened, again or skip."""

    step_id: str
    choice: Choice
    actor: Actor
    via: str


@dataclass(frozen=True, slots=True)
class SubtaskReported:
    """The model says the Subtask is finished; `text` is its result."""

    subtask_id: str
    turn: int
    text: str
    seen: int = 0


@dataclass(frozen=True, slots=True)
class SubtaskJudged:
    """The Verdict on a reported Subtask. Unmet means another attempt, with the Verdict's advice."""

    subtask_id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    """A person wrote in the thread while the Run was under way, and may have attached files.

    `key` is the platform's id of what they wrote, so that a redelivery is not heard twice.
    """

    actor: Actor
    text: str
    files: tuple[FileRef, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """Nod asks people. `subtask_id` is empty when it is about the whole Run."""

    question_id: str
    topic: Topic
    text: str
    subtask_id: str = ""


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A person answered a question, with a choice or with words."""

    question_id: str
    choice: Choice
    actor: Actor
    via: str
    text: str = ""
    key: str = ""  #: as in FeedbackGiven


@dataclass(frozen=True, slots=True)
class RestApproved:
    """A person approved the rest of this Run. What untrusted content could have caused still asks."""

    actor: Actor
    via: str


@dataclass(frozen=True, slots=True)
class ModelCalled:
    """A model was called for a `purpose` (plan, turn, judge): usage, cost and time."""

    purpose: str
    usage: Usage
    subtask_id: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class RunPaused:
    """The Run is paused by a person, or by Nod (`actor` None) for the reason given."""

    actor: Actor | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A person resumed the Run."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class RunStopped:
    """A person stopped the Run for good."""

    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Every Subtask is done."""

    result: str
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True)
class RunFailed:
    """The Run ended with something not done; `account` says what is done and what is not."""

    account: str
    files: tuple[FileRef, ...] = ()


Event = (
    GoalSubmitted
    | MemoryRecalled
    | ToolsDescribed
    | PlanProposed
    | PlanDecided
    | StepProposed
    | TurnFaulted
    | StepDecided
    | StepExpired
    | StepStarted
    | StepFinished
    | StepSkipped
    | StepUncertain
    | StepResolved
    | SubtaskReported
    | SubtaskJudged
    | FeedbackGiven
    | QuestionAsked
    | QuestionAnswered
    | RestApproved
    | ModelCalled
    | RunPaused
    | RunResumed
    | RunStopped
    | RunFinished
    | RunFailed
    | FiringHeld
)

KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
