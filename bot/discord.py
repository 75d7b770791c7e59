"""Discord, as the settings name it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from adapters.discord.connection import Connection
from adapters.discord.door import DiscordDoor, conversing
from adapters.discord.people import PLATFORM
from adapters.discord.pulse import Patience
from agent_core.errors import SettingsError
from bot.bootstrap import Nod
from bot.settings import Settings

HELP = "docs/discord.md shows every step."


def connection_of(settings: Settings) -> Connection:
    """Return the connection that the settings name, not logged in.

    Raises:
        SettingsError: there is no token.
    """
    if settings.discord_token is None:
        raise SettingsError(reason=f"DISCORD_TOKEN is missing. {HELP}")
    return Connection(settings.discord_token.get_secret_value(), api_url=settings.discord_api_url)


@asynccontextmanager
async def open_discord(nod: Nod) -> AsyncGenerator[DiscordDoor]:
    """Open the door to Discord. Whether Discord is there is asked when it is served."""
    yield DiscordDoor(
        connection_of(nod.settings),
        nod.service,
        nod.notes(),
        lambda handle: nod.inbox(PLATFORM, handle),
        conversing(nod.service, nod.notes(), nod.settings.nod_public_url or ""),
        patience=Patience(quiet=nod.settings.discord_quiet_seconds),
        returned=lambda guild: nod.returns.notify(PLATFORM, guild),
    )
