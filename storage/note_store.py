"""What adapters remember of their platforms."""

from storage.database import Database, Statement

_NOTE = "SELECT text FROM notes WHERE platform = ? AND name = ?"
_KEEP = """INSERT INTO notes (platform, name, text) VALUES (?, ?, ?)
    ON CONFLICT (platform, name) DO UPDATE SET text = excluded.text"""


class SqlNoteStore:
    """A `agent_core.platform_ports.NoteStore` on a Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, platform: str, name: str) -> str:
        """Return what was noted under a name, an empty string when nothing was."""
        found = await self._database.read(_NOTE, (platform, name))
        return str(found[0][0]) if found else ""

    async def keep(self, platform: str, name: str, text: str) -> None:
        """Note a text under a name, over an earlier one."""
        await self._database.write(Statement(_KEEP, (platform, name, text)))
