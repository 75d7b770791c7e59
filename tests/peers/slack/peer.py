"""The Slack that tests meet on loopback, as a test drives and sees it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from tests.peers.slack.app import App, Installation
from tests.peers.slack.calls import Log
from tests.peers.slack.clock import Clock
from tests.peers.slack.delivering import Delivery, OverHttp
from tests.peers.slack.emulate import Emulate
from tests.peers.slack.front import front
from tests.peers.slack.people.belonging import Belonging
from tests.peers.slack.people.pressing import Pressing
from tests.peers.slack.people.saying import Saying
from tests.peers.slack.people.seeing import Seeing
from tests.peers.slack.people.spoiling import Spoiling
from tests.peers.slack.people.visiting import Visiting
from tests.peers.slack.slack import SECONDS, Slack
from tests.peers.slack.sockets import Sockets
from tests.peers.slack.workspace import Workspace

Found = TypeVar("Found")
PEOPLE = ("ann", "ben", "cas")
STRANGERS = ("eve",)


class SlackPeer(Saying, Pressing, Visiting, Belonging, Seeing, Spoiling):
    """Slack. README.md beside this file lists all that it can do.

    People are named by name or id, channels by id; a name means the person in the first workspace who has it.
    """

    def __init__(self, slack: Slack, sockets: Sockets) -> None:
        super().__init__(slack)
        self.sockets = sockets

    @property
    def api_url(self) -> str:
        """What the app takes as SLACK_API_URL."""
        return f"{self.slack.address}/api/"

    @property
    def app(self) -> App:
        """The app's credentials: signing_secret, app_token, client_id, client_secret; `rotates` tokens if set."""
        return self.slack.app

    @property
    def clock(self) -> Clock:
        """Stands still until `clock.advance(seconds)`."""
        return self.slack.clock

    @property
    def requests(self) -> Log:
        """The app's calls; `requests.of(method, **arguments)` picks some."""
        return self.slack.requests

    @property
    def deliveries(self) -> list[Delivery]:
        """What was delivered to the app."""
        return self.slack.deliveries

    @property
    def problems(self) -> list[str]:
        """Mistakes that fail the test: calls of unknown methods for example."""
        return self.slack.problems

    @property
    def subscribed(self) -> set[str]:
        """The events that the app asked for: app_mention, message.channels … A test may take some out."""
        return self.slack.subscribed

    @property
    def team(self) -> Workspace:
        """The first workspace."""
        return self.slack.workspaces[0]

    @property
    def users(self) -> dict[str, str]:
        """The ids of the people of the first workspace by name."""
        return {name: user.id for name, user in self.team.users.items()}

    @property
    def installation(self) -> Installation:
        """The app in the first workspace: its `bot_token` and `scopes`."""
        return self.slack.app.installed_in(self.team)

    @property
    def bot_token(self) -> str:
        return self.installation.bot_token

    @property
    def bot_user(self) -> str:
        """The bot's user id in the first workspace."""
        return self.team.bot.id

    def over_http(self, url: str) -> None:
        """Deliver to this URL of the app from now on."""
        self.slack.transport = OverHttp(self.slack.http, url, self.slack.app.signing_secret)

    def over_sockets(self) -> None:
        """Deliver by Socket Mode from now on."""
        self.slack.transport = self.sockets

    @property
    def patience(self) -> float:
        """How many seconds Slack waits for the app's answers: three, unless a test cannot wait so long."""
        return self.slack.transport.patience

    @patience.setter
    def patience(self, seconds: float) -> None:
        self.slack.transport.patience = seconds

    async def workspace(
        self, name: str, *, people: Sequence[str] = PEOPLE, strangers: Sequence[str] = (), installed: bool = True
    ) -> Workspace:
        """Another workspace, with the app in it or not yet."""
        workspace = await self.slack.open_workspace(name, people, strangers)
        if installed:
            self.slack.app.install(workspace, next(iter(workspace.users.values())).id)
        return workspace

    def oauth_code(self, workspace: Workspace, user: str, redirect_uri: str = "") -> str:
        """The code with which Slack leads a person back who allowed the app, good for oauth.v2.access."""
        return self.slack.app.code(workspace, workspace.user(user).id, redirect_uri)

    async def until(self, predicate: Callable[[], Found], seconds: float = SECONDS) -> Found:
        """Wait until something is true, asked anew at each change, and return its value."""
        return await self.slack.until(predicate, seconds)

    def changed(self) -> None:
        """Wake `until`: for a test's own listeners, whose state it waits for."""
        self.slack.changed()

    async def settled(self) -> None:
        """Wait until the events that nobody waits for (the app's own messages) are delivered."""
        await self.slack.settled()

    def set(self, **switches: Any) -> None:
        """Switch Slack's settings: seconds_between_posts, edit_window_open, echoes."""
        for name, value in switches.items():
            assert hasattr(self.slack, name), name
            setattr(self.slack, name, value)


@asynccontextmanager
async def open_slack_peer(
    emulate: Emulate, *, people: Sequence[str] = PEOPLE, strangers: Sequence[str] = STRANGERS
) -> AsyncIterator[SlackPeer]:
    """Serve Slack on a free port of loopback, in this event loop, with one workspace that has the app."""
    async with aiohttp.ClientSession() as http:
        slack = Slack(emulate, http, "")
        sockets = Sockets(slack)
        runner = web.AppRunner(front(slack, sockets), shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0]
        slack.address = f"http://{host}:{port}"
        try:
            peer = SlackPeer(slack, sockets)
            await peer.workspace("Acme", people=people, strangers=strangers)
            yield peer
        finally:
            await sockets.close()
            await slack.close()
            await runner.cleanup()
