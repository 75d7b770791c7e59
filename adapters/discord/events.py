"""What the gateway sends, read: which key a thing has, and whether it is for Nod. Pure."""

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from adapters.commands import verb_of_emoji
from adapters.discord.reading import is_written_by_a_person, names

Data = Mapping[str, Any]

MESSAGE_MENU = 3  # docs, Application Command Types
THREADS = frozenset({10, 11, 12})  # docs, Channel Types
READABLE = frozenset({0, 5})  # a channel, and one for announcements

_EPOCH = 1_420_070_400_000  # milliseconds; the first of 2015 (docs, Snowflakes)


def kind_of(interaction: Data) -> str:
    """Return what an interaction is: command, context_menu, component or submitted; empty for what Nod has not."""
    match interaction.get("type"):  # docs, Interaction Type
        case 2:
            return "context_menu" if interaction["data"].get("type") == MESSAGE_MENU else "command"
        case 3:
            return "component"
        case 5:
            return "submitted"
        case _:
            return ""


def key_of(kind: str, data: Data) -> str:
    """Return the Inbox key of a thing: of Discord's own ids, so that it is the same however often it comes.

    A reaction has no id, so its key is what it is, and must be forgotten when it is taken back.
    """
    match kind:
        case "message" | "message_delete" | "thread_delete" | "channel_delete":
            return f"{kind}:{data['id']}"
        case "reaction_add":
            return f"{reactions_on(data['channel_id'], data['message_id'])}{data['user_id']}/{_emoji(data)}"
        case _:
            return f"interaction:{data['id']}"


def reactions_on(channel: str, message: str) -> str:
    """Return how the keys of all reactions on a message begin."""
    return f"reaction:{channel}/{message}/"


def counts(reaction: Data, own: int) -> bool:
    """Whether a reaction may decide: of a person, with an emoji that says something, on a message of Nod's."""
    author = reaction.get("message_author_id")  # not told of one that is taken back
    return (
        reaction["user_id"] != str(own)
        and not reaction.get("member", {}).get("user", {}).get("bot", False)
        and author in (None, str(own))
        and reaction["emoji"].get("id") is None
        and verb_of_emoji(reaction["emoji"].get("name") or "") is not None
    )


def for_nod(message: Data, own: int, ordinary: Container[str]) -> bool:
    """Whether a message may be for Nod: a person's, and direct, to Nod by name, in reply to it, or in a thread.

    `ordinary` are channels that are no threads; what is said there without naming Nod is not its business.
    """
    if not is_written_by_a_person(message):
        return False
    return "guild_id" not in message or message["channel_id"] not in ordinary or names(message, str(own))


def snowflake_at(moment: datetime) -> int:
    """Return the id that a thing would have that was made at a moment."""
    return max(0, int(moment.timestamp() * 1000) - _EPOCH) << 22


def _emoji(reaction: Data) -> str:
    return quote(reaction["emoji"].get("name") or "")
