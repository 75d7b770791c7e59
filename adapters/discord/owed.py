"""Sentences that wait for Discord to be there again, noted so that no restart loses them."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from adapters.discord.people import PLATFORM
from agent_core.platform_ports import NoteStore

NOTE = "owed"
MOST = 200  # sentences; all of them are one note, which is written anew with each
WITHIN = 3600.0  # seconds, after which what is said of a moment helps nobody any more


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is to be said once: where, in reply `to` which message, and to which `person` if Nod may not write there.

    `until` is a time of the calendar, in seconds; after it, it need not be said.
    """

    channel: str
    text: str
    key: str
    to: str = ""
    person: str = ""
    until: float = 0.0


class Owed:
    """Sentences that were not said yet, by their keys. Methods may raise StorageError."""

    def __init__(self, notes: NoteStore, clock: Callable[[], float] = time.time) -> None:
        self._notes = notes
        self._clock = clock
        self._kept: dict[str, Sentence] | None = None

    async def all(self) -> Sequence[Sentence]:
        """Return what is owed and still of use, what was noted first before the rest."""
        now = self._clock()
        return [each for each in (await self._all()).values() if each.until > now]

    async def keep(self, sentence: Sentence) -> None:
        """Note a sentence; of too many, the one goes that was noted first."""
        kept = await self._all()
        kept[sentence.key] = sentence
        while len(kept) > MOST:
            del kept[next(iter(kept))]
        await self._note(kept)

    async def drop(self, key: str) -> None:
        """Forget a sentence: it was said, or never will be."""
        kept = await self._all()
        if kept.pop(key, None):
            await self._note(kept)

    async def _all(self) -> dict[str, Sentence]:
        if self._kept is None:
            noted = json.loads(await self._notes.note(PLATFORM, NOTE) or "[]")
            if self._kept is None:  # else another caller was faster, and what it added stays
                self._kept = {each["key"]: Sentence(**each) for each in noted}
        return self._kept

    async def _note(self, kept: Mapping[str, Sentence]) -> None:
        await self._notes.keep(PLATFORM, NOTE, json.dumps([asdict(each) for each in kept.values()]))
