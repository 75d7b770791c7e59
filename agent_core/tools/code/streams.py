"""What a program says, kept in little: the beginning and the end of a stream, however much comes."""

import os

from agent_core.tools.code.sandbox import Said

_CHUNK = 64 * 1024


class Ear:
    """Listens to a descriptor and keeps at most `most` bytes: the first half, and the last."""

    def __init__(self, descriptor: int, most: int) -> None:
        self.descriptor = descriptor
        self._half = most // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    def hear(self) -> bool:
        """Take what has come; False when the stream has ended, or is held by nobody we can hear."""
        try:
            chunk = os.read(self.descriptor, _CHUNK)
        except BlockingIOError:
            return False
        room = self._half - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:]
        if (over := len(self._tail) - self._half) > 0:
            del self._tail[:over]
            self._dropped += over
        return bool(chunk)

    def rest(self) -> None:
        """Take all that is there, without waiting for more."""
        os.set_blocking(self.descriptor, False)
        while self.hear():
            pass

    @property
    def said(self) -> Said:
        """What was kept."""
        return Said(bytes(self._head), bytes(self._tail), self._dropped)
