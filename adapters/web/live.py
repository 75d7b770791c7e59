"""Server-sent events: a stream that beats, ends when its reader goes, and ends at once when Nod shuts down."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HEARTBEAT = 15.0  # seconds; HTML standard, "Server-sent events", authoring notes, against proxies that drop quiet lines
RETRY = 2000  # milliseconds until a browser connects again


def event(data: str, *, kind: str = "", identity: str = "") -> bytes:
    """Return one event of a stream; `identity` comes back as Last-Event-ID when a browser connects again."""
    whole = data.encode("utf-8", "replace").decode("utf-8")  # text that is not valid Unicode would end the stream
    return format_sse_event(data_str=whole, event=kind or None, id=identity or None)


class Streams:
    """Every open stream of the application, so that all can be ended before the server waits for its connections."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every stream, and every later one as soon as it begins."""
        self._closing.set()

    async def closed(self) -> None:
        """Return when the streams are to end."""
        await self._closing.wait()


class EventStream(Response):
    """Sends what `events` yields, with a heartbeat, until it is exhausted, the reader is gone or `streams` close."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes], streams: Streams, *, heartbeat: float = HEARTBEAT) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._events = events
        self._streams = streams
        self._heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send the stream."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await _send(send, format_sse_event(retry=RETRY))
        async with aclosing(self._events) as events, anyio.create_task_group() as group:

            async def until_gone() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            async def until_closed() -> None:
                await self._streams.closed()
                group.cancel_scope.cancel()

            async def beat() -> None:
                while True:
                    await anyio.sleep(self._heartbeat)
                    await _send(send, KEEPALIVE_COMMENT)

            for waits in (until_gone, until_closed, beat):
                group.start_soon(waits)
            async for part in events:
                await _send(send, part)
            group.cancel_scope.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send(send: Send, part: bytes) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": True})
