"""The peer as tests have it: Discord's servers on loopback, and the people in front of them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.peers.discord.clock import Clock
from tests.peers.discord.faults import Faults
from tests.peers.discord.gateway.server import GatewayServer
from tests.peers.discord.gateway.session import Session
from tests.peers.discord.model import App, User
from tests.peers.discord.people import Interacting, Looking, Moderating, Talking
from tests.peers.discord.rest.ratelimits import RateLimits
from tests.peers.discord.rest.server import PREFIX, Counts, Request, RestServer
from tests.peers.discord.world import World

#: what the web framework lets through; Discord's own limits are those of validation/
LARGEST_BODY = 1 << 30


class DiscordPeer(Talking, Interacting, Moderating, Looking):
    """Discord, as far as an app and its users see it. README.md has the whole of what it can do."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.world = World(self.faults)
        self.gateway = GatewayServer(self.world, self.faults)
        self.rest = RestServer(self.world, self.faults)
        self.guard = 20.0
        self.port = 0
        self._runner: web.ServerRunner | None = None

    @property
    def clock(self) -> Clock:
        """Discord's time, which stands still unless it is advanced."""
        return self.world.clock

    @property
    def app(self) -> App:
        """The application, with its switches in the developer portal."""
        return self.world.app

    @property
    def bot(self) -> User:
        return self.world.app.bot

    @property
    def token(self) -> str:
        return self.world.app.token

    @property
    def url(self) -> str:
        """Where the server is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """What stands for https://discord.com/api/v10."""
        return self.url + PREFIX

    @property
    def limits(self) -> RateLimits:
        return self.rest.limits

    @property
    def counts(self) -> Counts:
        return self.rest.counts

    @property
    def requests(self) -> list[Request]:
        return self.rest.requests

    @property
    def session(self) -> Session:
        """The app's newest session."""
        return list(self.world.sessions.values())[-1]

    async def connected(self) -> Session:
        """Wait for a session with a connection."""
        return await self.until(lambda: next((each for each in self.world.sessions.values() if each.connected), None))

    async def come_up(self) -> None:
        """Listen, at the port of before if there was one."""
        self._runner = web.ServerRunner(web.Server(self._serve), shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]
        self.world.cdn_url = self.url
        self.world.gateway_url = self.gateway.url = f"ws://127.0.0.1:{self.port}/gateway"

    async def go_down(self) -> None:
        """Break off every connection and refuse new ones: an outage."""
        self.gateway_drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def gateway_drop(self) -> None:
        """Break the gateway's connections off without a close frame."""
        for connection in self.gateway.connections:
            connection.drop()

    def gateway_close(self, code: int) -> None:
        """Close the gateway's connections with this code."""
        for connection in self.gateway.connections:
            self.gateway.close(connection, code)

    def gateway_reconnect(self) -> None:
        """Ask the app to connect anew, as Discord does now and then."""
        self._send({"op": 7, "t": None, "s": None, "d": None})

    def gateway_invalidate(self, *, resumable: bool) -> None:
        """Say that the session is invalid; if it cannot be resumed, it is gone."""
        self._send({"op": 9, "t": None, "s": None, "d": resumable})
        if not resumable:
            self.world.sessions.clear()

    def gateway_zombie(self) -> None:
        """Leave the connections open and never send anything again, not even acknowledgements."""
        for connection in self.gateway.connections:
            connection.silent = True

    def gateway_hold(self) -> None:
        """Go on acknowledging heartbeats, and keep events back until `gateway_release` or a resume."""
        for session in self.world.sessions.values():
            session.hold()

    def gateway_release(self) -> None:
        """Send what was kept back."""
        for session in self.world.sessions.values():
            session.release()

    def _send(self, frame: dict[str, object]) -> None:
        for connection in self.gateway.connections:
            connection.send(frame)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.rel_url.path
        if path.startswith("/gateway"):
            return await self.gateway.serve(request)
        if path.startswith(("/attachments/", "/ephemeral-attachments/")):
            return await self.rest.download(request)
        return await self.rest.serve(request.clone(client_max_size=LARGEST_BODY))


@asynccontextmanager
async def open_discord_peer() -> AsyncIterator[DiscordPeer]:
    """Serve on a free port of loopback, in this event loop; in the end, complain of what no test should pass over."""
    peer = DiscordPeer()
    await peer.come_up()
    try:
        yield peer
    finally:
        peer.faults.release()
        await peer.go_down()
    if peer.world.problems:
        raise AssertionError("; ".join(peer.world.problems))


@contextmanager
def pointed_at(peer: DiscordPeer) -> Iterator[None]:
    """Let discord.py in this process take the peer for Discord.

    These are the two addresses it has, both class attributes: that of REST, and that of the gateway, which a plain
    `Client` does not ask for.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Route, "BASE", peer.api_url)
        patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(peer.world.gateway_url))
        yield
