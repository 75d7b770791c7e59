"""Opens the Tools that the settings and connections name, each family with what it needs for as long as Nod is open.

A family that no section names is not even imported, and what takes its time is opened when a Run first needs it:
`nod runs` must not wait for a sandbox.
"""

# ruff: noqa: PLC0415 - for the reason above

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent_core.tools import core_tools
from agent_core.tools.code.source import CodeTools
from agent_core.tools.installed import with_installed
from agent_core.tools.late import Late
from agent_core.tools.skills import SkillTools
from agent_core.tools.toolbox import Tool, Toolbox
from agent_core.tools.web.tools import open_web_tools
from bot.connections import Connections
from bot.settings import Settings

if TYPE_CHECKING:
    from agent_core.tools.code.opening import Code


@asynccontextmanager
async def open_toolbox(settings: Settings, connections: Connections) -> AsyncGenerator[Toolbox]:
    """Yield the box of every Tool there is, those of other distributions included.

    Raises:
        ToolRefused: an installed distribution's Tools cannot be used.
    """
    async with AsyncExitStack() as stack:
        named = [tool async for tool in _named(connections, stack)]
        box = with_installed(Toolbox.of((*core_tools(), *named)))
        box = box.with_source(CodeTools(Late(stack, lambda: opened_code(settings, connections))))
        box = box.with_source(SkillTools(settings.nod_skills))
        if connections.mcp:
            from bot.mcp import open_servers

            box = box.with_source(await stack.enter_async_context(open_servers(settings, connections.mcp, box)))
        yield box


async def _named(connections: Connections, stack: AsyncExitStack) -> AsyncIterator[Tool]:
    """Yield the Tools of the web, and of what else the connections name."""
    for tool in await stack.enter_async_context(open_web_tools(connections.web, connections.search, clock=utc_now)):
        yield tool
    if connections.wordpress or connections.ghost:
        from agent_core.tools.publishing.opening import open_publishing_tools

        opening = open_publishing_tools(connections.wordpress, connections.ghost)
        for tool in await stack.enter_async_context(opening):
            yield tool
    if connections.http.hosts:
        from agent_core.tools.http.opening import open_http_tools

        for tool in await stack.enter_async_context(open_http_tools(connections.http, connections.secrets)):
            yield tool
    if connections.mail:
        from agent_core.tools.mail.opening import mail_tools

        for tool in mail_tools(connections.mail, utc_now):
            yield tool


def opened_code(settings: Settings, connections: Connections) -> "AbstractAsyncContextManager[Code]":
    """Open what runs code. It sees neither Nod nor anything of Nod's."""
    from agent_core.tools.code.opening import open_code

    nod = Path(__file__).resolve().parents[1]
    hidden = (nod, Path.cwd(), settings.nod_data.absolute(), settings.nod_connections.absolute().parent)
    return open_code(connections.code, settings.nod_data / "code", hidden)


def utc_now() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)
