"""What was missed while the gateway was away, read again over REST: messages for Nod, and reactions on open Cards.

What came before is known by its key, so reading too much does no harm. Clicks cannot be read again; Discord told
whoever clicked that there was no answer.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import unquote

import aiohttp
import discord
import structlog

from adapters.discord.connection import Connection
from adapters.discord.directs import MOST, Directs
from adapters.discord.events import READABLE, THREADS, counts, for_nod, key_of, reactions_on, snowflake_at
from adapters.discord.limits import PAGE, REACTED
from adapters.discord.messenger import thread_began_with
from adapters.discord.names import Ref, is_snowflake
from adapters.discord.people import PLATFORM
from adapters.discord.rest import UNKNOWN_MESSAGE
from agent_core.errors import NodError
from agent_core.inbox import KEPT, Inbox
from agent_core.ports import RunSummary
from agent_core.presenter import ROOT
from agent_core.service import Service

SKEW = timedelta(minutes=15)  # by which Discord's clock and this machine's may differ
LONGEST = KEPT - timedelta(days=1)  # before that, what was handled is no longer known by its key
PAGES = 10  # requests for the messages of one channel
LIVE_RUNS = 1000
OPEN_QUESTIONS = 1000
Kind = Literal[0, 1]
NORMAL, BURST = 0, 1  # docs, Reaction Types
KINDS: Mapping[Kind, str] = {NORMAL: "normal", BURST: "burst"}  # with their names in what is counted of them

log = structlog.get_logger(__name__)

Data = Mapping[str, Any]
Take = Callable[[str, Data], Awaitable[bool]]

#: it may be gone, or Nod may no longer see it: then there is nothing to read
_UNREADABLE = (discord.NotFound, discord.Forbidden)
_UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)


def since(heard_at: datetime | None, now: datetime) -> datetime:
    """Return from when on to read again, if something last came at `heard_at`.

    With a database that knows of nothing, that is now: what was written before it is not Nod's to answer.
    """
    return now if heard_at is None else max(heard_at - SKEW, now - LONGEST)


@dataclass
class Rereading:
    """Reads again. What is new goes to `take`; every method returns how much that was."""

    connection: Connection
    service: Service
    inbox: Inbox
    take: Take
    ordinary: Container[str]
    talks: Directs
    _members: dict[tuple[str, str], Data | None] = field(default_factory=dict[tuple[str, str], "Data | None"])

    async def guild(self, guild: Data, after: datetime) -> int:
        """Read what was written for Nod in a guild, as GUILD_CREATE shows it, and not heard."""
        channels, threads = guild.get("channels", ()), guild.get("threads", ())
        found = sum([await self._channel(each, guild["id"], after) for each in (*channels, *threads)])
        asked_in = {run.origin.channel for run in await self._runs(live=False) if run.origin.workspace == guild["id"]}
        for channel in channels:
            if channel["id"] in asked_in:
                found += await self._archived(channel["id"], guild["id"], after)
        return found

    async def session(self, after: datetime) -> int:
        """Read what no guild shows: reactions on open questions, and direct messages."""
        return await self.questions() + await self.directs(after)

    async def directs(self, after: datetime, most: int = MOST) -> int:
        """Read what was written to Nod directly, by those who talked with it before, and not heard."""
        return sum([await self._news(channel, "", after) for channel in await self.talks.newest(most)])

    async def questions(self) -> int:
        """Read the reactions on every message that shows an open question, or a run's controls."""
        return sum([await self._reactions(shown) async for shown in self._open()])

    async def threads(self, after: datetime, most: int) -> int:
        """Read what was written in the threads of the newest runs that go on."""
        runs = (await self._runs(live=True))[:most]
        places = {(await self._thread_of(run), run.origin.workspace) for run in runs if run.origin.workspace}
        return sum([await self._news(thread, guild, after) for thread, guild in sorted(places) if thread])

    async def _runs(self, *, live: bool) -> Sequence[RunSummary]:
        runs = await self.service.runs(limit=LIVE_RUNS, live=live)
        return [run for run in runs if run.origin.platform == PLATFORM]

    async def _open(self) -> AsyncIterator[Ref]:
        """Yield the messages that may be reacted to, each once."""
        live = [run.run_id for run in await self._runs(live=True)]
        cards = dict.fromkeys((run_id, ROOT) for run_id in live)
        for approval in await self.service.waiting(limit=OPEN_QUESTIONS):
            if approval.run_id in live:
                cards[approval.run_id, approval.subject] = None
        for run_id, card_id in cards:
            ref = await self.service.threads.message_of(run_id, card_id)
            if ref:
                yield Ref.parse(ref)

    # --- messages ---

    async def _thread_of(self, run: RunSummary) -> str:
        """Return the thread of a Run in a server, an empty string while it has none."""
        if is_snowflake(run.origin.thread):
            return run.origin.thread
        began = await thread_began_with(self.service.threads, run.origin.thread)
        return began.message if began else ""

    async def _archived(self, channel: str, guild: str, after: datetime) -> int:
        """Read the threads that were archived in a gap: of those nothing else is told."""
        found, before = 0, None
        try:
            for _ in range(PAGES):
                page: Any = await self.connection.client.http.get_public_archived_threads(
                    int(channel), before=before, limit=PAGE
                )
                for thread in page["threads"]:
                    before = thread["thread_metadata"]["archive_timestamp"]
                    if datetime.fromisoformat(before) < after:
                        return found
                    found += await self._channel(thread, guild, after)
                if not page["has_more"]:
                    break
        except _UNREADABLE:
            log.info("discord_not_readable", channel=channel)
        return found

    async def _channel(self, channel: Data, guild: str, after: datetime) -> int:
        last = channel.get("last_message_id")
        if channel["type"] not in READABLE | THREADS or last is None or int(last) <= snowflake_at(after):
            return 0
        ordinary = channel["id"] if channel["type"] not in THREADS else ""
        return await self._news(channel["id"], guild, after, ordinary=ordinary)

    async def _news(self, channel: str, guild: str, after: datetime, *, ordinary: str = "") -> int:
        known, found = snowflake_at(after), 0
        client, own = self.connection.client, self.connection.user_id
        try:
            for _ in range(PAGES):
                page: list[Any] = await client.http.logs_from(int(channel), PAGE, after=known)
                for message in sorted(page, key=lambda each: int(each["id"])):
                    known = int(message["id"])
                    placed = {**message, "guild_id": guild} if guild else message
                    if for_nod(placed, own, {ordinary}):
                        found += await self.take("message", await self._with_member(placed, guild, message["author"]))
                if len(page) < PAGE:
                    break
        except _UNREADABLE:
            log.info("discord_not_readable", channel=channel)
        return found

    # --- reactions ---

    async def _reactions(self, shown: Ref) -> int:
        """Take the reactions that stand on a message and were not heard; forget those that stand no more."""
        client, found = self.connection.client, 0
        # looked up first: what is heard while REST is asked stands, though the answer does not show it
        known = await self.inbox.known(reactions_on(shown.channel, shown.message))
        try:
            message: Any = await client.http.get_message(int(shown.channel), int(shown.message))
            standing: set[str] = set()
            for each in message.get("reactions", ()):
                async for data in self._of_reaction(shown, message, each):
                    standing.add(key_of("reaction_add", data))
                    found += await self.take("reaction_add", data)
        except _UNREADABLE as error:
            if error.code == UNKNOWN_MESSAGE:
                gone = {"id": shown.message, "channel_id": shown.channel}
                found += await self.take("message_delete", {**gone, "guild_id": shown.guild} if shown.guild else gone)
            return found
        for key in known:
            if key not in standing:
                await self.inbox.forget(key)
        return found

    async def _of_reaction(self, shown: Ref, message: Data, reaction: Data) -> AsyncIterator[Data]:
        """Yield who gave a reaction that counts: as a super reaction, too, of which Discord has a list of its own."""
        place = {"channel_id": shown.channel, "message_id": shown.message, "message_author_id": message["author"]["id"]}
        standing = {**place, "emoji": reaction["emoji"], "user_id": ""}
        if not counts(standing, self.connection.user_id):
            return
        for kind, name in KINDS.items():
            if reaction["count_details"][name]:
                async for data in self._of_kind(shown, standing, kind):
                    yield data

    async def _of_kind(self, shown: Ref, standing: Data, kind: Kind) -> AsyncIterator[Data]:
        http, name, after = self.connection.client.http, unquote(str(standing["emoji"]["name"])), 0
        while True:
            people: list[Any] = await http.get_reaction_users(
                int(shown.channel), int(shown.message), name, REACTED, after=after or None, type=kind
            )
            for user in people:
                after = int(user["id"])
                data = {**standing, "user_id": user["id"], "burst": kind == BURST, "type": kind}
                if not user.get("bot"):
                    yield await self._with_member({**data, "user": user}, shown.guild, user)
            if len(people) < REACTED:
                return

    async def _with_member(self, data: Data, guild: str, user: Data) -> Data:
        """Return data as the gateway tells it: with the guild, and who the person is there."""
        if not guild:
            return data
        who = (guild, str(user["id"]))
        if who not in self._members:
            try:
                self._members[who] = await self.connection.client.http.get_member(int(guild), int(user["id"]))
            except _UNREADABLE:
                self._members[who] = None  # they left
        member = self._members[who]
        return {**data, "guild_id": guild} | ({"member": member} if member else {})

    def fresh(self) -> "Rereading":
        """Return one that knows nothing of who people were."""
        return replace(self, _members={})


