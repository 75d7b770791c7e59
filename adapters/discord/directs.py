"""The direct conversations that Nod had: Discord lists them nowhere, so they are noted."""

import json
from collections.abc import Sequence

from adapters.discord.people import PLATFORM
from agent_core.platform_ports import NoteStore

NOTE = "directs"
MOST = 300  # each is asked for after every gap


class Directs:
    """The channels of direct conversations. Methods may raise StorageError."""

    def __init__(self, notes: NoteStore) -> None:
        self._notes = notes
        self._known: dict[str, None] | None = None

    async def note(self, channel: str) -> None:
        """Remember a channel; of too many, the one is forgotten that was noted first."""
        known = await self._all()
        if channel in known:
            return
        known[channel] = None
        while len(known) > MOST:
            del known[next(iter(known))]
        await self._notes.keep(PLATFORM, NOTE, json.dumps([*known]))

    async def newest(self, most: int = MOST) -> Sequence[str]:
        """Return the channels that were noted last."""
        return [*await self._all()][-most:]

    async def _all(self) -> dict[str, None]:
        if self._known is None:
            noted = json.loads(await self._notes.note(PLATFORM, NOTE) or "[]")
            if self._known is None:  # else another caller was faster, and what it added stays
                self._known = dict.fromkeys(noted)
        return self._known
