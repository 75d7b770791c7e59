"""The tools of all MCP servers, as Tools: a source of a Toolbox."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import structlog

from agent_core.characters import revealed
from agent_core.domain import Observation, Preview, PreviewFact
from agent_core.i18n import listed, translator
from agent_core.tools.mcp.connection import McpConnection
from agent_core.tools.mcp.definition import MOST_TOOLS, Definition, shortened, told_description, tool_name
from agent_core.tools.mcp.parameters import SchemaParameters
from agent_core.tools.mcp.results import observation_of, source_of
from agent_core.tools.mcp.schema import SchemaUnfit
from agent_core.tools.mcp.server import PAUSES, McpServer
from agent_core.tools.toolbox import Tool, ToolContext

MARGIN = 15.0  # seconds beside the server's own timeout, for a look at what it offers
SHOWN = 400  # characters of a tool's description on a Card

Auth = Callable[[str, McpConnection], Callable[[], httpx2.Auth] | None]
log = structlog.get_logger(__name__)


class McpTools:
    """The Tools that the named servers offer now; a `ToolSource`. `taken` are the names of Nod's other Tools."""

    def __init__(
        self,
        connections: Mapping[str, McpConnection],
        taken: Collection[str],
        auth: Auth,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._taken = taken
        self._tools: dict[str, tuple[Tool, ...]] = {}
        self._unfit: dict[str, str] = {}
        self._servers = {
            name: McpServer(name, connection, self._changes_of(name), auth(name, connection), pauses)
            for name, connection in connections.items()
        }

    @property
    def tools(self) -> Sequence[Tool]:
        """The Tools of every server that answers."""
        return [tool for name in self._servers for tool in self._tools.get(name, ())]

    @property
    def troubles(self) -> Mapping[str, str]:
        """By server, what keeps it, or some of its tools, away; an empty string when nothing does."""
        return {f"mcp {name}": server.trouble or self._unfit.get(name, "") for name, server in self._servers.items()}

    async def ready(self) -> None:
        """Start what was not started, and return when each server answers or is known not to, soon in any case."""
        await asyncio.gather(*(server.ready() for server in self._servers.values()))

    async def close(self) -> None:
        """End every server."""
        await asyncio.gather(*(server.close() for server in self._servers.values()))

    def _changes_of(self, name: str) -> Callable[[Sequence[Definition]], None]:
        known: list[Sequence[Definition]] = [()]

        def changed(definitions: Sequence[Definition]) -> None:
            if [each.digest for each in definitions] != [each.digest for each in known[0]]:
                known[0] = definitions
                self._take(name, definitions)

        return changed

    def _take(self, name: str, definitions: Sequence[Definition]) -> None:
        tools: list[Tool] = []
        unfit: list[str] = []
        for each in definitions:
            try:
                tools.append(self._tool(self._servers[name], each))
            except SchemaUnfit as error:
                unfit.append(f"its tool {shortened(revealed(each.name[:80]), 64)} is left out: {error}.")
        if len(definitions) == MOST_TOOLS:
            unfit.append(f"At most its first {MOST_TOOLS} tools are offered; name those you want in `only`.")
        self._tools[name], self._unfit[name] = tuple(tools), " ".join(unfit)
        log.info("mcp_tools", server=name, tools=len(tools), unfit=len(unfit))

    def _tool(self, server: McpServer, definition: Definition) -> Tool:
        """Return a server's tool as a Tool. Raises SchemaUnfit."""
        called = tool_name(server.name, definition.name, self._servers, self._taken)

        async def run(context: ToolContext, /, **arguments: Any) -> Observation:
            result = await server.call(definition.name, arguments, context.basis or definition.digest)
            return await observation_of(result, context, server.name, definition.name)

        async def preview(context: ToolContext, /, **_: Any) -> Preview:
            return _preview(server.name, await server.definition(definition.name), context.language)

        return Tool(
            name=called,
            description=told_description(server.name, definition),
            risk=server.connection.risk(definition.name),
            outside=True,
            timeout=server.connection.timeout + MARGIN,
            parameters=SchemaParameters.of(called, definition.schema),
            function=run,
            previewer=preview,
            keeps_basis=True,
            described_by=f"mcp {server.name}",
        )


def _preview(server: str, definition: Definition, language: str) -> Preview:
    """Return what people are shown of a tool beside the arguments of its call."""
    _ = translator(language)
    words = {
        ("readOnly", True): _("changes nothing"),
        ("readOnly", False): _("changes something"),
        ("destructive", True): _("may destroy something"),
        ("destructive", False): _("only adds"),
        ("idempotent", True): _("does no more when it is called twice"),
        ("openWorld", True): _("reaches other systems"),
    }
    claims = [words[hint] for hint in definition.hints if hint in words]
    facts = [
        PreviewFact(_("MCP server"), server),
        PreviewFact(_("Its tool"), shortened(revealed(definition.name[:200]), 100)),
        PreviewFact(_("Described by the server as"), _described(definition) or _("nothing")),
    ]
    if claims:
        facts.append(PreviewFact(_("Claimed by the server, unchecked"), listed(claims, language)))
    facts.append(PreviewFact(_("Digest of its name, description and schema"), definition.digest))
    return Preview(basis=definition.digest, facts=tuple(facts), basis_of=f"{source_of(server)}: {definition.name}")


def _described(definition: Definition) -> str:
    return shortened(" ".join(revealed(definition.description[: 2 * SHOWN]).split()), SHOWN)


def _no_auth(_: str, __: McpConnection) -> None:
    return None


@asynccontextmanager
async def open_mcp(
    connections: Mapping[str, McpConnection],
    taken: Collection[str] = (),
    auth: Auth = _no_auth,
    pauses: Sequence[float] = PAUSES,
) -> AsyncGenerator[McpTools]:
    """Yield the Tools of these servers, which are started when `ready` is first awaited, and ended at the end."""
    tools = McpTools(connections, taken, auth, pauses)
    try:
        yield tools
    finally:
        await tools.close()
