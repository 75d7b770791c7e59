"""The files of a workspace on their way in: as one stream, or into a folder made for them."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from agent_core.domain import digest_of


def packed(files: Iterable[tuple[str, bytes]], stream: BinaryIO) -> Mapping[str, str]:
    """Write the files as the first program inside reads them, and return their digests by path."""
    digests: dict[str, str] = {}
    for path, content in files:
        digests[path] = digest_of(content)
        stream.write(f"{len(content)} {path}\n".encode())
        stream.write(content)
    stream.flush()
    return digests


def spread(files: Iterable[tuple[str, bytes]], folder: Path) -> Mapping[str, str]:
    """Write the files below a folder that is ours alone, and return their digests by path."""
    digests: dict[str, str] = {}
    for path, content in files:
        digests[path] = digest_of(content)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return digests


def held(content: bytes) -> int:
    """Return a descriptor from which `content` can be read, once; the caller closes it."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        descriptor = os.dup(file.fileno())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
