"""The rehearsal model's HTTP: two routes of the OpenAI protocol, behind a key."""

import asyncio
import contextlib
import json
import secrets
import socket
from collections.abc import AsyncIterator, Generator

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.rehearsal.replies import ModelUnknown, Reply, chunks_of, error_of, models, reply_to
from bot.rehearsal.requests import RequestUnfit
from bot.rehearsal.requests import request_of as asked_of

BODY_BYTES = 32 * 1024 * 1024  # of a request; Nod's own are far below it
_NOT_FOUND = 404


class QuietServer(uvicorn.Server):
    """A server inside somebody else's program: it leaves signals and logs alone, and says when it accepts."""

    def __init__(self, app: ASGIApp, *, grace: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="none",
                lifespan="off",
                ws="none",
                access_log=False,
                log_config=None,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=grace,
            )
        )
        self._accepting = asyncio.Event()
        self._stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave the signals to the program."""
        yield

    def stop(self) -> None:
        """Have `serve` end."""
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        """Wait to be stopped, without waking ten times a second for the date and signals."""
        await self._stopping.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._accepting.set()

    async def accepting(self, serving: "asyncio.Task[None]") -> None:
        """Return once requests are accepted; raise what kept the server from it."""
        waiting = asyncio.create_task(self._accepting.wait())
        try:
            await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if serving.done():
            serving.result()


def application(api_key: str) -> Starlette:
    """Return the application; every route wants `api_key` as bearer token."""

    async def completions(request: Request) -> Response:
        _admit(request, api_key)
        try:
            asked = asked_of(json.loads(await _body(request)))
        except RequestUnfit:
            raise
        except (ValueError, RecursionError):
            raise RequestUnfit("The request is not JSON, or nested too deep.") from None
        reply = reply_to(asked)
        if not asked.stream:
            return _json(reply)
        return StreamingResponse(_events(reply, usage=asked.stream_usage), media_type="text/event-stream")

    async def listed(request: Request) -> Response:
        _admit(request, api_key)
        return _json(models())

    return Starlette(
        routes=[
            Route("/v1/chat/completions", completions, methods=["POST"]),
            Route("/v1/models", listed, methods=["GET"]),
        ],
        exception_handlers={RequestUnfit: _unfit, HTTPException: _refused},
    )


def _admit(request: Request, api_key: str) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secrets.compare_digest(given.strip().encode(), api_key.encode()):
        raise HTTPException(
            401, "Incorrect API key provided. The rehearsal model takes only the key made at its start."
        )


async def _body(request: Request) -> bytes:
    whole = bytearray()
    async for part in request.stream():
        whole += part
        if len(whole) > BODY_BYTES:
            raise HTTPException(413, f"The request has more than {BODY_BYTES:,} bytes.")
    return bytes(whole)


async def _events(reply: Reply, *, usage: bool) -> AsyncIterator[str]:
    for chunk in chunks_of(reply, usage=usage):
        yield f"data: {_text(chunk)}\n\n"
    yield "data: [DONE]\n\n"


async def _unfit(_: Request, error: Exception) -> Response:
    param = error.param if isinstance(error, RequestUnfit) else None
    if isinstance(error, ModelUnknown):
        return _json(error_of(str(error), "invalid_request_error", param=param, code="model_not_found"), _NOT_FOUND)
    return _json(error_of(str(error), "invalid_request_error", param=param), 400)


async def _refused(_: Request, error: Exception) -> Response:
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, str(error))
    code = "invalid_api_key" if status == 401 else None  # noqa: PLR2004  (unauthorised)
    return _json(error_of(detail, "invalid_request_error", code=code), status)


def _json(value: Reply, status: int = 200) -> Response:
    return Response(_text(value), status_code=status, media_type="application/json")


def _text(value: Reply) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
