"""What a program says, kept in little: the beginning and the end of a stream, however much comes."""

import os

from agent_core.tools.code.sandbox import Said

_CHUNK = 64 * 1024


class Kept:
    """Keeps at most `most` bytes of what comes: the first half, and the last."""

    def __init__(self, most: int) -> None:
        self._half = most // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    def add(self, chunk: bytes) -> None:
        """Take what has come."""
        room = self._half - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:]
        if (over := len(self._tail) - self._half) > 0:
            del self._tail[:over]
            self._dropped += over

    @property
    def said(self) -> Said:
        """What was kept."""
        return Said(bytes(self._head), bytes(self._tail), self._dropped)


class Ear(Kept):
    """Listens to a descriptor, and keeps at most `most` bytes of what it says."""

    def __init__(self, descriptor: int, most: int) -> None:
        super().__init__(most)
        self.descriptor = descriptor

    def hear(self) -> bool:
        """Take what has come; False when the stream has ended, or nothing is there and nobody waits."""
        try:
            chunk = os.read(self.descriptor, _CHUNK)
        except BlockingIOError:
            return False
        self.add(chunk)
        return bool(chunk)

    def rest(self) -> None:
        """Take all that is there, without waiting for more."""
        os.set_blocking(self.descriptor, False)
        while self.hear():
            pass
