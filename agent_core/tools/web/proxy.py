"""A proxy for a browser: whatever it opens, for itself or for a page, goes through the guard, name by name."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpcore2

from agent_core.errors import WebError
from agent_core.tools.web.addresses import WebAddress, web_address
from agent_core.tools.web.guard import Guard
from agent_core.tools.web.transport import GuardedNetwork

BYTES = 50_000_000  # of everything that one page makes a browser load
CONNECTING = 10.0  # seconds
_HEAD = 64 * 1024
_PIECE = 64 * 1024
_NOTHING = b"<!-- -->"
_ENDINGS = (OSError, EOFError, ValueError, asyncio.LimitOverrunError, httpcore2.NetworkError)
#: raises WebError for an address that a page may not load; of one within a tunnel only the host is known
May = Callable[[WebAddress], Awaitable[object]]
_HOP = frozenset({"connection", "proxy-connection", "proxy-authorization", "keep-alive"})


@dataclass
class GuardedProxy:
    """Serves one browser. `left` are the bytes that it may still load, `refused` the addresses it could not open."""

    guard: Guard
    network: GuardedNetwork
    may: May | None = None
    left: int = BYTES
    refused: list[str] = field(default_factory=list[str])
    serving: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the browser."""
        task = asyncio.current_task()
        if task is None:
            return
        self.serving.add(task)
        try:
            # cancelled when the proxy closes; asyncio's own callback on the task cannot bear that before 3.12
            with suppress(*_ENDINGS, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self.serving.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        method, target, _version = first.split(" ")
        tunnel = method == "CONNECT"
        try:
            address = web_address(f"https://{target}/" if tunnel else target)
            self.guard.check(address)
            if self.may:
                await self.may(address)
            stream = await self.network.connect_tcp(address.host, address.port, CONNECTING)
        except WebError:
            self.refused.append(target[:200])
            await _told(writer, "403 Forbidden")
            return
        except (httpcore2.NetworkError, httpcore2.TimeoutException):
            await _told(writer, "502 Bad Gateway")
            return
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                await stream.write(_head(method, address, lines))
            await _both(self._up(reader, stream), self._down(stream, writer))
        finally:
            await stream.aclose()

    async def _up(self, reader: asyncio.StreamReader, stream: httpcore2.AsyncNetworkStream) -> None:
        while piece := await reader.read(_PIECE):
            await stream.write(piece)

    async def _down(self, stream: httpcore2.AsyncNetworkStream, writer: asyncio.StreamWriter) -> None:
        while self.left > 0 and (piece := await stream.read(_PIECE)):
            self.left -= len(piece)
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def open_proxy(
    guard: Guard, network: GuardedNetwork, socket: Path | None = None, may: May | None = None
) -> AsyncGenerator[tuple[GuardedProxy, int]]:
    """Yield a proxy that listens on a Unix socket, or on a port of loopback, and that port (0 for a socket)."""
    proxy = GuardedProxy(guard, network, may)
    if socket is None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=_HEAD)
        port = int(server.sockets[0].getsockname()[1])
    else:
        server, port = await asyncio.start_unix_server(proxy.serve, socket, limit=_HEAD), 0
    try:
        yield proxy, port
    finally:
        server.close()
        left = [*proxy.serving]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _head(method: str, address: WebAddress, lines: list[str]) -> bytes:
    """Return the head of a request as its server takes it, for this one request only."""
    kept = [line for line in lines if line.partition(":")[0].strip().lower() not in _HOP]
    return "\r\n".join([f"{method} {address.target} HTTP/1.1", *kept, "Connection: close", "", ""]).encode("latin-1")


async def _told(writer: asyncio.StreamWriter, status: str) -> None:
    # with no body at all, a browser would show a page of its own, whose words would be taken for the page's
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(_NOTHING)}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode() + _NOTHING)
    await writer.drain()


async def _both(*directions: Awaitable[None]) -> None:
    """Carry both ways until the server has said everything, or the browser goes away."""
    tasks = [asyncio.ensure_future(each) for each in directions]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not tasks[1].done():
            await tasks[1]  # a browser that has asked still reads
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
