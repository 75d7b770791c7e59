"""Nod in the Discord for tests: the real core, and a stock client whose raw events go the way that the router's go."""

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import discord

from adapters.discord.handling import Handling
from adapters.discord.messenger import DiscordMessenger
from agent_core.inbox import Inbox
from bot.bootstrap import Nod, open_nod
from tests.bot.nod import settings_in
from tests.peers.discord.bell import Bell
from tests.peers.discord.peer import DiscordPeer
from tests.peers.discord.stock import App as StockApp

COMMANDS = [
    {
        "id": "11",
        "name": "agent",
        "type": 1,
        "options": [
            {"name": "goal", "type": 3, "required": False},
            {"name": "file", "type": 11, "required": False},
            {"name": "other", "type": 11, "required": False},
        ],
    },
    {"id": "12", "name": "Ask Nod", "type": 3},
]
KINDS = {
    "MESSAGE_CREATE": "message",
    "MESSAGE_DELETE": "message_delete",
    "MESSAGE_REACTION_ADD": "reaction_add",
    "MESSAGE_REACTION_REMOVE": "reaction_remove",
    "THREAD_DELETE": "thread_delete",
    "CHANNEL_DELETE": "channel_delete",
    "GUILD_DELETE": "guild_delete",
}


class Client(StockApp):
    """Stock discord.py; what its gateway sends is given on as it came."""

    def __init__(self, app: "App", intents: discord.Intents) -> None:
        super().__init__(intents, allowed_mentions=discord.AllowedMentions.none(), max_messages=None)
        self._app = app

    async def on_socket_raw_receive(self, raw: str) -> None:
        event = json.loads(raw)
        if event.get("t"):
            self._app.came.add(event["s"])
            await self._app.heard(event["t"], event["d"])
            self._app.done.add(event["s"])
            self._app.bell.ring()


@dataclass
class App:
    """What a test holds of Nod in Discord."""

    peer: DiscordPeer
    nod: Nod
    client: Any = None
    inbox: Inbox | None = None
    handling: Handling | None = None
    messenger: DiscordMessenger | None = None
    deliverer: Any = None
    faults: list[BaseException] = field(default_factory=list)
    came: set[int] = field(default_factory=set)  # the numbers of the gateway's events
    done: set[int] = field(default_factory=set)
    bell: Bell = field(default_factory=Bell)

    @property
    def service(self):
        return self.nod.service

    async def heard(self, name: str, data: dict[str, Any]) -> None:
        """Do what the router does."""
        try:
            if name == "INTERACTION_CREATE":
                await self._interaction(data)
            elif name in KINDS:
                kind = KINDS[name]
                if await self.handling.concerns(kind, data):
                    await self._take(kind, data, f"{kind}:{data.get('id') or json.dumps(data, sort_keys=True)}")
        except Exception as error:
            self.faults.append(error)
            raise

    async def _interaction(self, data):
        key = f"interaction:{data['id']}"
        kind = {2: "command", 3: "component", 5: "modal"}[data["type"]]
        if kind == "modal":
            if await self.inbox.first(key):
                await self.handling.submitted(data)
            return
        if kind == "component" and self.handling.opens_modal(data):
            if await self.inbox.first(key):
                await self.handling.open_modal(data)
            return
        if kind == "command" and data["data"]["type"] == 3:
            kind = "context_menu"
        if not await self.inbox.first(f"deferred:{key}"):
            return
        answer = {"type": 6} if kind == "component" else {"type": 5, "data": {"flags": 64}}
        route = discord.http.Route("POST", f"/interactions/{data['id']}/{data['token']}/callback")
        await self.client.http.request(route, json=answer)
        await self._take(kind, data, key)

    def _is_up_to_date(self):
        return self.peer.session.sequence in self.done and self.came == self.done

    async def _take(self, kind, data, key):
        return await self.inbox.take(key, self.handling.lane_of(kind, data), {"kind": kind, "data": data, "key": key})

    async def quiet(self):
        """Wait until everything that Discord sent is heard and handled, and the Runs are advanced and delivered."""
        for _ in range(3):
            await self.bell.until(self._is_up_to_date, 20)
            await self.inbox.idle()
            await self.nod.dispatcher.idle()
            await self.deliverer.settled()


@asynccontextmanager
async def nod_in_discord(peer, folder, *, contents=True, public_url="", **values):
    """Nod, with its client at the peer; again on the same folder is a restart."""
    peer.app.commands[None] = COMMANDS
    intents = discord.Intents(guilds=True, messages=True, reactions=True, message_content=contents)
    peer.app.message_content = contents
    async with AsyncExitStack() as stack:
        nod = await stack.enter_async_context(open_nod(settings_in(folder, **values)))
        app = App(peer, nod)
        app.client = client = Client(app, intents)
        await stack.enter_async_context(client)
        await client.login(peer.token)
        await stack.enter_async_context(nod.tending())

        async def handle(payload):
            await app.handling.handle(payload)

        app.inbox = nod.inbox("discord", handle)
        app.messenger = DiscordMessenger(app, nod.service, app.inbox, public_url=public_url)
        app.handling = Handling(app, nod.service, app.messenger, app.inbox, nod.notes(), public_url=public_url)
        stack.push_async_callback(app.handling.close)
        app.deliverer = await stack.enter_async_context(nod.delivering({"discord": app.messenger}))
        await stack.enter_async_context(app.inbox)
        await app.handling.begin()
        await stack.enter_async_context(_connected(client))
        yield app
    assert app.faults == []


@asynccontextmanager
async def _connected(client):
    connection = asyncio.create_task(client.connect())
    ready = asyncio.create_task(client.wait_until_ready())
    await asyncio.wait({connection, ready}, return_when=asyncio.FIRST_COMPLETED)
    if connection.done():
        ready.cancel()
        connection.result()
    yield
    await client.close()
    await connection
