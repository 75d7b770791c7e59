"""Buttons and modals -> decisions. Who clicked is looked at anew each time; the Service says whether it counts."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping

import structlog

from adapters.commands import Asker, is_schedule, press_schedule
from adapters.discord.answers import Answer
from adapters.discord.attachments import content_of
from adapters.discord.deliverables import run_address
from adapters.discord.limits import ANSWER_SECONDS
from adapters.discord.modals import TYPED, Values, edited_fields, modal_of, submitted_files, submitted_values, words_of
from adapters.discord.names import Named
from adapters.discord.payloads import Data, within
from adapters.discord.people import language_of_locale, of_interaction
from adapters.discord.places import Places
from adapters.discord.rest import Rest
from adapters.discord.speaking import Voice
from adapters.discord.views import RUN_VERBS, button_of, card_view
from adapters.discord.ways import ways
from agent_core.cards import Card, Verb
from agent_core.deciding import OUTCOMES, must_decide
from agent_core.domain import Actor
from agent_core.errors import AlreadyDecided, DigestMismatch, FileRefused, NodError, RunUnknown, StorageError
from agent_core.i18n import sentence
from agent_core.journal.state import RunState
from agent_core.presenter import chat_cards
from agent_core.presenter.chat_notices import not_a_text, open_again, unknown_button
from agent_core.service import Service

log = structlog.get_logger(__name__)

VIA = "button"
PATIENCE = ANSWER_SECONDS - 1.0  # seconds, after which the answer to a modal is put off
MOST_DRAFTS = 200  # edits that could not be used, kept to be opened again; a restart loses them
MOST_UPLOADED = 1_000_000  # bytes of a text that is uploaded to be approved as edited

EPHEMERAL = 1 << 6  # docs, Message Flags


class Deciding:
    """Carries out what is clicked and submitted."""

    def __init__(self, service: Service, rest: Rest, voice: Voice, places: Places, public_url: str) -> None:
        self._service = service
        self._places = places
        self._rest = rest
        self._voice = voice
        self._public_url = public_url
        self._drafts: OrderedDict[tuple[str, str, str], Values] = OrderedDict()

    async def clicked(self, data: Data) -> None:
        """Do what a button says that needs no words."""
        named = Named.parse(data["data"]["custom_id"])
        if named is None:
            await self._voice.whisper(data, unknown_button(_language(data)))
            return
        if is_schedule(named.card_id):
            await self._schedule(data, named)
            return
        try:
            state = await self._service.state(named.run_id)
        except RunUnknown as error:
            await self._voice.whisper(data, sentence(error, _language(data)))
            return
        try:
            await self._decide(state, named, of_interaction(data))
        except StorageError:
            raise
        except NodError as error:
            if not _said_it_before(error, named.verb, of_interaction(data)):
                await self._voice.whisper(data, sentence(error, state.language))

    async def _schedule(self, data: Data, named: Named) -> None:
        """Do with a Schedule what a button of a list says, and show what came of it to who clicked."""
        place, language = await self._places.of(data), _language(data)
        asker = Asker(of_interaction(data), place.origin(), language, key=str(data["id"]))
        try:
            card = await press_schedule(self._service, named.card_id, named.verb, asker)
        except StorageError:
            raise
        except NodError as error:
            await self._voice.whisper(data, sentence(error, language))
        else:
            shown = card_view(card, language, ways=await ways(self._service.threads, card))
            await self._voice.whisper_shown(data, shown)

    async def open_modal(self, data: Data) -> None:
        """Answer a click with the modal that takes the words it needs, or with why it does not open."""
        named = Named.parse(data["data"]["custom_id"])
        language = _language(data)
        try:
            if named is None:
                raise DigestMismatch
            state = await self._service.state(named.run_id)
            language = state.language
            must_decide(state, of_interaction(data))
            card = _card(state, named.card_id)
            if card is None or named.verb not in {button.verb for button in card.buttons}:
                await self._voice.whisper(data, _closed(card, language), at_once=True)
                return
            if named.verb not in RUN_VERBS and named.digest_on(card) != card.digest:
                raise DigestMismatch
        except NodError as error:
            await self._voice.whisper(data, sentence(error, language), at_once=True)
            return
        draft = self._drafts.get((of_interaction(data).user, named.run_id, named.card_id))
        address = run_address(self._public_url, named.run_id)
        await Answer(self._rest, data).modal(modal_of(named, card, language, draft=draft, address=address))

    async def submitted(self, data: Data) -> None:
        """Do what a submitted modal says, and answer within three seconds: what is wrong is whispered, to try again."""
        answer = Answer(self._rest, data)
        work = asyncio.create_task(self._submit(data))
        done, _ = await asyncio.wait({work}, timeout=PATIENCE)
        if not done:
            await answer.silence()
        try:
            refusal, again = await work
        except Exception:  # a fault of ours; what the answer said of it, if it was put off, was that all is well
            log.exception("discord_interaction_fault", kind="submitted")
            refusal, again = sentence(NodError(), _language(data)), ""
        if refusal:
            named = Named.parse(data["data"]["custom_id"])
            buttons = [button_of(named, again)] if named and again else []
            await self._voice.whisper(data, refusal, *buttons, at_once=bool(done))
        elif done:
            await answer.silence()
        if not refusal and int(within(data, "message").get("flags") or 0) & EPHEMERAL:
            await self._voice.take_back(data)

    async def _submit(self, data: Data) -> tuple[str, str]:
        """Return a sentence on why it does not count and the label to try again with; empty when it counts."""
        named, actor, language = Named.parse(data["data"]["custom_id"]), of_interaction(data), _language(data)
        if named is None:
            return unknown_button(language), ""
        values = submitted_values(data)
        draft = actor.user, named.run_id, named.card_id
        try:
            state = await self._service.state(named.run_id)
            language = state.language
            must_decide(state, actor)  # before anything is fetched that they uploaded
            values = {**values, **await self._uploaded(data, language)}
            await self._decide(state, named, actor, values)
        except NodError as error:
            self._keep(draft, values)
            return sentence(error, language), open_again(language)
        self._drafts.pop(draft, None)
        return "", ""

    async def _uploaded(self, data: Data, language: str) -> Values:
        texts: dict[str, str] = {}
        for name, file in submitted_files(data).items():
            if int(file["size"]) > MOST_UPLOADED:
                raise FileRefused(path=file["filename"], reason=not_a_text(file["filename"], language))
            content = await content_of(self._rest, file, str(file["filename"]))
            try:
                texts[name] = content.decode("utf-8")
            except UnicodeDecodeError as error:
                raise FileRefused(path=file["filename"], reason=not_a_text(file["filename"], language)) from error
        return texts

    def _keep(self, draft: tuple[str, str, str], values: Values) -> None:
        self._drafts[draft] = values
        self._drafts.move_to_end(draft)
        while len(self._drafts) > MOST_DRAFTS:
            self._drafts.popitem(last=False)

    async def _decide(self, state: RunState, named: Named, actor: Actor, values: Values | None = None) -> None:
        text = words_of(values or {})
        if named.verb in RUN_VERBS:
            await self._service.control(state.run_id, named.verb, actor=actor, via=VIA, text=text)
            return
        card = _card(state, named.card_id)
        digest = named.digest_on(card) if card else named.digest
        arguments: Mapping[str, str] | None = None
        if named.verb is Verb.EDIT:
            if card is None or digest != card.digest:
                raise DigestMismatch
            edited = edited_fields(card, values or {})
            text, arguments = (next(iter(edited.values()), ""), None) if card.editable else ("", edited)
        await self._service.decide(
            state.run_id, named.card_id, named.verb, actor=actor, via=VIA, digest=digest, text=text, arguments=arguments
        )


def opens_modal(data: Data) -> bool:
    """Say whether a click needs words, so that it must be answered with a modal at once."""
    named = Named.parse(within(data, "data").get("custom_id") or "")
    return named is not None and named.verb in TYPED and not is_schedule(named.card_id)


def _card(state: RunState, card_id: str) -> Card | None:
    return next((card for card in chat_cards(state) if card.id == card_id), None)


def _said_it_before(error: NodError, verb: Verb, actor: Actor) -> bool:
    """Say whether somebody only decided once more what they decided already: a second click, or one handled twice."""
    if not isinstance(error, AlreadyDecided):
        return False
    return error.fields.get("who") == actor.display and error.fields.get("outcome") == OUTCOMES.get(verb)


def _closed(card: Card | None, language: str) -> str:
    """Return what became of a Card that cannot be decided so any more."""
    said = " · ".join(part for part in (card.status, card.footer) if part) if card else ""
    return said or unknown_button(language)


def _language(data: Data) -> str:
    return language_of_locale(data.get("locale") or "")
