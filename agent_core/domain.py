"""The words of Nod as frozen values: goals, plans, calls, decisions and verdicts."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from functools import cache, cached_property
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, TypeAdapter

T = TypeVar("T")

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: object) -> str:
    """Return the one JSON text of `value`: keys sorted, no spaces, no escapes that UTF-8 does not need."""
    return _CANONICAL.encode(value)


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def changed(value: T, **changes: Any) -> T:
    """Return the dataclass `value` with these fields changed, as `dataclasses.replace` does, in half its time."""
    for name in _names_of(type(value)):
        if name not in changes:
            changes[name] = getattr(value, name)
    return type(value)(**changes)


def digest_of(content: str | bytes) -> str:
    """Return the SHA-256 of `content` (text as UTF-8) in 64 hexadecimal digits."""
    # lone surrogates cannot be UTF-8; they are kept apart instead of failing
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asked or decided: a platform and a user id on it. `name` is for display and does not identify.

    `groups` are what the platform says now that they belong to, such as `role/ID`; it is never kept. A `guest` is of
    another organisation: may ask where guests may, and never decides.
    """

    platform: str
    user: str
    name: str = field(default="", compare=False)
    groups: Annotated[tuple[str, ...], Field(exclude=True)] = field(default=(), compare=False, repr=False)
    guest: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return f"{self.platform}:{self.user}"

    @property
    def display(self) -> str:
        """The name to show to people."""
        return self.name or self.user

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `platform:user`, or `platform:group` as in `discord:role/ID`, as in NOD_APPROVERS.

        Raises:
            ValueError: there is no platform or no user in it.
        """
        platform, colon, user = text.strip().partition(":")
        if not (platform and colon and user):
            raise ValueError(f"'{text}' is not platform:user, for example nod:alice or slack:U024BE7LH.")
        return cls(platform, user)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a Goal was asked. Empty strings where a platform has no such level."""

    platform: str
    workspace: str = ""
    channel: str = ""
    thread: str = ""


class Risk(StrEnum):
    """What a Tool can do to the world."""

    READ = "read"  #: looks, changes nothing
    WRITE = "write"  #: changes the run's own workspace
    EXECUTE = "execute"  #: runs generated code
    SEND = "send"  #: leaves the machine


class PolicyName(StrEnum):
    """Which ToolCalls ask a person."""

    EVERY_STEP = "every-step"  #: each step asks
    SIDE_EFFECTS = "side-effects"  #: READ steps and answers pass, everything else asks
    OBSERVE = "observe"  #: nothing runs; cards show what would have


@dataclass(frozen=True, slots=True)
class Policy:
    """Which ToolCalls ask, whom (beside the asker), and for how long an Approval stays open."""

    name: PolicyName = PolicyName.EVERY_STEP
    approvers: tuple[Actor, ...] = ()
    expires_after: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file of a workspace: its path, the digest of its bytes, and its size in bytes."""

    path: str
    digest: str
    size: int


ANY_FILE = ""  #: among untrusted paths: nobody knows which, so all of them


class CheckKind(StrEnum):
    """What code can check of a Criterion without an opinion."""

    FILE_EXISTS = "file_exists"  #: `path` is a file that is not empty
    MIN_WORDS = "min_words"  #: `path` has at least `number` words (CJK characters count as words)
    MAX_WORDS = "max_words"  #: `path` has at most `number` words
    CONTAINS = "contains"  #: `path` contains `text`, letter case aside
    LINKS_RESOLVE = "links_resolve"  #: every link in the Markdown file `path` leads somewhere
    CITES_SOURCES = "cites_sources"  #: the Markdown file `path` cites what the Run has read, and only that
    VALID_JSON = "valid_json"  #: `path` parses as JSON
    TESTS_PASS = "tests_pass"  # noqa: S105  #: the last Step that ran code in this Subtask ended well
    ANSWERED = "answered"  #: an answer was given to the thread


@dataclass(frozen=True, slots=True)
class Check:
    """A Criterion's machine check. `path`, `number` and `text` as its kind needs them."""

    kind: CheckKind
    path: str = ""
    number: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One sentence that says when a Subtask is done, with a machine check where one exists."""

    text: str
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Subtask:
    """One piece of a Plan. `after` names the Subtasks it waits for."""

    id: str
    title: str
    instructions: str
    criteria: tuple[Criterion, ...]
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The Subtasks of a Run, in the order people read them."""

    subtasks: tuple[Subtask, ...]

    @cached_property
    def digest(self) -> str:
        """What a Decision on this Plan is given for."""
        return digest_of(canonical_json(_PLAN.dump_python(self, mode="json")))

    def subtask(self, subtask_id: str) -> Subtask:
        """Return the Subtask of that id; KeyError when there is none."""
        for subtask in self.subtasks:
            if subtask.id == subtask_id:
                return subtask
        raise KeyError(subtask_id)


