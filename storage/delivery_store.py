"""Which message shows which Card."""

from collections.abc import Mapping, Sequence

from agent_core.platform_ports import Delivery
from storage.database import Database, Statement, compose, marks

_DELIVERIES = "SELECT run_id, card_id, message_ref, shown, digest FROM deliveries WHERE run_id = ?"
_KEEP = """INSERT INTO deliveries (run_id, card_id, message_ref, shown, digest) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (run_id, card_id) DO UPDATE SET
    message_ref = excluded.message_ref, shown = excluded.shown, digest = excluded.digest"""

_OF_MESSAGE = (
    "SELECT run_id, card_id, message_ref, shown, digest FROM deliveries WHERE message_ref = ? AND message_ref <> ''"
)
_DELIVERED = "UPDATE runs SET delivered = ? WHERE run_id = ? AND delivered < ?"
_UNDELIVERED = """SELECT run_id FROM runs
    WHERE delivered < seq AND delivered >= 0 AND origin_platform IN ({platforms})
    ORDER BY updated_at, run_id LIMIT ?"""
# less than nothing: what is set aside is owed as a whole, and is not looked for until its place is back
_SET_ASIDE = "UPDATE runs SET delivered = -1 WHERE run_id = ?"
_ASIDE = """SELECT run_id FROM runs
    WHERE delivered < seq AND delivered < 0 AND origin_platform = ? AND origin_workspace = ?
    ORDER BY updated_at DESC, run_id LIMIT ?"""


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
        row = (delivery.run_id, delivery.card_id, delivery.message_ref, delivery.shown, delivery.digest)
        await self._database.write(Statement(_KEEP, row))

    async def of_message(self, message_ref: str) -> Delivery | None:
        """Return the delivery that a message shows, None when it shows no Card."""
        found = await self._database.read(_OF_MESSAGE, (message_ref,))
        return Delivery(*found[0]) if found else None

    async def delivered(self, run_id: str, seq: int) -> None:
        """Note that every Card of a Run is shown as it was at its event `seq`."""
        await self._database.write(Statement(_DELIVERED, (seq, run_id, seq)))

    async def undelivered(self, platforms: Sequence[str], *, limit: int = 500) -> Sequence[str]:
        """Return Runs on these platforms that changed since all their Cards were delivered, oldest first."""
        statement = compose(_UNDELIVERED, platforms=marks(len(platforms)))
        return [str(row[0]) for row in await self._database.read(statement, (*platforms, limit))]

    async def set_aside(self, run_id: str) -> None:
        """Note that a Run's place takes no Cards, until it is `delivered` again."""
        await self._database.write(Statement(_SET_ASIDE, (run_id,)))

    async def aside(self, platform: str, workspace: str, *, limit: int = 500) -> Sequence[str]:
        """Return Runs of a workspace that are set aside, what changed last first."""
        return [str(row[0]) for row in await self._database.read(_ASIDE, (platform, workspace, limit))]
