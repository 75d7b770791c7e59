"""Opens the Tools that the settings and connections name, each family with what it needs for as long as Nod is open."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

from agent_core.tools import core_tools
from agent_core.tools.code.opening import Code, open_code
from agent_core.tools.toolbox import Toolbox
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
        code = await stack.enter_async_context(opened_code(settings, connections))
        yield Toolbox.of((*core_tools(), *code.tools)).with_entry_points()


def opened_code(settings: Settings, connections: Connections) -> AbstractAsyncContextManager[Code]:
    """Open what runs code. It sees neither Nod nor anything of Nod's."""
    nod = Path(__file__).resolve().parents[1]
    hidden = (nod, Path.cwd(), settings.nod_data.absolute(), settings.nod_connections.absolute().parent)
    return open_code(connections.code, settings.nod_data / "code", hidden)
