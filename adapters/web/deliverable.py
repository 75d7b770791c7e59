"""The file that a run comes to, for its result to show."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.web.files import Look, look
from agent_core.cards import Card, CardKind
from agent_core.errors import FileRefused
from agent_core.service import Service


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A file as a page shows it: `text` where it is one, `size` in bytes."""

    path: str
    size: int
    look: Look
    text: str


async def deliverable(service: Service, run_id: str, cards: Sequence[Card]) -> Deliverable | None:
    """Return the first file that a result offers; None where there is none. Raises StorageError."""
    path = next((path for card in cards if card.kind is CardKind.RESULT for path in card.files), "")
    if not path:
        return None
    try:
        content = await service.read_file(run_id, path)
    except FileRefused:  # it is gone, or too large to read
        return None
    how, text = look(path, content)
    return Deliverable(path, len(content), how, text)
