"""`nod mcp`: Nod as an MCP server on standard input and output, beside a running Nod or alone."""

from adapters.mcp.server import make_server
from bot.bootstrap import open_nod
from bot.settings import Settings


async def serve_mcp(settings: Settings) -> None:
    """Answer one MCP client until it closes the input. Runs that are submitted here are advanced here meanwhile.

    Raises:
        SettingsError: a setting cannot be used.
        StorageError: the database cannot be used.
    """
    async with open_nod(settings) as nod, nod.tending():
        await make_server(nod.service, settings.owner).run_stdio_async()
