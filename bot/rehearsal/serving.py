"""The rehearsal model's server: it lives on loopback, within the running event loop, as long as its context."""

import asyncio
import secrets
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MODEL = "rehearsal"
KEY_BYTES = 32  # of randomness: other people's processes on this machine can reach loopback, too
GRACE = 1  # second that open replies have when it stops; they are computed in milliseconds


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Where the rehearsal model answers, and the key to it, for as long as the server runs."""

    base_url: str
    api_key: str = field(repr=False)
    model: str = MODEL


@asynccontextmanager
async def serve_rehearsal() -> AsyncGenerator[Rehearsal]:
    """Serve the rehearsal model on a free port of 127.0.0.1, with a new key.

    Raises:
        OSError: the machine has no loopback address or no free port.
    """
    from bot.rehearsal.application import QuietServer, application  # noqa: PLC0415  (most commands need no server)

    api_key = f"rehearsal-{secrets.token_urlsafe(KEY_BYTES)}"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # asyncio does this for sockets of its own alone; without it a reply in two pieces waits 40 ms for the second
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = QuietServer(application(api_key), grace=GRACE)
        serving = asyncio.create_task(server.serve([listening]), name="rehearsal model")
        try:
            await server.accepting(serving)
            yield Rehearsal(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", api_key)
        finally:
            server.stop()
            await serving
