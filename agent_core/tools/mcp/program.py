"""An MCP server that Nod starts: messages are lines over its standard input and output, none of them without end."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
from mcp import types
from mcp.client._transport import TransportStreams  # the public Client names no type for these
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage

from agent_core.characters import revealed
from agent_core.tools.mcp.connection import McpConnection

MESSAGE_BYTES = 64 * 1024 * 1024  # of one message: far more than a result has use for, and it fits in memory
SAID = 300  # characters of what a program said last on its standard error
_LEAVE = 2.0  # seconds to end by itself once its input is closed, and again after each signal


class Line:
    """What is known of one connection: whether the server hung up, and what it said on its standard error last."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.said = ""


@asynccontextmanager
async def program(connection: McpConnection, line: Line) -> AsyncGenerator[TransportStreams]:
    """Start the program in a group of its own: it gets what the connection names and a bare environment, no more.

    The SDK's own transport joins a long line again with each piece of it that comes, which takes half a minute for
    50 MB, and takes lines without end.

    Raises:
        OSError: it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        connection.command,
        *connection.args,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={
            **get_default_environment(),
            **{name: value.get_secret_value() for name, value in connection.env.items()},
        },
        cwd=connection.cwd,
        limit=MESSAGE_BYTES,
        start_new_session=True,
    )
    incoming, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_read, process, incoming, line)
            group.start_soon(_write, process, outgoing)
            group.start_soon(_listen, process, line)
            yield read, write
            group.cancel_scope.cancel()
    finally:
        for stream in (incoming, read, write, outgoing):
            stream.close()
        with anyio.CancelScope(shield=True):
            await _end(process)


async def _read(process: Process, incoming: anyio.abc.ObjectSendStream[SessionMessage | Exception], line: Line) -> None:
    output = process.stdout
    if output is None:
        return
    async with incoming:
        with suppress(ValueError, anyio.BrokenResourceError):  # a line without end, or nobody listens any more
            while text := await output.readline():
                try:
                    message = SessionMessage(types.jsonrpc_message_adapter.validate_json(text, by_name=False))
                except ValueError:
                    continue  # what programs print by mistake is no message
                await incoming.send(message)
    line.closed.set()


async def _write(process: Process, outgoing: anyio.abc.ObjectReceiveStream[SessionMessage]) -> None:
    into = process.stdin
    if into is None:
        return
    with suppress(ConnectionError):  # it ended; the reader says so
        async for message in outgoing:
            into.write(message.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
            await into.drain()


async def _listen(process: Process, line: Line) -> None:
    """Keep the program's last words, for people who look for what is wrong."""
    output = process.stderr
    while output is not None and (heard := await output.read(4096)):
        words = heard.decode("utf-8", "replace").strip()
        line.said = revealed(words.splitlines()[-1][-SAID:]) if words else line.said


async def _end(process: Process) -> None:
    """End the program, and whatever it started in its group: by itself, asked, or killed."""
    if process.stdin is not None:
        process.stdin.close()
    for number in (None, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            _signal(process, number)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE):
                await process.wait()
                break
    _signal(process, signal.SIGKILL)  # what it left behind in its group


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
