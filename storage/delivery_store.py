"""Which message shows which Card."""

from collections.abc import Mapping

from agent_core.ports import Delivery
from storage.database import Database, Statement

_DELIVERIES = "SELECT run_id, card_id, message_ref, shown FROM deliveries WHERE run_id = ?"
_KEEP = """INSERT INTO deliveries (run_id, card_id, message_ref, shown) VALUES (?, ?, ?, ?)
    ON CONFLICT (run_id, card_id) DO UPDATE SET message_ref = excluded.message_ref, shown = excluded.shown"""


class SqlDeliveryStore:
    """A `agent_core.ports.DeliveryStore` on a Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def deliveries(self, run_id: str) -> Mapping[str, Delivery]:
        """Return a Run's deliveries by card id."""
        found = [Delivery(*row) for row in await self._database.read(_DELIVERIES, (run_id,))]
        return {delivery.card_id: delivery for delivery in found}

    async def keep(self, delivery: Delivery) -> None:
        """Store a delivery, over an earlier one of the same Card."""
        row = (delivery.run_id, delivery.card_id, delivery.message_ref, delivery.shown)
        await self._database.write(Statement(_KEEP, row))
