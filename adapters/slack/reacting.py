"""Reactions: what people decide with an emoji on a Card's message."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.commands import react, verb_of_emoji
from adapters.slack.calls import inner
from adapters.slack.people import People
from adapters.slack.places import Place
from adapters.slack.reading import bot_of
from adapters.slack.telling import Telling, Whom
from agent_core.cards import Verb
from agent_core.errors import AlreadyDecided, NodError
from agent_core.i18n import sentence
from agent_core.presenter.chat_words import reaction_gone
from agent_core.service import Service

#: Slack's names of the emoji that decide (its own list, emoji.json); a skin tone follows after `::`
EMOJI: Mapping[str, str] = {
    "white_check_mark": "✅",
    "+1": "👍",
    "thumbsup": "👍",
    "x": "❌",
    "-1": "👎",
    "thumbsdown": "👎",
    "fast_forward": "⏩",
    "black_right_pointing_double_triangle": "⏩",
    "octagonal_sign": "🛑",
}

First = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Reacting:
    """Hands what a reaction says to the Service. `first` says whether a thing is said for the first time."""

    service: Service
    people: People
    telling: Telling
    first: First

    async def added(self, team: str, body: Mapping[str, Any], key: str) -> None:
        """Do what a reaction to a Card's message says."""
        about = _about(team, body)
        if about is None:
            return
        verb, place, user = about
        shown = await self.service.threads.shown_by(place.reference)
        if shown is None:
            return
        person = await self.people.person(team, user)
        state = await self.service.state(shown.run_id)
        thread = await self._thread(shown.run_id)
        try:
            asked = await react(self.service, shown, verb, actor=person.actor)
        except NodError as error:
            # heard again after a restart, it was done before
            if not (isinstance(error, AlreadyDecided) and error.fields.get("who") == person.actor.display):
                whom = Whom(team, place.channel, user, thread)
                await self.telling.privately(whom, sentence(error, state.language))
            return
        if asked and await self.first(f"{key}:asked"):
            await self.telling.in_thread(team, place.channel, thread, asked)

    async def removed(self, team: str, body: Mapping[str, Any]) -> None:
        """Say once to who takes a reaction away that this undoes nothing."""
        about = _about(team, body)
        if about is None:
            return
        _verb, place, user = about
        shown = await self.service.threads.shown_by(place.reference)
        if shown is None or not await self.first(f"unreact:{shown.run_id}:{user}"):
            return
        state = await self.service.state(shown.run_id)
        thread = await self._thread(shown.run_id)
        await self.telling.privately(Whom(team, place.channel, user, thread), reaction_gone(state.language))

    async def _thread(self, run_id: str) -> str:
        """Return the message that begins the thread in which a Run's messages stand."""
        origin = (await self.service.state(run_id)).origin
        root = await self.service.threads.message_of(origin.thread)
        return Place.of(root).ts if root else origin.thread


def _about(team: str, body: Mapping[str, Any]) -> tuple[Verb, Place, str] | None:
    """Return what a reaction means, on which message and by whom; None when it means nothing to Nod."""
    event = inner(body, "event")
    item, user = inner(event, "item"), str(event.get("user", ""))
    name = str(event.get("reaction", "")).partition("::")[0]
    verb = verb_of_emoji(EMOJI[name]) if name in EMOJI else None
    if verb is None or item.get("type") != "message" or not user or user == bot_of(body):
        return None
    return verb, Place(team, str(item.get("channel", "")), str(item.get("ts", ""))), user
