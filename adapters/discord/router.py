"""The one way in: whatever the gateway dispatches is kept, answered within three seconds, and handled apart from that.

It needs nothing that discord.py remembers of messages, views or commands, so buttons work after any restart.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakValueDictionary

import aiohttp
import discord
import structlog

from adapters.discord.answers import Answer
from adapters.discord.connection import Connection
from adapters.discord.directs import Directs
from adapters.discord.events import READABLE, counts, for_nod, key_of, kind_of
from adapters.discord.people import language_of_locale
from adapters.discord.rest import Rest
from adapters.discord.views import Shown, sentence_view
from agent_core.errors import NodError, StorageError
from agent_core.i18n import sentence
from agent_core.inbox import Inbox
from agent_core.platform_ports import DeliveryFailed

TELL_WITHIN = 2.0  # seconds, in which it must be known whether something is for Nod
STORE_WAIT = 1.0  # seconds before another try when our own database failed

log = structlog.get_logger(__name__)

Data = Mapping[str, Any]
GAP = frozenset({"READY", "GUILD_CREATE"})
#: after these, Nod may be able again what it was not: it was invited, or a permission was given
BACK = frozenset({"GUILD_CREATE", "CHANNEL_UPDATE", "GUILD_ROLE_UPDATE", "GUILD_MEMBER_UPDATE"})


class Handles(Protocol):
    """What is done with what comes in."""

    async def handle(self, payload: Mapping[str, Any]) -> None:
        """Handle one thing that was kept: its `kind`, the `data` as Discord sent it, and its `key`."""
        ...

    async def submitted(self, data: Mapping[str, Any]) -> None:
        """Answer a modal that was sent off, within three seconds."""
        ...

    async def concerns(self, kind: str, data: Mapping[str, Any]) -> bool:
        """Say whether something can be meant for Nod, so that what is not need not be kept at all."""
        ...

    def opens_modal(self, data: Mapping[str, Any]) -> bool:
        """Say whether the answer to an interaction is a modal, which must be the first answer there is."""
        ...

    async def open_modal(self, data: Mapping[str, Any]) -> None:
        """Answer with a modal, within three seconds."""
        ...

    def lane_of(self, kind: str, data: Mapping[str, Any]) -> str:
        """Return the lane in which a thing keeps its order."""
        ...

    async def begin(self) -> None:
        """Go on with what was left to say when Nod last ended."""
        ...

    async def close(self) -> None:
        """Say nothing more."""
        ...


class Router:
    """Takes what the gateway dispatches.

    `gap` is told of a session that begins, and of a guild that comes in sight; `returned` of a guild in which Nod may
    be able again what it was not.
    """

    def __init__(
        self,
        connection: Connection,
        inbox: Inbox,
        handling: Handles,
        gap: Callable[[str, Data], None],
        directs: Directs,
        *,
        returned: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._connection = connection
        self._inbox = inbox
        self._handling = handling
        self._gap = gap
        self._directs = directs
        self._returned = returned
        self._session = ""
        self._sequence = 0
        self._deferring: dict[str, asyncio.Event] = {}
        self._turns = Turns()
        self._work: set[asyncio.Task[None]] = set()
        self.ordinary: set[str] = set()  #: ids of channels that are no threads

    def hear(self, event: str, sequence: int, data: Data) -> None:
        """Take one dispatch. Returns at once; what is kept is kept in the order it came."""
        if event == "READY":
            self._session, self._sequence = str(data["session_id"]), 0
        if sequence <= self._sequence:
            return  # sent again after a RESUME
        self._sequence = sequence
        match event:
            case "INTERACTION_CREATE":
                self._begin(self._interaction(data))
            case "MESSAGE_CREATE":
                if for_nod(data, self._connection.user_id, self.ordinary):
                    self._begin(self._keep("message", data))
            case "MESSAGE_REACTION_ADD":
                if counts(data, self._connection.user_id):
                    self._begin(self._keep("reaction_add", data))
            case "MESSAGE_REACTION_REMOVE":
                if counts(data, self._connection.user_id):
                    self._begin(self._taken_back(data, f"unreaction:{self._session}:{sequence}"))
            case _ if "DELETE" in event:
                self._deleted(event, data, f"guild_delete:{self._session}:{sequence}")
            case _:
                self._look_around(event, data)

    def _deleted(self, event: str, data: Data, key: str) -> None:
        """Take that something is gone; only a server comes back under the same id, and has a key of the event's."""
        match event:
            case "MESSAGE_DELETE_BULK":
                for message in data["ids"]:
                    self._begin(self._keep("message_delete", {**data, "id": message}))
            case "MESSAGE_DELETE" | "THREAD_DELETE" | "CHANNEL_DELETE":
                self._begin(self._keep(event.lower(), data))
            case "GUILD_DELETE":
                self._begin(self._removed(data, key))
            case _:
                pass

    async def offer(self, kind: str, data: Data) -> bool:
        """Keep a thing that was read again if it is for Nod; False when it is not, or came before.

        Raises:
            StorageError: it could not be kept.
        """
        async with self._turns.of(str(data["channel_id"])):
            return await self._concerns(kind, data) and await self._take(kind, data)

    async def _take(self, kind: str, data: Data, key: str = "") -> bool:
        key = key or key_of(kind, data)
        if not data.get("guild_id") and "channel_id" in data:
            await self._directs.note(str(data["channel_id"]))
        return await self._inbox.take(key, self._handling.lane_of(kind, data), {"kind": kind, "data": data, "key": key})

    async def handle(self, payload: Mapping[str, Any]) -> None:
        """Handle what was kept, once its first answer is given: nothing that follows it would be taken before."""
        answered = self._deferring.get(payload["key"])
        if answered is not None:
            await answered.wait()
        await self._handling.handle(payload)

    async def close(self) -> None:
        """Take nothing more."""
        for each in self._work:
            each.cancel()
        await self.idle()

    async def idle(self) -> None:
        """Wait until all that came is kept and answered."""
        while self._work:
            await asyncio.wait(tuple(self._work))

    def _begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        # tasks begin in the order they are made, and each asks the database first: so what came first is kept first
        work = asyncio.create_task(coroutine, name="discord dispatch")
        self._work.add(work)
        work.add_done_callback(self._work.discard)

    def _look_around(self, event: str, data: Data) -> None:
        """Learn which channels there are."""
        match event:
            case "GUILD_CREATE":
                for channel in data.get("channels", ()):
                    self._know(channel)
            case "CHANNEL_CREATE" | "CHANNEL_UPDATE":
                self._know(data)
            case _:
                pass
        if event in GAP:
            self._gap(event, data)
        if event in BACK:
            self._returned(str(data.get("guild_id") or data["id"]))
        elif event == "THREAD_UPDATE":
            self._begin(self._thread_changed(data))

    async def _thread_changed(self, thread: Data) -> None:
        """Tell of a thread of Nod's that changed; others change all the time, and what is gone is tried at each."""
        with suppress(StorageError):
            if await self._concerns("thread_update", thread):
                self._returned(str(thread["guild_id"]))

    def _know(self, channel: Data) -> None:
        if channel["type"] in READABLE:
            self.ordinary.add(channel["id"])

    async def _keep(self, kind: str, data: Data, key: str = "") -> None:
        """Keep a thing that nobody waits for the answer to, if it is for Nod."""
        async with self._turns.of(str(data.get("channel_id") or data["id"])):
            await self._kept(kind, data, key)

    async def _taken_back(self, data: Data, key: str) -> None:
        # two writes in one turn: a reaction that is given again comes after both
        async with self._turns.of(str(data["channel_id"])):
            with suppress(StorageError):
                await self._inbox.forget(key_of("reaction_add", data))
            await self._kept("reaction_remove", data, key)

    async def _removed(self, guild: Data, key: str) -> None:
        if not guild.get("unavailable"):  # else it is an outage of Discord's
            await self._keep("guild_delete", guild, key)

    async def _kept(self, kind: str, data: Data, key: str) -> None:
        """Keep it with as many tries as it takes."""
        while True:
            try:
                if await self._concerns(kind, data):
                    await self._take(kind, data, key)
            except StorageError as error:
                log.warning("discord_not_kept", kind=kind, error=type(error).__name__)
                await asyncio.sleep(STORE_WAIT)
            else:
                return

    async def _concerns(self, kind: str, data: Data) -> bool:
        """Say whether a thing is for Nod; what cannot be told in time is kept, and told when it is handled."""
        try:
            async with asyncio.timeout(TELL_WITHIN):
                return await self._handling.concerns(kind, data)
        except (TimeoutError, DeliveryFailed, discord.DiscordException, aiohttp.ClientError, OSError):
            return True

    async def _interaction(self, data: Data) -> None:
        kind = kind_of(data)
        if not kind:
            return
        answer = Answer(Rest(self._connection), data)
        try:
            if kind == "submitted":
                await self._once(data, self._handling.submitted)
            elif self._handling.opens_modal(data):
                await self._once(data, self._handling.open_modal)
            else:
                await self._kept_and_deferred(kind, data, answer)
        except NodError as error:
            await answer.whisper(_sentence(error, data))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            # the person reads from Discord that there was no answer, and does it again
            log.warning("discord_not_answered", kind=kind, error=type(error).__name__)
        except Exception:  # one interaction's fault must not be lost, and no other may wait for it
            log.exception("discord_interaction_fault", kind=kind)
            await answer.whisper(_sentence(NodError(), data))

    async def _once(self, data: Data, do: Callable[[Data], Awaitable[None]]) -> None:
        if await self._inbox.first(key_of("interaction", data)):
            await do(data)

    async def _kept_and_deferred(self, kind: str, data: Data, answer: Answer) -> None:
        key = key_of(kind, data)
        if key in self._deferring:
            return  # the same one came twice at once
        self._deferring[key] = asyncio.Event()
        try:
            if await self._take(kind, data, key):
                await (answer.silence() if kind == "component" else answer.defer())
        finally:
            self._deferring.pop(key).set()


def _sentence(error: NodError, data: Data) -> Shown:
    return sentence_view(sentence(error, language_of_locale(str(data.get("locale") or ""))))


class Turns:
    """A turn for each who asks, in the order they ask, in each channel apart."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, channel: str) -> asyncio.Lock:
        """Return the turn of a channel; it is there for as long as somebody holds it or waits for it."""
        lock = self._locks.get(channel)
        if lock is None:
            lock = self._locks[channel] = asyncio.Lock()
        return lock
