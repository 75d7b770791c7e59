"""Where something was said: server, channel and thread, and which Run is talked about there."""

from collections import OrderedDict
from dataclasses import dataclass

import discord

from adapters.discord.failures import persistently
from adapters.discord.names import Ref
from adapters.discord.payloads import Data, listed, within
from adapters.discord.people import PLATFORM
from adapters.discord.rest import Rest
from agent_core.domain import Origin
from agent_core.ports import RunSummary
from agent_core.service import Service

TAG = "nod"  # of a forum: a post that bears it is for Nod
MOST_KNOWN = 10_000  # channels whose parents are remembered; they never change

_THREADS = frozenset(
    kind.value
    for kind in (
        discord.ChannelType.public_thread,
        discord.ChannelType.private_thread,
        discord.ChannelType.news_thread,
    )
)
WITH_THREADS = frozenset({discord.ChannelType.text.value, discord.ChannelType.news.value, *_THREADS})


@dataclass(frozen=True, slots=True)
class Place:
    """A channel with, where it is in one, the thread. For a direct conversation the server is empty."""

    guild: str
    channel: str
    thread: str = ""

    @property
    def here(self) -> str:
        """The channel or thread itself."""
        return self.thread or self.channel

    def origin(self, thread: str = "") -> Origin:
        """Return the Origin of a Goal asked here; a direct conversation is one thread."""
        return Origin(PLATFORM, self.guild, self.channel, thread or self.thread or ("" if self.guild else self.channel))


class Places:
    """Finds places and their Runs."""

    def __init__(self, service: Service, rest: Rest) -> None:
        self._service = service
        self._rest = rest
        self._parents: OrderedDict[str, str] = OrderedDict()  # by channel; empty for what is no thread

    async def of(self, data: Data) -> Place:
        """Return where something came from: an interaction, a message or a reaction."""
        guild, here = str(data.get("guild_id") or ""), str(data["channel_id"])
        parent = await self._parent(here, within(data, "channel")) if guild else ""
        return Place(guild, parent, here) if parent else Place(guild, here)

    async def run_in(self, place: Place) -> RunSummary | None:
        """Return the newest Run that is talked about in a thread or direct conversation."""
        if not (place.thread or not place.guild):
            return None
        newest = await self._service.threads.newest_in(place.origin())
        if newest is not None or not place.guild:
            return newest
        # a command's thread hangs on the root Card, whose id it has; a forum's post begins with that Card
        hanging = await self.run_of_message(Ref(place.guild, place.channel, place.thread))
        return hanging or await self.run_of_message(Ref(place.guild, place.thread, place.thread))

    async def run_of_message(self, ref: Ref) -> RunSummary | None:
        """Return the newest Run of the thread that a message of Nod's belongs to."""
        shown = await self._service.threads.shown_by(str(ref))
        if shown is None:
            return None
        state = await self._service.state(shown.run_id)
        return await self._service.threads.newest_in(state.origin)

    async def is_tagged_post(self, place: Place) -> bool:
        """Say whether a thread is a post in a forum that bears the tag `nod`, whoever it mentions."""
        if not place.thread:
            return False
        post = await persistently(lambda: self._rest.channel(place.thread))
        if not post.get("applied_tags"):
            return False
        forum = await persistently(lambda: self._rest.channel(place.channel))
        ours = {tag["id"] for tag in listed(forum, "available_tags") if str(tag["name"]).casefold() == TAG}
        return bool(ours & set(post["applied_tags"]))

    async def _parent(self, channel: str, told: Data) -> str:
        if channel not in self._parents:
            found = told if "type" in told else await persistently(lambda: self._rest.channel(channel))
            self._parents[channel] = str(found["parent_id"]) if found["type"] in _THREADS else ""
            while len(self._parents) > MOST_KNOWN:
                self._parents.popitem(last=False)
        return self._parents[channel]
