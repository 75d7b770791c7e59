"""Who may do what: roles, then the channel's overwrites, in the order of the docs' "Permission Overwrites"."""

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.peers.discord.model import Channel, Guild, Member


class Permission(IntFlag):
    """The permissions the server looks at (docs, Bitwise Permission Flags)."""

    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


NONE = Permission(0)
EVERYTHING = ~NONE
#: what @everyone may do in a new guild; MENTION_EVERYONE is among it, so a careless app does ping
EVERYONE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
#: what goes with being unable to speak (docs, Implicit Permissions)
NEEDS_SPEECH = Permission.MENTION_EVERYONE | Permission.ATTACH_FILES | Permission.EMBED_LINKS
DIRECT = EVERYONE  # in a direct message both may do all that makes sense there


def in_guild(guild: "Guild", member: "Member") -> Permission:
    """What the member may do wherever no overwrite says otherwise."""
    if member.user is guild.owner:
        return EVERYTHING
    allowed = guild.everyone.permissions
    for role in member.roles:
        allowed |= role.permissions
    return EVERYTHING if allowed & Permission.ADMINISTRATOR else allowed


def in_channel(channel: "Channel", member: "Member") -> Permission:
    """What the member may do in a channel of a guild; a thread has its parent's overwrites."""
    guild = channel.in_guild
    allowed = in_guild(guild, member)
    if allowed & Permission.ADMINISTRATOR:
        return EVERYTHING
    overwrites = channel.place.overwrites
    groups = [[guild.everyone.id], [role.id for role in member.roles], [member.user.id]]
    for group in groups:
        found = [overwrites[target] for target in group if target in overwrites]
        for overwrite in found:
            allowed &= ~overwrite.deny
        for overwrite in found:
            allowed |= overwrite.allow
    if not allowed & Permission.VIEW_CHANNEL:
        return NONE
    speech = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    return allowed if allowed & speech else allowed & ~NEEDS_SPEECH
