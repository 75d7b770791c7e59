"""The door to Discord, open: what it is made of, and the order in which that comes up."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
import discord
import structlog
from starlette.routing import Route

from adapters.discord.commands_sync import synchronise
from adapters.discord.connection import NOT_YET, Connection
from adapters.discord.directs import Directs
from adapters.discord.gateway import BROKEN_OFF, UNREACHABLE, Gateway
from adapters.discord.handling import Handling
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.pulse import Patience
from adapters.discord.rereading import Gaps, Rereading
from adapters.discord.router import Handles, Router
from adapters.discord.traffic import TOKEN_REFUSED
from agent_core.errors import StorageError
from agent_core.i18n import translator
from agent_core.inbox import Handle, Inbox
from agent_core.platform_ports import Messenger, NoteStore
from agent_core.service import Service

log = structlog.get_logger(__name__)

_REFUSED = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The two ends that talk with people: what handles what they do, and what shows them Cards."""

    handling: Handles
    messenger: Messenger


#: makes both, before Nod is logged in
Converse = Callable[[Connection, Inbox], Conversation]


def conversing(service: Service, notes: NoteStore, public_url: str = "") -> Converse:
    """Return what makes the two ends of a Service; `public_url` is where people reach the web workspace."""

    def converse(connection: Connection, inbox: Inbox) -> Conversation:
        messenger = DiscordMessenger(connection, service, inbox, public_url=public_url)
        return Conversation(Handling(connection, service, messenger, inbox, notes, public_url=public_url), messenger)

    return converse


class DiscordDoor:
    """An open door to Discord: `serve` logs in, tells of the commands, listens and handles."""

    routes: Sequence[Route] = ()  # Discord calls nobody; Nod calls it

    def __init__(
        self,
        connection: Connection,
        service: Service,
        notes: NoteStore,
        inbox_for: Callable[[Handle], Inbox],
        converse: Converse,
        *,
        patience: Patience | None = None,
        changed: Callable[[], None] = lambda: None,
        returned: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.connection = connection
        self.inbox = inbox_for(self._handle)
        ends = converse(connection, self.inbox)
        self.handling, self.messenger = ends.handling, ends.messenger
        self.commands_told = asyncio.Event()  #: set when Discord knows the commands
        self._notes = notes
        self._patience = patience or Patience()
        self._changed = changed
        self._trouble: str = NOT_YET
        self._came_at: datetime | None = None
        self.gaps = Gaps(self._heard_at, retry=self._patience.read_again)
        directs = Directs(notes)
        self.router = Router(connection, self.inbox, self.handling, self.gaps.gap, directs, returned=returned)
        self.gaps.reading = Rereading(connection, service, self.inbox, self.router.offer, self.router.ordinary, directs)
        self.gateway = Gateway(
            connection, self.router.hear, self.gaps.probe, patience=self._patience, changed=self._gateway_changed
        )

    async def serve(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                await self._log_in()
                self._came_at = await self._newest()
                async with self.inbox:  # what was left when Nod last ended is handled first
                    await self._listen()
            except Exception:  # a fault of ours must not leave Nod deaf for good
                log.exception("discord_door_fault")
                self._tell(BROKEN_OFF)
                await asyncio.sleep(self._patience.last_retry)
            finally:
                await self.connection.close()

    def trouble(self) -> str:
        """Return what is wrong with the connection now and what to do, an empty string when nothing is."""
        return translator("en")(self.connection.traffic.trouble() or self._trouble)

    async def _log_in(self) -> None:
        wait = 0.0
        while True:
            try:
                await self.connection.login()
            except discord.LoginFailure:
                wait = self._patience.for_people
                self._tell(TOKEN_REFUSED)
            except _REFUSED as error:
                wait = min(max(2 * wait, self._patience.first_retry), self._patience.last_retry)
                log.warning("discord_not_logged_in", error=type(error).__name__, retry_in=round(wait))
                self._tell(UNREACHABLE)
            else:
                return
            await asyncio.sleep(wait)

    async def _listen(self) -> None:
        telling = asyncio.create_task(self._tell_commands(), name="discord commands")
        try:
            await self.handling.begin()
            await self.gateway.serve()
        finally:
            telling.cancel()
            await asyncio.wait([telling])
            await self.gaps.close()
            await self.router.close()
            await self.handling.close()

    async def _handle(self, payload: Mapping[str, Any]) -> None:
        await self.router.handle(payload)

    def _heard_at(self) -> datetime | None:
        return self.gateway.told_at or self._came_at

    def _gateway_changed(self) -> None:
        self._tell(self.gateway.trouble())

    def _tell(self, trouble: str) -> None:
        self._trouble = trouble
        self._changed()

    async def _newest(self) -> datetime | None:
        while True:
            with contextlib.suppress(StorageError):
                return await self.inbox.newest()
            await asyncio.sleep(self._patience.first_retry)

    async def _tell_commands(self) -> None:
        """Tell Discord of the commands, with as many tries as it takes."""
        wait = self._patience.first_retry
        while True:
            try:
                await synchronise(self.connection, self._notes)
            except (*_REFUSED, StorageError) as error:
                log.warning("discord_commands_not_told", error=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(2 * wait, self._patience.for_people)
            else:
                self.commands_told.set()
                return
