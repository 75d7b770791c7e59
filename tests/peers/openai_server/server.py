"""The server: HTTP/1.1 on a raw socket, because half of what it does no web framework would let it do."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tests.peers.openai_server.replies import (
    CutStream,
    Drop,
    Hang,
    Raw,
    Reply,
    Say,
    Status,
    chunks,
    whole_body,
)

DONE = b"data: [DONE]\n\n"


class OpenAIServer:
    """The server as a test sees it.

    `script` replies are used up in order; when there are none left, `respond` is asked with the request's body.
    `rejects` names parts it answers with 400: stream, stream_options, tools, response_format, json_schema,
    json_object, max_tokens, or any other parameter. `requests` are the bodies it got, `headers` their headers.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.script: deque[Reply] = deque()
        self.respond: Callable[[dict[str, Any]], Reply] | None = None
        self.rejects: set[str] = set()
        self.says_what_it_rejects = True
        self.hanging = asyncio.Event()  #: set while a request is left hanging
        self.base_url = ""
        self._released = asyncio.Event()
        self._connections: dict[asyncio.Task[Any] | None, asyncio.StreamWriter] = {}

    def will(self, *replies: Reply) -> None:
        """Add to the script."""
        self.script.extend(replies)

    def release(self) -> None:
        """Let what hangs go on and break off."""
        self._released.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self._connections[asyncio.current_task()] = writer
        try:
            while (request := await _read_request(reader)) is not None:
                headers, body = request
                self.headers.append(headers)
                self.requests.append(json.loads(body))
                if not await self._answer(writer, self.requests[-1]):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # a client may give up whenever it likes
        finally:
            self._connections.pop(asyncio.current_task())
            writer.close()

    async def close(self) -> None:
        """Break off every connection."""
        self.release()
        serving = [task for task in self._connections if task]
        for writer in self._connections.values():
            writer.transport.abort()
        await asyncio.gather(*serving)

    def _reply_to(self, request: dict[str, Any]) -> Reply:
        rejected = self._rejected_part(request)
        if rejected:
            message = f"{rejected} is not supported" if self.says_what_it_rejects else "Bad Request"
            return Status(400, message, param=rejected if self.says_what_it_rejects else None)
        if self.script:
            return self.script.popleft()
        if self.respond is not None:
            return self.respond(request)
        return Status(501, "the test's script is over")

    def _rejected_part(self, request: dict[str, Any]) -> str:
        format_ = request.get("response_format", {}).get("type", "")
        present = {name for name, value in request.items() if value is not False} | {format_}
        return next(iter(sorted(self.rejects & present)), "")

    async def _answer(self, writer: asyncio.StreamWriter, request: dict[str, Any]) -> bool:
        """Do what the reply says; return whether the connection can go on."""
        model, streamed = request.get("model", ""), bool(request.get("stream"))
        with_usage = bool(request.get("stream_options", {}).get("include_usage"))
        match self._reply_to(request):
            case Say() as say if streamed:
                await _stream(writer, chunks(say, model, with_usage=with_usage), ending=DONE)
            case Say() as say:
                await _send(writer, 200, whole_body(say, model))
            case CutStream(say):
                await _stream(writer, chunks(say, model, with_usage=False, finished=False), ending=DONE)
            case Status() as status:
                await _send(writer, status.code, status.encoded(), headers=status.headers)
            case Raw(body, content_type):
                await _send(writer, 200, body, content_type=content_type)
            case Drop(after, say):
                await self._begin(writer, say, model, after)
                writer.transport.abort()
                return False
            case Hang(after, say):
                await self._begin(writer, say, model, after)
                self.hanging.set()
                await self._released.wait()
                self.hanging.clear()
                writer.transport.abort()
                return False
        return True

    async def _begin(self, writer: asyncio.StreamWriter, say: Say, model: str, after: int) -> None:
        if after:
            begun = list(chunks(say, model, with_usage=False, finished=False))[:after]
            await _stream(writer, begun, ending=None)


async def _read_request(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes] | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    lines = head.decode("latin-1").split("\r\n")[1:]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return headers, await reader.readexactly(int(headers.get("content-length", "0")))


async def _send(
    writer: asyncio.StreamWriter,
    status: int,
    body: bytes,
    *,
    content_type: str = "application/json",
    headers: Any = (),
) -> None:
    fields = {"content-type": content_type, "content-length": str(len(body)), **dict(headers)}
    writer.write(f"HTTP/1.1 {status} Status\r\n".encode())
    writer.write("".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n" + body)
    await writer.drain()


async def _stream(writer: asyncio.StreamWriter, events: Iterable[bytes], *, ending: bytes | None) -> None:
    """Send events with chunked transfer coding; no `ending` leaves the body open."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    for event in (*events, *([] if ending is None else [ending])):
        writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
        await writer.drain()
    if ending is not None:
        writer.write(b"0\r\n\r\n")
    await writer.drain()


@asynccontextmanager
async def open_openai_server() -> AsyncIterator[OpenAIServer]:
    """Serve on a free port of loopback, in this event loop."""
    server = OpenAIServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    server.base_url = f"http://{host}:{port}/v1"
    try:
        yield server
    finally:
        listening.close()
        await server.close()
        await listening.wait_closed()


@contextmanager
def openai_server_in_thread() -> Iterator[OpenAIServer]:
    """Serve from a thread with an event loop of its own, for tests that are not asynchronous.

    Set `respond`, `rejects` and the script before the first request; events are the other loop's.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opened = open_openai_server()
    try:
        yield asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
