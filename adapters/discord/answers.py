"""The first answer to an interaction: there is one, and Discord waits three seconds for it."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

import aiohttp
import discord
import structlog

from adapters.discord.limits import ANSWER_SECONDS
from adapters.discord.payloads import Data
from adapters.discord.rest import ALREADY_ANSWERED, Json, Rest, whispered
from adapters.discord.views import Shown

WITHIN = ANSWER_SECONDS - 0.2  # seconds: the last try must arrive, too
AGAIN = (0.0, 0.2, 0.5, 1.0)  # seconds before each try

log = structlog.get_logger(__name__)


class Answer:
    """The first answer to one interaction, tried until Discord's time for it is up, which begins now.

    Every method says whether Discord took it; given twice, the first one counts, and the second is taken for it.
    """

    def __init__(self, rest: Rest, interaction: Data) -> None:
        self._rest = rest
        self._interaction = interaction
        self._until = asyncio.get_running_loop().time() + WITHIN

    async def defer(self) -> bool:
        """Say that an answer follows, which only one person sees."""
        kind = discord.InteractionResponseType.deferred_channel_message
        return await self._give({"type": kind.value, "data": {"flags": discord.MessageFlags(ephemeral=True).value}})

    async def silence(self) -> bool:
        """Answer a click or a submitted modal with nothing to be seen."""
        return await self._give({"type": discord.InteractionResponseType.deferred_message_update.value})

    async def modal(self, modal: Json) -> bool:
        """Open a modal."""
        return await self._give({"type": discord.InteractionResponseType.modal.value, "data": modal})

    async def whisper(self, shown: Shown) -> bool:
        """Answer with what only one person sees; without files."""
        kind = discord.InteractionResponseType.channel_message
        return await self._give({"type": kind.value, "data": whispered(shown).payload})

    async def _give(self, answer: Json) -> bool:
        why = "time is up"
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._until):
                for wait in AGAIN:
                    await asyncio.sleep(wait)
                    try:
                        await self._rest.answer(self._interaction, answer)
                    except discord.HTTPException as error:
                        if error.code == ALREADY_ANSWERED:
                            return True  # what became of an earlier try was not heard
                        why = f"{error.status} {error.code}"
                        if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                            break
                    except (aiohttp.ClientError, OSError) as error:
                        why = type(error).__name__
                    else:
                        return True
        log.warning("discord_not_answered", interaction=self._interaction["id"], why=why)
        return False
