"""Opens the Tool that publishes, and the connections to the sites for as long as Nod is open."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from agent_core.tools.publishing.ghost import open_ghost
from agent_core.tools.publishing.posts import Site
from agent_core.tools.publishing.publish_post import publish_post_tool
from agent_core.tools.publishing.settings import GhostSettings, WordPressSettings
from agent_core.tools.publishing.wordpress import open_wordpress
from agent_core.tools.toolbox import Tool


@asynccontextmanager
async def open_sites(
    wordpress: Mapping[str, WordPressSettings], ghost: Mapping[str, GhostSettings]
) -> AsyncGenerator[Mapping[str, Site]]:
    """Yield the sites by the names of their connections, which no two share."""
    async with AsyncExitStack() as stack:
        sites = dict[str, Site]()
        for name, settings in wordpress.items():
            sites[name] = await stack.enter_async_context(open_wordpress(name, settings))
        for name, settings in ghost.items():
            sites[name] = await stack.enter_async_context(open_ghost(name, settings))
        yield sites


@asynccontextmanager
async def open_publishing_tools(
    wordpress: Mapping[str, WordPressSettings], ghost: Mapping[str, GhostSettings]
) -> AsyncGenerator[tuple[Tool, ...]]:
    """Yield the Tool that publishes on these sites; none without a site."""
    async with open_sites(wordpress, ghost) as sites:
        yield (publish_post_tool(sites),) if sites else ()
