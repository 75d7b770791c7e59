"""Tools of MCP servers, which the team lead names in connections.toml: a program started here, or a URL."""

from agent_core.tools.mcp.connection import McpConnection

__all__ = ["McpConnection"]
