"""SQLite's errors, made by SQLite, in Nod's words."""

import errno
import shutil
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from agent_core.errors import StorageError, StorageFull
from storage.database import KeyTaken
from storage.sqlite_errors import translate, translate_file_error


@pytest.fixture
def raw(tmp_path):
    with closing(sqlite3.connect(tmp_path / "nod.db", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, k TEXT UNIQUE, v TEXT NOT NULL)")
        connection.execute("INSERT INTO t VALUES (1, 'k', 'v')")
        yield connection


@pytest.mark.parametrize("values", ["(1, 'other', '')", "(2, 'k', '')"])
def test_a_key_that_is_there_is_told_apart_from_other_constraints(raw, values):
    with pytest.raises(sqlite3.Error) as failed:
        raw.execute(f"INSERT INTO t VALUES {values}")
    assert isinstance(translate(failed.value, "nod.db"), KeyTaken)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("INSERT INTO t VALUES (2, 'x', NULL)", "NOT NULL constraint failed"),
        ("PRAGMA query_only = ON; INSERT INTO t VALUES (2, 'x', '')", "make the file and its folder writable"),
        ("ATTACH '/dev/null/nod.db' AS other", "make the file and its folder writable"),
    ],
)
def test_an_error_says_what_sqlite_said_and_what_to_do(raw, statement, told):
    with pytest.raises(sqlite3.Error) as failed:
        raw.executescript(statement)
    error = translate(failed.value, "nod.db")
    assert isinstance(error, StorageError)
    assert "nod.db" in str(error)
    assert told in str(error)
    assert error.__cause__ is failed.value


def test_a_full_disk_is_told_apart_from_a_closed_door():
    assert isinstance(translate_file_error(OSError(errno.ENOSPC, "No space left on device"), "nod.db"), StorageFull)
    closed = translate_file_error(PermissionError(errno.EACCES, "Permission denied"), "nod.db")
    assert "Permission denied; make the file and its folder writable, or set DATABASE_URL" in str(closed)


@pytest.mark.parametrize(("free", "told"), [(0, "is full; free some space"), (10**9, "check the disk")])
def test_an_io_error_on_a_disk_without_room_is_a_full_disk(monkeypatch, tmp_path, free, told):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR | 19 << 8  # SQLITE_IOERR_SHMSIZE
    assert told in str(translate(error, str(tmp_path / "nod.db")))


def test_what_is_no_storage_error_stays_itself():
    error = ValueError("?")
    assert translate(error, "nod.db") is error
