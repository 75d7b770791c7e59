"""The Tools `read_mail` and `save_attachments`: what came, which is never to be trusted."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from imap_tools import MailMessage
from pydantic import Field

from agent_core.domain import FileRef, Observation, Risk
from agent_core.errors import ToolFailed, WorkspaceError
from agent_core.i18n import N_, Phrase, Translate, translator
from agent_core.tools.mail.accounts import Accounts
from agent_core.tools.mail.imap import Reader, Search, id_of
from agent_core.tools.mail.letters import is_id, plain
from agent_core.tools.paths import checked_path
from agent_core.tools.toolbox import Tool, ToolContext, tool

READ_MAIL, SAVE_ATTACHMENTS = "read_mail", "save_attachments"
SECONDS = 120.0
CHARACTERS = 40_000  # of all letters that are told at once
_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
_UNSAFE = re.compile(r"[^\w.()+@-]+")

AccountName = Annotated[str, Field(description="The name of the mail connection")]
Id = Annotated[str, Field(description="The id of one mail to read whole, as the list shows it; empty for the list")]
Whole = Annotated[Literal["mail", "thread"], Field(description="With an id: that mail alone, or its whole thread")]
Words = Annotated[str, Field(max_length=200, pattern=_NO_CONTROLS, description="Words that the mail holds anywhere")]
From = Annotated[str, Field(max_length=200, pattern=_NO_CONTROLS, description="Part of the sender's name or address")]
Since = Annotated[
    str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="What came on this day, YYYY-MM-DD, or later")
]
Unseen = Annotated[bool, Field(description="Only mail that nobody has read")]
Folder = Annotated[str, Field(min_length=1, max_length=200, pattern=_NO_CONTROLS, description="The mail folder")]
Most = Annotated[int, Field(ge=1, le=50, description="Mails in the list at most, the newest first")]
OneId = Annotated[str, Field(description="The id of the mail, as read_mail shows it")]


def reading_tools(accounts: Accounts) -> tuple[Tool, ...]:
    """Return the Tools that read the mail of these accounts."""

    async def _read_mail(  # noqa: PLR0917  (called by name)
        context: ToolContext,
        account: AccountName,
        id: Id = "",  # noqa: A002  (what it is called to a model)
        show: Whole = "mail",
        words: Words = "",
        sender: From = "",
        since: Since = "",
        unseen: Unseen = False,  # noqa: FBT002
        folder: Folder = "INBOX",
        most: Most = 20,
    ) -> Observation:
        """List mails, or read one or its whole thread by its id. Nothing is marked as read."""
        reader = accounts.reader(account)
        if not id:
            search = Search(folder, words, sender, _start_of(since, context.zone), unseen, most)
            found = await asyncio.to_thread(reader.find, search)
            return _outside(account, folder, _list_of(translator(context.language), found))
        letters = await asyncio.to_thread(_letters, reader, folder, id, show)
        return _outside(account, folder, _told(translator(context.language), letters))

    async def _save_attachments(
        context: ToolContext,
        account: AccountName,
        id: OneId,  # noqa: A002
        folder: Folder = "INBOX",
    ) -> Observation:
        """Put the attachments of a mail into the workspace, in the folder `mail`."""
        letters = await asyncio.to_thread(_letters, accounts.reader(account), folder, id, "mail")
        files = await asyncio.to_thread(_saved, context, letters[0])
        _ = translator(context.language)
        lines = [_("{path} ({size:,} bytes)").format(path=each.path, size=each.size) for each in files]
        return replace(
            _outside(account, folder, "\n".join(lines) or _("This mail has no attachments.")), files=tuple(files)
        )

    made = tool(risk=Risk.READ, timeout=SECONDS)(_read_mail)
    described = replace(made, description=f"{made.description} Accounts: {', '.join(accounts.reads)}.")
    return described, tool(risk=Risk.WRITE, timeout=SECONDS)(_save_attachments)


def _outside(account: str, folder: str, text: str) -> Observation:
    return Observation(text, trusted=False, sources=(f"mail {account} {folder}",))


def _start_of(text: str, zone: str) -> datetime | None:
    """Return when a day begins in a zone. Raises ToolFailed when there is no such day."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) if text else None
    except ValueError:
        raise ToolFailed(tool=READ_MAIL, reason=Phrase(N_("there is no day {day}."), day=text)) from None


def _letters(reader: Reader, folder: str, number: str, show: str) -> Sequence[MailMessage]:
    if not is_id(number):
        reason = N_("give the id of a mail as the list shows it, such as <abc@example.com>.")
        raise ToolFailed(tool=READ_MAIL, reason=reason)
    return reader.thread(folder, number) if show == "thread" else [reader.read(folder, number)]


def _list_of(_: Translate, found: Sequence[MailMessage]) -> str:
    if not found:
        return _("There is no such mail.")
    lines = list[str]()
    for each in found:
        seen = "" if "\\Seen" in each.flags else _(" · not read yet")
        sender = each.from_values.full if each.from_values else each.from_
        when = each.date.isoformat(" ", "minutes")
        lines.append(f"{when} · {sender} · {' '.join(each.subject.split())}{seen}\n  id: {id_of(each) or '-'}")
    return "\n".join(lines)


def _told(_: Translate, letters: Sequence[MailMessage]) -> str:
    """Return letters as a model reads them; of what is too long, that it is cut."""
    room = CHARACTERS // len(letters)
    return "\n\n---\n\n".join(_one(_, each, room) for each in letters)


def _one(_: Translate, letter: MailMessage, room: int) -> str:
    head = {
        _("From"): letter.from_values.full if letter.from_values else letter.from_,
        _("To"): ", ".join(each.full for each in letter.to_values),
        _("Copy to"): ", ".join(each.full for each in letter.cc_values),
        _("Date"): letter.date_str,
        _("Subject"): " ".join(letter.subject.split()),
        "id": id_of(letter),
        _("Attachments"): ", ".join(
            f"{each.filename} ({each.content_type}, {each.size:,} bytes)" for each in letter.attachments
        ),
    }
    body = plain(letter.text, letter.html)
    if len(body) > room:
        cut = _("[{count:,} more characters]").format(count=len(body) - room)
        body = f"{body[:room]}\n{cut}"
    lines = [f"{name}: {value}" for name, value in head.items() if value]
    return "\n".join([*lines, "", body or _("(no text)")])


def _saved(context: ToolContext, letter: MailMessage) -> Sequence[FileRef]:
    return [
        context.workspace.write(_path(context, index, each.filename), each.payload)
        for index, each in enumerate(letter.attachments, 1)
    ]


def _path(context: ToolContext, index: int, named: str) -> str:
    """Return a path for an attachment, whatever its sender called it, that nothing lies at yet."""
    path = PurePosixPath(_UNSAFE.sub("_", PurePosixPath(named.replace("\\", "/")).name).strip("._ ") or "attachment")
    for number in range(1, 1000):
        again = "" if number == 1 else f"-{number}"
        stem, suffix = path.stem[:80], path.suffix[:20]
        try:
            tried = checked_path(f"mail/{stem}{again}{suffix}")
        except WorkspaceError:
            tried = f"mail/attachment-{index}{again}"
        if not context.workspace.exists(tried):
            return tried
    raise ToolFailed(tool=SAVE_ATTACHMENTS, reason=N_("there are too many files of that name in the workspace."))
