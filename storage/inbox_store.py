"""What platforms sent: each thing once, kept until it is handled."""

from collections.abc import Sequence
from datetime import datetime

from agent_core.journal.records import timestamp
from agent_core.platform_ports import Incoming
from storage.database import Database, NothingChanged, Statement

_ADD = """INSERT INTO inbox (platform, inbox_key, lane, payload, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (platform, inbox_key) DO NOTHING"""
_PENDING = "SELECT platform, inbox_key, lane, payload FROM inbox WHERE platform = ? AND payload IS NOT NULL ORDER BY id"
_FINISH = "UPDATE inbox SET payload = NULL WHERE platform = ? AND inbox_key = ?"
_PRUNE = "DELETE FROM inbox WHERE payload IS NULL AND at < ?"


class SqlInboxStore:
    """A `agent_core.ports.InboxStore` on a Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, incoming: Incoming, at: datetime) -> bool:
        """Store it, durably, and return True; False when its key was there already."""
        row = (incoming.platform, incoming.key, incoming.lane, incoming.payload or None, timestamp(at))
        try:
            await self._database.write(Statement(_ADD, row, guard=True))
        except NothingChanged:
            return False
        return True

    async def pending(self, platform: str) -> Sequence[Incoming]:
        """Return what was stored and not finished, in the order it came."""
        return [Incoming(*row) for row in await self._database.read(_PENDING, (platform,))]

    async def finish(self, platform: str, key: str) -> None:
        """Note that it was handled, and erase its contents."""
        await self._database.write(Statement(_FINISH, (platform, key)))

    async def prune(self, before: datetime) -> None:
        """Forget the keys of what was finished and came before a time."""
        await self._database.write(Statement(_PRUNE, (timestamp(before),)))
