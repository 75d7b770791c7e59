"""`nod discord …`, and what `nod doctor` asks of Discord."""

from collections.abc import AsyncIterator

import aiohttp
import discord

from adapters.discord.checkup import Checked, check_up
from adapters.discord.invite import invitation
from agent_core.errors import SettingsError
from bot.discord import HELP, connection_of
from bot.settings import Settings


async def invite_link(settings: Settings) -> str:
    """Return the link that lets Nod into a server.

    Raises:
        SettingsError: there is no token, Discord does not take it, or cannot be asked.
    """
    connection = connection_of(settings)
    try:
        await connection.login()
        return invitation(connection.application_id)
    except discord.LoginFailure:
        reason = f"DISCORD_TOKEN is not valid; reset it under Bot in the developer portal and set the new one. {HELP}"
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        reason = "Discord cannot be reached, and the link needs the application's id; try again."
    finally:
        await connection.close()
    raise SettingsError(reason=reason)


async def discord_checks(settings: Settings) -> AsyncIterator[Checked]:
    """Yield what is found of Discord."""
    async for checked in check_up(connection_of(settings)):
        yield checked
