"""Opens what reads pages, with all that it needs."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agent_core.ports import Clock
from agent_core.tools.web.browser import browser_for
from agent_core.tools.web.client import open_client
from agent_core.tools.web.pace import Pace, Wait
from agent_core.tools.web.pages import PageReader
from agent_core.tools.web.readers import SECONDS, open_readers
from agent_core.tools.web.robots import Robots
from agent_core.tools.web.settings import WebSettings
from agent_core.tools.web.transport import GuardedNetwork, Resolver, system_resolver


@asynccontextmanager
async def open_page_reader(
    settings: WebSettings,
    *,
    clock: Clock,
    wait: Wait = asyncio.sleep,
    resolver: Resolver = system_resolver,
    tls: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> AsyncGenerator[PageReader]:
    """Yield what reads pages by these settings; to take one apart may take `seconds`."""
    async with open_client(settings.guard, resolver=resolver, tls=tls) as client, open_readers(seconds) as readers:
        pace = Pace(clock, wait)
        robots = Robots(client, readers, pace, clock) if settings.robots else None
        network = GuardedNetwork(settings.guard, resolver)
        browser = browser_for(settings.guard, network) if settings.javascript else None
        yield PageReader(client, readers, pace, clock, robots, browser)
