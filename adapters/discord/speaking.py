"""What Nod says beside Cards: to one person alone where Discord lets it, else as a reply that pings nobody.

It is said while Discord answers, or is tried again beside everything else for as long as it can still be of use.
Sentences outlast a restart in that. Cards that answer `help` or `runs` do not: who asked sees that, and asks again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import aiohttp
import discord
import structlog
from discord import ui

from adapters.discord.answers import Answer
from adapters.discord.connection import NotLoggedIn
from adapters.discord.failures import as_failures, persistently
from adapters.discord.owed import WITHIN, Owed, Sentence
from adapters.discord.payloads import Data
from adapters.discord.people import of_interaction
from adapters.discord.posting import Posting
from adapters.discord.rest import Rest
from adapters.discord.traffic import Halted
from adapters.discord.views import Shown, View, sentence_view
from agent_core.errors import StorageError
from agent_core.platform_ports import DeliveryFailed

MOST_AT_ONCE = 500  # sentences that wait for Discord; beyond that none is kept

#: it surely did not arrive, so it may be said again though Discord would not know it for the same
_NOT_SENT = (aiohttp.ClientConnectorError, NotLoggedIn, Halted, discord.RateLimited)

log = structlog.get_logger(__name__)

Say = Callable[[], Awaitable[None]]


class Voice:
    """Says things. That something could not be said is logged, and changes nothing else."""

    def __init__(self, rest: Rest, owed: Owed) -> None:
        self._rest = rest
        self._owed = owed
        self._later: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Go on with the sentences that were owed when Nod last ended."""
        try:
            owed = await self._owed.all()
        except StorageError as error:
            log.warning("owed_not_known", error=type(error).__name__)
            return
        for sentence in owed:
            self._begin(self._say_later(self._posted(sentence, uncertain=True), 0.0, sentence))

    async def close(self) -> None:
        """Say nothing more."""
        for each in self._later:
            each.cancel()
        await self.idle()

    async def idle(self) -> None:
        """Wait until nothing is left to say."""
        while self._later:
            await asyncio.wait(tuple(self._later))

    async def fill_in(self, data: Data, shown: Shown, *, text: str = "") -> None:
        """Fill in the answer to a command that was put off.

        When the token for it is over, which happens after an outage, the `text` is said where they asked.
        """
        sentence = self._late(data, text) if text else None
        late = self._posted(sentence) if sentence else None

        async def say() -> None:
            try:
                await self._rest.fill_in(data, shown)
            except discord.HTTPException as error:
                if late is None or error.status not in (401, 404):
                    raise
                await late()

        await self._say(say, sentence)

    async def whisper(self, data: Data, text: str, *buttons: ui.Button[View], at_once: bool = False) -> None:
        """Tell who clicked or submitted, and nobody else. `at_once`: it is the first answer.

        Where that cannot be done, or where it is not certain that it was, it is said where they clicked: of what one
        person sees Discord says neither what there is, nor that it came twice.
        """
        shown = sentence_view(text, *buttons)
        sentence = self._late(data, text)
        late = self._posted(sentence)
        if at_once:
            if not await Answer(self._rest, data).whisper(shown):
                await self._say(late, sentence)
            return
        alone = True

        async def say() -> None:
            nonlocal alone
            if alone:
                try:
                    await self._rest.whisper(data, shown)
                except _NOT_SENT:
                    raise
                except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                    alone = False
                    log.info("not_whispered", why=str(error))
                else:
                    return
            await late()

        await self._say(say, sentence)

    async def whisper_shown(self, data: Data, shown: Shown) -> None:
        """Show something to who clicked, and to nobody else."""
        await self._say(lambda: self._rest.whisper(data, shown))

    async def take_back(self, data: Data) -> None:
        """Delete the whispered message that was clicked, once what it asked for is done."""
        await self._say(lambda: self._rest.take_back(data))

    async def reply(self, channel: str, text: str, *, key: str, to: str = "", person: str = "") -> None:
        """Say a sentence in a channel or thread, as a reply to a message if one is named; with a key only once.

        Where Nod may not write, it is said to the `person` in a direct message, if one is named.
        """
        sentence = Sentence(channel, text, key, to, person)
        await self._say(self._posted(sentence), sentence)

    async def show(self, channel: str, shown: Shown, *, key: str, to: str = "") -> None:
        """Show something in a channel, as a reply to a message."""
        posting = Posting(self._rest, shown, key)
        await self._say(lambda: posting.to(channel, reply_to=to))

    def _late(self, data: Data, text: str) -> Sentence:
        """Return what is said where somebody clicked or asked, by their name."""
        return Sentence(str(data["channel_id"]), f"{of_interaction(data).display}: {text}", f"late:{data['id']}")

    def _posted(self, sentence: Sentence, *, uncertain: bool = False) -> Say:
        """Return what posts a sentence; `uncertain`: an earlier process may have done that."""
        posting = Posting(self._rest, sentence_view(sentence.text), sentence.key, uncertain=uncertain)

        async def say() -> None:
            try:
                await posting.to(sentence.channel, reply_to=sentence.to)
            except discord.Forbidden:
                if not sentence.person:
                    raise
                await posting.to(await self._rest.direct_channel(sentence.person))

        return say

    async def _say(self, say: Say, sentence: Sentence | None = None) -> None:
        """Say it now; if Discord is away, later, and nobody waits for that. A `sentence` is kept until then."""
        try:
            with as_failures():
                await say()
        except DeliveryFailed as failure:
            if failure.gone or len(self._later) >= MOST_AT_ONCE:
                log.warning("not_said", why=str(failure))
                return
            if sentence is not None:
                sentence = replace(sentence, until=time.time() + WITHIN)
                await self._note(self._owed.keep(sentence))
            self._begin(self._say_later(say, failure.retry_after, sentence))
        except discord.HTTPException as error:
            log.warning("not_said", status=error.status, code=error.code)

    async def _say_later(self, say: Say, wait: float, sentence: Sentence | None) -> None:
        try:
            async with asyncio.timeout(sentence.until - time.time() if sentence else WITHIN):
                await asyncio.sleep(wait)
                await persistently(say)
        except (DeliveryFailed, discord.HTTPException, TimeoutError) as error:
            log.warning("not_said", why=str(error) or type(error).__name__)
        if sentence is not None:
            await self._note(self._owed.drop(sentence.key))

    async def _note(self, noting: Awaitable[None]) -> None:
        """Note what is owed; where that cannot be, it is said all the same unless Nod ends before."""
        try:
            await noting
        except StorageError as error:
            log.warning("owed_not_noted", error=type(error).__name__)

    def _begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine, name="discord sentence")
        self._later.add(task)
        task.add_done_callback(self._later.discard)
