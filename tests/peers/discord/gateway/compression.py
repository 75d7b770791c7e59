"""Transport compression, as a client asks for it in the address (docs, Transport Compression)."""

import json
import zlib
from collections.abc import Callable
from typing import Any

import zstandard

Packed = str | bytes


def compressor(asked: str | None) -> Callable[[dict[str, Any]], Packed]:
    """A function that packs the frames of one connection, whose context it keeps."""
    if asked == "zlib-stream":
        deflating = zlib.compressobj()
        return lambda frame: deflating.compress(_encoded(frame)) + deflating.flush(zlib.Z_SYNC_FLUSH)
    if asked == "zstd-stream":
        squeezing = zstandard.ZstdCompressor().compressobj()
        flush_block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda frame: squeezing.compress(_encoded(frame)) + squeezing.flush(flush_block)
    return lambda frame: _encoded(frame).decode()


def _encoded(frame: dict[str, Any]) -> bytes:
    return json.dumps(frame, separators=(",", ":")).encode()
