"""Letters: what is to be sent, and what came, read out of the form that mail has. Pure."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from mimetypes import guess_type
from pathlib import PurePosixPath

import nh3

from agent_core.domain import canonical_json, digest_of
from agent_core.tools.mail.addresses import Mailbox

_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_REPLIED = re.compile(r"\s*(?:re|aw|antw|sv|回复|答复)\s*[:：]", re.IGNORECASE)
_MOST_REFERENCES = 20  # of a thread, its beginning and its end: headers have a length


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a letter."""

    path: str
    content: bytes = field(repr=False)
    digest: str

    @property
    def name(self) -> str:
        """What it is called in the letter."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True)
class Original:
    """What a letter answers."""

    message_id: str
    references: tuple[str, ...]
    subject: str
    sender: str
    reply_to: tuple[str, ...]
    sent: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent, with everything found out."""

    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    body: str
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    attached: tuple[Attached, ...] = ()
    answers: Original | None = None

    @property
    def digest(self) -> str:
        """What names all of it."""
        boxes = [[each.address, each.name] for group in (self.to, self.cc, self.bcc) for each in (*group, self.sender)]
        files = [[each.path, each.digest] for each in self.attached]
        answered = self.answers.message_id if self.answers else ""
        sizes = [len(self.to), len(self.cc), len(self.bcc)]
        return digest_of(canonical_json([boxes, sizes, self.subject, self.body, files, answered]))

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom a server is told to bring it to, each once."""
        return tuple(dict.fromkeys(each.address for group in (self.to, self.cc, self.bcc) for each in group))

    def message_id(self, run_id: str) -> str:
        """Return its own id, the same each time, so that a letter that was sent twice is known for one."""
        return f"<nod.{digest_of(f'{run_id} {self.digest}')[:40]}@{self.sender.address.rpartition('@')[2]}>"

    def message(self, run_id: str, at: datetime) -> EmailMessage:
        """Return it in the form that mail has. Who gets a blind copy does not stand in it."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender.header
        message["To"] = tuple(each.header for each in self.to)
        if self.cc:
            message["Cc"] = tuple(each.header for each in self.cc)
        message["Subject"] = self.subject
        message["Date"] = at
        message["Message-ID"] = self.message_id(run_id)
        if self.answers is not None:
            message["In-Reply-To"] = self.answers.message_id
            message["References"] = " ".join(thread_of(self.answers))
        message.set_content(self.body if self.body.endswith("\n") else f"{self.body}\n")
        for each in self.attached:
            kind, _, subtype = (guess_type(each.name)[0] or "application/octet-stream").partition("/")
            message.add_attachment(each.content, maintype=kind, subtype=subtype, filename=each.name)
        return message


def thread_of(original: Original) -> Sequence[str]:
    """Return the ids of a thread up to the letter that is answered, the first and the newest when there are many."""
    ids = [each for each in original.references if each != original.message_id]
    if len(ids) >= _MOST_REFERENCES:
        ids = [ids[0], *ids[-(_MOST_REFERENCES - 2) :]]
    return [*ids, original.message_id]


def ids_in(text: str) -> tuple[str, ...]:
    """Return the ids of letters that a header names."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))


def is_id(text: str) -> bool:
    """Say whether a text is the id of a letter."""
    return _MESSAGE_ID.fullmatch(text) is not None


def reply_subject(subject: str) -> str:
    """Return the subject of an answer."""
    subject = " ".join(subject.split())
    return subject if _REPLIED.match(subject) else f"Re: {subject}"


def plain(text: str, marked_up: str) -> str:
    """Return a letter's words: its own plain text, else what its HTML says without the markup."""
    if text.strip():
        return text.strip().replace("\r\n", "\n")
    lined = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h\d)[^<>]*>", "\n", marked_up)
    bare = html.unescape(nh3.clean(lined, tags=set(), clean_content_tags={"script", "style"}))
    return re.sub(r"\n\s*\n+", "\n\n", bare).strip()
