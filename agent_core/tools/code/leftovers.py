"""What code left in its folder: plain files are read, everything else is named and left. Nothing is followed.

Only for when all of the code is dead; even so, each name is opened from its folder's descriptor and looked at then.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent_core.domain import digest_of
from agent_core.errors import WorkspaceError
from agent_core.i18n import N_, Phrase
from agent_core.tools.code.sandbox import Ceilings, Left
from agent_core.tools.folders import FOLDER, plain_file
from agent_core.tools.paths import checked_path, shown

TOLD = 10  # of what was not taken, by name; the rest is counted
_PASSED_OVER = frozenset({"__pycache__", ".pytest_cache"})  # what Python and pytest make for themselves
_NAMES = 100_000  # looked at; more than limits let there be


@dataclass(slots=True)
class Gathered:
    """What was taken so far, and what was not."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    seen: set[str] = field(default_factory=set[str])
    refused: list[WorkspaceError] = field(default_factory=list[WorkspaceError])
    more_refused: int = 0
    names: int = 0
    total: int = 0

    def keep(self, path: str, content: bytes, ceilings: Ceilings) -> None:
        """Take a file. Raises WorkspaceError when its name cannot be kept, or there is no room."""
        if checked_path(path) != path:
            raise WorkspaceError(path=path, reason=N_("write its name in composed letters (Unicode NFC)."))
        if len(self.files) >= ceilings.files or self.total + len(content) > ceilings.total:
            raise WorkspaceError(path=path, reason=N_("there are more files, or larger ones, than a workspace holds."))
        self.total += len(content)
        self.files[path] = content

    def left(self, given: Mapping[str, str]) -> Left:
        """Return what code left, of what it was given."""
        gone = tuple(path for path in given if path not in self.seen)
        return Left(self.files, tuple(self.refused), self.more_refused, gone)

    def refuse(self, path: str, reason: str | Phrase) -> None:
        """Note what is not taken."""
        if len(self.refused) < TOLD:
            self.refused.append(WorkspaceError(path=shown(path), reason=reason))
        else:
            self.more_refused += 1


def gather(root: int, given: Mapping[str, str], ceilings: Ceilings | None = None) -> Left:
    """Return what the folder `root` (a descriptor) holds beyond what was `given` (digests by path)."""
    gathered = Gathered()
    ceilings = ceilings or Ceilings()
    for path, folder, found in _names(root, "", 1, gathered, ceilings):
        gathered.seen.add(path)
        try:
            content = _read(path, folder, found, ceilings)
            if given.get(path) != digest_of(content):
                gathered.keep(path, content, ceilings)
        except WorkspaceError as error:
            gathered.refuse(path, error.fields["reason"])
        except OSError as error:
            gathered.refuse(path, os.strerror(error.errno or 0))
    return gathered.left(given)


def _read(path: str, folder: int, found: os.stat_result, ceilings: Ceilings) -> bytes:
    """Return what one file holds. Raises WorkspaceError, or OSError, when it cannot be taken."""
    if not stat.S_ISREG(found.st_mode):
        raise WorkspaceError(path=path, reason=_kind(found.st_mode))
    checked_path(path)  # whatever no path of ours can name is not even opened
    if found.st_size > ceilings.file:
        reason = Phrase(N_("it has {size:,} bytes; at most {most:,} are kept."), size=found.st_size, most=ceilings.file)
        raise WorkspaceError(path=path, reason=reason)
    with (
        plain_file(folder, path.rpartition("/")[2], path) as (descriptor, _),
        os.fdopen(os.dup(descriptor), "rb") as file,
    ):
        return file.read(ceilings.file)


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return N_("it is a link; links are not followed. Write a plain file.")
    return N_("it is no plain file; write one.")


def _names(
    folder: int, prefix: str, depth: int, gathered: Gathered, ceilings: Ceilings
) -> Iterator[tuple[str, int, os.stat_result]]:
    """Yield everything but folders, sorted within each folder; too deep ones are refused whole."""
    for name in sorted(os.listdir(folder)):
        gathered.names += 1
        if name in _PASSED_OVER or gathered.names > _NAMES:
            continue
        path = prefix + name
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISDIR(found.st_mode):
                yield path, folder, found
                continue
            if depth >= ceilings.depth:
                reason = Phrase(N_("at most {most} names can be nested; use fewer folders."), most=ceilings.depth)
                gathered.refuse(path, reason)
                continue
            inner = os.open(name, FOLDER, dir_fd=folder)
        except OSError as error:
            gathered.refuse(path, os.strerror(error.errno or 0))
            continue
        try:
            yield from _names(inner, path + "/", depth + 1, gathered, ceilings)
        finally:
            os.close(inner)
