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
_FORGET = "DELETE FROM inbox WHERE platform = ? AND inbox_key = ?"
_KEYS = "SELECT inbox_key FROM inbox WHERE platform = ? AND inbox_key >= ? AND inbox_key < ? ORDER BY inbox_key"
_NEWEST = "SELECT MAX(at) FROM inbox WHERE platform = ?"


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

    async def forget(self, platform: str, key: str) -> None:
        """Forget a key, so that what comes under it is new again."""
        await self._database.write(Statement(_FORGET, (platform, key)))

    async def keys(self, platform: str, prefix: str) -> Sequence[str]:
        """Return the keys that begin so and are not forgotten."""
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return [str(row[0]) for row in await self._database.read(_KEYS, (platform, prefix, after))]

    async def newest(self, platform: str) -> datetime | None:
        """Return when something last came, None when nothing is kept."""
        ((at,),) = await self._database.read(_NEWEST, (platform,))
        return None if at is None else datetime.fromisoformat(at)
