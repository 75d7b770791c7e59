"""The folder of a Run: files in, files out, and no way to leave it. All methods block; call them in a thread."""

import fcntl
import os
import secrets
import shutil
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agent_core.domain import FileRef, digest_of
from agent_core.errors import BasisChanged, FileMissing, WorkspaceError
from agent_core.i18n import N_, Phrase
from agent_core.tools.digests import Digests
from agent_core.tools.folders import (
    FOLDER,
    flush,
    inner_folder,
    look_up,
    plain_file,
    remove_parts,
    told,
    walk,
    write_new,
)
from agent_core.tools.paths import PART_PREFIX, checked_path, is_checked

FILE_BYTES = 10 * 1024 * 1024  # of one file: every chat platform takes it as an upload, and it fits in memory whole
WORKSPACE_BYTES = 200 * 1024 * 1024  # of all files: 1,000 runs fit on a small server's disk
WORKSPACE_FILES = 1_000  # a list of more is of no use to people or models
ABSENT = "absent"  # the basis of a write where there is no file yet

_LOCK_SECONDS = 10.0  # a write takes milliseconds; whoever holds the folder longer is not one of ours
_LOCK_PAUSE = 0.02  # seconds

_DIGESTS = Digests()


@dataclass(frozen=True, slots=True)
class Workspace:
    """One folder that holds a Run's files; it comes to be with the first write."""

    root: Path

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all readable files, sorted. What no path of ours can name is left out."""
        with told("."), self._opened() as root:
            if root is None:
                return ()
            return tuple(sorted(path for path, _, found in walk(root) if _is_ours(path, found)))

    def list(self) -> tuple[FileRef, ...]:
        """Return all readable files with their digests, sorted by path."""
        with told("."), self._opened() as root:
            if root is None:
                return ()
            refs = (_ref(path, folder) for path, folder, found in walk(root) if _is_ours(path, found))
            return tuple(sorted((ref for ref in refs if ref), key=lambda ref: ref.path))

    def exists(self, path: str) -> bool:
        """Whether `path` is a readable file. Raises WorkspaceError when it cannot be a file of a workspace."""
        path = checked_path(path)
        with told(path), self._opened() as root:
            return root is not None and look_up(root, path) is not None

    def read(self, path: str, limit: int = FILE_BYTES) -> bytes:
        """Return the whole file.

        Raises:
            FileMissing: there is no such file.
            WorkspaceError: it has more than `limit` bytes, is no plain file of this folder, or the disk failed.
        """
        path = checked_path(path)
        with told(path), self._opened() as root:
            if root is None or look_up(root, path) is None:
                raise FileMissing(path=path)
            return _content(root, path, limit)

    def size(self, path: str) -> int:
        """Return the file's size in bytes. Raises as `read` does."""
        path = checked_path(path)
        with told(path), self._opened() as root:
            found = None if root is None else look_up(root, path)
            if found is None:
                raise FileMissing(path=path)
            return found.st_size

    def digest(self, path: str) -> str:
        """Return the digest of the file's bytes. Raises as `read` does."""
        return digest_of(self.read(path))

    def check(self, path: str, size: int) -> None:
        """Raise the WorkspaceError that writing `size` bytes to `path` would raise now; change nothing."""
        path = checked_path(path)
        with told(path), self._opened() as root:
            if root is None:
                _refuse_size(path, size)
            else:
                _admit(root, path, size)

    def replaced(self, path: str, size: int) -> bytes | None:
        """Return what writing `size` bytes to `path` would replace, None when there is no file. Raises as `check`."""
        path = checked_path(path)
        with told(path), self._opened() as root:
            if root is None:
                _refuse_size(path, size)
                return None
            return None if _admit(root, path, size) is None else _content(root, path, FILE_BYTES)

    def write(self, path: str, content: bytes, basis: str = "") -> FileRef:
        """Make `content` the whole file: durably, and at once or not at all.

        With a `basis` (`basis_of` what was replaced when people saw it) only over that; no other write comes between.

        Raises:
            BasisChanged: the file is not what the basis says; it is unchanged.
            WorkspaceError: a rule or ceiling forbids it, or the disk failed; the old file is then unchanged.
        """
        path = checked_path(path)
        with told(path), self._writing() as root:
            old = _admit(root, path, len(content))
            if basis and basis != basis_of(None if old is None else _content(root, path, FILE_BYTES)):
                raise BasisChanged
            part = PART_PREFIX + secrets.token_hex(8)
            try:
                write_new(root, part, content)
                *folders, name = path.split("/")
                with inner_folder(root, folders, path, create=True) as folder:
                    os.rename(part, name, src_dir_fd=root, dst_dir_fd=folder)
                    flush(folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(part, dir_fd=root)
                raise
        return FileRef(path, digest_of(content), len(content))

    def remove(self) -> None:
        """Remove the folder and all that is in it, as far as that can be done: only for a Run that never began."""
        shutil.rmtree(self.root, ignore_errors=True)

    @contextmanager
    def _opened(self) -> Generator[int | None]:
        try:
            root = os.open(self.root, FOLDER)
        except FileNotFoundError:
            yield None
            return
        try:
            yield root
        finally:
            os.close(root)

    @contextmanager
    def _writing(self) -> Generator[int]:
        """Give the folder to one writer at a time, of whatever process, so that ceilings hold."""
        try:
            root = os.open(self.root, FOLDER)
        except FileNotFoundError:
            root = self._made()
        try:
            _lock(root)
            remove_parts(root)
            yield root
        finally:
            os.close(root)

    def _made(self) -> int:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        parent = os.open(self.root.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            flush(parent)
        finally:
            os.close(parent)
        return os.open(self.root, FOLDER)


def basis_of(content: bytes | None) -> str:
    """Return what names the content that a write replaces; None stands for no file."""
    return ABSENT if content is None else digest_of(content)


def _content(root: int, path: str, limit: int) -> bytes:
    """Return the whole file. Raises WorkspaceError when it has more than `limit` bytes."""
    *folders, name = path.split("/")
    with inner_folder(root, folders, path) as folder, plain_file(folder, name, path) as (descriptor, size):
        if size > limit:
            reason = Phrase(N_("it has {size:,} bytes; at most {most:,} can be read."), size=size, most=limit)
            raise WorkspaceError(path=path, reason=reason)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(limit + 1)
    if len(content) > limit:
        reason = Phrase(N_("it grew past {most:,} bytes while it was read; try again."), most=limit)
        raise WorkspaceError(path=path, reason=reason)
    return content


def _lock(root: int) -> None:
    end = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(root, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                reason = N_("another program keeps the workspace locked; end it or try again in a moment.")
                raise WorkspaceError(path=".", reason=reason) from None
            time.sleep(_LOCK_PAUSE)
        else:
            return


def _is_ours(path: str, found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and is_checked(path)


def _ref(path: str, folder: int) -> FileRef | None:
    """Return the file with its digest; None when it went away since it was seen."""
    try:
        with plain_file(folder, path.rpartition("/")[2], path) as (descriptor, _):
            digest, size = _DIGESTS.of(descriptor)
    except (FileNotFoundError, WorkspaceError):
        return None
    return FileRef(path, digest, size)


def _refuse_size(path: str, size: int) -> None:
    if size > FILE_BYTES:
        pattern = N_("a file has at most {most:,} bytes, this would have {size:,}; split it.")
        reason = Phrase(pattern, most=FILE_BYTES, size=size)
        raise WorkspaceError(path=path, reason=reason)


def _admit(root: int, path: str, size: int) -> os.stat_result | None:
    """Refuse what the folder has no room for, and what its names forbid; return what `path` is now."""
    _refuse_size(path, size)
    old = look_up(root, path)
    sizes = [found.st_size for _, _, found in walk(root)]
    if old is None and len(sizes) >= WORKSPACE_FILES:
        pattern = N_("the workspace has {count:,} files and {most:,} is the most; write into one of them.")
        reason = Phrase(pattern, count=len(sizes), most=WORKSPACE_FILES)
        raise WorkspaceError(path=path, reason=reason)
    total = sum(sizes) - (old.st_size if old else 0) + size
    if total > WORKSPACE_BYTES:
        pattern = N_("the workspace would have {total:,} bytes and {most:,} is the most; write less.")
        reason = Phrase(pattern, total=total, most=WORKSPACE_BYTES)
        raise WorkspaceError(path=path, reason=reason)
    return old
