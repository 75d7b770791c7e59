"""Opening an SQLite file: new, ours, newer, broken, locked or out of reach."""

import asyncio
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from agent_core.errors import StorageBusy, StorageCorrupt, StorageError, StorageTooNew
from storage.journal_store import SqlJournalStore
from storage.schema import KNOWN
from storage.sqlite import open_sqlite
from tests.storage.journals import Journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "nod.db"


@pytest.fixture
async def used(path):
    """A database that was used and closed."""
    async with open_sqlite(path) as database:
        for n in range(30):
            await SqlJournalStore(database).create(Journal(f"r{n}").next())
    return path


def picture(folder):
    """Everything that a file manager could tell of a folder."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


async def refused(path, error, match):
    """Open, be refused, and find nothing touched."""
    before = picture(path.parent)
    with pytest.raises(error, match=match):
        async with open_sqlite(path, patience=0.05):
            pass
    assert picture(path.parent) == before


async def test_a_new_database_is_made_with_its_folder_and_is_its_owners_alone(tmp_path):
    path = tmp_path / "deep" / "er" / "nod.db"
    async with open_sqlite(path) as database:
        await SqlJournalStore(database).create(Journal("r1").next())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        assert modes == {"nod.db": 0o600, "nod.db-wal": 0o600, "nod.db-shm": 0o600}
    assert [file.name for file in path.parent.iterdir()] == ["nod.db"]


async def test_what_was_kept_is_there_when_it_is_opened_again(used):
    async with open_sqlite(used) as database:
        assert len(await SqlJournalStore(database).run_ids()) == 30


async def test_a_path_may_hold_any_characters(tmp_path):
    path = tmp_path / "où est? 100% #1 数据.db"
    for n in range(2):
        async with open_sqlite(path) as database:
            await SqlJournalStore(database).create(Journal(f"r{n}").next())
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


async def test_commits_are_flushed_to_the_disk(path):
    async with open_sqlite(path) as database:
        raw = database._committer._connection._conn
        settings = {
            name: await database._committer._connection.execute_fetchall(f"PRAGMA {name}")
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        assert raw.isolation_level is None
    assert settings == {"journal_mode": [("wal",)], "synchronous": [(2,)], "foreign_keys": [(1,)]}


async def test_an_empty_file_becomes_a_database(path):
    path.touch()
    async with open_sqlite(path) as database:
        assert await database.read("SELECT MAX(version) FROM schema_version") == [(KNOWN,)]


async def test_two_processes_may_open_it_at_once(used):
    async with open_sqlite(used) as one, open_sqlite(used) as other:
        await SqlJournalStore(one).create(Journal("one").next())
        await SqlJournalStore(other).create(Journal("other").next())
        assert len(await SqlJournalStore(one).run_ids()) == 32


async def test_a_database_from_a_newer_nod_is_refused_and_not_touched(used):
    with closing(sqlite3.connect(used)) as raw, raw:
        raw.execute(f"INSERT INTO schema_version VALUES ({KNOWN + 1})")
    await refused(used, StorageTooNew, f"schema {KNOWN + 1}, this one knows {KNOWN}")


async def test_what_only_the_write_ahead_log_says_of_a_newer_nod_counts(used, tmp_path):
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with closing(sqlite3.connect(used)) as raw:
        with raw:
            raw.execute(f"INSERT INTO schema_version VALUES ({KNOWN + 1})")
        for name in ("nod.db", "nod.db-wal"):
            shutil.copy(used.with_name(name), crashed / name)
    before = picture(crashed)
    with pytest.raises(StorageTooNew):
        async with open_sqlite(crashed / "nod.db"):
            pass
    assert before.items() <= picture(crashed).items()


async def test_a_file_that_is_no_database_is_refused_and_not_touched(path):
    path.write_text("Dear diary, " * 1000)
    await refused(path, StorageCorrupt, "not an SQLite file")


async def test_another_programs_database_is_refused_and_not_touched(path):
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE bookmarks (url)")
    await refused(path, StorageCorrupt, "another program")


async def test_a_truncated_database_is_refused_and_not_touched(used):
    with used.open("r+b") as file:
        file.truncate(used.stat().st_size // 2)
    await refused(used, StorageCorrupt, "restore a backup")


@pytest.mark.parametrize("offset", [100, 4096, 20480])
async def test_a_damaged_database_is_refused_and_not_touched(used, offset):
    with used.open("r+b") as file:
        file.seek(offset)
        file.write(b"\xa5" * 600)
    await refused(used, StorageCorrupt, "restore a backup")


async def test_damage_found_while_it_is_open_is_told(path, used):
    async with open_sqlite(path) as database:
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (path.stat().st_size - 4096))
        with pytest.raises(StorageCorrupt, match="restore a backup"):
            await SqlJournalStore(database).summary("r1")


async def test_a_database_that_another_process_keeps_to_itself_is_busy(used, locked):
    async with locked(used, "EXCLUSIVE"):
        with pytest.raises(StorageBusy, match="locked by another process"):
            async with open_sqlite(used, patience=0.05):
                pass
    async with open_sqlite(used):
        pass


async def test_a_database_that_another_process_is_making_is_busy(path, locked):
    async with locked(path):
        with pytest.raises(StorageBusy):
            async with open_sqlite(path, patience=0.05):
                pass


async def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(StorageError, match="it is a folder; set DATABASE_URL"):
        async with open_sqlite(tmp_path):
            pass


@pytest.mark.parametrize("parent", ["/sys/nod", "/dev/null"])
async def test_a_place_that_cannot_be_written_is_told(parent):
    with pytest.raises(StorageError, match="make the file and its folder writable, or set DATABASE_URL"):
        async with open_sqlite(Path(parent) / "nod.db"):
            pass


async def test_a_disk_without_room_for_a_new_database_is_told(tmp_path):
    """A file size limit of the process stands for the disk: writing fails for real."""
    script = """
import asyncio, resource, signal, sys
from pathlib import Path
from agent_core.errors import StorageError
from storage.sqlite import open_sqlite
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
async def main():
    try:
        async with open_sqlite(Path(sys.argv[1])):
            pass
    except StorageError as error:
        print(type(error).__name__, error)
asyncio.run(main())
"""
    command = [sys.executable, "-c", script, str(tmp_path / "nod.db")]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told, complaints = await process.communicate()
    assert told.startswith((b"StorageFull ", b"StorageError ")), (told, complaints)
    assert complaints == b""
    async with open_sqlite(tmp_path / "nod.db") as database:
        await SqlJournalStore(database).create(Journal("r1").next())
