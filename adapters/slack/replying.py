"""Replies in the thread of a Run: they decide, answer and steer."""

from dataclasses import dataclass

from adapters.commands import Say, answer, parse_reply
from adapters.slack.asking import Asking, Heard
from adapters.slack.attachments import attachments_of
from adapters.slack.calls import Client
from adapters.slack.reading import files_of
from agent_core.domain import Origin
from agent_core.errors import HeardTwice, NodError, NotAllowedToDecide
from agent_core.i18n import sentence
from agent_core.ports import RunSummary
from agent_core.presenter.lists import which_thread_card


@dataclass(frozen=True, slots=True)
class Replying:
    """Hands replies to the Service, and tells people why one did not count."""

    asking: Asking

    async def replied(self, heard: Heard, run: RunSummary, *, called: bool) -> None:
        """Do what a reply says; `called`: Nod was named in it, so that it is certainly meant."""
        asking = self.asking
        team = heard.place.team
        person = await asking.people.person(team, heard.user)
        text = await asking.text_of(heard)
        client: Client = await asking.workspaces.client(team)
        try:
            attachments = await attachments_of(client, files_of(heard.message))
            # words that decide are bound to no digest: heard again, they could decide what came after
            if (
                not attachments
                and not isinstance(parse_reply(text), Say)
                and not await asking.first(f"{heard.key}:did")
            ):
                raise HeardTwice(text=text)
            card = await answer(
                asking.service, run.run_id, text, actor=person.actor, attachments=attachments, key=heard.key
            )
        except NotAllowedToDecide as error:
            # people may talk in a Run's thread; who may not steer it is told once, and whenever they call Nod
            if called or await asking.first(f"may-not:{run.run_id}:{heard.user}"):
                await asking.telling.privately(heard.whom, sentence(error, run.language))
        except NodError as error:
            await asking.telling.privately(heard.whom, sentence(error, run.language))
        else:
            if card is not None:
                await asking.telling.show(heard.whom, card, run.language)

    async def taken_outside(self, heard: Heard) -> bool:
        """Take a word such as yes, or a file without words, that came beside every thread; say whether it was one.

        It is for the one Run that is under way in these direct messages; of several, Nod asks which a word is for.
        """
        text, files = await self.asking.text_of(heard), files_of(heard.message)
        if text if files else isinstance(parse_reply(text), Say):
            return False
        channel = Origin("slack", heard.place.team, heard.place.channel)
        live = await self.asking.service.runs(channel=channel, live=True)
        if len(live) > 1 and files:
            return False
        if len(live) > 1:
            language = live[0].language
            await self.asking.telling.show(heard.whom, which_thread_card(live, language), language)
        elif live:
            await self.replied(heard, live[0], called=True)
        return bool(live)
