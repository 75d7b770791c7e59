"""Approvers are set by their ids; people are shown their names."""

import re
from dataclasses import dataclass, replace

from adapters.slack.people import GROUP, People
from adapters.slack.places import PLATFORM
from agent_core.cards import Card


@dataclass(frozen=True, slots=True)
class Naming:
    """Puts the names of those who are named as approvers in the place of their ids."""

    people: People

    async def card(self, team: str, card: Card) -> Card:
        """Return a Card that names who may decide as Slack does."""
        footer = await self.text(team, card.footer)
        facts = [replace(fact, value=await self.text(team, fact.value)) for fact in card.facts]
        return replace(card, footer=footer, facts=tuple(facts))

    async def text(self, team: str, text: str) -> str:
        """Return a sentence of Nod's own that names who may decide as Slack does."""
        for user in self._approvers():
            if user in text:
                name = await self._name(team, user)
                text = re.sub(rf"\b{re.escape(user)}\b", lambda _, name=name: name, text)
        return text

    async def _name(self, team: str, user: str) -> str:
        if user.startswith(GROUP):
            return await self.people.group_name(team, user)
        return (await self.people.person(team, user)).actor.display

    def _approvers(self) -> list[str]:
        approvers = self.people.policy.approvers
        return [each.user for each in approvers if each.platform == PLATFORM and not each.name]
