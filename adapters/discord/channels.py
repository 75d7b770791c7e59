"""Channels of a server: who may read and write in them."""

from collections.abc import Iterable, Mapping

import discord
from discord import Permissions

from adapters.discord.payloads import Data, listed
from adapters.discord.rest import UNKNOWN_CHANNEL, Json, Rest
from agent_core.domain import Origin
from agent_core.platform_ports import Audience, Channel, Standing

_KINDS = (discord.ChannelType.text.value, discord.ChannelType.news.value)
_UNKNOWN_MEMBER, _MISSING_ACCESS = 10007, 50001  # docs, JSON Error Codes
_NEEDED = Permissions(view_channel=True, send_messages=True)


async def channel_of(rest: Rest, guild: str, user: str, named: str) -> Channel | None:
    """Return a channel by its name or id that both Nod and a person can read and write in, None when there is none."""
    server = await rest.guild(guild)
    people = [await rest.member(guild, rest.me), await rest.member(guild, user)]
    for told in await rest.channels(guild):
        if told["type"] not in _KINDS or named not in (told["id"], told["name"]):
            continue
        if all(permissions_in(server, told, each["user"]["id"], each["roles"]) >= _NEEDED for each in people):
            open_to_all = permissions_in(server, told, "", ()).view_channel
            audience = Audience.WORKSPACE if open_to_all else Audience.MEMBERS
            return Channel(guild, str(told["id"]), str(told["name"]), str(server["name"]), audience)
    return None


async def standing_of(rest: Rest, origin: Origin, user: str) -> Standing:
    """Say whether a channel is there and somebody, on its server, may read it. Raises what Discord does not tell."""
    try:
        channel = await rest.channel(origin.channel)
        if not origin.workspace:
            return Standing.FINE
        person = await rest.member(origin.workspace, user)
        server = await rest.guild(origin.workspace)
    except discord.HTTPException as error:
        if error.code == _UNKNOWN_MEMBER:
            return Standing.OWNER_GONE
        if error.code in (UNKNOWN_CHANNEL, _MISSING_ACCESS):
            return Standing.CHANNEL_GONE
        raise
    reads = permissions_in(server, channel, user, person["roles"]).view_channel
    return Standing.FINE if reads else Standing.OWNER_GONE


def permissions_in(server: Json, channel: Json, user: str, roles: Iterable[str]) -> Permissions:
    """Return what somebody may do in a channel (Discord, "Permissions": the order of roles and overwrites)."""
    everyone, own = str(server["id"]), set(roles)
    given = {str(role["id"]): int(role["permissions"]) for role in listed(server, "roles")}
    allowed = given.get(everyone, 0)
    for role in own:
        allowed |= given.get(role, 0)
    if user == server["owner_id"] or Permissions(allowed).administrator:
        return Permissions.all()
    written: Mapping[str, Data] = {str(each["id"]): each for each in listed(channel, "permission_overwrites")}
    for group in ([everyone], sorted(own), [user]):
        found = [written[each] for each in group if each in written]
        for each in found:
            allowed &= ~int(each["deny"])
        for each in found:
            allowed |= int(each["allow"])
    return Permissions(allowed)
