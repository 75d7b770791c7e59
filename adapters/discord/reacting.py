"""Reactions: what people decide with an emoji on a Card's message."""

from dataclasses import dataclass

import discord

from adapters.commands import react, verb_of_emoji
from adapters.discord.asking import First
from adapters.discord.failures import persistently
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.names import Named, Ref
from adapters.discord.payloads import Data, custom_ids, within
from adapters.discord.people import is_person, of_user
from adapters.discord.rest import Rest
from adapters.discord.speaking import Voice
from agent_core.cards import Verb
from agent_core.domain import Actor
from agent_core.errors import AlreadyDecided, NodError, StorageError
from agent_core.i18n import sentence
from agent_core.platform_ports import Delivery, DeliveryFailed
from agent_core.policy import may_decide
from agent_core.presenter import ROOT, chat_cards
from agent_core.presenter.chat_words import reaction_gone
from agent_core.service import Service

_OF_THE_RUN = frozenset({Verb.APPROVE_REST, Verb.STOP})  # these may be said on any of its Cards


@dataclass(frozen=True, slots=True)
class Reacting:
    """Hands what a reaction says to the Service. `once` says whether a thing is said for the first time."""

    service: Service
    rest: Rest
    voice: Voice
    messenger: DiscordMessenger
    once: First

    async def concerns(self, data: Data) -> bool:
        """Say whether a reaction can mean something on a Card."""
        if _verb(data) is None or data["user_id"] == self.rest.me:
            return False
        author = data.get("message_author_id")
        return author == self.rest.me if author else await self.service.threads.shown_by(str(_ref(data))) is not None

    async def added(self, data: Data, key: str) -> None:
        """Do what a reaction to a Card's message says; who may not, or is late, is told so once."""
        about = await self._about(data)
        if about is None:
            return
        verb, shown = about
        if not (verb in _OF_THE_RUN or _decidable(shown)):
            return  # somebody likes a result
        actor = await self._actor(data)
        if actor is None:
            return
        state = await self.service.state(shown.run_id)
        try:
            said = await react(self.service, shown, verb, actor=actor)
        except StorageError:
            raise
        except NodError as error:
            # done twice, by a second emoji or after a restart, it was done before
            again = isinstance(error, AlreadyDecided) and error.fields.get("who") == actor.display
            if not again and await self.once(f"refused:{data['message_id']}:{actor.user}:{verb}"):
                await self._say(data, shown, f"{actor.display}: {sentence(error, state.language)}", f"{key}:refused")
            return
        if said:
            await self._say(data, shown, said, f"{key}:why")

    async def removed(self, data: Data, key: str) -> None:
        """Say once, to who could decide, that taking a reaction away undoes nothing."""
        about = await self._about(data)
        if about is None or not (about[0] in _OF_THE_RUN or _decidable(about[1])):
            return
        _verb, shown = about
        state = await self.service.state(shown.run_id)
        actor = await self._actor(data)
        if actor is None or state.status.over or not may_decide(state, actor):
            return
        if await self.once(f"unreact:{shown.run_id}:{actor.user}"):
            await self._say(data, shown, reaction_gone(state.language), key)

    async def _about(self, data: Data) -> tuple[Verb, Delivery] | None:
        """Return what a reaction means and on which Card; None when it means nothing to Nod."""
        verb, ref = _verb(data), _ref(data)
        if verb is None or data["user_id"] == self.rest.me:
            return None
        shown = await self.service.threads.shown_by(str(ref)) or await self._read(data, ref)
        return (verb, shown) if shown else None

    async def _read(self, data: Data, ref: Ref) -> Delivery | None:
        """Return which Card a message of Nod's shows, by its buttons: it may be so new that this is not kept yet."""
        if data.get("message_author_id") != self.rest.me:  # not told: then it is not asked for every message there is
            return None
        try:
            message = await persistently(lambda: self.rest.message(ref.channel, ref.message))
        except (DeliveryFailed, discord.HTTPException):  # it is not there any more
            return None
        named = next((named for each in custom_ids(message) if (named := Named.parse(each))), None)
        if named is None or within(message, "author").get("id") != self.rest.me:
            return None
        state = await self.service.state(named.run_id)
        card = next((card for card in chat_cards(state) if card.id == named.card_id), None)
        digest = named.digest_on(card) if card else named.digest
        return Delivery(named.run_id, named.card_id, str(ref), "", digest)

    async def _actor(self, data: Data) -> Actor | None:
        """Return who reacted, with the roles they have now; None for a bot. What was told without them is looked up."""
        guild, user = str(data.get("guild_id") or ""), str(data["user_id"])
        member = within(data, "member")
        if not member and guild:
            try:
                member = await persistently(lambda: self.rest.member(guild, user))
            except (DeliveryFailed, discord.HTTPException):
                member = {}  # they left: what is known of them is who they are, and no role
        person = within(member, "user") or await persistently(lambda: self.rest.user(user))
        return of_user(person, member) if is_person(person) else None

    async def _say(self, data: Data, shown: Delivery, text: str, key: str) -> None:
        """Say something in the Run's thread, below the message if it stands there."""
        try:
            place = await self.messenger.place_of(await self.service.state(shown.run_id))
        except DeliveryFailed:
            place = str(data["channel_id"])
        to = str(data["message_id"]) if place == str(data["channel_id"]) else ""
        await self.voice.reply(place, text, key=key, to=to)


def _decidable(shown: Delivery) -> bool:
    return shown.card_id == ROOT or shown.card_id.partition(":")[0] in ("step", "question")


def _verb(data: Data) -> Verb | None:
    emoji = within(data, "emoji")
    return None if emoji.get("id") else verb_of_emoji(str(emoji.get("name") or ""))


def _ref(data: Data) -> Ref:
    return Ref(str(data.get("guild_id") or ""), str(data["channel_id"]), str(data["message_id"]))
