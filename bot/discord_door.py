"""The door to Discord: opening it, inviting Nod, and looking at what it needs there."""

from collections.abc import Sequence

import aiohttp
import click
import discord

from adapters.discord.checkup import Checked, checkup
from adapters.discord.connection import Connection
from adapters.discord.door import DiscordDoor, conversing
from adapters.discord.invite import invitation
from adapters.discord.people import PLATFORM
from agent_core.errors import SettingsError
from bot.bootstrap import Nod
from bot.endings import Ending
from bot.settings import Settings


def connection_of(settings: Settings) -> Connection:
    """Return the connection that the settings name. Raises SettingsError."""
    if settings.discord_token is None:
        raise SettingsError(
            reason="DISCORD_TOKEN is not set; docs/discord.md says where it comes from. Put it into .env."
        )
    return Connection(settings.discord_token.get_secret_value(), api_url=settings.discord_api_url)


def discord_door(nod: Nod) -> DiscordDoor:
    """Return the door that the settings name. Raises SettingsError."""
    return DiscordDoor(
        connection_of(nod.settings),
        nod.service,
        nod.notes(),
        lambda handle: nod.inbox(PLATFORM, handle),
        conversing(nod.service, nod.settings.nod_public_url or ""),
    )


async def invite(settings: Settings) -> Ending:
    """Print the link that lets Nod into a server.

    Raises:
        SettingsError: there is no token, or Discord does not take it.
    """
    connection = connection_of(settings)
    try:
        await connection.login()
        click.echo(invitation(connection.application_id))
    except discord.LoginFailure:
        raise SettingsError(
            reason="DISCORD_TOKEN is not valid; reset it under Bot in the developer portal and set the new one."
        ) from None
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        raise SettingsError(
            reason="Discord cannot be reached, and the link needs the application's id; try again."
        ) from None
    finally:
        await connection.close()
    return Ending.DONE


async def look(settings: Settings) -> Sequence[Checked]:
    """Look at everything that Nod needs of Discord."""
    return await checkup(connection_of(settings))
