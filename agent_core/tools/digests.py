"""The digests of files, remembered while files stay as they were: a list need not read all of them again."""

import hashlib
import os
import threading
import time
from collections import OrderedDict

_CHUNK = 1024 * 1024  # bytes
_KEPT = 10_000  # files; some 3 MB
# two writes in one tick of a file system's clock look alike; ticks are milliseconds, 2 seconds on the coarsest
_SETTLED = 3_000_000_000  # nanoseconds

Looks = tuple[int, ...]


class Digests:
    """Digests by how a file looks: device, inode, size and both times, to the nanosecond. For any number of threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[Looks, str] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, descriptor: int) -> tuple[str, int]:
        """Return the digest and the size in bytes of an opened file, read from its start unless it is known."""
        looks = _looks(os.fstat(descriptor))
        with self._lock:
            known = self._known.get(looks)
            if known is not None:
                self._known.move_to_end(looks)
                return known, looks[2]
        digest, size = _read(descriptor)
        if _looks(os.fstat(descriptor)) == looks and size == looks[2] and _settled(looks):
            with self._lock:
                self._known[looks] = digest
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
        return digest, size


def _looks(found: os.stat_result) -> Looks:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _settled(looks: Looks) -> bool:
    """Say whether the file's last change is so long ago that another one would show."""
    return time.time_ns() - max(looks[3:]) > _SETTLED


def _read(descriptor: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := os.read(descriptor, _CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
