"""SQLite's errors in Nod's words."""

import errno
import shutil
import sqlite3
from pathlib import Path

from agent_core.errors import StorageBusy, StorageCorrupt, StorageError, StorageFull
from agent_core.i18n import N_, Phrase
from storage.database import KeyTaken

_PRIMARY = 0xFF  # an extended result code's lowest byte is the primary code (sqlite.org/rescode.html)
_TAKEN = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
_UNWRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_OUT_OF_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

_LEAST_ROOM = 64 * 1024  # bytes; the index of the log grows by 32 KiB (sqlite.org/walformat.html)

MOVE = N_("set DATABASE_URL to another place, for example sqlite:///data/nod.db.")


def is_full(error: sqlite3.Error) -> bool:
    """Say whether there was no room left."""
    return _primary(error) == sqlite3.SQLITE_FULL


def translate(error: Exception, where: str) -> Exception:
    """Return the error to raise for what SQLite, or its Python module, raised; other errors as they are."""
    match error:
        case sqlite3.Error():
            told = _told(error, where)
        case UnicodeEncodeError():
            told = StorageError(where=where, reason=N_("a text holds half a character; type it again without it."))
        case OverflowError():
            told = StorageError(where=where, reason=N_("a number is too large to be kept; give a smaller one."))
        case _:
            return error
    told.__cause__ = error
    return told


def translate_file_error(error: OSError, where: str) -> StorageError:
    """Return the error to raise when the database's file or folder could not be made or opened."""
    told = StorageFull(where=where) if error.errno in _OUT_OF_ROOM else _unwritable(where, error.strerror or str(error))
    told.__cause__ = error
    return told


def _primary(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # the module's own errors have none
    return code & _PRIMARY


def _told(error: sqlite3.Error, where: str) -> Exception:
    if getattr(error, "sqlite_errorcode", None) in _TAKEN:
        return KeyTaken(str(error))
    match _primary(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            told = StorageBusy(where=where)
        case sqlite3.SQLITE_FULL:
            told = StorageFull(where=where)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            told = StorageCorrupt(where=where, reason=str(error))
        case code if code in _UNWRITABLE:
            told = _unwritable(where, str(error))
        case sqlite3.SQLITE_IOERR if _no_room(where):
            told = StorageFull(where=where)
        case sqlite3.SQLITE_IOERR:
            words = N_("{said}; check the disk and its free space, then start Nod again.")
            told = StorageError(where=where, reason=Phrase(words, said=str(error)))
        case _:
            told = StorageError(where=where, reason=Phrase(N_("{said}; the log has more."), said=str(error)))
    return told


def _no_room(where: str) -> bool:
    # SQLite calls it an I/O error when the full disk has no room for the log's index
    return shutil.disk_usage(Path(where).parent).free < _LEAST_ROOM


def _unwritable(where: str, why: str) -> StorageError:
    words = N_("{said}; make the file and its folder writable, or {move}")
    return StorageError(where=where, reason=Phrase(words, said=why, move=MOVE))
