"""An SQLite file before it is used: looked at without touching it, made when it is not there, brought to our schema."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from agent_core.errors import StorageCorrupt, StorageError, StorageTooNew
from agent_core.i18n import N_, Phrase
from storage.schema import KNOWN, SQLITE, migration
from storage.sqlite_errors import MOVE, translate, translate_file_error

_MAGIC = b"SQLite format 3\0"  # sqlite.org/fileformat.html, the first 16 bytes
_CHECKED_WHOLE = 4 * 1024 * 1024  # bytes; up to here checking every page takes some milliseconds
_OLDEST_SQLITE = (3, 35, 0)  # RETURNING


def prepare(path: Path, patience: float) -> None:
    """Make sure that there is a file at `path` that Nod may use; a healthy, empty or new one.

    A file that is not for this Nod is left exactly as it is, and nothing is made beside it.

    Raises:
        StorageError: and its subclasses; the file cannot be used, and the sentence says what to do.
    """
    where = str(path)
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        reason = f"Python has SQLite {sqlite3.sqlite_version}; install a Python with SQLite 3.35 or newer."
        raise StorageError(where=where, reason=reason)
    try:
        if path.is_dir():
            raise StorageError(where=where, reason=Phrase(N_("it is a folder; {move}"), move=MOVE))
        if path.exists() and path.stat().st_size:
            _look(path, patience)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # what people ask is theirs; SQLite gives the files it makes beside this one the same mode
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise translate_file_error(error, where) from error
    except sqlite3.Error as error:
        raise translate(error, where) from error


def set_up(raw: sqlite3.Connection, where: str) -> None:
    """Have the writer's connection commit durably, and bring the database to the newest schema."""
    mode = raw.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StorageError(where=where, reason=f"its file system cannot hold a write-ahead log; {MOVE}")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA temp_store = MEMORY")  # undoing one unit must not need room on a full disk
    if _version(raw, where) == KNOWN:
        return  # so that starting waits for no writer
    raw.execute("BEGIN IMMEDIATE")
    try:
        for statement in migration(_version(raw, where), SQLITE):  # asked again: another process may have been first
            raw.execute(statement)
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise


def _look(path: Path, patience: float) -> None:
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise StorageCorrupt(where=str(path), reason=N_("it is not an SQLite file"))
    log = path.with_name(path.name + "-wal")
    # without a log the file is the whole truth, and reading it as immutable makes no file beside it
    mode = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", timeout=patience, uri=True)) as raw:
        _version(raw, str(path))
        if path.stat().st_size <= _CHECKED_WHOLE:
            found = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise StorageCorrupt(where=str(path), reason=N_("its pages do not fit together"))


def _version(raw: sqlite3.Connection, where: str) -> int:
    """Return the schema's number, 0 for an empty database."""
    tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return 0
    if "schema_version" not in tables:
        raise StorageCorrupt(where=where, reason=N_("it holds the tables of another program"))
    found: int = raw.execute("SELECT MAX(version) FROM schema_version").fetchone()[0] or 0
    if found > KNOWN:
        raise StorageTooNew(where=where, found=found, known=KNOWN)
    return found
