"""A database with Nod's tables, once for every kind of database that Nod runs on."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from storage.database import Database
from storage.journal_store import SqlJournalStore
from storage.sqlite import open_sqlite

Opening = Callable[[Path], AbstractAsyncContextManager[Database]]

BACKENDS: dict[str, Opening] = {"sqlite": lambda folder: open_sqlite(folder / "nod.db")}


@pytest.fixture(params=BACKENDS)
async def database(request, tmp_path):
    async with BACKENDS[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
def store(database):
    return SqlJournalStore(database)


@pytest.fixture
def locked():
    """Have another process hold a file's lock: `async with locked(path):`, or `locked(path, "EXCLUSIVE")`."""
    return _locked


@asynccontextmanager
async def _locked(path: Path, kind: str = "IMMEDIATE"):
    exclusive = "raw.execute('PRAGMA locking_mode = EXCLUSIVE');" if kind == "EXCLUSIVE" else ""
    script = f"""import sqlite3, sys; raw = sqlite3.connect(sys.argv[1], isolation_level=None); {exclusive}
raw.execute('BEGIN {kind}'); print('locked', flush=True); sys.stdin.read(); raw.execute('ROLLBACK')"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert await process.stdout.readline() == b"locked\n"
        yield
    finally:
        process.stdin.close()
        await process.wait()
