"""Serves the web door with uvicorn: a port that is in use is told, and open event streams end with the server."""

import socket

import uvicorn
from fastapi import FastAPI

from adapters.web.live import Streams
from agent_core.errors import SettingsError

GRACE = 5  # seconds that running requests get when the server stops
BACKLOG = 2048  # connections the system keeps waiting; uvicorn's own default


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, `port` 0 for a free one. Raises SettingsError when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SettingsError(
            reason=f"Nod cannot listen on {host}:{port} ({why}); end what uses that port, or set PORT to another."
        ) from None


class Server(uvicorn.Server):
    """uvicorn, which waits for open connections when it stops: so the streams among them are ended first."""

    def __init__(self, app: FastAPI) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,  # Nod's own logs
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            lifespan="off",
        )
        super().__init__(config)
        self._streams: Streams = app.state.web.streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving."""
        self._streams.close()
        await super().shutdown(sockets)
