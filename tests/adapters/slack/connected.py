"""Nod's connection to Slack with a stand-in for what handles, over HTTP and over sockets."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from starlette.applications import Starlette

from adapters.slack.client import SlackClient
from adapters.slack.http import events_route
from adapters.slack.receiving import Receiver
from adapters.slack.socket_mode import Patience, SocketMode
from adapters.web.listening import listen
from agent_core.inbox import Inbox
from agent_core.platform_ports import InboxStore
from storage.inbox_store import SqlInboxStore
from storage.opening import open_database
from tests.peers.slack import SlackPeer

SHORT = Patience(heartbeat=0.2, quiet=60, farewell=0.05, first_retry=0.01, last_retry=0.05)
EVENTS = frozenset(["app_mention", "message", "reaction_added", "reaction_removed", "app_home_opened"])


@dataclass
class Handled:
    """In the place of what handles: it keeps what it is given, and may be held up."""

    payloads: list[Mapping[str, Any]] = field(default_factory=list)
    submissions: list[Mapping[str, Any]] = field(default_factory=list)
    answer: Mapping[str, Any] | None = None
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    held: bool = False

    async def handle(self, payload: Mapping[str, Any]) -> None:
        if self.held:
            await self.go_on.wait()
        self.payloads.append(payload)

    async def submitted(self, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        self.submissions.append(body)
        return self.answer

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        return [payload["body"] for payload in self.payloads if payload["kind"] == kind]


@dataclass
class Connected:
    """A Receiver that Slack reaches, and what it gave to be handled."""

    receiver: Receiver
    inbox: Inbox
    store: InboxStore
    handled: Handled
    url: str = ""
    socket: SocketMode | None = None

    async def all_handled(self) -> Handled:
        await self.inbox.idle()
        return self.handled


def lane_of(kind: str, body: Mapping[str, Any]) -> str:
    return kind


@asynccontextmanager
async def taking(database: Path, store: InboxStore | None = None) -> AsyncIterator[Connected]:
    """The Receiver and its Inbox, with nobody connected."""
    async with open_database(f"sqlite:///{database}") as opened:
        store, handled = store or SqlInboxStore(opened), Handled()
        async with Inbox("slack", store, lambda: datetime.now(UTC), handled.handle) as inbox:
            yield Connected(Receiver(inbox, handled, lane_of, EVENTS), inbox, store, handled)


@asynccontextmanager
async def over_http(slack: SlackPeer, folder: Path, store: InboxStore | None = None) -> AsyncIterator[Connected]:
    """Slack calls Nod."""
    async with (
        taking(folder / "nod.db", store) as connected,
        served(connected.receiver, slack.app.signing_secret) as url,
    ):
        slack.over_http(url)
        connected.url = url
        yield connected
        await slack.settled()


@asynccontextmanager
async def served(receiver: Receiver, signing_secret: str) -> AsyncIterator[str]:
    """Serve the route that Slack calls, by the server that Nod has, and return its address."""
    listening = listen("127.0.0.1", 0)
    web = Starlette(routes=[events_route(receiver, signing_secret)])
    server = uvicorn.Server(uvicorn.Config(web, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
    finally:
        server.should_exit = True
        await serving
        listening.close()


@asynccontextmanager
async def over_sockets(
    slack: SlackPeer, folder: Path, store: InboxStore | None = None, patience: Patience = SHORT
) -> AsyncIterator[Connected]:
    """Nod calls Slack."""
    async with taking(folder / "nod.db", store) as connected, socket_mode(slack, connected, patience):
        await slack.sockets.connected()
        yield connected
        await slack.settled()


@asynccontextmanager
async def socket_mode(slack: SlackPeer, connected: Connected, patience: Patience = SHORT) -> AsyncIterator[SocketMode]:
    """Keep connections to Slack, whether or not Slack is there."""
    slack.over_sockets()
    async with aiohttp.ClientSession() as session:
        client = SlackClient("", slack.api_url, session)
        connected.socket = SocketMode(connected.receiver, slack.app.app_token, client, session, patience)
        serving = asyncio.create_task(connected.socket.serve())
        try:
            yield connected.socket
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
