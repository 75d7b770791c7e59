"""The door to Slack: the connection, whichever way the settings name, and what keeps it honest while it is open."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import structlog
from starlette.routing import Route

from adapters.slack.client import TIMEOUT, SlackClient
from adapters.slack.http import events_route
from adapters.slack.installations import Installations
from adapters.slack.installing import Tickets, authorize_url_of, install_routes
from adapters.slack.manifest import REMOVALS
from adapters.slack.pacing import BETWEEN_POSTS
from adapters.slack.receiving import LaneOf, Receiver, Submissions
from adapters.slack.socket_mode import Patience, SocketMode
from adapters.slack.workspaces import LOOK_EVERY, Workspaces
from agent_core.inbox import Handle, Inbox
from agent_core.platform_ports import InstallationStore, Messenger
from agent_core.ports import Clock

AGAIN = 30.0  # seconds before what failed for a reason of our own is begun again

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """What connects Nod to Slack. Socket Mode when there is an app token; installing by link when there is a client."""

    api_url: str
    bot_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    public_url: str = ""
    secret_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Times:
    """How long the connection waits for what, in seconds."""

    between_posts: float = BETWEEN_POSTS
    look_every: float = LOOK_EVERY
    socket: Patience = field(default_factory=Patience)


class Conversation(Submissions, Protocol):
    """What handles what Slack sends."""

    async def handle(self, payload: Mapping[str, Any]) -> None:
        """Do what came; see `Receiver` for the payload."""
        ...


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said in Slack, both ways: made once it is known where to."""

    messenger: Messenger
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Talking:
    """How a Talk is made, which events it handles, and what is handled in which order."""

    begin: Callable[[Workspaces, Inbox], Talk]
    lane_of: LaneOf
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class SlackDoor:
    """A `bot.doors.Door` to Slack."""

    messenger: Messenger
    routes: Sequence[Route]
    workspaces: Workspaces
    socket: SocketMode | None
    look_every: float

    async def serve(self) -> None:
        """Stay connected until cancelled, however often Slack goes away."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_for_good(lambda: self.workspaces.watch(self.look_every)))
            if self.socket is not None:
                tasks.create_task(_for_good(self.socket.serve))

    def trouble(self) -> str:
        """Return what is wrong with the connection now and what to do, an empty string when nothing is."""
        return (self.socket.trouble() if self.socket is not None else "") or self.workspaces.trouble()


@asynccontextmanager
async def open_door(
    settings: SlackSettings,
    talking: Talking,
    open_inbox: Callable[[Handle], Inbox],
    store: InstallationStore,
    *,
    clock: Clock,
    times: Times | None = None,
) -> AsyncGenerator[SlackDoor]:
    """Open the door for as long as it is entered: what Slack sent before is handled at once, and what it sends then."""
    times = times or Times()
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        nobody = SlackClient("", settings.api_url, session)
        installations = None
        if settings.client_id:
            installations = Installations(store, nobody, settings.client_id, settings.client_secret, clock)
        workspaces = Workspaces(
            settings.api_url,
            session,
            token=settings.bot_token,
            installed=installations,
            between_posts=times.between_posts,
        )

        async def handle(payload: Mapping[str, Any]) -> None:
            if not await _removed(workspaces, payload):
                await talk.conversation.handle(payload)

        inbox = open_inbox(handle)
        talk = talking.begin(workspaces, inbox)
        receiver = Receiver(inbox, talk.conversation, talking.lane_of, talking.events | REMOVALS)
        routes: list[Route] = []
        socket = None
        if settings.app_token:
            socket = SocketMode(receiver, settings.app_token, nobody, session, times.socket)
        else:
            routes.append(events_route(receiver, settings.signing_secret))
        if installations is not None:
            routes += _install_routes(settings, installations, inbox)
        async with inbox:
            yield SlackDoor(talk.messenger, routes, workspaces, socket, times.look_every)


def _install_routes(settings: SlackSettings, installations: Installations, inbox: Inbox) -> list[Route]:
    return install_routes(
        installations,
        Tickets(settings.secret_key),
        inbox.first,
        client_id=settings.client_id,
        authorize_url=authorize_url_of(settings.api_url),
        public_url=settings.public_url,
    )


async def _removed(workspaces: Workspaces, payload: Mapping[str, Any]) -> bool:
    """Handle an event that tells of Nod being removed from a workspace; say whether it was one."""
    body: Mapping[str, Any] = payload["body"]
    event: Mapping[str, Any] = body.get("event") or {}
    if payload["kind"] != "event" or event.get("type") not in REMOVALS:
        return False
    # of tokens that were revoked, only the bot's matter: Nod asks people for none of theirs
    tokens: Mapping[str, Any] = event.get("tokens") or {}
    if event["type"] == "app_uninstalled" or tokens.get("bot"):
        await workspaces.removed(str(payload["team"]), float(body.get("event_time") or 0))
    return True


async def _for_good(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except Exception:
            # a fault of ours in one part must not end the connection
            log.exception("slack_fault")
            await asyncio.sleep(AGAIN)
