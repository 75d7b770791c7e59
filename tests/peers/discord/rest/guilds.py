"""Guilds, their channels, members and roles."""

from typing import Any

from tests.peers.discord.errors import invalid, missing_access, unknown
from tests.peers.discord.founding import leave_guild
from tests.peers.discord.model import Guild
from tests.peers.discord.payloads import channel_json, guild_json, member_json, role_json
from tests.peers.discord.rest.calls import Call, Routes

routes = Routes()
Json = dict[str, Any]


def _guild(call: Call) -> Guild:
    guild = call.world.guilds.get(call.ids["guild"])
    if guild is None or not guild.has(call.bot):
        raise unknown("Guild")
    return guild


@routes("GET", "/guilds/{guild}")
async def get_guild(call: Call) -> Json:
    guild = _guild(call)
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return {**guild_json(guild), **(counts if call.query.get("with_counts") in ("1", "true") else {})}


@routes("GET", "/users/@me/guilds")
async def list_guilds(call: Call) -> list[Json]:
    found = [guild for guild in call.world.guilds.values() if guild.has(call.bot)]
    return [{**guild_json(guild), "owner": False, "permissions": "0"} for guild in found]


@routes("GET", "/guilds/{guild}/channels")
async def list_channels(call: Call) -> list[Json]:
    return [channel_json(channel, call.bot) for channel in _guild(call).channels.values()]


@routes("GET", "/guilds/{guild}/roles")
async def list_roles(call: Call) -> list[Json]:
    return [role_json(role) for role in _guild(call).roles.values()]


@routes("GET", "/guilds/{guild}/members/{user}")
async def get_member(call: Call) -> Json:
    member = _guild(call).members.get(call.ids["user"])
    if member is None:
        raise unknown("Member" if call.ids["user"] in call.world.users else "User")
    return member_json(member)


@routes("GET", "/guilds/{guild}/members")
async def list_members(call: Call) -> list[Json]:
    guild = _guild(call)
    if not call.world.app.guild_members:
        raise missing_access()
    most, after = int(call.query.get("limit", 1)), int(call.query.get("after", 0))
    if not 1 <= most <= 1000:
        raise invalid(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 1000.")
    members = sorted(guild.members.values(), key=lambda member: member.user.id)
    return [member_json(member) for member in members if member.user.id > after][:most]


@routes("DELETE", "/users/@me/guilds/{guild}")
async def leave(call: Call) -> None:
    leave_guild(call.world, _guild(call), call.bot)
