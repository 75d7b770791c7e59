"""What a key or a typed line does to a Run."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import click

from adapters.commands import Approve, ApproveRest, Help, Pause, Reject, Reply, Resume, Say, Stop, parse_reply
from adapters.console import choices
from adapters.console.choices import CONTROLS, KEYS, LEAVE, asks_for_words, help_lines, offers
from adapters.console.edits import arguments_text, edited_arguments, with_problem
from adapters.console.keys import Keyboard
from adapters.console.screen import Screen
from agent_core.cards import Card, Verb
from agent_core.domain import Actor
from agent_core.errors import EditRefused, NodError
from agent_core.i18n import N_, Phrase, sentence, translator
from agent_core.service import Service

VIA = "terminal"


@dataclass(frozen=True, slots=True)
class Talk:
    """Who talks about which Run, by what keyboard, on what screen. `folder` says where a workspace's files lie."""

    service: Service
    run_id: str
    actor: Actor
    keyboard: Keyboard
    screen: Screen
    folder: Callable[[str], Path]


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands at the bottom of the terminal: an open Card, or that the Run is paused."""

    card: Card | None
    paused: bool
    language: str

    @property
    def mark(self) -> str:
        """What tells one question from another."""
        return self.card.fingerprint() if self.card else "paused" if self.paused else ""


class Next(Enum):
    """What follows on a key."""

    STAY = auto()  #: nothing: it means nothing here
    AGAIN = auto()  #: what is asked is asked again
    DONE = auto()  #: something was decided or said, and a newer state of the Run follows
    LEAVE = auto()  #: the person goes; the Run waits


class Decider:
    """Turns keys and typed lines into decisions, each for the digest of the Card that was shown."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._drafts: dict[str, str] = {}  # edits that could not be used, by what they are of

    async def typed(self, key: str, asked: Asked) -> Next:
        """Do what a key, or a line where there are no keys, says; what goes wrong is said on the screen."""
        if key in ("", LEAVE):
            return Next.LEAVE
        self._talk.screen.still()
        try:
            return await self._do(key, asked)
        except NodError as error:
            self._talk.screen.problem(sentence(error, asked.language))
            return Next.AGAIN

    async def _do(self, key: str, asked: Asked) -> Next:
        # a line of one letter is an answer, too
        answering = asks_for_words(asked.card) and not self._talk.keyboard.live
        if len(key) > 1 or (answering and key not in CONTROLS):
            return await self._heard(key, asked)
        match key.lower():
            case choices.HELP:
                return self._help(asked)
            case choices.TYPE:
                return await self._heard(await self._line(translator(asked.language)("Type it, then Enter:")), asked)
            case known if known in KEYS:
                return await self._press(KEYS[known], asked)
            case _:
                return Next.STAY

    async def _heard(self, text: str, asked: Asked) -> Next:
        """Do what a typed line says: a short phrase decides, everything else is said."""
        reply: Reply = parse_reply(text)
        if not text.strip():
            return Next.AGAIN
        if asks_for_words(asked.card) and not isinstance(reply, Stop | Pause | Help):
            return await self._decide(asked, Verb.ANSWER, text.strip())
        if isinstance(reply, Help):
            return self._help(asked)
        match reply:
            case Approve():
                doing = self._decide(asked, Verb.APPROVE)
            case Reject(reason):
                doing = self._decide(asked, Verb.REJECT, reason)
            case ApproveRest():
                doing = self._control(Verb.APPROVE_REST)
            case Pause():
                doing = self._press(Verb.PAUSE, asked)
            case Resume():
                doing = self._press(Verb.RESUME, asked)
            case Stop(reason):
                doing = self._control(Verb.STOP, reason)
            case Say(said):
                doing = self._say(said)
        return await doing

    async def _press(self, verb: Verb, asked: Asked) -> Next:
        _ = translator(asked.language)
        if verb is Verb.STOP:
            return await self._control(verb, await self._reason(_("Why stop it? Enter alone gives no reason:")))
        if verb in (Verb.PAUSE, Verb.RESUME):
            return await self._control(verb) if asked.paused is (verb is Verb.RESUME) else Next.STAY
        if not offers(asked.card, verb):
            return Next.STAY
        if verb is Verb.EDIT:
            return await self._edit(asked)
        reason = await self._reason(_("Why not? Enter alone gives no reason:")) if verb is Verb.REJECT else ""
        return await (self._control(verb) if verb is Verb.APPROVE_REST else self._decide(asked, verb, reason))

    async def _say(self, text: str) -> Next:
        await self._talk.service.say(self._talk.run_id, text, actor=self._talk.actor, via=VIA)
        return Next.DONE

    async def _decide(self, asked: Asked, verb: Verb, text: str = "") -> Next:
        if asked.card is None or not offers(asked.card, verb):
            self._talk.screen.problem(translator(asked.language)("Nothing that is asked now can be answered so."))
            return Next.AGAIN
        talk, card = self._talk, asked.card
        await talk.service.decide(talk.run_id, card.id, verb, actor=talk.actor, via=VIA, digest=card.digest, text=text)
        return Next.DONE

    async def _control(self, verb: Verb, text: str = "") -> Next:
        service, run_id = self._talk.service, self._talk.run_id
        before = await service.state(run_id)
        after = await service.control(run_id, verb, actor=self._talk.actor, via=VIA, text=text)
        return Next.DONE if after.seq > before.seq else Next.AGAIN  # it was so already

    def _help(self, asked: Asked) -> Next:
        self._talk.screen.say(help_lines(translator(asked.language)))
        return Next.AGAIN

    async def _reason(self, question: str) -> str:
        """Return why, typed now; nothing where a reason would have come in the line itself."""
        return await self._line(question) if self._talk.keyboard.live else ""

    async def _line(self, question: str) -> str:
        self._talk.screen.say(question)
        return await self._talk.keyboard.line() or ""

    # --- editing ---

    async def _edit(self, asked: Asked) -> Next:
        """Open the Card's plan or arguments in an editor, and decide with what comes back."""
        card, _ = asked.card, translator(asked.language)
        assert card is not None  # noqa: S101  (only an open Card offers it)
        text = self._drafts.get(asked.mark) or card.editable or arguments_text(card.fields, asked.language)
        edited = await self._in_editor(text, ".txt" if card.editable else ".yaml")
        try:
            arguments = None if card.editable else edited_arguments(edited, card.fields, asked.language)
            if edited == text or not (card.editable or arguments):
                self._talk.screen.say(_("Nothing was changed."))
                return Next.AGAIN
            await self._talk.service.decide(
                self._talk.run_id,
                card.id,
                Verb.EDIT,
                actor=self._talk.actor,
                via=VIA,
                digest=card.digest,
                text=edited if card.editable else "",
                arguments=arguments,
            )
        except EditRefused as error:
            self._drafts[asked.mark] = with_problem(edited, sentence(error, asked.language))
            raise
        return Next.DONE

    async def _in_editor(self, text: str, extension: str) -> str:
        """Return what a person makes of `text` in $EDITOR; `text` itself when they do not save it."""
        try:
            with self._talk.keyboard.lent():
                return await asyncio.to_thread(click.edit, text, extension=extension) or text
        except click.ClickException as error:
            words = N_("{said}; set EDITOR to an editor that can be started.")
            raise EditRefused(reason=Phrase(words, said=error.format_message())) from error
