"""What can go wrong with an MCP server, in sentences for the model and for people."""

from agent_core.errors import NodError


class ServerTrouble(NodError):
    """The MCP server {server} cannot be used ({reason}); `nod doctor` looks at it again."""


class ServerCut(NodError):
    """The MCP server {server} ended or hung up while it ran this, so nobody knows whether it took effect.

    Look at its target before doing it again.
    """


class ServerUnclear(NodError):
    """The MCP server {server} ran this, but what it answered cannot be read, so nobody knows whether it took effect.

    Look at its target before doing it again.
    """


class ServerRefused(NodError):
    """The MCP server {server} refused the call: {reason}."""


class ToolGone(NodError):
    """The MCP server {server} does not offer this tool any more."""


class ServerSlow(NodError):
    """The MCP server {server} did not answer within {seconds:g} seconds, so nobody knows whether this took effect.

    Look at its target before doing it again.
    """
