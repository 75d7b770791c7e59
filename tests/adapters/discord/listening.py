"""Nod listening to the peer: the real door, Inbox and core, with stand-ins for those who talk with people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from discord.http import Route

from adapters.discord.connection import Connection
from adapters.discord.door import Conversation, DiscordDoor
from adapters.discord.pulse import Patience
from adapters.discord.traffic import Traffic
from agent_core.domain import Actor, Origin
from bot.bootstrap import Nod, open_nod
from tests.bot.nod import settings_in
from tests.peers.discord.bell import Bell
from tests.peers.discord.peer import DiscordPeer

#: nothing has to be waited for, and nothing is taken for silence that a busy machine was slow with
QUICK = Patience(look=0.01, identify=0.0, read_again=0.01, first_retry=0.001, last_retry=0.01, for_people=0.01)
SECONDS = 20
BUTTONS = {
    "type": 1,
    "components": [
        {"type": 2, "style": 1, "label": "Approve", "custom_id": "approve"},
        {"type": 2, "style": 2, "label": "Edit", "custom_id": "modal"},
    ],
}
MODAL = {
    "custom_id": "edit",
    "title": "Edit",
    "components": [{"type": 18, "label": "Text", "component": {"type": 4, "custom_id": "text", "style": 1}}],
}


class Heard:
    """Stands for the handling of what people do: it notes what came, and answers modals."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.payloads: list[dict] = []
        self.submissions: list[dict] = []
        self.bell = Bell()
        self.fault: Exception | None = None

    async def handle(self, payload):
        self.payloads.append(dict(payload))
        self.bell.ring()

    async def submitted(self, data):
        if self.fault:
            raise self.fault
        self.submissions.append(data)
        await self._answer(data, {"type": 4, "data": {"content": "saved", "flags": 64}})
        self.bell.ring()

    async def concerns(self, kind, data):
        return True

    def opens_modal(self, data):
        return data["data"].get("custom_id") == "modal"

    async def open_modal(self, data):
        await self._answer(data, {"type": 9, "data": MODAL})

    def lane_of(self, kind, data):
        return str(data.get("channel_id") or data["id"])

    async def begin(self):
        """It has nothing left to say."""

    async def close(self):
        """It says nothing."""

    async def _answer(self, data, body):
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=data["id"],
            webhook_token=data["token"],
        )
        await self.connection.client.http.request(route, json=body)

    @property
    def keys(self):
        return [payload["key"] for payload in self.payloads]

    def of(self, kind):
        return [payload["data"] for payload in self.payloads if payload["kind"] == kind]


class Poster:
    """Stands for the messenger: every Card is a plain message in its channel."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def post(self, origin, run_id, card):
        place = origin.thread if origin.thread.isdecimal() else origin.channel
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=int(place))
        sent = await self.connection.client.http.request(route, json={"content": card.title or "card"})
        return f"{origin.workspace or '@me'}/{place}/{sent['id']}"

    async def edit(self, origin, run_id, message_ref, card):
        """A message that was posted stays as it is."""

    async def find(self, origin, run_id, card_id):
        return ""


@dataclass
class Listening:
    """Nod, as a test of the connection holds it."""

    nod: Nod
    door: DiscordDoor
    handling: Heard
    peer: DiscordPeer
    bell: Bell

    async def until(self, predicate):
        """Wait for something to be handled."""
        return await self.handling.bell.until(predicate, SECONDS)

    async def trouble(self, said):
        """Wait until the door says this is wrong with it."""
        await self.bell.until(lambda: self.door.trouble() == said, SECONDS)

    async def settled(self):
        """Wait until all that came is kept and handled, and everything was read again."""
        await self.trouble("")
        await self.door.gaps.idle()
        await self.door.router.idle()

    async def ask(self, channel, thread=None, user=None, guild=None):
        """A run of a goal, whose plan is shown by a message; return its id and that message."""
        place = thread or channel
        workspace = str(guild.id) if guild else ""
        origin = Origin("discord", workspace, str(channel.id), str(thread.id) if thread else str(channel.id))
        before = len(self.peer.bot_messages(place))
        run_id = await self.nod.service.submit("write a blog about AI", origin=origin, actor=Actor("discord", "1"))
        await self.peer.until(lambda: len(self.peer.bot_messages(place)) > before)
        async with asyncio.timeout(SECONDS):
            while not (ref := await self.nod.service.threads.message_of(run_id)):
                await self.nod.dispatcher.idle()
        message = int(ref.split("/")[2])
        return run_id, next(each for each in self.peer.bot_messages(place) if each.id == message)


@asynccontextmanager
async def listening(
    peer: DiscordPeer,
    folder: Path,
    *,
    patience: Patience = QUICK,
    traffic: Traffic | None = None,
    token="",
    connected=True,
) -> AsyncIterator[Listening]:
    """Nod with an open door to the peer, as `nod run` has it; again on the same folder is a restart."""
    bell = Bell()

    async with open_nod(settings_in(folder)) as nod:
        connection = Connection(token or peer.token, api_url=peer.api_url, traffic=traffic)
        door = DiscordDoor(
            connection,
            nod.service,
            nod.notes(),
            lambda handle: nod.inbox("discord", handle),
            lambda connection, _: Conversation(Heard(connection), Poster(connection)),
            patience=patience,
            changed=bell.ring,
        )
        async with nod.delivering({"discord": door.messenger}):
            serving = asyncio.create_task(door.serve())
            found = Listening(nod, door, door.handling, peer, bell)
            try:
                if connected:
                    await found.settled()
                yield found
                await door.inbox.idle()  # what is handled is noted so; a crash in between is the Inbox's own test
            finally:
                serving.cancel()
                await asyncio.wait([serving])
