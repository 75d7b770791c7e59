"""Buttons and modals: what people decide with them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.commands import Asker, is_schedule, press_schedule
from adapters.slack.buttons import CONTROLS, Press, pressed
from adapters.slack.calls import inner, rows
from adapters.slack.limits import TRIGGER_SECONDS
from adapters.slack.modals import (
    WORDS,
    Subject,
    box_of,
    decision_modal,
    edits_of,
    told_modal,
    words_of,
)
from adapters.slack.people import People, Person
from adapters.slack.places import PLATFORM
from adapters.slack.rich import Block
from adapters.slack.telling import Telling, Whom
from agent_core.cards import Card, Verb
from agent_core.deciding import CHOICES, OUTCOMES, must_decide
from agent_core.domain import Actor, Origin
from agent_core.errors import AlreadyDecided, DigestMismatch, EditRefused, NodError, NotJson, SubjectUnknown
from agent_core.i18n import N_, sentence
from agent_core.journal.state import RunState
from agent_core.presenter import chat_cards
from agent_core.presenter.chat_words import close_word, verb_dialog
from agent_core.service import Service

VIA = "button"
# Slack waits for the answer to a modal as long as for any other; half of that for who somebody is, a quarter for names
WHO_WITHIN, NAMES_WITHIN = TRIGGER_SECONDS / 2, TRIGGER_SECONDS / 4

#: verbs for which something is typed first
TYPED = frozenset({Verb.EDIT, Verb.REJECT, Verb.STOP, Verb.ANSWER})


class NotInTime(Exception):
    """Slack did not say in time what a modal's answer needs; it is to be handled apart from that."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """Hands Decisions to the Service, and tells people why one did not count."""

    service: Service
    people: People
    telling: Telling

    async def clicked(self, team: str, body: Mapping[str, Any]) -> None:
        """Do what a button says that was pressed on a message."""
        for action in rows(body, "actions"):
            press = pressed(action)
            if press is not None:
                await self._pressed(team, body, press)

    async def _pressed(self, team: str, body: Mapping[str, Any], press: Press) -> None:
        message, channel = inner(body, "message"), str(inner(body, "channel").get("id", ""))
        thread = str(message.get("thread_ts") or message.get("ts") or "")
        team = await self._home(press, team)
        person = await self.people.person(team, str(inner(body, "user").get("id", "")))
        whom = Whom(team, channel, person.actor.user, thread)
        if is_schedule(press.card_id):
            await self._schedule(press, whom, person, str(body.get("trigger_id", "")))
            return
        try:
            state = await self.service.state(press.run_id)
            subject = Subject(press, team, channel, thread, state.language)
            if press.verb in TYPED:
                must_decide(state, person.actor)
                await self._open(state, subject, str(body.get("trigger_id", "")), whom, person.actor)
            else:
                await self._decide(press, person.actor)
        except NodError as error:
            if not _said_it_before(error, press, person.actor):
                await self.telling.privately(whom, sentence(error, await self._language(press.run_id, person)))

    async def _schedule(self, press: Press, whom: Whom, person: Person, trigger: str) -> None:
        """Do with a Schedule what a button of a list says, and show what came of it to who pressed it."""
        asker = Asker(person.actor, Origin(PLATFORM, whom.team, whom.channel), person.language, person.zone, trigger)
        try:
            card = await press_schedule(self.service, press.card_id, press.verb, asker)
        except NodError as error:
            await self.telling.privately(whom, sentence(error, person.language))
        else:
            await self.telling.show(whom, card, person.language)

    async def _open(self, state: RunState, subject: Subject, trigger: str, whom: Whom, actor: Actor) -> None:
        """Open the modal of a verb."""
        view = decision_modal(await self._card(state, subject.press, actor), subject)
        await self.telling.open_modal(whom, trigger, view, state.language)

    async def _decide(self, press: Press, actor: Actor, text: str = "", edits: dict[str, str] | None = None) -> None:
        if press.verb in CONTROLS:
            await self.service.control(press.run_id, press.verb, actor=actor, via=VIA, text=text)
            return
        await self.service.decide(
            press.run_id,
            press.card_id,
            press.verb,
            actor=actor,
            via=VIA,
            digest=press.digest,
            text=text,
            arguments=edits,
        )

    async def submitted(self, subject: Subject, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Do what was typed into a modal; return what Slack is to show there, None to close it.

        Raises:
            NotInTime: nothing was done, because Slack is slow to say who this is.
        """
        team = await self._home(subject.press, subject.team)
        try:
            async with asyncio.timeout(WHO_WITHIN):
                person = await self.people.person(team, str(inner(body, "user").get("id", "")))
        except TimeoutError:
            raise NotInTime from None
        try:
            await self._typed(subject, person.actor, body)
        except EditRefused as error:
            return await self._errors(error, subject)
        except NodError as error:
            if _said_it_before(error, subject.press, person.actor):
                return None
            return {"response_action": "update", "view": await self._told(error, team, subject)}
        return None

    async def unusable(self, subject: Subject, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return what is wrong with an edit whoever made it, for Slack to show in the modal; None when nothing is."""
        if subject.press.verb is not Verb.EDIT:
            return None
        try:
            card = await self._card_of(subject)
            edits = _edits(card, subject, body)
            plan = edits.pop("", "")
            await self.service.check_edit(subject.press.run_id, subject.press.card_id, plan, edits)
        except EditRefused as error:
            return await self._errors(error, subject)
        except NodError:
            pass  # it counts no more, which is told when it is known to whom
        return None

    async def finish(self, subject: Subject, body: Mapping[str, Any]) -> None:
        """Do what was typed into a modal that is closed by now; who typed it is told alone what stands against it."""
        team = await self._home(subject.press, subject.team)
        person = await self.people.person(team, str(inner(body, "user").get("id", "")))
        try:
            await self._typed(subject, person.actor, body)
        except NodError as error:
            if not _said_it_before(error, subject.press, person.actor):
                whom = Whom(team, subject.channel, person.actor.user, subject.thread)
                await self.telling.privately(whom, sentence(error, subject.language))

    async def _typed(self, subject: Subject, actor: Actor, body: Mapping[str, Any]) -> None:
        if subject.press.verb is Verb.EDIT:
            card = await self._card(await self.service.state(subject.press.run_id), subject.press, actor)
            edits = _edits(card, subject, body)
            if card.editable:
                await self._decide(subject.press, actor, edits[""])
            else:
                await self._decide(subject.press, actor, edits=edits)
        else:
            await self._decide(subject.press, actor, words_of(body))

    async def _errors(self, error: EditRefused, subject: Subject) -> Mapping[str, Any]:
        """Return what a modal is to show at the box that cannot be used; if it has none any more, in its place."""
        block, said = WORDS, sentence(error, subject.language)
        if subject.press.verb is Verb.EDIT:
            try:
                block = box_of(await self._card_of(subject), _field_of(error), subject.language)
            except NodError:
                return {"response_action": "update", "view": _saying(said, subject)}
        return {"response_action": "errors", "errors": {block: said}}

    async def _told(self, error: NodError, team: str, subject: Subject) -> Block:
        try:
            async with asyncio.timeout(NAMES_WITHIN):
                said = await self.telling.naming.text(team, sentence(error, subject.language))
        except TimeoutError:
            raise NotInTime from None  # it changed nothing, so it is refused once more, and told
        return _saying(said, subject)

    async def _card_of(self, subject: Subject) -> Card:
        """Return the Card that a modal is about. Raises RequestRefused when it asks that no more."""
        press = subject.press
        card = _found(await self.service.state(press.run_id), press)
        if not _asks(card, press):
            raise DigestMismatch
        return card

    async def _card(self, state: RunState, press: Press, actor: Actor) -> Card:
        """Return the Card that was pressed on. Raises RequestRefused, saying why, when it asks that no more."""
        card = _found(state, press)
        if not _asks(card, press):
            await self._decide(press, actor)  # which is refused, with the reason
            raise DigestMismatch
        return card

    async def _home(self, press: Press, team: str) -> str:
        """Return the workspace that a Run is of: there it is known who is a guest.

        In a shared channel, who presses something may come from another workspace, where they are none.
        """
        try:
            return (await self.service.state(press.run_id)).origin.workspace
        except NodError:
            return team

    async def _language(self, run_id: str, person: Person) -> str:
        try:
            return (await self.service.state(run_id)).language
        except NodError:
            return person.language


def _found(state: RunState, press: Press) -> Card:
    """Return the Card that was pressed on, as it is now. Raises SubjectUnknown when there is none any more."""
    card = next((card for card in chat_cards(state) if card.id == press.card_id), None)
    if card is None:
        raise SubjectUnknown(run_id=state.run_id, subject=press.card_id)
    return card


def _asks(card: Card, press: Press) -> bool:
    """Say whether a Card still asks what was pressed."""
    return card.digest == press.digest and press.verb in {button.verb for button in card.buttons}


def _saying(said: str, subject: Subject) -> Block:
    """Return what stands in the place of a modal that cannot be submitted any more."""
    title = verb_dialog(subject.press.verb, subject.language).title
    return told_modal(title, said, close_word(subject.language))


def _edits(card: Card, subject: Subject, body: Mapping[str, Any]) -> dict[str, str]:
    """Return what was changed in a modal, by field. Raises EditRefused when nothing was."""
    edits = edits_of(card, body, subject.language)
    if not edits:
        raise EditRefused(reason=N_("nothing in it was changed. Approve it as it is, or change it first."))
    return edits


def _field_of(error: EditRefused) -> str:
    """Return the name of the field that an edit was refused for, an empty string when it was not for one."""
    reason = error.fields.get("reason")
    return str(reason.fields["name"]) if isinstance(reason, NotJson) else ""


def _said_it_before(error: NodError, press: Press, actor: Actor) -> bool:
    """Say whether somebody only decided once more what they decided already: a second click, or one heard again."""
    if not isinstance(error, AlreadyDecided):
        return False
    came_of_it = OUTCOMES.get(press.verb) or CHOICES.get(press.verb)
    return error.fields.get("who") == actor.display and error.fields.get("outcome") == came_of_it
