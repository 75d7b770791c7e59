"""Asks a search engine, and says in a sentence why one does not answer."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from agent_core.errors import SearchFailed, WebError
from agent_core.i18n import N_, Phrase
from agent_core.ports import Clock
from agent_core.tools.web.client import Limits, Reply, WebClient, open_client
from agent_core.tools.web.engines import ENGINES, Engine, Found, found_in
from agent_core.tools.web.guard import Guard
from agent_core.tools.web.pace import Wait
from agent_core.tools.web.settings import EngineName, SearchSettings

LIMITS = Limits(seconds=20.0, body=2_000_000, redirects=0)
SHORT_WAIT = 10.0  # seconds: an engine that wants no more is asked once more
SECONDS = 10  # for each engine that ddgs asks
_REFUSING = frozenset({401, 403})
_USED_UP = frozenset({402, 432, 433})  # 432 and 433 are Tavily's words for a plan's limits
_TOO_OFTEN = 429


class SearchEngine(Protocol):
    """Finds pages."""

    @property
    def name(self) -> str:
        """Its name, for people."""
        ...

    @property
    def source(self) -> str:
        """Where its results come from: a host."""
        ...

    async def search(self, query: str, count: int) -> tuple[Found, ...]:
        """Return at most `count` results, the best first; empty when there are none.

        Raises:
            SearchFailed: it did not answer, and why.
        """
        ...


@dataclass(frozen=True)
class ApiEngine:
    """A search engine with an API, asked through the guard. Its address is the settings', not a model's."""

    engine: Engine
    settings: SearchSettings
    client: WebClient
    clock: Clock
    wait: Wait

    @property
    def name(self) -> str:
        """Its name, for people."""
        return self.engine.name

    @property
    def source(self) -> str:
        """Its host."""
        return self.engine.asked(self.settings, "", 1).address.place

    async def search(self, query: str, count: int) -> tuple[Found, ...]:
        """Return what it finds. One that is asked too often and wants a short pause is asked once more."""
        reply = await self._asked(query, count)
        if reply.status == _TOO_OFTEN and (pause := self._pause(reply)) is not None and pause <= SHORT_WAIT:
            await self.wait(pause)
            reply = await self._asked(query, count)
        self._refuse(reply)
        try:
            return self.engine.read(json.loads(reply.body), count)
        except (ValueError, RecursionError):
            raise self._failed(N_("what it answered cannot be understood.")) from None

    async def _asked(self, query: str, count: int) -> Reply:
        request = self.engine.asked(self.settings, query, count)
        try:
            return await self.client.fetch(
                request.address,
                method=request.method,
                headers=request.headers,
                content=request.content,
                limits=LIMITS,
            )
        except WebError as error:
            raise self._failed(error.fields["reason"]) from error

    def _refuse(self, reply: Reply) -> None:
        """Raise SearchFailed for a reply that is no answer."""
        if reply.status in _REFUSING or (reply.status == 422 and b"TOKEN" in reply.body):  # noqa: PLR2004  Brave's
            if self.engine is ENGINES[EngineName.SEARXNG]:
                raise self._failed(N_("it gives no JSON; add json to search.formats in its settings.yml."))
            raise self._failed(N_("it refuses the key; mend `key` in [search] of the connections."))
        if reply.status in _USED_UP or (reply.status // 100 == 4 and b"credits" in reply.body):  # noqa: PLR2004
            raise self._failed(N_("the searches of its plan are used up."))
        if reply.status == _TOO_OFTEN:
            raise self._failed(N_("it is asked too often; try again later."))
        if reply.status != 200:  # noqa: PLR2004
            raise self._failed(Phrase(N_("its server answered: {said}."), said=str(reply.status)))

    def _pause(self, reply: Reply) -> float | None:
        """Return the seconds after which it can be asked again (RFC 9110, Retry-After; Brave's X-RateLimit-Reset)."""
        said = reply.headers.get("retry-after") or reply.headers.get("x-ratelimit-reset", "").partition(",")[0]
        if said.strip().isdecimal():
            return float(said)
        try:
            at = parsedate_to_datetime(said)
        except ValueError:
            return None
        return max((at.replace(tzinfo=at.tzinfo or UTC) - self.clock()).total_seconds(), 0.0)

    def _failed(self, reason: Any) -> SearchFailed:
        return SearchFailed(engine=self.name, reason=reason)


#: by its name, what ddgs calls an engine, and its host. No others are asked: people are told whom their words go to
KEYLESS = {
    "DuckDuckGo": ("duckduckgo", "duckduckgo.com"),
    "Brave": ("brave", "search.brave.com"),
    "Mojeek": ("mojeek", "mojeek.com"),
}
TextSearch = Callable[[str, int], list[dict[str, Any]]]


@dataclass(frozen=True)
class KeylessEngine:
    """Engines that need no key, by the package ddgs, which keeps its own connections to their hosts."""

    text: TextSearch
    name: str = ", ".join(KEYLESS)
    source: str = ", ".join(host for _, host in KEYLESS.values())

    async def search(self, query: str, count: int) -> tuple[Found, ...]:
        """Return what they find."""
        from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException  # noqa: PLC0415  (slow, late)

        try:
            results = await asyncio.to_thread(self.text, query, count)
        except RatelimitException:
            raise SearchFailed(engine=self.name, reason=N_("it is asked too often; try again later.")) from None
        except TimeoutException:
            reason = Phrase(N_("it took longer than {seconds:g} seconds."), seconds=SECONDS)
            raise SearchFailed(engine=self.name, reason=reason) from None
        except DDGSException as error:
            if "No results" in str(error):
                return ()
            raise SearchFailed(engine=self.name, reason=N_("no connection to its server came about.")) from error
        return tuple(found_in(list(results), ("title", "href", "body", "date")))[:count]


def keyless_text(
    query: str, count: int, proxy: str | None = None, *, verify: bool | str = True
) -> list[dict[str, Any]]:
    """Ask as ddgs does; it blocks. `verify` may name a file of authorities."""
    from ddgs.ddgs import DDGS  # noqa: PLC0415  (loads a browser's worth of TLS, and most searches never come to it)

    backend = ",".join(called for called, _ in KEYLESS.values())
    return DDGS(proxy=proxy, timeout=SECONDS, verify=verify).text(query, max_results=count, backend=backend)


@asynccontextmanager
async def open_search(
    settings: SearchSettings, *, clock: Clock, wait: Wait = asyncio.sleep
) -> AsyncGenerator[SearchEngine]:
    """Yield the engine that the settings name. Raises SearchFailed where they say that there is none."""
    match settings.engine:
        case EngineName.NONE:
            raise SearchFailed(engine="[search]", reason=N_("the connections switch it off."))
        case EngineName.DDGS:
            yield KeylessEngine(keyless_text)
        case name:
            engine = ENGINES[name]
            address = engine.asked(settings, "", 1).address
            # the engine's own host and port, private or not: who runs Nod named them
            async with open_client(Guard.of([f"{address.host}:{address.port}"])) as client:
                yield ApiEngine(engine, settings, client, clock, wait)