_PLAN = TypeAdapter(Plan)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One requested use of a Tool. `digest` is of the name and the exact arguments; make one with `of`."""

    tool: str
    arguments: Mapping[str, Any]
    digest: str

    @classmethod
    def of(cls, tool: str, arguments: Mapping[str, Any]) -> Self:
        """Return the call with its digest. Arguments are JSON values."""
        return cls(tool, arguments, digest_of(canonical_json({"tool": tool, "arguments": dict(arguments)})))


@dataclass(frozen=True, slots=True)
class PreviewFact:
    """A short label and value of a Preview, in the run's language. A `grave` one is read before deciding."""

    label: str
    value: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a person is shown of a call before it runs.

    `text` is what it would do (a unified diff for files, `markdown` where it will be read so, else empty when the
    arguments say it all). `facts` are what the Tool found in the arguments, as it will use them: recipients, the host
    of a URL, which sandbox runs the code.
    `basis` is the digest of what the preview was made from; a call whose basis changed does not run. `basis_of` names
    what that is, where nothing that a Run does changes it (a skill, another's tool): to approve the rest of a Run is
    to approve it as it is.
    """

    text: str = ""
    basis: str = ""
    facts: tuple[PreviewFact, ...] = ()
    markdown: bool = False
    basis_of: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a ToolCall returned.

    `text` is for the model and people. `trusted` is False when any of it came from outside; `sources`
    then names from where. `files` are the workspace files it wrote. `answer` is text for the thread.
    """

    text: str
    ok: bool = True
    trusted: bool = True
    sources: tuple[str, ...] = ()
    files: tuple[FileRef, ...] = ()
    answer: str = ""


class Outcome(StrEnum):
    """What a Decision says."""

    APPROVED = "approved"  #: run exactly this
    EDITED = "edited"  #: run this instead; the Decision carries the new call or plan
    REJECTED = "rejected"  #: do not run it, for the reason given


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's answer: who, what, how (`via`: button, reply, reaction, terminal, api), for which digest.

    `actor` is None when the Policy waved a Plan through.
    """

    outcome: Outcome
    digest: str
    actor: Actor | None
    via: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One Criterion judged. `evidence` are Step ids; `checked` is True when code judged it."""

    criterion: str
    met: bool
    evidence: tuple[str, ...] = ()
    note: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of a Subtask. `score` is the share of criteria met, 0 to 1: the reward."""

    judgements: tuple[Judgement, ...]
    score: float
    advice: str = ""

    @property
    def met(self) -> bool:
        """Whether every Criterion is met."""
        return all(judgement.met for judgement in self.judgements)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call of a model took. `cost` in US dollars, None when the model's price is unknown."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    estimated: bool = False  #: the server gave no usage; tokens are our estimate
    rehearsal: bool = False  #: no model; the rehearsal model answered


class Topic(StrEnum):
    """Why Nod asks people something that is not a ToolCall or a Plan."""

    CLARIFY = "clarify"  #: the goal cannot be planned without an answer
    TURNS = "turns"  #: a Subtask used up its turns
    REPEATS = "repeats"  #: the same call again and again
    ATTEMPTS = "attempts"  #: attempts and replans are used up
    MODEL = "model"  #: the language model could not be used
    FAULT = "fault"  #: Nod itself met an error


class Choice(StrEnum):
    """How a question, or an uncertain Step, is answered."""

    ANSWER = "answer"  #: with words
    AGAIN = "again"  #: go on, try again, do it again
    END = "end"  #: end the run here, and say what is done
    HAPPENED = "happened"  #: the uncertain Step took effect
    SKIP = "skip"  #: leave the uncertain Step undone


class RunStatus(StrEnum):
    """Where a Run is."""

    RUNNING = "running"  #: a worker has something to do
    WAITING = "waiting"  #: a person must decide before anything else happens
    PAUSED = "paused"  #: a person, or an expired Approval, paused it
    FINISHED = "finished"  #: every Subtask is done
    FAILED = "failed"  #: it ended with something not done
    STOPPED = "stopped"  #: a person stopped it

    @property
    def over(self) -> bool:
        """Whether nothing more can happen to the Run."""
        return self in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.STOPPED)
