"""MCP servers over HTTP on loopback, for as long as they are entered."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@asynccontextmanager
async def served(app: ASGIApp, port: int = 0) -> AsyncGenerator[int]:
    """Serve an application on a port of 127.0.0.1, and yield the port."""
    listening = socket.create_server(("127.0.0.1", port), reuse_port=False)
    # without it an answer in two pieces waits 40 ms for the second
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    work = asyncio.create_task(server.serve([listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await work
        listening.close()


def without_calls(app: ASGIApp) -> ASGIApp:
    """Return the application as it is behind a proxy that loses every answer to a call."""

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        first = await receive()
        if b"tools/call" in first.get("body", b""):
            await PlainTextResponse("bad gateway", 502)(scope, receive, send)
            return
        waiting: list[Message] = [first]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        await app(scope, again, send)

    return behind
