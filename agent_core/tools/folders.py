"""A folder walked by descriptors: name by name, following no link.

`openat` from folder to folder means that nothing can be swapped between a check and its use.
"""

import errno
import fcntl
import os
import secrets
import stat
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress

from agent_core.errors import FileMissing, WorkspaceError
from agent_core.i18n import N_, Phrase
from agent_core.tools.paths import DEPTH, PART_PREFIX, folded, shown

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # non-blocking: a FIFO would wait for its writer
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_REASONS = {
    errno.ENOSPC: N_("the disk is full; free some space and try again. What was there before is unchanged."),
    errno.EDQUOT: N_("the disk quota is used up; free some space and try again. What was there before is unchanged."),
    errno.EFBIG: N_("the system allows no file this large; write a smaller one. What was there before is unchanged."),
    errno.EROFS: N_("the disk is read-only; make it writable and try again."),
    errno.EACCES: N_("the system denies access; give the user that runs Nod access to its data folder."),
    errno.EPERM: N_("the system denies access; give the user that runs Nod access to its data folder."),
    errno.EMFILE: N_("too many files are open; try again in a moment."),
    errno.ENFILE: N_("too many files are open; try again in a moment."),
    errno.ELOOP: N_("it is a link; links are not followed. Use the file's own name."),
}


@contextmanager
def told(path: str) -> Generator[None]:
    """Turn what the system says into a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissing(path=shown(path)) from error
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else type(error).__name__
        reason = _REASONS.get(error.errno or 0) or Phrase(
            N_("the disk could not be used ({said}); try again."), said=said
        )
        raise WorkspaceError(path=shown(path), reason=reason) from error


def look(folder: int, name: str, path: str) -> os.stat_result | None:
    """Return what the folder holds under exactly this name, None when nothing; refuse look-alikes and links."""
    names = os.listdir(folder)
    if name not in names:
        twin = next((other for other in names if folded(other) == folded(name)), "")
        if twin:
            reason = Phrase(
                N_("there is {twin}, and only letter case or encoding tells them apart; use that exact name."),
                twin=shown(twin),
            )
            raise WorkspaceError(path=path, reason=reason)
        return None
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        raise WorkspaceError(path=path, reason=N_("there is a link; links are not followed. Use the file's own name."))
    if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
        raise WorkspaceError(
            path=path, reason=N_("the file has a second name, maybe elsewhere on the disk; use another.")
        )
    return found


def look_up(root: int, path: str) -> os.stat_result | None:
    """Return what `path` is when it is a plain file, None when there is nothing of that name."""
    *folders, name = path.split("/")
    try:
        with inner_folder(root, folders, path) as folder:
            found = look(folder, name, path)
    except FileNotFoundError:
        return None
    if found is None or stat.S_ISREG(found.st_mode):
        return found
    what = N_("it is a folder; name a file.") if stat.S_ISDIR(found.st_mode) else N_("it is no plain file; name one.")
    raise WorkspaceError(path=path, reason=what)


def _enter(folder: int, name: str, path: str) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=folder)
    except NotADirectoryError:
        reason = Phrase(N_("{name} is not a folder; choose another path."), name=shown(name))
        raise WorkspaceError(path=path, reason=reason) from None


@contextmanager
def inner_folder(root: int, names: Sequence[str], path: str, *, create: bool = False) -> Generator[int]:
    """Open the folder that `names` lead to; `path` is for what is told. Raises FileNotFoundError."""
    reached = root
    try:
        for name in names:
            if look(reached, name, path) is None and create:
                os.mkdir(name, 0o700, dir_fd=reached)
                flush(reached)
            deeper = _enter(reached, name, path)
            if reached != root:
                os.close(reached)
            reached = deeper
        yield reached
    finally:
        if reached != root:
            os.close(reached)


@contextmanager
def plain_file(folder: int, name: str, path: str) -> Generator[tuple[int, int]]:
    """Open a plain file to read; give its descriptor and its size in bytes."""
    descriptor = os.open(name, _FILE, dir_fd=folder)
    try:
        found = os.fstat(descriptor)  # of what was opened: the name may mean something else by now
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise WorkspaceError(path=path, reason=N_("it is no plain file of this workspace; use another."))
        yield descriptor, found.st_size
    finally:
        os.close(descriptor)


def walk(folder: int, prefix: str = "", depth: int = 1) -> Iterator[tuple[str, int, os.stat_result]]:
    """Yield everything but folders: its path, its opened folder and what it is."""
    for name in os.listdir(folder):
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:  # a write beside us gave it its real name meanwhile
            continue
        if not stat.S_ISDIR(status.st_mode):
            yield prefix + name, folder, status
        elif depth < DEPTH:
            inner = os.open(name, FOLDER, dir_fd=folder)
            try:
                yield from walk(inner, f"{prefix}{name}/", depth + 1)
            finally:
                os.close(inner)


def write_new(folder: int, name: str, content: bytes) -> None:
    """Write a file that is not there yet, durably."""
    descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        flush(descriptor)
    finally:
        os.close(descriptor)


def remove_parts(root: int) -> None:
    """Remove what writers that died left behind. Only for the one that holds the folder's lock."""
    for name in os.listdir(root):
        if name.startswith(PART_PREFIX):
            with suppress(OSError):
                os.unlink(name, dir_fd=root)


def flush(descriptor: int) -> None:
    """Have the disk keep what was written."""
    if sys.platform == "darwin":  # there fsync stops at the drive's own cache (Apple, fsync(2))
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def empty(root: int) -> None:
    """Remove all that a folder holds, however deep: `shutil.rmtree` gives up at a thousand folders in one another.

    Folders are moved up before they are removed, so that nothing nests.
    """
    waiting = os.listdir(root)
    while waiting:
        name = waiting.pop()
        if not _is_folder(root, name):
            os.unlink(name, dir_fd=root)
            continue
        inner = os.open(name, FOLDER, dir_fd=root)
        try:
            for each in os.listdir(inner):  # noqa: PTH208  (of a descriptor)
                if _is_folder(inner, each):
                    waiting.append(f"{PART_PREFIX}{secrets.token_hex(8)}")
                    os.rename(each, waiting[-1], src_dir_fd=inner, dst_dir_fd=root)
                else:
                    os.unlink(each, dir_fd=inner)
        finally:
            os.close(inner)
        os.rmdir(name, dir_fd=root)


def _is_folder(folder: int, name: str) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
