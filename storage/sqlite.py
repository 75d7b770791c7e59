"""Nod's database in one SQLite file: one writer that commits in groups, and a reader that never waits for it."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import aiosqlite

from agent_core.errors import StorageError
from storage.database import Row, Statement, Value
from storage.group_commit import GroupCommitter, on_thread
from storage.sqlite_errors import translate
from storage.sqlite_file import prepare, set_up

PATIENCE = 5.0  # seconds to wait for another process's lock
_STATEMENTS = 256  # prepared statements a connection keeps


class SqliteDatabase:
    """A `storage.database.Database` on an SQLite file; `open_sqlite` makes one."""

    def __init__(self, committer: GroupCommitter, reader: aiosqlite.Connection, where: str) -> None:
        self._committer = committer
        self._reader = reader
        self._where = where

    async def write(self, *statements: Statement) -> Sequence[Row]:
        """Do all of the statements, durably, or none; return the rows of the last one that has any."""
        return await self._committer.write(statements)

    async def read(self, sql: str, params: tuple[Value, ...] = ()) -> Sequence[Row]:
        """Return the rows of a query; it sees every write that returned before."""
        with _translated(self._where):
            return [*await self._reader.execute_fetchall(sql, params)]  # pyright: ignore[reportReturnType]


@asynccontextmanager
async def open_sqlite(path: Path, *, patience: float = PATIENCE) -> AsyncGenerator[SqliteDatabase, None]:
    """Open the database at `path`, made when it is not there, for as long as it is entered.

    `patience` is how many seconds to wait for another process's lock. Leaving commits what waits.

    Raises:
        StorageTooNew: a newer Nod wrote it; it was not touched.
        StorageCorrupt: it is damaged, or not Nod's; it was not touched.
        StorageBusy: another process has locked it.
        StorageFull: there is no room to make it.
        StorageError: it cannot be used for another reason, which the sentence says.
    """
    where = str(path)
    await asyncio.to_thread(prepare, path, patience)
    async with AsyncExitStack() as stack:
        with _translated(where):
            writer = await stack.enter_async_context(_connect(path, patience))
            await on_thread(writer, lambda raw: set_up(raw, where))
            reader = await stack.enter_async_context(_connect(path, patience))
            await reader.execute_fetchall("PRAGMA query_only = ON")
        committer = await stack.enter_async_context(GroupCommitter(writer, where))
        yield SqliteDatabase(committer, reader, where)


def _connect(path: Path, patience: float) -> aiosqlite.Connection:
    # isolation_level None: we say ourselves where a transaction begins
    return aiosqlite.connect(path, timeout=patience, isolation_level=None, cached_statements=_STATEMENTS)


@contextmanager
def _translated(where: str) -> Generator[None, None, None]:
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error, where) from error
    except (UnicodeEncodeError, OverflowError) as error:
        reason = "a value cannot be kept in it; leave out what is no valid text or number"
        raise StorageError(where=where, reason=reason) from error
