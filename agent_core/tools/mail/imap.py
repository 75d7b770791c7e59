"""Reads mail by IMAP. All methods block; call them in a thread. Nothing that is read is marked as read."""

import re
import ssl
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from imaplib import IMAP4
from typing import cast

import imap_tools
from imap_tools import AND, OR, BaseMailBox, H, MailMessage
from imap_tools.errors import ImapToolsError

from agent_core.errors import MailError, MailMissing
from agent_core.i18n import N_, Phrase
from agent_core.tools.mail.letters import Original, ids_in
from agent_core.tools.mail.settings import IMAP_PORT, IMAP_TLS_PORT, MailSettings, Security, ServerSettings

SECONDS = 30.0  # for each answer of a server
LARGEST = 30_000_000  # bytes of one letter
SEEN = [imap_tools.MailMessageFlags.SEEN]
_THREAD = 50  # letters of a thread
_AT_ONCE = 500  # letters that a server is asked about in one line
_WEST = timezone(timedelta(hours=-12))  # where days begin last
_ARRIVED = re.compile(rb'(?=.*?UID (?P<uid>\d+)).*?INTERNALDATE "(?P<at>[^"]+)"')  # RFC 9051, 7.5.2, in either order


@dataclass(frozen=True, slots=True)
class Search:
    """What letters are looked for; empty fields look for nothing. `since`: when they came at the earliest."""

    folder: str = "INBOX"
    words: str = ""
    sender: str = ""
    since: datetime | None = None
    unseen: bool = False
    most: int = 20


