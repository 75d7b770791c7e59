"""Slack itself: its workspaces, the app that is tested, and what holds for all of it."""

import asyncio
import itertools
import math
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp

from tests.peers.slack import limits
from tests.peers.slack.app import App
from tests.peers.slack.calls import Log
from tests.peers.slack.clock import Clock
from tests.peers.slack.delivering import Answer, Delivery, Transport, Unreachable
from tests.peers.slack.emulate import Emulate
from tests.peers.slack.errors import RateLimited, SlackError
from tests.peers.slack.faults import Faults
from tests.peers.slack.store import Store
from tests.peers.slack.workspace import Channel, User, Workspace

Found = TypeVar("Found")
SECONDS = 30  # until a test that waits for something gives up: a bound, not a wait


#: what the app may ask to be told; a test takes out what it does not want
EVENTS = frozenset(
    [
        "app_mention",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "reaction_removed",
        "app_home_opened",
        "app_context_changed",
        "app_uninstalled",
        "tokens_revoked",
        "channel_unarchive",
        "group_unarchive",
        "member_joined_channel",
        "member_left_channel",
        "file_shared",
        "assistant_thread_started",
        "assistant_thread_context_changed",
        "channel_archive",
        "user_change",
    ]
)


#: answers after which an event is sent again, and the reason that is given then
RETRIED = {"operation_timeout": "http_timeout", "http_error": "http_error", "connection_failed": "connection_failed"}


@dataclass
class Trigger:
    """A trigger id: who acted, from which view, and when."""

    user: str
    workspace: Workspace
    view: str | None
    made_at: float
    is_used: bool = False


@dataclass
class ResponseUrl:
    """Where an app answers a command or a click later: to whom, and about which message."""

    workspace: Workspace
    channel: str
    user: str
    message_ts: str | None
    thread_ts: str | None
    is_ephemeral: bool
    made_at: float
    uses: int = 0


