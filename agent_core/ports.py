"""What the core needs of the world. Storage and adapters implement these; the core imports none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from agent_core.domain import Actor, Origin, RunStatus, Usage
from agent_core.journal.records import Record

T = TypeVar("T", bound=BaseModel)

# --- the journal --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The row of `runs` for queries: derived from the Journal, written with it, never the truth.

    `goal` is whole; `cost` in US dollars; `wake_at` is when a worker should look again, None for never.
    """

    run_id: str
    seq: int
    status: RunStatus
    goal: str
    origin: Origin
    actor: Actor
    policy: str
    language: str
    workspace: str
    follows: str
    cost: float
    tokens: int
    rehearsal: bool
    created_at: datetime
    updated_at: datetime
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenApproval:
    """A row of `approvals`: one open question to people. `subject` is its Card's id."""

    run_id: str
    subject: str
    digest: str
    asked_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation. `actor` is None when Nod said it."""

    text: str
    actor: Actor | None
    at: datetime
    run_id: str = ""
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Commit:
    """What one append writes, all or nothing: rows, their blobs, and the projections after them."""

    records: Sequence[Record]
    blobs: Mapping[str, bytes]
    summary: RunSummary
    approvals: Sequence[OpenApproval] | None  #: all that are open now, any other is closed; None: those that were
    said: Sequence[Said] = ()  #: new in the conversation at the Run's Origin


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to advance a Run: its epoch, and the seq the Run had when it was taken or last appended under."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Taking:
    """An append that takes the lease, if it is free."""

    worker: str
    until: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Under:
    """An append under the live lease of this epoch."""

    epoch: int


@dataclass(frozen=True, slots=True)
class LettingGo:
    """An append under the live lease of this epoch, the last: it lets go of it, unless the Run was woken meanwhile."""

    epoch: int


Hold = Taking | Under | LettingGo  #: what an append has to do with the Run's lease


class JournalStore(Protocol):
    """Journals, and the projections written with them. Every method may raise StorageError."""

    async def create(self, commit: Commit, key: str = "") -> str:
        """Store a new Run and return its id; if `key` was used before, store nothing and return that Run's id."""
        ...

    async def run_of(self, key: str) -> str:
        """Return the id of the Run that was stored with this key; an empty string when there is none."""
        ...

    async def append(self, commit: Commit, hold: Hold | None = None) -> Lease | None:
        """Append to a Run, durably, before this returns; return the lease that `hold` leaves with its worker.

        Raises:
            JournalConflict: the Run already has an event of that seq.
            LeaseLost: the lease is not the one `hold` names, or is not free to take.
        """
        ...

    async def records(self, run_id: str, after: int = 0) -> Sequence[Record]:
        """Return the rows of a Run with seq > `after`, in order; empty when there are none."""
        ...

    async def blobs(self, digests: frozenset[str]) -> Mapping[str, bytes]:
        """Return the bytes of those digests that are stored."""
        ...

    async def summary(self, run_id: str) -> RunSummary:
        """Return the row of a Run. Raises RunUnknown."""
        ...

    async def summaries(
        self,
        *,
        limit: int = 50,
        before: datetime | None = None,
        origin: Origin | None = None,
        channel: Origin | None = None,
        actor: Actor | None = None,
        live: bool = False,
    ) -> Sequence[RunSummary]:
        """Return Runs, newest created first: created before `before`, of an `actor`, not over if `live`.

        `origin` matches exactly; `channel` matches whatever the thread.
        """
        ...

    async def approvals(
        self, *, limit: int = 50, workspace: Origin | None = None, actor: Actor | None = None
    ) -> Sequence[OpenApproval]:
        """Return open approvals, oldest first: of Runs of the `workspace` of an Origin, of Runs of an `actor`."""
        ...

    async def run_ids(self) -> Sequence[str]:
        """Return every Run's id, oldest first."""
        ...

    async def acquire(self, run_id: str, worker: str, until: datetime, now: datetime) -> Lease | None:
        """Take the lease, with a new epoch, and return it; None, and the Run is marked woken, while another is live.

        Raises:
            RunUnknown: there is no such Run.
        """
        ...

    async def renew(self, run_id: str, epoch: int, until: datetime) -> bool:
        """Lengthen the lease; False when it is not ours any more."""
        ...

    async def release(self, run_id: str, epoch: int) -> bool:
        """Let go of the lease and return True; if the Run was woken meanwhile, clear that, keep it, return False."""
        ...

    async def void_leases(self) -> None:
        """Void every lease: only for the one process that owns the database."""
        ...

    async def due(self, now: datetime, *, limit: int = 500) -> Sequence[str]:
        """Return Runs to wake: running without a live lease, or with `wake_at` reached."""
        ...

    async def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` or running lease's end there is."""
        ...


# --- what was said, and what is set for it ----------------------------------------------------------------------------


class ConversationStore(Protocol):
    """The messages of each Origin, as Commits added them."""

    async def recent(self, origin: Origin, limit: int = 20) -> Sequence[Said]:
        """Return the newest messages of an Origin, oldest first."""
        ...


class ChannelStore(Protocol):
    """What is set for a channel."""

    async def policy(self, origin: Origin) -> str:
        """Return the policy's name set for the Origin's channel, or an empty string."""
        ...

    async def set_policy(self, origin: Origin, policy: str) -> None:
        """Set the policy of the Origin's channel; an empty string unsets it."""
        ...


# --- the language model -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A Tool as a model is told of it. `parameters` is the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    runs_code: bool = False


@dataclass(frozen=True, slots=True)
class ModelToolCall:
    """A call in a model's answer. `arguments` is the parsed object; `problem` says why it could not be parsed."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt. `role`: system, user, assistant (alone with `calls`) or tool (alone with `call_id`)."""

    role: str
    text: str
    calls: tuple[ModelToolCall, ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A model's answer that may call Tools. `text` may be empty when there are calls."""

    text: str
    calls: tuple[ModelToolCall, ...]
    usages: tuple[Usage, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Filled(Generic[T]):
    """A model's structured answer, valid against its form."""

    value: T
    usages: tuple[Usage, ...]


class LanguageModel(Protocol):
    """A language model. Every call that reached a server is in `usages`, failed ones included (ModelError.usages).

    A caller that is cancelled is told of its calls so far by CallCancelled, in the place of CancelledError.
    """

    @property
    def name(self) -> str:
        """The model's name, as in NOD_MODEL."""
        ...

    @property
    def rehearsal(self) -> bool:
        """Whether this is the rehearsal model: scripted, no model at all."""
        ...

    async def turn(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Turn:
        """Return the model's next turn: text, ToolCalls, or both; never neither.

        Raises:
            ModelError: after retries; its subclasses say why.
        """
        ...

    async def fill(self, messages: Sequence[Message], form: type[T]) -> Filled[T]:
        """Return an instance of `form` that the model filled in, validated here whatever the server promised.

        Raises:
            ModelError: after retries; its subclasses say why.
        """
        ...


# --- time and waking ----------------------------------------------------------------------------------------------


class Clock(Protocol):
    """The time."""

    def __call__(self) -> datetime:
        """Return the time now, in UTC."""
        ...


class Dispatcher(Protocol):
    """Carries a wake to a worker."""

    async def wake(self, run_id: str) -> None:
        """Have the Run advanced soon; at least once, and idempotent."""
        ...