@dataclass(frozen=True)
class Reader:
    """The way into the mail of one connection. `tls` checks certificates in the place of the usual authorities."""

    name: str
    settings: MailSettings
    server: ServerSettings
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def find(self, search: Search) -> Sequence[MailMessage]:
        """Return the newest letters that are so, their headers alone, the newest first. Raises MailError."""
        wanted: dict[str, object] = {}
        if search.words:
            wanted["text"] = search.words
        if search.sender:
            wanted["from_"] = search.sender
        if search.since:
            # a server compares days alone, in a zone of its own: what is too early is left out below
            wanted["date_gte"] = search.since.astimezone(_WEST).date()
        if search.unseen:
            wanted["seen"] = False
        with self._open(search.folder) as box:
            criteria = AND(**wanted) if wanted else "ALL"  # pyright: ignore[reportArgumentType, reportCallIssue]
            uids = box.uids(criteria, "UTF-8")
            if search.since:
                came = _arrivals(box, uids)
                uids = [uid for uid in uids if uid in came and came[uid] >= search.since]
            if not uids:
                return []
            newest = uids[-search.most :]
            return list(box.fetch(uid_list=newest, mark_seen=False, reverse=True, headers_only=True, bulk=True))

    def read(self, folder: str, message_id: str) -> MailMessage:
        """Return a whole letter. Raises MailMissing and MailError."""
        with self._open(folder) as box:
            found = box.uids(AND(header=H("Message-ID", message_id)))
            if not found:
                raise MailMissing(name=self.name, id=message_id, folder=folder)
            return next(self._whole(box, found[:1]))

    def thread(self, folder: str, message_id: str) -> Sequence[MailMessage]:
        """Return the letters of a letter's thread in a folder, the oldest first. Raises MailMissing and MailError."""
        first = self.read(folder, message_id)
        root = (*references_of(first), message_id)[0]
        with self._open(folder) as box:
            named = OR(AND(header=H("Message-ID", root)), AND(header=H("References", root)))
            found = [*self._whole(box, box.uids(named)[-_THREAD:])] or [first]
        return sorted(found, key=lambda each: each.date.timestamp())

    def original(self, folder: str, message_id: str) -> Original:
        """Return what an answer must know of a letter. Raises MailMissing and MailError."""
        with self._open(folder) as box:
            criteria = AND(header=H("Message-ID", message_id))
            for found in box.fetch(criteria, limit=1, mark_seen=False, headers_only=True):
                return Original(
                    message_id=message_id,
                    references=references_of(found),
                    subject=" ".join(found.subject.split()),
                    sender=found.from_values.full if found.from_values else found.from_,
                    reply_to=tuple(each.full for each in found.reply_to_values),
                    sent=found.date_str,
                )
        raise MailMissing(name=self.name, id=message_id, folder=folder)

    def has(self, folder: str, message_id: str) -> bool:
        """Say whether a letter is in a folder. Raises MailError."""
        with self._open(folder) as box:
            return bool(box.uids(AND(header=H("Message-ID", message_id))))

    def keep(self, folder: str, content: bytes) -> None:
        """Put a copy of a letter into a folder, as read. Raises MailError."""
        with self._open("INBOX") as box:
            if not box.folder.exists(folder):
                box.folder.create(folder)  # pyright: ignore[reportUnknownMemberType]
            box.append(content, folder, flag_set=SEEN)  # pyright: ignore[reportUnknownMemberType]

    def check(self) -> None:
        """Sign in and look into the inbox. Raises MailError."""
        with self._open("INBOX"):
            pass

    def _whole(self, box: BaseMailBox, uids: Sequence[str]) -> Iterator[MailMessage]:
        for uid in uids:
            for told in box.fetch(uid_list=[uid], mark_seen=False, headers_only=True):
                if told.size_rfc822 > LARGEST:
                    reason = Phrase(N_("a mail is larger than {most:,} bytes."), most=LARGEST)
                    raise MailError(name=self.name, reason=reason)
            yield from box.fetch(uid_list=[uid], mark_seen=False)

    @contextmanager
    def _open(self, folder: str) -> Generator[BaseMailBox]:
        try:
            box = self._connected()
        except ssl.SSLCertVerificationError as error:
            raise MailError(name=self.name, reason=N_("its certificate cannot be trusted.")) from error
        except (OSError, IMAP4.error) as error:
            pattern = N_("no connection to {host} came about ({kind}).")
            reason = Phrase(pattern, host=self.server.host, kind=type(error).__name__)
            raise MailError(name=self.name, reason=reason) from error
        try:
            box.login(self.settings.user, self.settings.password.get_secret_value(), initial_folder=None)
            box.folder.set(folder, readonly=True)  # pyright: ignore[reportUnknownMemberType]
            yield box
        except imap_tools.MailboxLoginError as error:
            reason = N_("it does not accept the user and password of this connection.")
            raise MailError(name=self.name, reason=reason) from error
        except imap_tools.MailboxFolderSelectError as error:
            raise MailError(name=self.name, reason=Phrase(N_("there is no folder {folder}."), folder=folder)) from error
        except (ImapToolsError, IMAP4.error, OSError) as error:
            pattern = N_("the mail server did not do as it was asked ({kind}).")
            raise MailError(name=self.name, reason=Phrase(pattern, kind=type(error).__name__)) from error
        finally:
            _leave(box)

    def _connected(self) -> BaseMailBox:
        host, security = self.server.host, self.server.kept
        port = self.server.port or (IMAP_TLS_PORT if security is Security.TLS else IMAP_PORT)
        match security:
            case Security.TLS:
                return imap_tools.MailBox(host, port, SECONDS, ssl_context=self.tls)
            case Security.STARTTLS:
                return imap_tools.MailBoxStartTls(host, port, SECONDS, ssl_context=self.tls)
            case Security.NONE:
                return imap_tools.MailBoxUnencrypted(host, port, SECONDS)


def references_of(message: MailMessage) -> tuple[str, ...]:
    """Return the ids of the letters before one in its thread, the oldest first."""
    return ids_in(f"{_header(message, 'references')} {_header(message, 'in-reply-to')}")


def id_of(message: MailMessage) -> str:
    """Return a letter's own id, empty when it has none."""
    return (*ids_in(_header(message, "message-id")), "")[0]


def _arrivals(box: BaseMailBox, uids: Sequence[str]) -> dict[str, datetime]:
    """Return when letters came to their server. Raises IMAP4.error."""
    came = dict[str, datetime]()
    for start in range(0, len(uids), _AT_ONCE):
        _, said = box.client.uid("FETCH", ",".join(uids[start : start + _AT_ONCE]), "(UID INTERNALDATE)")
        found = (_ARRIVED.match(each) for each in cast("list[object]", said) if isinstance(each, bytes))
        came |= {each["uid"].decode(): parsedate_to_datetime(each["at"].decode()) for each in found if each}
    return came


def _header(message: MailMessage, name: str) -> str:
    headers = cast("dict[str, tuple[str, ...]]", message.headers)
    return " ".join(headers.get(name, ()))


def _leave(box: BaseMailBox) -> None:
    with suppress(IMAP4.error, OSError):
        box.client.logout()
