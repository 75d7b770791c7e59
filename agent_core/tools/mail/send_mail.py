"""The Tool `send_mail`: one letter, shown whole with everybody who gets it, before it goes."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from agent_core.domain import Observation, Preview, PreviewFact, Risk, digest_of
from agent_core.errors import BasisChanged, MailError, ToolFailed
from agent_core.i18n import N_, Phrase, listed, translator
from agent_core.ports import Clock
from agent_core.tools.facts import file_words
from agent_core.tools.mail.accounts import Account, Accounts
from agent_core.tools.mail.addresses import Mailbox
from agent_core.tools.mail.letters import Attached, Letter, Original, is_id, reply_subject
from agent_core.tools.toolbox import Tool, ToolContext, tool

SEND_MAIL = "send_mail"
SECONDS = 180.0
MOST_RECIPIENTS = 50  # more is a mailing, which people should send by other means
MOST_BYTES = 20_000_000  # of all attachments; most servers take 25 MB with their encoding

AccountName = Annotated[str, Field(description="The name of the mail connection to send from")]
Recipient = Annotated[str, Field(description="One address, such as jane@example.com or Jane Doe <jane@example.com>")]
To = Annotated[
    tuple[Recipient, ...],
    Field(max_length=MOST_RECIPIENTS, description="Who gets it, an address each; empty in an answer: whom it answers"),
]
Copies = Annotated[tuple[Recipient, ...], Field(max_length=MOST_RECIPIENTS, description="Who gets a copy")]
Blind = Annotated[tuple[Recipient, ...], Field(max_length=MOST_RECIPIENTS, description="Who gets a copy unseen")]
Subject = Annotated[
    str, Field(max_length=250, pattern=r"^[^\x00-\x1f\x7f]*$", description="Empty in an answer: Re: its subject")
]
Body = Annotated[str, Field(min_length=1, max_length=100_000, description="The whole text, as it will be read")]
Answers = Annotated[str, Field(description="The id of the mail that this answers, as read_mail shows it")]
Folder = Annotated[str, Field(max_length=200, description="The folder that mail is in")]
Files = Annotated[tuple[str, ...], Field(max_length=20, description="Paths of files of the workspace to go with it")]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The arguments of a call, but for the account."""

    body: str
    to: tuple[str, ...]
    subject: str
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    answers: str
    folder: str
    attachments: tuple[str, ...]


def send_mail_tool(accounts: Accounts, clock: Clock) -> Tool:
    """Return the Tool that sends from these accounts."""

    async def _send_mail(  # noqa: PLR0917  (called by name)
        context: ToolContext,
        account: AccountName,
        body: Body,
        to: To = (),
        subject: Subject = "",
        cc: Copies = (),
        bcc: Blind = (),
        answers: Answers = "",
        folder: Folder = "INBOX",
        attachments: Files = (),
    ) -> Observation:
        """Send one mail. An answer names the mail that it answers, and goes into its thread."""
        wanted = _Wanted(body, to, subject, cc, bcc, answers, folder, attachments)
        letter, foreign = await _letter(context, accounts, account, wanted)
        if context.basis and context.basis != letter.digest:
            raise BasisChanged
        if foreign and not context.decided:
            pattern = N_("{files} came from outside, and nobody looked at this call; read it first, then call again.")
            raise ToolFailed(tool=SEND_MAIL, reason=Phrase(pattern, files=foreign))
        return await _send(context, accounts, account, letter, clock)

    async def _preview(context: ToolContext, account: str, **given: Any) -> Preview:
        """Show the whole mail, and everybody who gets it."""
        letter, foreign = await _letter(context, accounts, account, _Wanted(**given))
        told = tuple(_facts(context.language, account, letter, foreign))
        return Preview(f"{letter.subject}\n\n{letter.body}", letter.digest, told)

    made = tool(risk=Risk.SEND, timeout=SECONDS, preview=_preview, keeps_basis=True)(_send_mail)
    return replace(made, description=f"{made.description} Accounts: {', '.join(accounts.sends)}.")


async def _send(context: ToolContext, accounts: Accounts, name: str, letter: Letter, clock: Clock) -> Observation:
    """Send a letter unless its account's folder of sent mail has it."""
    account, out = accounts.sending(name)
    message, sent = letter.message(context.run_id, clock()), account.settings.sent
    _ = translator(context.language)
    number = letter.message_id(context.run_id)
    if account.into and sent and await _was_sent(account, number):
        return Observation(_("It was sent already ({id}) and was not sent again.").format(id=number))
    refused = await out.send(message, letter.recipients)
    taken = [each for each in letter.recipients if not any(said.startswith(f"{each}:") for said in refused)]
    said = _("Sent to {who} ({id}).").format(who=listed(taken, context.language), id=number)
    if refused:
        said += " " + _("The server refused these: {who}").format(who="; ".join(refused))
    if account.into and sent:
        try:
            await asyncio.to_thread(account.into.keep, sent, message.as_bytes())
        except MailError:
            said += " " + _("No copy could be put into {folder}.").format(folder=sent)
    # what a server says of recipients is its own word
    return Observation(said, ok=not refused, trusted=not refused, sources=(f"mail {name}",) if refused else ())


