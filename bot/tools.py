"""Opens the Tools that the settings and connections name, each family with what it needs for as long as Nod is open."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from agent_core.tools import core_tools
from agent_core.tools.skills import SkillTools
from agent_core.tools.toolbox import Toolbox
from bot.connections import load_connections
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
        box = Toolbox.of(core_tools()).with_entry_points().with_source(SkillTools(settings.nod_skills))
        if connections.mcp:
            from bot.mcp import open_servers  # noqa: PLC0415  (takes half a second, and most have none)

            box = box.with_source(await stack.enter_async_context(open_servers(settings, connections.mcp, box)))
        yield box
