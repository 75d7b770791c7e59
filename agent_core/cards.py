"""Cards: what people see of a Plan, Step, question or result, before any platform's markup.

Every text on a Card is already in the run's language; a view adds markup and no words.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum

from agent_core.domain import canonical_json, digest_of


class CardKind(StrEnum):
    """What a Card is about."""

    GOAL = "goal"  #: what was asked, and what was said meanwhile
    PLAN = "plan"
    STEP = "step"
    QUESTION = "question"
    NOTE = "note"  #: something that happened: a person wrote, the run was paused …
    RESULT = "result"


class Tone(StrEnum):
    """How a Card stands, for its colour and sign."""

    ASKING = "asking"  #: waits for a person
    WORKING = "working"  #: Nod is at it
    DONE = "done"
    BAD = "bad"  #: failed, rejected, unmet
    QUIET = "quiet"  #: for information


class Form(StrEnum):
    """How a text is to be read."""

    PLAIN = "plain"
    MARKDOWN = "markdown"  #: from a model or a person: sanitise
    CODE = "code"
    DIFF = "diff"  #: unified


@dataclass(frozen=True, slots=True)
class Fact:
    """A short label and value. A `grave` one is read before deciding, so no view folds it away."""

    label: str
    value: str
    grave: bool = False


class Verb(StrEnum):
    """What a person can do with a Card or a Run."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    APPROVE_REST = "approve_rest"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    ANSWER = "answer"
    AGAIN = "again"
    END = "end"
    HAPPENED = "happened"
    SKIP = "skip"
    SHOW = "show"
    RUN_NOW = "run_now"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Button:
    """A way to decide. `needs_text`: a reason or an answer may be typed with it.

    `subject` is what it is about where that is not the Card: a Schedule of a list (`schedule:ID`).
    """

    verb: Verb
    label: str
    needs_text: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled text. `folded` may start closed, but must open in one click; nothing is ever cut.

    `buttons` are what can be done with the thing that it tells of, one of several on the Card. `run_id` is the Run
    whose thread has that whole, where a list has but a line: a view may lead there. `own`: its Markdown is of Nod's own
    words throughout, so that it hides nothing where it is decided on.
    """

    label: str
    text: str
    form: Form = Form.PLAIN
    folded: bool = False
    buttons: tuple[Button, ...] = ()
    run_id: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """An argument that can be edited. `value` is the text itself for strings, JSON for everything else.

    `label` is the word for it where there is one; a Decision calls it by its `name`. `hint` says what may stand there,
    where the value does not tell.
    """

    name: str
    value: str
    is_text: bool
    multiline: bool
    label: str = ""
    hint: str = ""


class Mark(StrEnum):
    """How a Subtask stands in a Plan's progress."""

    TODO = "todo"
    ACTIVE = "active"
    ASKING = "asking"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """A Subtask in a Plan Card. `label` is the word for its mark; `details` are its instructions and criteria."""

    id: str
    mark: Mark
    label: str
    title: str
    details: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One Card. Its `id` stays for the life of the Run (`plan`, `step:…`, `question:…`, `result` …).

    `digest` is what a decision on it is given for. `editable` is the plan as text where EDIT edits a text;
    `fields` where it edits arguments. `footer` says who decided, how and when, or who may decide.
    """

    id: str
    kind: CardKind
    tone: Tone
    title: str
    status: str
    sections: tuple[Section, ...] = ()
    facts: tuple[Fact, ...] = ()
    items: tuple[Item, ...] = ()
    buttons: tuple[Button, ...] = ()
    fields: tuple[Field, ...] = ()
    editable: str = ""
    digest: str = ""
    footer: str = ""
    rehearsal: str = ""  #: the words that say no model is at work; empty with a real model
    files: tuple[str, ...] = ()  #: workspace paths to offer for download; of a result, what it comes to is the first
    at: str = ""  #: when it came to be, ISO 8601 in UTC
    about: str = ""  #: which file or so a Step is about: its first short argument

    def fingerprint(self) -> str:
        """Return the digest of all that the Card shows."""
        return digest_of(canonical_json(asdict(self)))
