"""The files of a workspace as one stream for the first program inside, which fills the folder of the code with them."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from agent_core.domain import digest_of


def packed(files: Iterable[tuple[str, bytes]], stream: BinaryIO) -> Mapping[str, str]:
    """Write the files as `launcher` reads them, and return their digests by path."""
    digests: dict[str, str] = {}
    for path, content in files:
        digests[path] = digest_of(content)
        stream.write(f"{len(content)} {path}\n".encode())
        stream.write(content)
    stream.seek(0)
    return digests


def held(content: bytes) -> int:
    """Return a descriptor from which `content` can be read, once; the caller closes it."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        descriptor = os.dup(file.fileno())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
