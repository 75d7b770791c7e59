"""Which events an app is sent: the docs' "List of Intents"."""

from enum import IntFlag

from tests.peers.discord.model import App


class Intent(IntFlag):
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


KNOWN = 0b11_0011_0001_1111_1111_1111_1111  # bits that mean something; others are refused with 4013
NO_INTENT = Intent(0)
#: those of guilds, and those of direct conversations
_WANTED = {
    "MESSAGE_CREATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE_BULK": (Intent.GUILD_MESSAGES, NO_INTENT),
    "MESSAGE_REACTION_ADD": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "TYPING_START": (Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING),
    "GUILD_MEMBER_ADD": (Intent.GUILD_MEMBERS, NO_INTENT),
    "GUILD_MEMBER_UPDATE": (Intent.GUILD_MEMBERS, NO_INTENT),
    "GUILD_MEMBER_REMOVE": (Intent.GUILD_MEMBERS, NO_INTENT),
}
_GUILDS = ("GUILD_", "CHANNEL_", "THREAD_")


def wanted(event: str, *, direct: bool) -> Intent:
    """The intent without which the event is not sent."""
    if event in _WANTED:
        return _WANTED[event][direct]
    return Intent.GUILDS if event.startswith(_GUILDS) else NO_INTENT


def refusal(intents: int, app: App) -> int | None:
    """The close code for intents the app may not have, if so."""
    if intents & ~KNOWN:
        return 4013
    privileged = {
        Intent.GUILD_MEMBERS: app.guild_members,
        Intent.GUILD_PRESENCES: app.presences,
        Intent.MESSAGE_CONTENT: app.message_content,
    }
    return 4014 if any(intents & intent and not granted for intent, granted in privileged.items()) else None
