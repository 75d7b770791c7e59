"""Which process owns the database: it alone wakes what nobody advances. Others work beside it as guests."""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from agent_core.dispatch import LocalDispatcher
from agent_core.errors import SettingsError

OWNER = ".lock"  # held by the owner alone
GUESTS = ".guests"  # shared by every guest, so that an owner knows whether it is alone
LOOK = 2.0  # seconds between a guest's looks for whether the owner has ended


class _Lock:
    """An advisory lock on a file; the system lets go of it however its process ends."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(path.parent, error) from None
        self._path = path

    def taken(self) -> bool:
        """Take the lock for this process alone if nobody holds it; say whether it was taken."""
        return self._locked(fcntl.LOCK_EX | fcntl.LOCK_NB)

    def share(self) -> None:
        """Take the lock together with others; waits while somebody has it alone."""
        self._locked(fcntl.LOCK_SH)

    def leave(self) -> None:
        """Let go of the lock, which may be taken again."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the lock for good."""
        os.close(self._file)

    def _locked(self, how: int) -> bool:
        try:
            fcntl.flock(self._file, how)
        except BlockingIOError:
            return False
        except OSError as error:
            raise _unusable(self._path.parent, error) from None
        return True


def make_folder(folder: Path) -> None:
    """Make the folder unless it is there. Raises SettingsError when Nod cannot keep files in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from None


def _unusable(folder: Path, error: OSError) -> SettingsError:
    reason = f"Nod cannot keep files in {folder} ({error.strerror}); set NOD_DATA to a folder that it may write."
    return SettingsError(reason=reason)


@asynccontextmanager
async def tending(database: Path, dispatcher: LocalDispatcher, owning: asyncio.Event) -> AsyncGenerator[bool]:
    """Wake what is due while this is entered if this process is the owner, else from when the owner has ended.

    Yields whether it is the owner now; `owning` is set once it is. An owner that finds no guests voids every lease
    first: whoever held one is gone.

    Raises:
        SettingsError: the folder of `database` cannot hold the locks.
    """
    owner, guests = (_Lock(database.with_name(database.name + ending)) for ending in (OWNER, GUESTS))
    try:
        owns = owner.taken()
        if not owns:
            await asyncio.to_thread(guests.share)
        elif guests.taken():
            await dispatcher.void_leases()
            guests.leave()
        if owns:
            owning.set()
        sweeping = asyncio.create_task(_sweep(owner, dispatcher, owning), name="sweep")
        try:
            yield owns
        finally:
            sweeping.cancel()
            await asyncio.wait([sweeping])
    finally:
        guests.close()
        owner.close()


async def _sweep(owner: _Lock, dispatcher: LocalDispatcher, owning: asyncio.Event) -> None:
    while not (owning.is_set() or owner.taken()):  # noqa: ASYNC110  (another process ends; no event tells)
        await asyncio.sleep(LOOK)
    owning.set()
    await dispatcher.wake_due()  # what the last owner held runs out by itself
