"""The MCP servers that the connections name."""

from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager

from agent_core.tools.mcp.connection import McpConnection
from agent_core.tools.mcp.opening import McpTools, open_mcp


def open_servers(
    connections: Mapping[str, McpConnection], taken: Collection[str]
) -> AbstractAsyncContextManager[McpTools]:
    """Open the Tools of these servers. `taken` are the names of the other Tools."""
    return open_mcp(connections, taken)
