"""Opens the Tools that the settings and connections name, each family with what it needs for as long as Nod is open."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from agent_core.tools import core_tools
from agent_core.tools.code.opening import Code, open_code
from agent_core.tools.http.opening import open_http_tools
from agent_core.tools.mail.opening import mail_tools
from agent_core.tools.publishing.opening import open_publishing_tools
from agent_core.tools.skills import SkillTools
from agent_core.tools.toolbox import Toolbox
from agent_core.tools.web.tools import open_web_tools
from bot.connections import Connections, load_connections
from bot.settings import Settings


@asynccontextmanager
async def open_toolbox(settings: Settings) -> AsyncGenerator[Toolbox]:
    """Yield the box of every Tool there is, those of other distributions included.

    Raises:
        SettingsError: the connections cannot be used.
        ToolRefused: an installed distribution's Tools cannot be used.
    """
    connections = load_connections(settings.nod_connections)
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(open_web_tools(connections.web, connections.search, clock=utc_now))
        publishing = await stack.enter_async_context(open_publishing_tools(connections.wordpress, connections.ghost))
        http = await stack.enter_async_context(open_http_tools(connections.http, connections.secrets))
        mail = mail_tools(connections.mail, utc_now)
        code = await stack.enter_async_context(opened_code(settings, connections))
        box = Toolbox.of((*core_tools(), *web, *publishing, *mail, *http, *code.tools)).with_entry_points()
        box = box.with_source(SkillTools(settings.nod_skills))
        if connections.mcp:
            from bot.mcp import open_servers  # noqa: PLC0415  (takes half a second, and most have none)

            box = box.with_source(await stack.enter_async_context(open_servers(settings, connections.mcp, box)))
        yield box


def opened_code(settings: Settings, connections: Connections) -> AbstractAsyncContextManager[Code]:
    """Open what runs code. It sees neither Nod nor anything of Nod's."""
    nod = Path(__file__).resolve().parents[1]
    hidden = (nod, Path.cwd(), settings.nod_data.absolute(), settings.nod_connections.absolute().parent)
    return open_code(connections.code, settings.nod_data / "code", hidden)


def utc_now() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


def secret_values(settings: Settings) -> Iterator[str]:
    """Yield every value that must never be shown. Raises SettingsError when the connections cannot be used."""
    yield from settings.secrets()
    yield from load_connections(settings.nod_connections).secret_values()
