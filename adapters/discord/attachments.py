"""Files that people attach in Discord, fetched to become workspace files."""

from collections.abc import Sequence
from pathlib import PurePosixPath

import aiohttp
import discord

from adapters.discord.payloads import Data
from adapters.discord.rest import Rest
from agent_core.asking import Attachment
from agent_core.errors import FileRefused
from agent_core.i18n import N_
from agent_core.tools.workspace import FILE_BYTES

MOST_BYTES = 40 * 1024 * 1024  # of all files of one message, which are held in memory


async def attachments_of(rest: Rest, files: Sequence[Data]) -> tuple[Attachment, ...]:
    """Return what the files of a message hold.

    Raises:
        FileRefused: one is too large, they are too large together, or Discord does not give one.
    """
    names = _names(files)
    for file, name in zip(files, names, strict=True):
        if int(file["size"]) > FILE_BYTES:
            raise FileRefused(path=name, reason=N_("it is larger than 10 MB; attach a smaller one."))
    if sum(int(file["size"]) for file in files) > MOST_BYTES:
        raise FileRefused(path=names[0], reason=N_("together the files are too large; attach at most 40 MB."))
    return tuple(
        [Attachment(name, await content_of(rest, file, name)) for file, name in zip(files, names, strict=True)]
    )


async def content_of(rest: Rest, file: Data, name: str) -> bytes:
    """Return what one file holds. Raises FileRefused: Discord does not give it."""
    try:
        return await rest.download(str(file["url"]))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise FileRefused(path=name, reason=N_("Discord did not give it; attach it once more.")) from error


def _names(files: Sequence[Data]) -> list[str]:
    """Return the names that people gave the files, each once."""
    names: list[str] = []
    for file in files:
        plain = PurePosixPath(str(file["filename"]))
        # of a name in other letters than ASCII's Discord keeps only the title
        path = PurePosixPath(f"{file['title']}{plain.suffix}" if file.get("title") else plain.name)
        name, number = path.name, 2
        while name in names:
            name, number = f"{path.stem}-{number}{path.suffix}", number + 1
        names.append(name)
    return names