async def _was_sent(account: Account, number: str) -> bool:
    if account.into is None:
        return False
    try:
        return await asyncio.to_thread(account.into.has, account.settings.sent, number)
    except MailError:
        return False  # there is no such folder yet


async def _letter(
    context: ToolContext, accounts: Accounts, name: str, wanted: _Wanted
) -> tuple[Letter, tuple[str, ...]]:
    """Return the letter with everything found out, and which of its files came from outside.

    Raises:
        NodError: it cannot be sent like that.
    """
    account, _out = accounts.sending(name)
    original = await _original(accounts, name, wanted) if wanted.answers else None
    to = wanted.to or (_answered(original) if original else ())
    subject = wanted.subject.strip() or (reply_subject(original.subject) if original else "")
    if not to or not subject:
        raise ToolFailed(tool=SEND_MAIL, reason=N_("a mail that is no answer needs somebody to go to, and a subject."))
    attached, foreign = await asyncio.to_thread(_attached, context, wanted.attachments)
    letter = Letter(
        sender=Mailbox.parse(account.settings.sender),
        to=tuple(map(Mailbox.parse, to)),
        subject=subject,
        body=wanted.body,
        cc=tuple(map(Mailbox.parse, wanted.cc)),
        bcc=tuple(map(Mailbox.parse, wanted.bcc)),
        attached=attached,
        answers=original,
    )
    barred = [each.address for each in (*letter.to, *letter.cc, *letter.bcc) if not account.settings.allows(each)]
    if barred:
        pattern = N_("this connection may not write to {who}; it may write to {allowed}.")
        allowed = ", ".join(account.settings.allowed)
        raise ToolFailed(tool=SEND_MAIL, reason=Phrase(pattern, who=", ".join(barred), allowed=allowed))
    return letter, foreign


async def _original(accounts: Accounts, name: str, wanted: _Wanted) -> Original:
    if not is_id(wanted.answers):
        reason = N_("give the id of the mail that is answered, such as <abc@example.com>.")
        raise ToolFailed(tool=SEND_MAIL, reason=reason)
    return await asyncio.to_thread(accounts.reader(name).original, wanted.folder, wanted.answers)


def _answered(original: Original) -> tuple[str, ...]:
    return original.reply_to or (original.sender,)


def _attached(context: ToolContext, paths: tuple[str, ...]) -> tuple[tuple[Attached, ...], tuple[str, ...]]:
    found, foreign = list[Attached](), list[str]()
    for path in dict.fromkeys(paths):
        content = context.workspace.read(path)
        found.append(Attached(path, content, digest_of(content)))
        if not context.trusts(path, found[-1].digest):
            foreign.append(path)
    if sum(len(each.content) for each in found) > MOST_BYTES:
        reason = Phrase(N_("all attachments together have at most {most:,} bytes."), most=MOST_BYTES)
        raise ToolFailed(tool=SEND_MAIL, reason=reason)
    return tuple(found), tuple(foreign)


def _facts(language: str, account: str, letter: Letter, foreign: tuple[str, ...]) -> Iterator[PreviewFact]:
    """Yield who sends it and who gets it, each address as it was read."""
    _ = translator(language)
    yield PreviewFact(_("From"), f"{letter.sender.shown} · {account}")
    for label, group in ((_("To"), letter.to), (_("Copy to"), letter.cc), (_("Blind copy to"), letter.bcc)):
        for each in group:
            yield PreviewFact(label, each.shown, grave=True)
    yield PreviewFact(_("Subject"), letter.subject)
    if letter.answers is not None:
        original = letter.answers
        yield PreviewFact(_("Answers"), f"{original.subject} · {original.sender} · {original.sent}")
        if original.reply_to and {_address(each) for each in original.reply_to} != {_address(original.sender)}:
            told = _("the mail came from {sender}, and wants its answers to go to {other}")
            other = listed(list(original.reply_to), language)
            yield PreviewFact(_("Beware"), told.format(sender=original.sender, other=other), grave=True)
    for each in letter.attached:
        yield PreviewFact(_("Attachment"), file_words(each.path, len(each.content), each.digest, language))
    if foreign:
        yield PreviewFact(_("From outside"), listed(list(foreign), language), grave=True)


def _address(text: str) -> str:
    return text.rpartition("<")[2].rstrip("> ").lower()
