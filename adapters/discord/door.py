"""The door to Discord, open: what it is made of, and the order in which that comes up."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
import discord
import structlog
from starlette.routing import Route

from adapters.discord.commands_sync import synchronise
from adapters.discord.connection import NOT_YET, Connection
from adapters.discord.gateway import UNREACHABLE, Gateway
from adapters.discord.pulse import Patience
from adapters.discord.rereading import Gaps, Rereading
from adapters.discord.router import Handles, Router
from adapters.discord.traffic import TOKEN_REFUSED
from agent_core.cards import Card
from agent_core.domain import Origin
from agent_core.errors import StorageError
from agent_core.i18n import translator
from agent_core.inbox import Handle, Inbox
from agent_core.platform_ports import DeliveryFailed, Messenger, NoteStore
from agent_core.service import Service

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The two ends that talk with people: what handles what they do, and what shows them Cards."""

    handling: Handles
    messenger: Messenger


#: makes both, once Nod is logged in; the Inbox says what is done for the first time
Converse = Callable[[Connection, Inbox], Conversation]
_REFUSED = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)


class WhenConnected:
    """A `Messenger` that is there before Discord is: until then it takes nothing, and Cards wait."""

    def __init__(self) -> None:
        self.messenger: Messenger | None = None

    @property
    def _now(self) -> Messenger:
        if self.messenger is None:
            raise DeliveryFailed(NOT_YET)
        return self.messenger

    async def post(self, origin: Origin, run_id: str, card: Card) -> str:
        """Post a Card and return the reference of its message."""
        return await self._now.post(origin, run_id, card)

    async def edit(self, origin: Origin, run_id: str, message_ref: str, card: Card) -> None:
        """Make the message show this Card."""
        await self._now.edit(origin, run_id, message_ref, card)

    async def find(self, origin: Origin, run_id: str, card_id: str) -> str:
        """Look for the message of a Card whose post was uncertain; an empty string when there is none."""
        return await self._now.find(origin, run_id, card_id)


@dataclass
class DiscordDoor:
    """An open door to Discord: `serve` logs in, tells of the commands, listens and handles."""

    connection: Connection
    service: Service
    notes: NoteStore
    converse: Converse
    inbox_for: Callable[[Handle], Inbox]
    patience: Patience = field(default_factory=Patience)
    messenger: WhenConnected = field(default_factory=WhenConnected)
    routes: Sequence[Route] = ()
    changed: Callable[[], None] = lambda: None  #: called when `trouble` may say something else
    gateway: Gateway | None = None
    router: Router | None = None
    gaps: Gaps | None = None
    _trouble: str = NOT_YET
    _came_at: datetime | None = None

    async def serve(self) -> None:
        """Stay connected until cancelled."""
        try:
            await self._log_in()
            await self._listen()
        finally:
            self.messenger.messenger = None
            await self.connection.close()

    def trouble(self) -> str:
        """Return what is wrong with the connection now and what to do, an empty string when nothing is."""
        gateway = self.gateway.trouble() if self.gateway else self._trouble
        return translator("en")(self.connection.traffic.trouble() or gateway)

    async def _log_in(self) -> None:
        wait = 0.0
        while True:
            try:
                await self.connection.login()
            except discord.LoginFailure:
                self._tell(TOKEN_REFUSED)
                wait = self.patience.for_people
            except _REFUSED as error:
                self._tell(UNREACHABLE)
                wait = min(max(2 * wait, self.patience.first_retry), self.patience.last_retry)
                log.warning("discord_not_logged_in", error=type(error).__name__, retry_in=round(wait))
            else:
                return
            await asyncio.sleep(wait)

    def _tell(self, trouble: str) -> None:
        self._trouble = trouble
        self.changed()

    async def _listen(self) -> None:
        """Handle what comes, from what was left before the last end on."""
        handled = _Late()
        inbox = self.inbox_for(handled)
        spoken = self.converse(self.connection, inbox)
        self.messenger.messenger = spoken.messenger
        self.gaps = gaps = Gaps(self._heard_at, retry=self.patience.read_again)
        self.router = router = Router(self.connection, spoken.handling, gaps.gap)
        handled.handle = router.handle
        router.keep_in(inbox)
        gaps.reading = Rereading(self.connection, self.service, inbox, router.take, router.ordinary, router.forums)
        self.gateway = Gateway(self.connection, router.hear, gaps.probe, patience=self.patience, changed=self.changed)
        self._came_at = await self._newest(inbox)
        async with inbox:
            telling = asyncio.create_task(self._tell_commands(), name="discord commands")
            try:
                await self.gateway.serve()
            finally:
                telling.cancel()
                await asyncio.wait([telling])
                await gaps.close()
                await router.close()

    def _heard_at(self) -> datetime | None:
        told = self.gateway.told_at if self.gateway else None
        return told or self._came_at

    async def _newest(self, inbox: Inbox) -> datetime | None:
        while True:
            with contextlib.suppress(StorageError):
                return await inbox.newest()
            await asyncio.sleep(self.patience.first_retry)

    async def _tell_commands(self) -> None:
        """Tell Discord of the commands, with as many tries as it takes."""
        wait = self.patience.first_retry
        while True:
            try:
                await synchronise(self.connection, self.notes)
            except (*_REFUSED, StorageError) as error:
                log.warning("discord_commands_not_told", error=type(error).__name__)
                await asyncio.sleep(wait)
                wait = min(2 * wait, self.patience.for_people)
            else:
                return


class _Late:
    """Handles with what is named after it was made: an Inbox and what it hands to need each other."""

    handle: Handle | None = None

    async def __call__(self, payload: Mapping[str, Any]) -> None:
        if self.handle is None:
            raise RuntimeError("nothing handles yet")
        await self.handle(payload)
