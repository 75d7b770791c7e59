"""What the HTTP API takes and gives, as pydantic models: the names programs use."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from adapters.web.failures import RequestMalformed
from adapters.web.forms import NO_TIME, moment_of
from agent_core.cards import Card, Verb
from agent_core.domain import PolicyName, RunStatus
from agent_core.journal.state import RunState
from agent_core.ports import OpenApproval, RunSummary
from agent_core.service import Attachment


class _Taken(BaseModel):
    model_config = ConfigDict(extra="forbid")  # a misspelt name is told, not ignored


def _is_base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be Base64") from None
    return text


def _is_named(text: str) -> str:
    if not text:
        raise ValueError("must be the id of one of the run's cards")
    return text


def _is_moment(text: object) -> datetime:
    try:
        return moment_of(str(text))
    except RequestMalformed:
        raise ValueError(NO_TIME) from None


Moment = Annotated[datetime, BeforeValidator(_is_moment)]


class FileSent(_Taken):
    """A file that goes with a Goal or a reply; `content` in Base64."""

    name: str = Field(min_length=1)
    content: Annotated[str, AfterValidator(_is_base64)]

    def attachment(self) -> Attachment:
        """Return it as the Service takes it."""
        return Attachment(self.name, base64.b64decode(self.content))


class GoalSent(_Taken):
    """A Goal to submit. Two with the same `key` (not empty) submit one Run."""

    goal: str
    policy: PolicyName | None = None
    key: str = ""
    follows: str = ""
    persona: str = ""
    files: list[FileSent] = Field(default_factory=list[FileSent])


class DecisionSent(_Taken):
    """A Decision on a Card. `digest` is the Card's, as it was seen; answers to questions need none.

    `text` is a reason, an answer or an edited plan; `arguments` are edited fields by name, as in the Card's `fields`.
    """

    subject: Annotated[str, AfterValidator(_is_named)]
    verb: Verb
    digest: str = ""
    text: str = ""
    arguments: dict[str, str] | None = None


class ControlSent(_Taken):
    """`pause`, `resume`, `stop` or `approve_rest`."""

    verb: Verb
    text: str = ""


class WordsSent(_Taken):
    """Something said to a Run."""

    text: str
    files: list[FileSent] = Field(default_factory=list[FileSent])


class RunGiven(BaseModel):
    """Where a Run is. `cost` in US dollars."""

    run_id: str
    seq: int
    status: RunStatus
    over: bool
    goal: str
    language: str
    actor: str
    origin: dict[str, str]
    policy: str
    follows: str
    rehearsal: bool
    cost: float
    tokens: int
    result: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, run: RunState | RunSummary) -> "RunGiven":
        """Return a Run's summary."""
        is_state = isinstance(run, RunState)
        return cls(
            run_id=run.run_id,
            seq=run.seq,
            status=run.status,
            over=run.status.over,
            goal=run.goal,
            language=run.language,
            actor=str(run.actor),
            origin=asdict(run.origin),
            policy=run.policy.name.value if is_state else run.policy,
            follows=run.follows,
            rehearsal=run.rehearsal,
            cost=run.cost,
            tokens=run.tokens,
            result=run.result if is_state else "",
            created_at=run.created_at,
            updated_at=run.updated_at,
        )


class RunAndCards(BaseModel):
    """A Run and its Cards in thread order, as agent_core.cards.Card describes them."""

    run: RunGiven
    cards: list[dict[str, Any]]


class RunList(BaseModel):
    """Runs, newest first."""

    runs: list[RunGiven]


class RunNamed(BaseModel):
    """The Run something went to."""

    run_id: str
    url: str


class WaitingGiven(BaseModel):
    """One open Approval; `subject` is its Card's id."""

    run_id: str
    subject: str
    digest: str
    asked_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, approval: OpenApproval) -> "WaitingGiven":
        """Return an open Approval."""
        return cls(**asdict(approval))


class WaitingList(BaseModel):
    """Open Approvals, oldest first."""

    waiting: list[WaitingGiven]


class FileGiven(BaseModel):
    """A file of a Run; `size` in bytes."""

    path: str
    digest: str
    size: int


class FileList(BaseModel):
    """The files of a Run."""

    files: list[FileGiven]


class PolicySent(_Taken):
    """The policy to set for this workspace's channel; null unsets it."""

    policy: PolicyName | None


class PolicyGiven(BaseModel):
    """The policy of Runs that name none. `channel` is what is set here, null for nothing; then it is Nod's own."""

    policy: PolicyName
    channel: PolicyName | None


class Verified(BaseModel):
    """How many events of a Journal were verified."""

    events: int


class Me(BaseModel):
    """Who the request counts as: `platform:user`."""

    actor: str


class Problem(BaseModel):
    """What went wrong: the kind for programs, the sentence for people."""

    kind: str
    message: str


class Failure(BaseModel):
    """Every error's body."""

    error: Problem


def card_given(card: Card) -> Mapping[str, Any]:
    """Return a Card as JSON values."""
    return asdict(card)
