"""The Tools of the web, which open what they need when they are first used."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from agent_core.ports import Clock
from agent_core.tools.late import Late
from agent_core.tools.toolbox import Tool
from agent_core.tools.web.read_page import read_page_tool
from agent_core.tools.web.search_web import search_web_tool
from agent_core.tools.web.settings import EngineName, SearchSettings, WebSettings

if TYPE_CHECKING:
    from agent_core.tools.web.pages import PageReader
    from agent_core.tools.web.searching import SearchEngine


@asynccontextmanager
async def open_web_tools(web: WebSettings, search: SearchSettings, *, clock: Clock) -> AsyncGenerator[tuple[Tool, ...]]:
    """Yield the Tools of the web that the settings want."""

    def pages() -> "AbstractAsyncContextManager[PageReader]":
        from agent_core.tools.web.opening import open_page_reader  # noqa: PLC0415  (late, see late.py)

        return open_page_reader(web, clock=clock)

    def engine() -> "AbstractAsyncContextManager[SearchEngine]":
        from agent_core.tools.web.searching import open_search  # noqa: PLC0415  (the same)

        return open_search(search, clock=clock)

    async with AsyncExitStack() as stack:
        reading = (read_page_tool(web.guard, Late(stack, pages)),) if web.pages else ()
        searching = (search_web_tool(Late(stack, engine)),) if search.engine is not EngineName.NONE else ()
        yield (*reading, *searching)
