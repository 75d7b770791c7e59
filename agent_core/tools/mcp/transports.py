"""How an MCP server is reached: a program started here with a scrubbed environment, or a URL."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TextIO

import anyio
import httpx2
from mcp.client._transport import Transport, TransportStreams  # the names that the public ones are made of
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage

from agent_core.characters import revealed
from agent_core.tools.mcp.connection import McpConnection

CONNECT_SECONDS = 10.0  # until a server takes a connection
SAID = 300  # characters of what a program said last on its standard error


class Line:
    """What is known of one connection: whether the server hung up, and what it said on its standard error last."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.said = ""


def transport_of(connection: McpConnection, line: Line, auth: httpx2.Auth | None = None) -> Transport:
    """Return a transport to the server, to be entered once. `line` is told what becomes of it."""
    return _program(connection, line) if connection.command else _url(connection, auth)


@asynccontextmanager
async def _program(connection: McpConnection, line: Line) -> AsyncGenerator[TransportStreams]:
    """Start the program in a group of its own: it gets what the connection names and a bare environment, no more."""
    parameters = StdioServerParameters(
        command=connection.command,
        args=list(connection.args),
        env={name: value.get_secret_value() for name, value in connection.env.items()},
        cwd=connection.cwd,
        encoding_error_handler="replace",
    )
    async with _errors(line) as errors, stdio_client(parameters, errlog=errors) as (read, write):
        sending, receiving = anyio.create_memory_object_stream[SessionMessage | Exception](0)

        async def relay() -> None:
            async with sending:
                async for message in read:
                    await sending.send(message)
            line.closed.set()

        async with anyio.create_task_group() as group:
            group.start_soon(relay)
            yield receiving, write
            group.cancel_scope.cancel()


@asynccontextmanager
async def _errors(line: Line) -> AsyncGenerator[TextIO]:
    """Yield what a program's standard error goes to; its last words are kept, for people who look for what is wrong."""
    out, into = os.pipe()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(out, "rb"))

    async def listen() -> None:
        while heard := await reader.read(4096):
            words = heard.decode("utf-8", "replace").strip()
            line.said = revealed(words.splitlines()[-1][-SAID:]) if words else line.said

    listening = asyncio.create_task(listen())
    try:
        with os.fdopen(into, "w") as file:
            yield file
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        transport.close()


@asynccontextmanager
async def _url(connection: McpConnection, auth: httpx2.Auth | None) -> AsyncGenerator[TransportStreams]:
    timeout = httpx2.Timeout(CONNECT_SECONDS, read=connection.timeout + CONNECT_SECONDS)
    headers = {name: value.get_secret_value() for name, value in connection.headers.items()}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=timeout, auth=auth, trust_env=False) as client,
        streamable_http_client(connection.url, http_client=client) as streams,
    ):
        yield streams
