"""`nod doctor` on Discord: the token, what the application may be told, what Nod may do where, and what to click."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import aiohttp
import discord

from adapters.discord.connection import Connection, may_read_contents
from adapters.discord.invite import NEEDED, invitation, needed

PORTAL = "https://discord.com/developers/applications"
MOST_GUILDS = 25
MOST_CHANNELS = 5  # named of a server; the others are counted


@dataclass(frozen=True, slots=True)
class Checked:
    """What one look gave. `text` says what is there, or what is wrong and what to do."""

    name: str
    well: bool
    text: str


async def check_up(connection: Connection) -> AsyncIterator[Checked]:
    """Yield what is found: the token, what the application may be told, and what Nod may do in each server."""
    try:
        await connection.login()
        yield _application(connection)
        async for checked in _guilds(connection):
            yield checked
    except discord.LoginFailure:
        text = f"DISCORD_TOKEN is not valid; reset it under Bot on {PORTAL} and set the new one."
        yield Checked("discord token", well=False, text=text)
    except discord.HTTPException as error:
        text = f"Discord answers {error.status} where it should not; see discordstatus.com and DISCORD_API_URL."
        yield Checked("discord", well=False, text=text)
    except (aiohttp.ClientError, OSError) as error:
        text = f"Discord cannot be reached ({type(error).__name__}); see discordstatus.com and DISCORD_API_URL."
        yield Checked("discord", well=False, text=text)
    finally:
        await connection.close()


def _application(connection: Connection) -> Checked:
    client = connection.client
    application = client.application
    page = f"{PORTAL}/{connection.application_id}"
    if application is not None and application.interactions_endpoint_url:
        text = (
            "the application has an Interactions Endpoint URL, so Discord sends clicks there and not to Nod; "
            f"empty that field on {page}/information."
        )
        return Checked("discord token", well=False, text=text)
    who = f"{client.user} is logged in"
    if may_read_contents(client):
        return Checked("discord token", well=True, text=f"{who} and may read what is written in its threads")
    text = (
        f"{who}; it reads mentions, replies to it and direct messages. To have it read every reply in its threads, "
        f"switch on Message Content Intent on {page}/bot"
    )
    return Checked("discord token", well=True, text=text)


async def _guilds(connection: Connection) -> AsyncIterator[Checked]:
    count = 0
    async for found in connection.client.fetch_guilds(limit=MOST_GUILDS):
        count += 1
        yield await _guild(connection, found.id)
    if not count:
        link = invitation(connection.application_id)
        yield Checked(
            "discord server", well=False, text=f"Nod is in no server yet; open this link and choose one: {link}"
        )


async def _guild(connection: Connection, guild_id: int) -> Checked:
    """Look at what Nod may do in the channels of a server; it needs not be in all of them."""
    client = connection.client
    guild = await client.fetch_guild(guild_id, with_counts=False)
    member = await guild.fetch_member(connection.user_id)
    channels = [
        each for each in await guild.fetch_channels() if isinstance(each, discord.TextChannel | discord.ForumChannel)
    ]
    seen = [each for each in channels if each.permissions_for(member).view_channel]
    lacking = {each.name: names for each in seen if (names := _lacking(each.permissions_for(member)))}
    if not seen:
        text = f"{guild.name}: Nod sees no channel. In the settings of one, under Permissions, give it View Channels."
        return Checked("discord server", well=False, text=text)
    if not lacking:
        return Checked(
            "discord server", well=True, text=f"{guild.name}: Nod may work in {len(seen)} of {len(channels)} channels"
        )
    places = [f"#{name} ({', '.join(names)})" for name, names in list(lacking.items())[:MOST_CHANNELS]]
    more = f" and {len(lacking) - MOST_CHANNELS} more" if len(lacking) > MOST_CHANNELS else ""
    text = (
        f"{guild.name}: permissions are missing in {', '.join(places)}{more}. Give them to Nod's role in the channel's "
        f"settings, Permissions, or invite Nod again: {invitation(connection.application_id)}"
    )
    return Checked("discord server", well=False, text=text)


def _lacking(has: discord.Permissions) -> Sequence[str]:
    return [NEEDED[name] for name, wanted in needed() if wanted and not getattr(has, name)]
