"""What can go wrong with an MCP server, in sentences for the model and for people."""

from typing import cast

import httpx2
from mcp.client.auth import OAuthFlowError
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from agent_core.characters import revealed
from agent_core.errors import NodError, OutcomeUncertain

_SHOWN = 200  # characters of a server's own words in a sentence


class HungUp(Exception):
    """The connection is to be begun anew."""


class ServerTrouble(NodError):
    """The MCP server {server} cannot be used now; `nod doctor` says why."""


class ServerCut(OutcomeUncertain):
    """The MCP server {server} ended or hung up while it ran this, so nobody knows whether it took effect.

    Look at its target before doing it again.
    """


class ServerUnclear(OutcomeUncertain):
    """The MCP server {server} gave no proper answer ({reason}), so nobody knows whether this took effect.

    Look at its target before doing it again.
    """


class ServerRefused(NodError):
    """The MCP server {server} refused the call: {reason}."""


class ToolGone(NodError):
    """The MCP server {server} does not offer this tool any more."""


class ServerSlow(OutcomeUncertain):
    """The MCP server {server} did not answer within {seconds:g} seconds, so nobody knows whether this took effect.

    Look at its target before doing it again.
    """


def first_error(error: BaseException) -> BaseException:
    """Return what a group of errors began with; that the connection is over comes last."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    group = cast("BaseExceptionGroup[BaseException]", error)
    found = [first_error(each) for each in group.exceptions]
    return next((each for each in found if not isinstance(each, HungUp)), found[0])


def in_short(error: BaseException) -> str:
    """Return in a few words what went wrong, the beginning of a sentence; little of it a server's own words."""
    match error:
        case FileNotFoundError() | PermissionError():
            told = f"{error.filename} cannot be started: {error.strerror}"
        case NodError() | OAuthFlowError() | MCPError():
            told = " ".join(revealed(str(error)[:_SHOWN]).split()).rstrip(".")
        case TimeoutError():
            told = "it did not answer in time"
        case ValidationError():
            told = "it answered something that is not MCP"
        case httpx2.HTTPStatusError():
            told = f"it answered with the status {error.response.status_code}"
        case _:
            told = type(error).__name__
    return told
