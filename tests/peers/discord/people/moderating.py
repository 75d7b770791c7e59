"""Guilds, channels, roles and members, as those who run a server change them."""

from tests.peers.discord import founding, permissions
from tests.peers.discord.model import Channel, ChannelType, Guild, Member, Role, User
from tests.peers.discord.people.client import Client, NotAllowedError
from tests.peers.discord.permissions import NONE, Permission

#: what an app that works in threads is invited with: nothing that moderates
INVITED_WITH = permissions.EVERYONE & ~Permission.MENTION_EVERYONE


class Moderating(Client):
    """What is set up and taken down; the owner does it, so nobody is asked whether they may."""

    def guild(self, name: str = "Team", *, bot_permissions: Permission = INVITED_WITH, boost_tier: int = 0) -> Guild:
        """A new guild with the bot and a channel `general`; tests have one each."""
        guild = founding.found_guild(self.world, name, bot_permissions)
        guild.boost_tier = boost_tier
        return guild

    def person(self, name: str, guild: Guild | None = None, *, roles: tuple[Role, ...] = ()) -> User:
        """A new person, who joins the guild if one is given."""
        user = self.world.add_user(name)
        if guild is not None:
            founding.add_member(self.world, guild, user, roles)
        return user

    def join(self, user: User, guild: Guild, *, roles: tuple[Role, ...] = ()) -> Member:
        return founding.add_member(self.world, guild, user, roles)

    def channel(self, guild: Guild, name: str = "general") -> Channel:
        """The guild's channel of that name, made if need be."""
        found = next((each for each in guild.channels.values() if each.name == name), None)
        return found or founding.add_channel(self.world, guild, name, ChannelType.TEXT)

    def forum(
        self, guild: Guild, name: str = "forum", *, tags: tuple[str, ...] = (), requires_tag: bool = False
    ) -> Channel:
        made = {self.world.new_id(): tag for tag in tags}
        return founding.add_channel(self.world, guild, name, ChannelType.FORUM, tags=made, requires_tag=requires_tag)

    def delete_channel(self, channel: Channel) -> None:
        founding.delete_channel(self.world, channel)

    def allow(self, channel: Channel, target: Role | User, permission: Permission) -> None:
        """Overwrite in the channel that the role or member may."""
        before = channel.overwrites.get(target.id)
        allow, deny = (before.allow, before.deny) if before else (NONE, NONE)
        founding.overwrite(self.world, channel, target, allow | permission, deny & ~permission)

    def deny(self, channel: Channel, target: Role | User, permission: Permission) -> None:
        """Overwrite in the channel that the role or member may not."""
        before = channel.overwrites.get(target.id)
        allow, deny = (before.allow, before.deny) if before else (NONE, NONE)
        founding.overwrite(self.world, channel, target, allow & ~permission, deny | permission)

    def role(self, guild: Guild, name: str, permission: Permission = NONE, *, mentionable: bool = False) -> Role:
        role = Role(self.world.new_id(), name, permission, len(guild.roles), mentionable)
        return founding.add_role(self.world, guild, role)

    def change_role(self, guild: Guild, role: Role, permission: Permission) -> None:
        role.permissions = permission
        founding.change_role(self.world, guild, role)

    def delete_role(self, guild: Guild, role: Role) -> None:
        founding.delete_role(self.world, guild, role)

    def give_role(self, guild: Guild, user: User, role: Role) -> None:
        member = self._member(guild, user)
        member.roles.append(role)
        founding.change_member(self.world, guild, member)

    def take_role(self, guild: Guild, user: User, role: Role) -> None:
        member = self._member(guild, user)
        member.roles.remove(role)
        founding.change_member(self.world, guild, member)

    def kick(self, guild: Guild, user: User) -> None:
        """Remove a person from the guild, or the bot."""
        self._member(guild, user)
        founding.remove_member(self.world, guild, user)

    def kick_bot(self, guild: Guild) -> None:
        self.kick(guild, self.world.app.bot)

    def invite_bot(self, guild: Guild) -> None:
        """Let the bot in again."""
        founding.return_to_guild(self.world, guild)

    def bot_role(self, guild: Guild) -> Role:
        """The bot's managed role."""
        return next(role for role in guild.roles.values() if role.managed)

    def _member(self, guild: Guild, user: User) -> Member:
        member = guild.member(user)
        if member is None:
            raise NotAllowedError(f"{user.name} is not in {guild.name}")
        return member
