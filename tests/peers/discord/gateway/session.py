"""A session, which outlives its connections, and a connection."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.peers.discord.gateway.compression import Packed
from tests.peers.discord.gateway.intents import Intent

Frame = dict[str, Any]


class Connection:
    """Sends frames in order, and can be told to go silent."""

    def __init__(
        self, socket: web.WebSocketResponse, request: web.BaseRequest, pack: Callable[[Frame], Packed]
    ) -> None:
        self.socket, self._request, self._pack = socket, request, pack
        self._outgoing: asyncio.Queue[Frame | int] = asyncio.Queue()
        self.received: list[float] = []  # when frames came, for the limit of events
        self.closing = False  # it is the server that closes
        self.silent = False  # nothing is sent any more, not even acknowledgements

    def send(self, frame: Frame) -> None:
        if not self.silent:
            self._outgoing.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with this code, after what was sent before."""
        self.closing = True
        self._outgoing.put_nowait(code)

    def drop(self) -> None:
        """Break off without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def pump(self) -> None:
        """Send what is to be sent, until the connection is over."""
        try:
            while not isinstance(frame := await self._outgoing.get(), int):
                packed = self._pack(frame)
                await (self.socket.send_str(packed) if isinstance(packed, str) else self.socket.send_bytes(packed))
            await self.socket.close(code=frame)
        except ConnectionError:
            return  # a client may leave whenever it likes


@dataclass(eq=False)
class Session:
    """What one IDENTIFY began: its events are kept, so that a later connection can ask for those it missed."""

    id: str
    intents: Intent
    connection: Connection | None = None
    sequence: int = 0
    sent: list[Frame] = field(default_factory=list)
    held_after: int | None = None  # events after this one are kept back, while heartbeats are acknowledged

    @property
    def connected(self) -> bool:
        return self.connection is not None

    def dispatch(self, event: str, data: Any) -> None:
        self.sequence += 1
        frame = {"op": 0, "t": event, "s": self.sequence, "d": data}
        self.sent.append(frame)
        if self.connection is not None and self.held_after is None:
            self.connection.send(frame)

    def replay(self, after: int) -> None:
        """Send again what came after this sequence number."""
        if self.connection is not None:
            for frame in self.sent:
                if frame["s"] > after:
                    self.connection.send(frame)

    def hold(self) -> None:
        """Keep events back."""
        self.held_after = self.sequence

    def release(self) -> None:
        """Send the events that were kept back."""
        if self.held_after is not None:
            after, self.held_after = self.held_after, None
            self.replay(after)
