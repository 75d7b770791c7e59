"""How an MCP server is reached: a program started here, or a URL."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from mcp.client._transport import Transport, TransportStreams  # the public Client names no type for these
from mcp.client.streamable_http import streamable_http_client

from agent_core.tools.mcp.connection import McpConnection
from agent_core.tools.mcp.program import MESSAGE_BYTES, Line, program

CONNECT_SECONDS = 10.0  # until a server takes a connection
SILENT_SECONDS = 300.0  # that a stream of messages may be silent, as in the SDK's own clients


def transport_of(connection: McpConnection, line: Line, auth: httpx2.Auth | None = None) -> Transport:
    """Return a transport to the server, to be entered once. `line` is told what becomes of a program."""
    return program(connection, line) if connection.command else _url(connection, auth)


@asynccontextmanager
async def _url(connection: McpConnection, auth: httpx2.Auth | None) -> AsyncGenerator[TransportStreams]:
    timeout = httpx2.Timeout(CONNECT_SECONDS, read=max(SILENT_SECONDS, connection.timeout + CONNECT_SECONDS))
    headers = {name: value.get_secret_value() for name, value in connection.headers.items()}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=timeout, auth=auth, transport=_Bounded()) as client,
        streamable_http_client(connection.url, http_client=client, max_sse_event_size=MESSAGE_BYTES) as streams,
    ):
        yield streams


class _Bounded(httpx2.AsyncHTTPTransport):
    """Ends an answer that is one message once it is longer than a message may be; streams of many have no end."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; the answer's stream counts."""
        response = await super().handle_async_request(request)
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.stream = _Counted(response.stream)
        return response


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: object) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        stream = self._stream
        if isinstance(stream, httpx2.AsyncByteStream):
            async for piece in stream:
                count += len(piece)
                if count > MESSAGE_BYTES:
                    raise httpx2.ReadError(f"the answer has more than {MESSAGE_BYTES:,} bytes")
                yield piece

    async def aclose(self) -> None:
        if isinstance(self._stream, httpx2.AsyncByteStream):
            await self._stream.aclose()
