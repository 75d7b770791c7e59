"""Guilds coming into being and changing: members, roles, channels, and the bot being shown the door."""

from typing import Any

from tests.peers.discord import permissions
from tests.peers.discord.gateway.intents import Intent
from tests.peers.discord.model import Channel, ChannelType, Guild, Member, Overwrite, Role, User
from tests.peers.discord.payloads import channel_json, guild_create_json, member_json, role_json, user_json
from tests.peers.discord.permissions import Permission
from tests.peers.discord.world import World


def found_guild(world: World, name: str, bot_permissions: Permission) -> Guild:
    """A guild with the bot in it, whose managed role has these permissions, and a channel `general`."""
    own = world.new_id()
    everyone = Role(own, "@everyone", permissions.EVERYONE, position=0)
    guild = Guild(own, name, world.app.owner, everyone, world.clock.now)
    managed = Role(world.new_id(), world.app.name, bot_permissions, managed=True)
    guild.roles = {everyone.id: everyone, managed.id: managed}
    guild.members[guild.owner.id] = Member(guild.owner, world.clock.now)
    guild.members[world.app.bot.id] = Member(world.app.bot, world.clock.now, [managed])
    world.guilds[guild.id] = guild
    add_channel(world, guild, "general", ChannelType.TEXT)
    world.dispatch("GUILD_CREATE", guild_create_json(guild, world.app.bot), guild=guild)
    return guild


def add_channel(world: World, guild: Guild, name: str, kind: ChannelType, **more: Any) -> Channel:
    channel = Channel(world.new_id(), kind, name, guild, **more)
    guild.channels[channel.id] = world.channels[channel.id] = channel
    world.dispatch("CHANNEL_CREATE", channel_json(channel, world.app.bot), channel=channel)
    return channel


def delete_channel(world: World, channel: Channel) -> None:
    """Delete a channel; its threads go with it, of which nothing more is told."""
    world.dispatch("CHANNEL_DELETE", channel_json(channel, world.app.bot), channel=channel)
    channel.deleted = True
    channel.in_guild.channels.pop(channel.id)
    for thread in world.threads_of(channel):
        thread.deleted = True
        channel.in_guild.threads.pop(thread.id)
    world.bell.ring()


def overwrite(world: World, channel: Channel, target: Role | User, allow: Permission, deny: Permission) -> None:
    """Say what a role or a member may do in a channel."""
    channel.overwrites[target.id] = Overwrite(target, allow, deny)
    # the bot hears of it even if it just lost sight of the channel
    told = channel_json(channel, world.app.bot)
    world.dispatch("CHANNEL_UPDATE", told, guild=channel.in_guild)


def add_member(world: World, guild: Guild, user: User, roles: tuple[Role, ...]) -> Member:
    member = Member(user, world.clock.now, list(roles))
    guild.members[user.id] = member
    told = {**member_json(member), "guild_id": str(guild.id)}
    world.dispatch("GUILD_MEMBER_ADD", told, guild=guild)
    return member


def change_member(world: World, guild: Guild, member: Member) -> None:
    """Tell that a member's roles or name have changed; of itself the bot hears without the members intent."""
    needs = Intent.GUILDS if member.user is world.app.bot else None
    told = {**member_json(member), "guild_id": str(guild.id)}
    world.dispatch("GUILD_MEMBER_UPDATE", told, guild=guild, needs=needs)


def remove_member(world: World, guild: Guild, user: User) -> None:
    if user is world.app.bot:
        leave_guild(world, guild, user)
        return
    guild.members.pop(user.id)
    told = {"guild_id": str(guild.id), "user": user_json(user)}
    world.dispatch("GUILD_MEMBER_REMOVE", told, guild=guild)


def leave_guild(world: World, guild: Guild, bot: User) -> None:
    """The bot is no longer in the guild."""
    world.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild=guild)
    guild.members.pop(bot.id, None)
    world.bell.ring()


def return_to_guild(world: World, guild: Guild) -> None:
    """The bot is invited again, with the role it had."""
    managed = [role for role in guild.roles.values() if role.managed]
    guild.members[world.app.bot.id] = Member(world.app.bot, world.clock.now, managed)
    world.dispatch("GUILD_CREATE", guild_create_json(guild, world.app.bot), guild=guild)


def add_role(world: World, guild: Guild, role: Role) -> Role:
    guild.roles[role.id] = role
    _tell_role(world, "GUILD_ROLE_CREATE", guild, role)
    return role


def change_role(world: World, guild: Guild, role: Role) -> None:
    _tell_role(world, "GUILD_ROLE_UPDATE", guild, role)


def delete_role(world: World, guild: Guild, role: Role) -> None:
    """Delete a role; its members lose it, of which each is told."""
    guild.roles.pop(role.id)
    world.dispatch("GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role.id)}, guild=guild)
    for member in guild.members.values():
        if role in member.roles:
            member.roles.remove(role)
            change_member(world, guild, member)


def _tell_role(world: World, event: str, guild: Guild, role: Role) -> None:
    world.dispatch(event, {"guild_id": str(guild.id), "role": role_json(role)}, guild=guild)
