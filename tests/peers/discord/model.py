"""What Discord holds: users, guilds with their roles and members, channels and threads."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from tests.peers.discord import permissions
from tests.peers.discord.permissions import Permission

if TYPE_CHECKING:
    from tests.peers.discord.messages import Message


class ChannelType(IntEnum):
    """Docs, Channel Types."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


@dataclass(eq=False)
class User:
    """A person, or the app's bot."""

    id: int
    name: str
    bot: bool = False
    accepts_direct_messages: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: Permission = permissions.NONE
    position: int = 1
    mentionable: bool = False
    managed: bool = False

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"


@dataclass(eq=False)
class Member:
    """A user in a guild."""

    user: User
    joined_at: datetime
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None


@dataclass(eq=False)
class Guild:
    id: int
    name: str
    owner: User
    everyone: Role
    created_at: datetime
    boost_tier: int = 0
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, "Channel"] = field(default_factory=dict)
    threads: dict[int, "Thread"] = field(default_factory=dict)

    def member(self, user: User) -> Member | None:
        return self.members.get(user.id)

    def has(self, user: User) -> bool:
        return user.id in self.members


@dataclass(frozen=True)
class Overwrite:
    """What a channel allows or denies to a role or a member."""

    target: Role | User
    allow: Permission = permissions.NONE
    deny: Permission = permissions.NONE


@dataclass(eq=False)
class Channel:
    """A channel of a guild, or (without one) a direct conversation of `person` and the bot."""

    id: int
    type: ChannelType
    name: str
    guild: Guild | None = None
    person: User | None = None
    topic: str | None = None
    requires_tag: bool = False
    tags: dict[int, str] = field(default_factory=dict)
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, "Message"] = field(default_factory=dict)
    last_message_id: int | None = None
    renamed: list[datetime] = field(default_factory=list)
    deleted: bool = False

    @property
    def in_guild(self) -> Guild:
        if self.guild is None:
            raise LookupError("a direct conversation has no guild")
        return self.guild

    @property
    def is_thread(self) -> bool:
        return isinstance(self, Thread)

    @property
    def place(self) -> "Channel":
        """The channel whose overwrites hold: itself, or a thread's parent."""
        return self

    def may(self, user: User, wanted: Permission) -> bool:
        """Whether the user has all of these permissions here."""
        return wanted & self.allowed(user) == wanted

    def allowed(self, user: User) -> Permission:
        if self.guild is None:
            return permissions.DIRECT if user is self.person or user.bot else permissions.NONE
        member = self.guild.member(user)
        return permissions.NONE if member is None else permissions.in_channel(self, member)

    def visible_to(self, user: User) -> bool:
        return self.may(user, Permission.VIEW_CHANNEL)


@dataclass(eq=False)
class Thread(Channel):
    """A thread, also a post in a forum."""

    parent: Channel = None  # type: ignore[assignment]  # always given; fields with defaults come before it
    starter: User = None  # type: ignore[assignment]
    created_at: datetime = None  # type: ignore[assignment]
    archived: bool = False
    archived_at: datetime = None  # type: ignore[assignment]
    locked: bool = False
    auto_archive: int = 1440
    joined: dict[int, datetime] = field(default_factory=dict)
    sent: int = 0
    applied_tags: list[int] = field(default_factory=list)

    @property
    def place(self) -> Channel:
        return self.parent

    def visible_to(self, user: User) -> bool:
        if not super().visible_to(user):
            return False
        private = self.type is ChannelType.PRIVATE_THREAD
        return not private or user.id in self.joined or self.may(user, Permission.MANAGE_THREADS)


@dataclass(eq=False)
class App:
    """The application and its bot, with the switches of its page in the developer portal."""

    id: int
    bot: User
    owner: User
    token: str
    name: str = "Nod"
    message_content: bool = True
    guild_members: bool = True
    presences: bool = False
    #: commands by guild; under None those for everywhere
    commands: dict[int | None, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def flags(self) -> int:
        """Docs, Application Flags; the limited kinds, as for apps in fewer than a hundred guilds."""
        return self.presences << 13 | self.guild_members << 15 | self.message_content << 19
