"""Serves the web door with uvicorn: open event streams end with the server."""

import socket

import uvicorn
from fastapi import FastAPI

from adapters.web.live import Streams

GRACE = 5  # seconds that running requests get when the server stops


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
