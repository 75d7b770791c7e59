"""An app made of stock discord.py, for the tests of the peer."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import discord
from discord import app_commands

from tests.peers.discord.bell import Bell
from tests.peers.discord.peer import DiscordPeer

Seen = TypeVar("Seen")


class App(discord.Client):
    """A client with a command tree; `heard` are the names of the events it was sent, as they came."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        intents = discord.Intents.all() if intents is None else intents
        intents.presences = False
        super().__init__(intents=intents, guild_ready_timeout=0.05, enable_debug_events=True, **options)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.said: list[discord.Message] = []
        self.errors: list[BaseException] = []
        self.disconnects = 0
        self.tree.error(self._failed)
        self._bell = Bell()

    async def until(self, predicate: Callable[[], Seen]) -> Seen:
        """Wait for something the app came to know."""
        return await self._bell.until(predicate, 20)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do without the five seconds that discord.py waits before it identifies again."""

    async def on_socket_event_type(self, name: str) -> None:
        self.heard.append(name)
        self._bell.ring()

    async def on_message(self, message: discord.Message) -> None:
        self.said.append(message)
        self._bell.ring()

    async def on_disconnect(self) -> None:
        self.disconnects += 1
        self._bell.ring()

    async def on_error(self, *args: Any, **kwargs: Any) -> None:
        self.errors.append(sys.exception() or RuntimeError("no error"))
        self._bell.ring()

    async def _failed(self, interaction: discord.Interaction, error: Exception) -> None:
        self.errors.append(getattr(error, "original", error))
        self._bell.ring()


@asynccontextmanager
async def running(peer: DiscordPeer, app: App, *, sync: bool = False) -> AsyncIterator[App]:
    """The app, logged in and ready."""
    async with app:
        await app.login(peer.token)
        if sync:
            await app.tree.sync()
        connection = asyncio.create_task(app.connect())
        ready = asyncio.create_task(app.wait_until_ready())
        await asyncio.wait({connection, ready}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            ready.cancel()
            connection.result()
        yield app
    await connection


Command = Callable[..., Coroutine[Any, Any, None]]


def command(app: App, name: str, **options: Any) -> Callable[[Command], Command]:
    """Add a slash command."""

    def add(function: Command) -> Command:
        app.tree.command(name=name, description=f"{name} something", **options)(function)
        return function

    return add
