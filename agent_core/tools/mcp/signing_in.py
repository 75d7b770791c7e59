"""A person signs in to an MCP server: the link, the browser's answer, and a look at whether it works."""

from collections.abc import Callable

from mcp.client import Client

from agent_core.errors import NodError
from agent_core.tools.mcp.connection import McpConnection
from agent_core.tools.mcp.errors import first_error, in_short
from agent_core.tools.mcp.oauth import Keeper, PersonalSignIn, SignInRefused, listening
from agent_core.tools.mcp.program import Line
from agent_core.tools.mcp.transports import transport_of


async def sign_in_by(
    server: str, connection: McpConnection, keeper: Keeper, tell: Callable[[str], None], port: int = 0
) -> int:
    """Sign in by a person's browser, keep that, and return how many tools the server offers then.

    `tell` shows the link; the browser's answer is awaited on a `port` of this machine, a free one for 0.

    Raises:
        SignInRefused: the server or the person did not agree, or nobody came.
    """
    try:
        async with listening(port) as answer:
            auth = PersonalSignIn(server, connection, keeper, answer, tell)
            async with Client(transport_of(connection, Line(), auth), cache=None) as client:
                return len((await client.list_tools()).tools)
    except Exception as error:  # noqa: BLE001  (whatever a server does, it is said in a sentence)
        found = first_error(error)
        if isinstance(found, NodError):
            raise found from None
        raise SignInRefused(server=server, reason=in_short(found)) from None
