"""The gateway, supervised: one process listens, and goes on listening however often Discord goes away.

discord.py resumes a session that broke off. The rest is done here: it ends when Discord is not there at the first
connect, waits for up to a quarter of an hour in an outage, and takes an open but silent connection for a good one.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.connection import NOT_YET, Connection, may_read_contents
from adapters.discord.pulse import Patience, Pulse, Sign
from adapters.discord.traffic import TOKEN_REFUSED
from agent_core.i18n import N_

UNREACHABLE = N_("Discord cannot be reached; Nod keeps trying, and nothing is lost. See discordstatus.com.")
BROKEN_OFF = N_("The connection to Discord broke off; Nod is connecting again.")
#: what a close code says when trying again does not help until a person changes something (docs, Gateway Close Codes)
FOR_PEOPLE: Mapping[int, str] = {
    4004: TOKEN_REFUSED,
    4010: N_("Discord refuses this shard; run one Nod with this DISCORD_TOKEN."),
    4011: N_(
        "Nod is in more servers than one connection may serve; Discord asks for sharding, which Nod does not have."
    ),
    4013: N_("Discord refuses what Nod asks to be told of; this version of Nod is too old for it."),
    4014: N_("Discord refuses the message content intent; switch it on under Bot in the developer portal, or wait."),
}

log = structlog.get_logger(__name__)

Hear = Callable[[str, int, Mapping[str, Any]], None]
_UNREACHABLE = (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError, TimeoutError)


class _Silent(Exception):
    """The gateway is open, and does not tell what happens."""


class _ForPeople(Exception):
    """A person must change something before Discord lets Nod listen."""


class _Listener(discord.Client):
    """A client of the gateway that gives every frame on as it came."""

    def __init__(self, *, pause: float, hear: Callable[[Mapping[str, Any]], None], **options: Any) -> None:
        super().__init__(enable_debug_events=True, **options)
        self._pause = pause
        self._hear = hear

    async def on_socket_raw_receive(self, text: str) -> None:
        """Give a frame on. They come in order, because each is given on before anything is awaited."""
        self._hear(json.loads(text))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002
        """Leave the time between two sessions that Discord asks for."""
        if not initial:
            await asyncio.sleep(self._pause)

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log what went wrong in ours; discord.py would quote it whole."""
        log.error("discord_event_fault", event=event_method, exc_info=sys.exception())


