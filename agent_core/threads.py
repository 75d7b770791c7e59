"""Threads: which Run a place in a chat is about, and which message shows a Run's Card."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent_core.cards import Card
from agent_core.domain import Origin
from agent_core.platform_ports import Delivery, DeliveryStore
from agent_core.ports import JournalStore, RunSummary
from agent_core.presenter import ROOT


@dataclass(frozen=True, slots=True)
class Threads:
    """Looks up what platforms need to know. Every method may raise StorageError."""

    journals: JournalStore
    deliveries: DeliveryStore

    async def newest_in(self, origin: Origin) -> RunSummary | None:
        """Return the newest Run of a thread, None when there is none."""
        found = await self.journals.summaries(limit=1, origin=origin)
        return found[0] if found else None

    async def shown_by(self, message_ref: str) -> Delivery | None:
        """Return which Run's Card a message shows, None when it shows none."""
        return await self.deliveries.of_message(message_ref)

    async def message_of(self, run_id: str, card_id: str = ROOT) -> str:
        """Return the reference of the message that shows a Run's Card, an empty string while there is none."""
        delivery = (await self.deliveries.deliveries(run_id)).get(card_id)
        return delivery.message_ref if delivery else ""

    async def roots_of(self, card: Card) -> Mapping[str, str]:
        """Return the references of the messages that begin the threads of the Runs a Card's lines tell of, by Run."""
        told = dict.fromkeys(section.run_id for section in card.sections if section.run_id)
        found = {run_id: await self.message_of(run_id) for run_id in told}
        return {run_id: reference for run_id, reference in found.items() if reference}
