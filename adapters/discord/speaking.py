"""What Nod says beside Cards: to one person alone where Discord lets it, else as a reply that pings nobody."""

from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog
from discord import ui

from adapters.discord.limits import NONCE
from adapters.discord.payloads import Data
from adapters.discord.people import of_interaction
from adapters.discord.rest import TOKEN_OVER, UNKNOWN_WEBHOOK, Rest
from adapters.discord.views import Shown, View, sentence_view
from agent_core.domain import digest_of

log = structlog.get_logger(__name__)


class Voice:
    """Says things. That something could not be said is logged, and changes nothing else."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def fill_in(self, data: Data, shown: Shown) -> None:
        """Fill in the answer to a command that was put off."""
        await self._try(lambda: self._rest.fill_in(data, shown))

    async def whisper(self, data: Data, text: str, *buttons: ui.Button[View], at_once: bool = False) -> None:
        """Tell who clicked or submitted, and nobody else. `at_once`: it is the first answer.

        When their token is over, which happens after an outage, it is said where they clicked.
        """
        shown = sentence_view(text, *buttons)
        say = self._rest.whisper_at_once if at_once else self._rest.whisper
        if not await self._try(lambda: say(data, shown)):
            who = of_interaction(data).display
            await self.reply(str(data["channel_id"]), f"{who}: {text}", key=f"late:{data['id']}")

    async def whisper_shown(self, data: Data, shown: Shown) -> None:
        """Show something to who clicked, and to nobody else."""
        await self._try(lambda: self._rest.whisper(data, shown))

    async def take_back(self, data: Data) -> None:
        """Delete the whispered message that was clicked, once what it asked for is done."""
        await self._try(lambda: self._rest.take_back(data))

    async def reply(self, channel: str, text: str, *, key: str, to: str = "", person: str = "") -> None:
        """Say a sentence in a channel or thread, as a reply to a message if one is named; with a key only once.

        Where Nod may not write, it is said to the `person` in a direct message, if one is named.
        """
        await self._try(lambda: self._here_or_alone(channel, sentence_view(text), digest_of(key)[:NONCE], to, person))

    async def _here_or_alone(self, channel: str, shown: Shown, nonce: str, to: str, person: str) -> None:
        try:
            await self._rest.send(channel, shown, nonce=nonce, reply_to=to)
        except discord.Forbidden:
            if not person:
                raise
            await self._rest.send(await self._rest.direct_channel(person), shown, nonce=nonce)

    async def show(self, channel: str, shown: Shown, *, key: str, to: str = "") -> None:
        """Show something in a channel, as a reply to a message."""
        await self._try(lambda: self._rest.send(channel, shown, nonce=digest_of(key)[:NONCE], reply_to=to))

    async def _try(self, say: Callable[[], Awaitable[object]]) -> bool:
        """Say it; False when the token for it is over."""
        try:
            await say()
        except discord.HTTPException as error:
            log.warning("not_said", status=error.status, code=error.code)
            return error.code not in (TOKEN_OVER, UNKNOWN_WEBHOOK)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("not_said", error=type(error).__name__)
        return True