@dataclass
class Gaps:
    """Decides when to read again, and does it beside the gateway: at each new session, and for each guild."""

    heard_at: Callable[[], datetime | None]  #: when the gateway last told of something, before this session
    work: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    reading: Rereading | None = None
    retry: float = 5.0  #: seconds before another try when Discord cannot be asked
    after: datetime = field(default_factory=lambda: datetime.now(UTC))

    def gap(self, event: str, data: Data) -> None:
        """Note a session that begins, or a guild that comes into sight."""
        now = datetime.now(UTC)
        if event == "READY":
            self.after = since(self.heard_at(), now)
            self._begin(self._session(self.after))
        else:
            self._begin(self._guild(data, max(self.after, now - LONGEST)))

    async def probe(self, most: int = 20) -> int:
        """Ask REST for what the gateway may have kept back, and return how much that was."""
        if self.reading is None:
            return 0
        reading, after = self.reading.fresh(), since(self.heard_at(), datetime.now(UTC))
        return await reading.questions() + await reading.directs(after, most) + await reading.threads(after, most)

    async def close(self) -> None:
        """Read no further; the next session reads it."""
        for each in self.work:
            each.cancel()
        await self.idle()

    async def idle(self) -> None:
        """Wait until everything is read."""
        while self.work:
            await asyncio.wait(tuple(self.work))

    def _begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine, name="discord rereading")
        self.work.add(task)
        task.add_done_callback(self.work.discard)

    async def _session(self, after: datetime) -> None:
        await self._tried(lambda reading: reading.session(after))

    async def _guild(self, guild: Data, after: datetime) -> None:
        await self._tried(lambda reading: reading.guild(guild, after))

    async def _tried(self, read: Callable[[Rereading], Awaitable[int]]) -> None:
        """Read until it worked: what is known already is not taken twice."""
        while self.reading is not None:
            try:
                found = await read(self.reading.fresh())
            except (*_UNREACHABLE, NodError) as error:
                log.warning("discord_not_read_again", error=type(error).__name__)
                await asyncio.sleep(self.retry)
                continue
            except Exception:  # what cannot be read must not end what can be heard
                log.exception("discord_rereading_fault")
            else:
                if found:
                    log.info("discord_read_again", missed=found)
            return
