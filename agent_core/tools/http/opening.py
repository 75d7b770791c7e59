"""Opens the Tool that sends requests, for as long as Nod is open."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agent_core.tools.http.http_request import LIMITS, http_request_tool
from agent_core.tools.http.settings import HttpSettings, Secrets
from agent_core.tools.toolbox import Tool
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.client import Limits, open_client
from agent_core.tools.web.guard import Guard
from agent_core.tools.web.transport import Resolver, system_resolver


@asynccontextmanager
async def open_http_tools(
    settings: HttpSettings, secrets: Secrets, *, resolver: Resolver = system_resolver, limits: Limits = LIMITS
) -> AsyncGenerator[tuple[Tool, ...]]:
    """Yield the Tool that sends requests to these hosts; none without a host."""
    addresses = [web_address(f"https://{host}") for host in settings.hosts]
    guard = Guard.of(
        [f"{each.place}" if ":" in each.place.rpartition("]")[2] else f"{each.place}:443" for each in addresses],
        {443, *(each.port for each in addresses)},
    )
    async with open_client(guard, resolver=resolver) as client:
        yield (http_request_tool(client, settings, secrets, limits),) if settings.hosts else ()
