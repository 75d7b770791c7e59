"""What the core needs of the world. Storage and adapters implement these; the core imports none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from agent_core.domain import Actor, Origin, RunStatus, Usage
from agent_core.journal.records import Record

if TYPE_CHECKING:
    from agent_core.cards import Card

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
class Commit:
    """What one append writes, all or nothing: rows, their blobs, and the projections after them."""

    records: Sequence[Record]
    blobs: Mapping[str, bytes]
    summary: RunSummary
    approvals: Sequence[OpenApproval] | None  #: all that are open now, any other is closed; None: those that were


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
    """The tables `events`, `blobs`, `runs`, `approvals`. Every method may raise StorageError."""

    async def create(self, commit: Commit, key: str = "") -> str:
        """Store a new Run and return its id; if `key` was used before, store nothing and return that Run's id."""
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
        self, *, limit: int = 50, before: datetime | None = None, origin: Origin | None = None
    ) -> Sequence[RunSummary]:
        """Return Runs, newest created first, created before `before`; `origin` matches exactly."""
        ...

    async def approvals(self, *, limit: int = 50) -> Sequence[OpenApproval]:
        """Return open approvals, oldest first."""
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


# --- what was said, what was delivered ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation. `actor` is None when Nod said it."""

    text: str
    actor: Actor | None
    at: datetime
    run_id: str = ""
    trusted: bool = True


class ConversationStore(Protocol):
    """The messages of each Origin."""

    async def add(self, origin: Origin, said: Said) -> None:
        """Keep a message."""
        ...

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


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which message of a platform shows a Card, and the digest of what it shows.

    `message_ref` is empty while a post is uncertain.
    """

    run_id: str
    card_id: str
    message_ref: str
    shown: str


class DeliveryStore(Protocol):
    """The table `deliveries`."""

    async def deliveries(self, run_id: str) -> Mapping[str, Delivery]:
        """Return a Run's deliveries by card id."""
        ...

    async def keep(self, delivery: Delivery) -> None:
        """Store a delivery, over an earlier one of the same Card."""
        ...


class SignInStore(Protocol):
    """The secret tokens of the web door. Only digests are kept: a token is known once, when it is minted."""

    async def mint_once(self, name: str, *, now: datetime, expires_at: datetime) -> str:
        """Return a new token that signs the person `name` in once, until `expires_at`."""
        ...

    async def mint_api(self, name: str, *, now: datetime, expires_at: datetime | None = None) -> str:
        """Return a new token that lasts, for programs that speak for the person `name`."""
        ...

    async def redeem(self, token: str, now: datetime) -> str | None:
        """Use a one-time token up and return its name; None when it is unknown, used or expired."""
        ...

    async def api_name(self, token: str, now: datetime) -> str | None:
        """Return whom a lasting token speaks for; None when it is unknown, revoked or expired."""
        ...

    async def revoke(self, name: str, now: datetime) -> int:
        """Void every token of the person `name` that still counts, and return how many there were."""
        ...


class DeliveryFailed(Exception):
    """A platform did not take a Card. `retry_after` in seconds; `gone` when it never will."""

    def __init__(self, reason: str, *, retry_after: float = 5.0, gone: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.gone = gone


class Messenger(Protocol):
    """A platform's way out: it shows Cards and decides nothing. Methods raise DeliveryFailed."""

    async def post(self, origin: Origin, run_id: str, card: "Card") -> str:
        """Post a Card and return the reference of its message."""
        ...

    async def edit(self, origin: Origin, run_id: str, message_ref: str, card: "Card") -> None:
        """Make the message show this Card."""
        ...

    async def find(self, origin: Origin, run_id: str, card_id: str) -> str:
        """Look for the message of a Card whose post was uncertain; an empty string when there is none."""
        ...


# --- the language model -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A Tool as a model is told of it. `parameters` is the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


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
    """A language model. Every call that reached a server is in `usages`, failed ones included (ModelError.usages)."""

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
