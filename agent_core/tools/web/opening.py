"""Opens the Tools of the web, and what they need for as long as Nod is open."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agent_core.ports import Clock
from agent_core.tools.toolbox import Tool
from agent_core.tools.web.client import open_client
from agent_core.tools.web.pace import Pace, Wait
from agent_core.tools.web.pages import PageReader
from agent_core.tools.web.read_page import read_page_tool
from agent_core.tools.web.readers import SECONDS, open_readers
from agent_core.tools.web.robots import Robots
from agent_core.tools.web.search_web import search_web_tool
from agent_core.tools.web.searching import open_search
from agent_core.tools.web.settings import SearchSettings, WebSettings
from agent_core.tools.web.transport import Resolver, system_resolver


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
        yield PageReader(client, readers, pace, clock, robots)


@asynccontextmanager
async def open_web_tools(web: WebSettings, search: SearchSettings, *, clock: Clock) -> AsyncGenerator[tuple[Tool, ...]]:
    """Yield the Tools of the web that the settings want."""
    async with open_page_reader(web, clock=clock) as pages, open_search(search, clock=clock) as engine:
        reading = (read_page_tool(pages),) if web.pages else ()
        yield (*reading, search_web_tool(engine)) if engine else reading
