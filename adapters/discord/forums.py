"""Forums: a Run that is told in one has a post of its own, whose first message is its root Card."""

from collections import OrderedDict

import discord

from adapters.discord.payloads import listed
from adapters.discord.places import TAG
from adapters.discord.posting import is_marked
from adapters.discord.rest import Json, Rest
from adapters.discord.views import Shown

_KINDS = frozenset({discord.ChannelType.forum.value, discord.ChannelType.media.value})
_NEEDS_TAG = 1 << 4  # docs, Channel Flags: REQUIRE_TAG
_MOST_KNOWN = 10_000  # channels of which it is remembered whether they are forums


class Forums:
    """Opens posts, and finds them again."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._known: OrderedDict[str, bool] = OrderedDict()

    async def is_one(self, channel: str) -> bool:
        """Say whether a channel is a forum, in which messages stand in posts alone."""
        if channel not in self._known:
            self._known[channel] = (await self._rest.channel(channel))["type"] in _KINDS
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return self._known[channel]

    async def post(self, forum: str, name: str, shown: Shown, *, asker: str = "") -> str:
        """Open a post that shows this, bring who asked into it, and return its id, which its first message has too."""
        tags = _tags(await self._rest.channel(forum))
        return await self._rest.start_post(forum, name, shown, tags=tags, asker=asker)

    async def find(self, guild: str, forum: str, mark: int) -> str:
        """Return the id of Nod's post whose first message has this mark, an empty string when there is none."""
        for thread in await self._rest.active_threads(guild):
            if thread.get("parent_id") == forum and thread.get("owner_id") == self._rest.me:
                post = str(thread["id"])
                try:
                    first = await self._rest.message(post, post)
                except discord.NotFound:  # that message was deleted, or the post was just now
                    continue
                if is_marked(first, self._rest.me, mark):
                    return post
        return ""


def _tags(forum: Json) -> list[str]:
    """Return the tags for a post: Nod's own where the forum has one, else one only if it needs one."""
    available = listed(forum, "available_tags")
    ours = [str(tag["id"]) for tag in available if str(tag["name"]).casefold() == TAG]
    if ours or not int(forum.get("flags") or 0) & _NEEDS_TAG:
        return ours
    return [str(tag["id"]) for tag in available[:1]]
