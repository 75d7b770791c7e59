"""The folders of Runs, as the Service uses them: off the event loop, with sentences for people."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from agent_core.asking import Attachment
from agent_core.domain import FileRef
from agent_core.errors import FileRefused, WorkspaceError
from agent_core.tools.workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Folders:
    """Reads and fills folders by name. Every method may raise FileRefused, with the path and what to do."""

    workspace: Callable[[str], Workspace]

    async def keep(self, name: str, attachments: Sequence[Attachment]) -> tuple[FileRef, ...]:
        """Keep all of the files or, if one cannot be kept, none of them."""
        if not attachments:
            return ()
        folder = self.workspace(name)

        def keep() -> tuple[FileRef, ...]:
            for each in attachments:
                folder.check(each.name, len(each.content))
            return tuple(folder.write(each.name, each.content) for each in attachments)

        return await _in_thread(keep)

    async def copy(self, here: str, there: str) -> None:
        """Give a follow-up a folder of its own, with the earlier Run's files in it."""
        source, target = self.workspace(here), self.workspace(there)

        def copy() -> None:
            for path in source.paths():
                target.write(path, source.read(path))

        await _in_thread(copy)

    async def drop(self, name: str) -> None:
        """Remove the folder of a Run that never began."""
        await _in_thread(self.workspace(name).remove)

    async def list(self, name: str) -> Sequence[FileRef]:
        """Return the files of a folder."""
        return await _in_thread(self.workspace(name).list)

    async def read(self, name: str, path: str) -> bytes:
        """Return a file's bytes."""
        folder = self.workspace(name)
        return await _in_thread(lambda: folder.read(path))


async def _in_thread(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except WorkspaceError as error:
        raise FileRefused(path=error.fields["path"], reason=error.fields.get("reason", error)) from error
