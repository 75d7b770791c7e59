"""What was said at each Origin, and what is set for its channel."""

from collections.abc import Sequence
from datetime import datetime

from agent_core.domain import Actor, Origin
from agent_core.ports import Said
from storage.database import Database, Row, Statement, compose
from storage.journal_rows import origin_row

_RECENT = """SELECT text, actor_platform, actor_user, actor_name, at, run_id, trusted FROM conversation
    WHERE platform = ? AND workspace = ? AND channel = ? AND thread = ? ORDER BY at DESC, id DESC LIMIT ?"""

_OF_CHANNEL = "platform = ? AND workspace = ? AND channel = ?"
_POLICY = compose("SELECT policy FROM channels WHERE {channel}", channel=_OF_CHANNEL)
_UNSET_POLICY = compose("DELETE FROM channels WHERE {channel}", channel=_OF_CHANNEL)
_SET_POLICY = """INSERT INTO channels (platform, workspace, channel, policy) VALUES (?, ?, ?, ?)
    ON CONFLICT (platform, workspace, channel) DO UPDATE SET policy = excluded.policy"""


class SqlConversationStore:
    """A `agent_core.ports.ConversationStore` on a Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent(self, origin: Origin, limit: int = 20) -> Sequence[Said]:
        """Return the newest messages of an Origin, oldest first."""
        found = await self._database.read(_RECENT, (*origin_row(origin), limit))
        return [_said(row) for row in reversed(found)]


class SqlChannelStore:
    """A `agent_core.ports.ChannelStore` on a Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def policy(self, origin: Origin) -> str:
        """Return the policy's name set for the Origin's channel, or an empty string."""
        found = await self._database.read(_POLICY, _channel(origin))
        return str(found[0][0]) if found else ""

    async def set_policy(self, origin: Origin, policy: str) -> None:
        """Set the policy of the Origin's channel; an empty string unsets it."""
        set_ = Statement(_SET_POLICY, (*_channel(origin), policy))
        await self._database.write(set_ if policy else Statement(_UNSET_POLICY, _channel(origin)))


def _channel(origin: Origin) -> tuple[str, str, str]:
    return (origin.platform, origin.workspace, origin.channel)


def _said(row: Row) -> Said:
    text, platform, user, name, at, run_id, trusted = row
    actor = None if platform is None else Actor(platform, user, name)
    return Said(text, actor, datetime.fromisoformat(at), run_id, bool(trusted))