@dataclass
class Slack:
    """All that the parts of the peer share. `problems` are mistakes that fail the test: unknown methods, our errors."""

    emulate: Emulate
    http: aiohttp.ClientSession
    address: str  #: of the front, without a slash at its end
    clock: Clock = field(default_factory=Clock)
    requests: Log = field(default_factory=Log)
    faults: Faults = field(default_factory=Faults)
    problems: list[str] = field(default_factory=list)
    workspaces: list[Workspace] = field(default_factory=list)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)  #: of Socket Mode connections that may be opened
    streams: dict[str, dict[str, Any]] = field(default_factory=dict)  #: by ts
    deliveries: list[Delivery] = field(default_factory=list)
    transport: Transport = field(default_factory=Unreachable)
    subscribed: set[str] = field(default_factory=lambda: set(EVENTS))
    seconds_between_posts: float = 0.0  #: in a channel: Slack's limit is 1; off, so that tests need not wait
    edit_window_open: bool = True  #: False: chat.update is refused, as a workspace's settings may have it
    echoes: bool = True  #: whether the app hears of its own messages, as it does from Slack

    def __post_init__(self) -> None:
        self.app = App(self.clock)
        self._changed = asyncio.Event()
        self._count = itertools.count(1)
        self._background: set[asyncio.Task[None]] = set()
        self._urls: list[str] = []

    def changed(self) -> None:
        """Wake those who wait in `until`."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, predicate: Callable[[], Found], seconds: float = SECONDS) -> Found:
        """Wait for something to be true; it is asked anew at each change of state, and its value is returned."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := predicate()):
                    await self._changed.wait()
        except TimeoutError:
            last = [
                f"{logged.method} {logged.status} {logged.answer.get('error', '')}" for logged in self.requests[-10:]
            ]
            raise AssertionError(f"It did not happen within {seconds} s; the app's last calls: {last}") from None
        return found

    def id(self, prefix: str) -> str:
        """A new id such as Slack's: V0000000012."""
        return f"{prefix}{next(self._count):010d}"

    def ts(self) -> str:
        """A timestamp that nothing else has: of events, and of what emulate does not store."""
        return f"{int(self.clock.now())}.{500_000 + next(self._count):06d}"

    def in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let this run by itself; `settled` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._background.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.problems.append(f"{task.exception()!r}")
        self.changed()

    async def settled(self) -> None:
        """Wait until what runs by itself is done: events that nobody waited for."""
        while self._background:
            await asyncio.wait(self._background)

    async def close(self) -> None:
        """End what runs, and the emulators."""
        self.faults.release_all()
        await self.transport.close()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        for url in self._urls:
            self.emulate.close(url)

    async def deliver(self, delivery: Delivery) -> Answer:
        """Send something to the app; an event that is not answered is tried again, at once and not after minutes."""
        self.deliveries.append(delivery)
        answer = await self.transport.send(delivery)
        tries = limits.EVENT_TRIES if delivery.kind == "event" else 1
        while answer.error in RETRIED and delivery.tries < tries and answer.headers.get("X-Slack-No-Retry") != "1":
            answer = await self.transport.send(delivery, reason=RETRIED[answer.error])
        self.changed()
        return answer

    def trigger(self, user: User, workspace: Workspace, view: str | None = None) -> str:
        """A new trigger id."""
        trigger_id = f"{next(self._count)}.{workspace.id[1:]}.trigger"
        self.triggers[trigger_id] = Trigger(user.id, workspace, view, self.clock.now())
        return trigger_id

    def exchanged(self, trigger_id: str) -> Trigger:
        """What a trigger id stands for: it is good once, for three seconds.

        Raises:
            SlackError: invalid_trigger_id, expired_trigger_id or exchanged_trigger_id.
        """
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self.clock.now() - trigger.made_at > limits.TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def response_url(self, answer: ResponseUrl) -> str:
        """A new response URL."""
        key = f"{answer.workspace.id}/{next(self._count)}/secret"
        self.response_urls[key] = answer
        return f"{self.address}/actions/{key}"

    def count_post(self, channel: Channel) -> None:
        """Apply the limit of posts in a channel, if it is switched on.

        Raises:
            RateLimited: this one comes too early.
        """
        now = self.clock.running()
        left = self.seconds_between_posts - (now - channel.last_post)
        if left > 0:
            raise RateLimited(math.ceil(left))
        channel.last_post = now

    async def open_workspace(self, name: str, people: Sequence[str], strangers: Sequence[str]) -> Workspace:
        """A workspace with these people, and these of another one whom it meets in shared channels."""
        number = len(self.workspaces) + 1
        team, domain = f"T{number:09d}", name.lower().replace(" ", "-")
        bot = User(f"U0NODBOT{number:02d}", "nod", team, "bot", is_bot=True)
        bot_id = f"B0NODBOT{number:02d}"
        team_seed = {"name": name, "domain": domain}
        url = self.emulate.open(_seed(self.app, team_seed, [*people, *strangers], bot, bot_id))
        self._urls.append(url)
        store = Store(self.http, url, self.address, team, domain)
        for taken in (await store.call("conversations.list", "admin"))["channels"]:
            # emulate's own channels, whose names are for tests to use
            await store.call("conversations.rename", "admin", channel=taken["id"], name=f"emulate-{taken['name']}")
        members = (await store.call("users.list", "bot", limit=1_000))["members"]
        ids = {member["name"]: member["id"] for member in members}
        users = {who: User(ids[who], who, team, f"person-{who}") for who in people}
        users |= {who: User(ids[who], who, "T0OTHERTEAM", f"person-{who}", is_stranger=True) for who in strangers}
        workspace = Workspace(team, name, domain, self.app.id, bot, bot_id, store, users)
        self.workspaces.append(workspace)
        return workspace

    def whereabouts(self, name_or_id: str) -> tuple[Workspace, User]:
        """A person and their workspace; a name means the one in the first workspace where somebody has it."""
        for workspace in self.workspaces:
            for user in workspace.everyone():
                if name_or_id in (user.id, user.name):
                    return workspace, user
        raise AssertionError(f"Nobody is called {name_or_id}; name people when opening the peer or a workspace.")


def _seed(app: App, team: dict[str, str], people: Sequence[str], bot: User, bot_id: str) -> dict[str, Any]:
    nod = {
        "app_id": app.id,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "name": "Nod",
        "redirect_uris": [],
        "bot_id": bot_id,
        "bot_user_id": bot.id,
        "bot_name": bot.name,
    }
    return {
        "team": team,
        "users": [{"name": who, "real_name": who.capitalize()} for who in people],
        "oauth_apps": [nod],
        "tokens": [
            {"token": bot.token, "user_id": bot.id, "app_id": app.id, "bot_id": bot_id},
            {"token": "admin", "user": "admin"},
            *({"token": f"person-{who}", "user": who} for who in people),
        ],
    }
