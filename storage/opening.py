"""DATABASE_URL: which database it names, and opening it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from agent_core.errors import SettingsError
from storage.database import Database
from storage.sqlite import open_sqlite

_SQLITE = "sqlite:///"
_EXAMPLE = "a file, for example sqlite:///data/nod.db."


def sqlite_path(url: str) -> Path:
    """Return the file that a URL names: `sqlite:///data/nod.db` from here, `sqlite:////srv/nod.db` from the root.

    Raises:
        SettingsError: it names no SQLite file.
    """
    if url.startswith(("postgresql:", "postgresql+", "postgres:")):
        raise SettingsError(reason=f"PostgreSQL is not available in this version; set DATABASE_URL to {_EXAMPLE}")
    name = url.removeprefix(_SQLITE)
    # SQLite's own URLs have parameters after these; taken for a part of the name, they would make another database
    if not url.startswith(_SQLITE) or not name or "?" in name or "#" in name:
        raise SettingsError(reason=f"DATABASE_URL must name {_EXAMPLE}")
    if name == ":memory:":
        raise SettingsError(
            reason=f"A database in memory would forget what people decided; set DATABASE_URL to {_EXAMPLE}"
        )
    return Path(name)


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[Database, None]:
    """Open the database that DATABASE_URL names, for as long as it is entered.

    Raises:
        SettingsError: the URL names none that this version can use.
        StorageError: it cannot be opened; see `storage.sqlite.open_sqlite`.
    """
    async with open_sqlite(sqlite_path(url)) as database:
        yield database
