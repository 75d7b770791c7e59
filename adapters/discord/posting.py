"""A message that is posted once, however often that is tried."""

from adapters.discord.limits import NONCE
from adapters.discord.names import mark_of
from adapters.discord.payloads import listed
from adapters.discord.rest import Json, Rest
from adapters.discord.views import Shown, marked
from agent_core.domain import digest_of


def is_marked(message: Json, me: str, mark: int, nonce: str = "") -> bool:
    """Say whether a message is Nod's and the one with this mark, or nonce."""
    if message["author"]["id"] != me:
        return False
    return (bool(nonce) and message.get("nonce") == nonce) or any(
        part.get("id") == mark for part in listed(message, "components")
    )


class Posting:
    """One message, known by a key. Its nonce keeps it from appearing twice for some minutes; later it is looked for.

    `uncertain`: it may have been posted by an earlier process, and is looked for before the first try, too.
    """

    def __init__(self, rest: Rest, shown: Shown, key: str, *, uncertain: bool = False) -> None:
        self._rest = rest
        self._mark = mark_of(key)
        self._shown = marked(shown, self._mark)
        self._nonce = digest_of(key)[:NONCE]
        self._uncertain = uncertain
        self._tried: set[str] = set()

    async def to(self, channel: str, *, reply_to: str = "") -> None:
        """Post it to a channel unless it stands there already. Raises as `Rest.send` does."""
        if (self._uncertain or channel in self._tried) and await self.stands_in(channel):
            return
        self._tried.add(channel)
        await self._rest.send(channel, self._shown, nonce=self._nonce, reply_to=reply_to)

    async def stands_in(self, channel: str) -> bool:
        """Say whether it is among the newest messages, as one whose answer was lost is."""
        newest = await self._rest.newest(channel)
        return any(is_marked(message, self._rest.me, self._mark) for message in newest)
