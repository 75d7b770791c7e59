"""A Run's files as attachments, as far as Discord takes them; of the others it is said where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from adapters.discord.fitting import Upload, plain_name
from adapters.discord.limits import FILES, MIB
from agent_core.errors import FileRefused
from agent_core.i18n import format_number
from agent_core.presenter.chat_notices import too_large, too_many
from agent_core.service import Service

ROOM_FOR_TEXTS = 4  # of a message's files are left for texts that are too long for it


@dataclass(frozen=True, slots=True)
class Deliverables:
    """Files to attach, and sentences about those that are not among them."""

    uploads: tuple[Upload, ...] = ()
    notes: tuple[str, ...] = ()


def run_address(public_url: str, run_id: str) -> str:
    """Return the address of a Run's page, an empty string where people have none."""
    return f"{public_url}/runs/{run_id}" if public_url else ""


async def deliverables(
    service: Service, run_id: str, paths: Sequence[str], *, most: int, address: str, language: str
) -> Deliverables:
    """Return what of these files can be attached: none larger than `most` bytes, as many as a message has room for.

    With `most` 0 nothing is attached, and where everything is is said.
    """
    sizes = {file.path: file.size for file in await service.files(run_id)}
    uploads: list[Upload] = []
    notes: list[str] = []
    left = 0
    for path in paths:
        if path not in sizes:
            continue
        if sizes[path] > most:
            at = f"{address}/files/{quote(path)}" if address else ""
            notes.append(too_large(path, in_words(sizes[path], language), at, language))
        elif len(uploads) == FILES - ROOM_FOR_TEXTS:
            left += 1
        else:
            uploads += await _read(service, run_id, path)
    if left:
        notes.append(too_many(left, address, language))
    return Deliverables(tuple(uploads), tuple(notes))


async def _read(service: Service, run_id: str, path: str) -> list[Upload]:
    try:
        return [Upload(plain_name(path), await service.read_file(run_id, path))]
    except FileRefused:  # taken away meanwhile
        return []


def in_words(size: int, language: str) -> str:
    """Return a size in whole MiB, or in bytes where it is less than one."""
    number, unit = (round(size / MIB), "MiB") if size >= MIB else (size, "B")
    return f"{format_number(number, language)} {unit}"
