"""How fast Nod speaks to Discord, and when it stops: never so that Discord has to say no.

It watches every request that discord.py makes through aiohttp's tracing, which is where discord.py lets one look.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp
import discord
from discord.http import Route

from adapters.discord.limits import INVALID, INVALID_WINDOW, REQUESTS
from agent_core.i18n import N_

PER_SECOND = REQUESTS - 10  # other processes of Nod may speak, too
MOST_INVALID = INVALID // 20
MOST_UNAUTHORISED = 3  # answers 401 in a row: the token is not valid any more, and no further request can help

#: they have no part in the limit of requests a second (docs, Rate Limits, "Global Rate Limit")
_APART = re.compile(r"/(?:interactions|webhooks)/\d+/[^/]{20,}")
_POSTED = re.compile(r"/channels/\d+/messages$")

TOKEN_REFUSED = N_(
    "Discord no longer takes DISCORD_TOKEN; reset it under Bot in the developer portal and set the new one."
)
TOO_MANY_REFUSED = N_(
    "Discord refused so much within ten minutes that Nod stopped asking, so as not to be banned; it goes on by itself. "
    "`nod doctor` shows which permissions are missing."
)


class Halted(aiohttp.ClientConnectionError):
    """Nod does not ask Discord now. It is a failed connection to whoever asked, and no request was made."""


@dataclass
class Traffic:
    """Everything that one process asks of Discord."""

    per_second: int = PER_SECOND
    most_invalid: int = MOST_INVALID
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    posted_at: float = float("-inf")  #: by `clock`, when a message was last posted, of which the gateway must tell
    _sent: deque[float] = field(default_factory=deque[float])
    _invalid: deque[float] = field(default_factory=deque[float])
    _unauthorised: int = 0

    def trace(self) -> aiohttp.TraceConfig:
        """Return what a client's `http_trace` must be to be counted here."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._before)
        config.on_request_end.append(self._after)
        return config

    def trouble(self) -> str:
        """Return why nothing is asked now, as a msgid; an empty string when all is well."""
        if self._unauthorised >= MOST_UNAUTHORISED:
            return TOKEN_REFUSED
        _forget(self._invalid, self.clock() - INVALID_WINDOW)
        return TOO_MANY_REFUSED if len(self._invalid) >= self.most_invalid else ""

    async def _before(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestStartParams
    ) -> None:
        url = str(request.url)
        if not url.startswith(Route.BASE):
            return  # a file, or the gateway
        trouble = self.trouble()
        if trouble:
            raise Halted(trouble)
        if not _APART.search(url):
            await self._turn()

    async def _turn(self) -> None:
        """Wait until one more request fits in the second."""
        while True:
            now = self.clock()
            _forget(self._sent, now - 1)
            if len(self._sent) < self.per_second:
                self._sent.append(now)
                return
            await self.sleep(self._sent[0] + 1 - now)

    async def _after(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestEndParams
    ) -> None:
        url, answer = str(request.url.with_query(None)), request.response
        if not url.startswith(Route.BASE):
            return
        self._count(url, answer)
        if request.method != "POST":
            return
        if answer.ok and _POSTED.search(url):
            self.posted_at = self.clock()
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            # discord.py would send it again as it is, and what was done already would be done twice
            raise discord.DiscordServerError(answer, f"{answer.status} to a request that is not safe to repeat")

    def _count(self, url: str, answer: aiohttp.ClientResponse) -> None:
        # an interaction's own token runs out, too; that says nothing of the bot's
        if answer.status == HTTPStatus.UNAUTHORIZED and not _APART.search(url):
            self._unauthorised += 1
        elif answer.ok:
            self._unauthorised = 0
        shared = answer.headers.get("X-RateLimit-Scope") == "shared"
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or (
            answer.status == HTTPStatus.TOO_MANY_REQUESTS and not shared
        ):
            self._invalid.append(self.clock())


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()
