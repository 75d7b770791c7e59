"""Socket Mode: connections that the app opens, envelopes that go down them, and acks that come back."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from tests.peers.slack import limits
from tests.peers.slack.delivering import Answer, Delivery
from tests.peers.slack.slack import Slack

KINDS = {"event": "events_api", "command": "slash_commands", "interaction": "interactive"}


class Connection:
    """One WebSocket. A deaf one is open, and neither answers pings nor brings envelopes."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.request = request
        self.is_deaf = False
        self.is_leaving = False  #: was told to disconnect, so no more envelopes come
        self.unacked: set[asyncio.Future[Any]] = set()

    async def tell(self, frame: dict[str, Any]) -> None:
        with suppress(ConnectionError):  # the app may have gone this moment
            await self.socket.send_str(json.dumps(frame))

    def drop(self) -> None:
        """Break off without a close frame."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Sockets:
    """All connections of the app: a transport, and what a test can do to them."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.connections: list[Connection] = []
        self.patience = limits.ANSWER_SECONDS
        self.waiting: list[Delivery] = []  #: events for the next connection
        self._acks: dict[str, asyncio.Future[Any]] = {}
        self._turn = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.slack.tickets:
            return web.Response(status=404)
        self.slack.tickets.discard(ticket)  # an address is good for one connection
        socket = web.WebSocketResponse(autoping=False, timeout=1.0)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.append(connection)
        await connection.tell(self._hello())
        with suppress(ConnectionError):
            await socket.ping(b"Ping from applink-1")
        self.slack.changed()
        self._bring_what_waited()
        try:
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
            for waited in connection.unacked:
                waited.cancel()
            self.slack.changed()
        return socket

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if connection.is_deaf:
                continue
            if frame.type is WSMsgType.PING:
                with suppress(ConnectionError):
                    await connection.socket.pong(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._acked(json.loads(frame.data))

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self.slack.app.id},
            "debug_info": self._debug_info(),
        }

    def _debug_info(self) -> dict[str, Any]:
        return {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18_060}

    def _acked(self, ack: dict[str, Any]) -> None:
        waited = self._acks.pop(ack.get("envelope_id", ""), None)
        if waited is not None and not waited.done():
            waited.set_result(ack.get("payload"))

    def _bring_what_waited(self) -> None:
        waiting, self.waiting = self.waiting, []
        for delivery in waiting:
            self.slack.in_background(self.send(delivery, reason="timeout"))

    def _next(self) -> Connection | None:
        """The connection whose turn it is: Slack uses any of them."""
        able = [each for each in self.connections if not each.is_leaving and not each.is_deaf]
        self._turn += 1
        return able[self._turn % len(able)] if able else None

    async def send(self, delivery: Delivery, *, reason: str = "", again: bool = False) -> Answer:
        """Deliver an envelope. Without a connection, or with deaf ones alone, an event waits for the next."""
        connection = self._next()
        if connection is None:
            if delivery.kind == "event":
                self.waiting.append(delivery)
            delivery.tries += 1
            return Answer(error="dispatch_failed", delivery=delivery)
        loop = asyncio.get_running_loop()
        waited = self._acks[delivery.envelope_id] = loop.create_future()
        connection.unacked.add(waited)
        started = time.monotonic()
        await connection.tell(self._envelope(delivery, reason))
        delivery.tries += 1
        answer = Answer(delivery=delivery)
        done, _late = await asyncio.wait([waited], timeout=self.patience)
        connection.unacked.discard(waited)
        if not done:
            answer.error = "operation_timeout"
        elif waited.cancelled():  # the connection ended before the ack came
            answer.error = "connection_failed"
        else:
            answer.body = waited.result()
        answer.seconds = time.monotonic() - started
        return answer

    def _envelope(self, delivery: Delivery, reason: str) -> dict[str, Any]:
        envelope = {
            "envelope_id": delivery.envelope_id,
            "type": KINDS[delivery.kind],
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "event",
        }
        if delivery.kind == "event":
            envelope |= {"retry_attempt": delivery.tries, "retry_reason": reason}
        return envelope

    async def close(self) -> None:
        """Close every connection."""
        for connection in [*self.connections]:
            await connection.socket.close()

    async def connected(self, number: int = 1) -> None:
        """Wait until there are so many connections that can be used."""
        await self.slack.until(lambda: len([each for each in self.connections if not each.is_deaf]) >= number)

    def drop(self) -> None:
        """Break all connections off, without a close frame."""
        for connection in self.connections:
            connection.drop()

    def deafen(self) -> None:
        """Leave the connections of now open, but answer no ping and send no envelope down them."""
        for connection in self.connections:
            connection.is_deaf = True

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to go: refresh_requested, warning (it comes ten seconds early) or link_disabled."""
        for connection in [*self.connections]:
            await connection.tell({"type": "disconnect", "reason": reason, "debug_info": self._debug_info()})
            connection.is_leaving = reason != "warning"
            if reason == "link_disabled":
                await connection.socket.close()
