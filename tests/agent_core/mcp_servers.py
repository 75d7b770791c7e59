"""Real MCP servers for tests, and the Tools that Nod makes of theirs."""

import sys
from pathlib import Path
from typing import Any

from agent_core.tools.mcp.connection import McpConnection
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.workspace import Workspace

PEERS = Path(__file__).parents[1] / "peers" / "mcp"
QUICK = (0.01,)  # seconds between tries


def program(name: str, **more: Any) -> McpConnection:
    """Return the connection to a peer that is started here."""
    return McpConnection(command=sys.executable, args=(str(PEERS / f"{name}.py"),), **more)


def context_in(folder: Path, basis: str = "") -> ToolContext:
    """Return where a test's calls run."""
    return ToolContext("r1", Workspace(folder / "workspace"), frozenset(), "en", basis=basis)