class Gateway:
    """Listens while `serve` runs. `hear` is given every dispatch; `probe` asks REST what was not told of."""

    def __init__(
        self,
        connection: Connection,
        hear: Hear,
        probe: Callable[[], Any],
        *,
        patience: Patience | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._dispatched = hear
        self._probe = probe
        self._patience = patience or Patience()
        self._changed = changed
        self._trouble: str = NOT_YET
        self._pulse = Pulse(time.monotonic())
        self._began_at = float("-inf")
        self.told_at: datetime | None = None  #: when a session last told of something

    def trouble(self) -> str:
        """Return what is wrong with the connection, as a msgid; an empty string when events come."""
        return self._trouble

    async def serve(self) -> None:
        """Stay connected until cancelled."""
        wait = 0.0
        while True:
            began = time.monotonic()
            longest = self._patience.last_retry
            try:
                await self._session()
                self._tell(BROKEN_OFF)
            except _Silent:
                self._tell(BROKEN_OFF)
            except (_ForPeople, discord.LoginFailure) as refused:
                self._tell(str(refused) if isinstance(refused, _ForPeople) else TOKEN_REFUSED)
                longest = wait = self._patience.for_people
            except _UNREACHABLE as error:
                self._tell(UNREACHABLE)
                log.warning("discord_unreachable", error=type(error).__name__)
            except Exception:  # an event that discord.py cannot read must not leave Nod deaf
                self._tell(BROKEN_OFF)
                log.exception("discord_gateway_fault")
            if time.monotonic() - began > longest:
                wait = 0.0  # it was a good connection, so the next one is tried at once
            wait = min(max(2 * wait, self._patience.first_retry), longest)
            # spread, so that many Nods do not come back to a Discord that was down all at once
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311

    async def _session(self) -> None:
        """Listen with a client of its own until it has to be replaced."""
        await self._allowed_to_begin()
        intents = discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, guild_reactions=True, dm_reactions=True
        )
        client = await self._connection.logged_in(
            _Listener, intents, pause=self._patience.identify, hear=self._hear, guild_ready_timeout=0.0
        )
        # looked up at each session: to ask for it without having it ends the connection
        intents.message_content = may_read_contents(client)
        self._pulse = Pulse(time.monotonic())
        listening = asyncio.create_task(client.connect(reconnect=False), name="discord gateway")
        watching = asyncio.create_task(self._watch(client), name="discord pulse")
        try:
            done, _ = await asyncio.wait((listening, watching), return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        except discord.ConnectionClosed as closed:
            if closed.code in FOR_PEOPLE:
                raise _ForPeople(FOR_PEOPLE[closed.code]) from None
            log.info("discord_closed", code=closed.code)
        finally:
            for each in (listening, watching):
                each.cancel()
            await asyncio.wait((listening, watching))
            await client.close()

    async def _allowed_to_begin(self) -> None:
        """Wait until another session may be begun: Discord resets the token of a bot that begins too many."""
        found: Any = await self._connection.client.http.request(Route("GET", "/gateway/bot"))
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(str(found["url"]))  # a plain client does not ask where it is
        left = found["session_start_limit"]
        wait = self._began_at + self._patience.identify - time.monotonic()
        if int(left["remaining"]) <= 0:
            wait = float(left["reset_after"]) / 1000
            log.warning("discord_sessions_used_up", wait=round(wait))
        await asyncio.sleep(max(0.0, wait))
        self._began_at = time.monotonic()

    def _hear(self, frame: Mapping[str, Any]) -> None:
        event = frame.get("t")
        if event:
            if event in ("READY", "RESUMED"):
                self._tell("")
            # before the pulse notes it: a new session asks when the one before it last told of something
            self._dispatched(str(event), int(frame["s"]), frame["d"])
        self._pulse.hear(frame, time.monotonic())
        self.told_at = self._pulse.told_at or self.told_at

    async def _watch(self, client: discord.Client) -> None:
        """Look at the pulse again and again; end the connection when it is dead. Raises _Silent."""
        while True:
            await asyncio.sleep(self._patience.look)
            match self._pulse.sign(time.monotonic(), self._connection.traffic.posted_at, self._patience):
                case Sign.UNANSWERED:
                    await self._end(client)
                case Sign.DEAF:
                    log.warning("discord_deaf", why="what Nod posted was not told of")
                    raise _Silent
                case Sign.QUIET:
                    await self._ask()
                case Sign.WELL:
                    pass

    async def _end(self, client: discord.Client) -> None:
        """Close a dead connection, so that discord.py resumes its session over a new one."""
        log.warning("discord_unanswered")
        self._tell(BROKEN_OFF)
        self._pulse.reconnecting(time.monotonic())
        try:
            async with asyncio.timeout(self._patience.farewell):
                await client.ws.close(4000)
        except (TimeoutError, AttributeError):  # nobody is there any more, or there never was a connection
            raise _Silent from None

    async def _ask(self) -> None:
        """Ask REST what there is while the gateway is quiet."""
        heard = self._pulse.heard_at
        self._pulse.asked_at = time.monotonic()
        try:
            missed = await self._probe()
        except _UNREACHABLE:
            return
        if missed and self._pulse.heard_at == heard:
            await asyncio.sleep(self._patience.look)  # it may be on its way
            if self._pulse.heard_at == heard:
                log.warning("discord_deaf", why="what REST shows was not told of", missed=missed)
                raise _Silent

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.info("discord_gateway", trouble=trouble or "none")
        self._trouble = trouble
        self._changed()
