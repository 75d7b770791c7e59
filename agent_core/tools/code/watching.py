"""Looks at code while it runs: how much memory all its processes hold together, and how many names they made.

What no limit of a single process binds. Through descriptors of the code's own folders, handed out before it began.
"""

import os
from collections.abc import Sequence

from agent_core.tools.code.sandbox import Cut, Limits

_KILOBYTE = 1024
_ROUGH = (b"VmRSS:", b"VmSwap:")
_EXACT = (b"Pss:", b"SwapPss:")


def excess(processes: int, disks: Sequence[int], limits: Limits) -> Cut | None:
    """Say what there is too much of. `processes` is the folder /proc of the code, `disks` its writable folders."""
    if sum(_names(disk) for disk in disks) > limits.files:
        return Cut.FILES
    # shared pages are counted once for each process, so only what seems too much is looked at closely
    if (
        _memory(processes, "status", _ROUGH) > limits.memory
        and _memory(processes, "smaps_rollup", _EXACT) > limits.memory
    ):
        return Cut.MEMORY
    return None


def _names(disk: int) -> int:
    found = os.fstatvfs(disk)
    return found.f_files - found.f_ffree


def _memory(processes: int, file: str, labels: Sequence[bytes]) -> int:
    """Return the bytes that all processes hold together."""
    total = 0
    for name in os.listdir(processes):
        if not name.isdigit():
            continue
        for line in _read(processes, f"{name}/{file}").splitlines():
            label, _, value = line.partition(b" ")
            if label.strip() in labels:
                total += int(value.split()[0]) * _KILOBYTE
    return total


def _read(folder: int, path: str) -> bytes:
    """Return what a file of /proc says; nothing when its process has ended."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 64 * _KILOBYTE)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
