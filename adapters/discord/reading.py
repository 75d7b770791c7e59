"""What people wrote, read: whom it is for, what it says without Nod's name, what was said before. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime

import discord

from adapters.discord.payloads import Data, listed, within
from adapters.discord.people import is_person, of_message
from agent_core.ports import Said

_WRITTEN = frozenset({discord.MessageType.default.value, discord.MessageType.reply.value})
_MENTION = re.compile(r"<@!?(\d+)>")
_FIRST_MENTION = re.compile(r"\s*<@!?(\d+)>")
_SUBCOMMAND = 1  # docs, Application Command Option Type


def is_written_by_a_person(message: Data) -> bool:
    """Say whether somebody wrote a message: no bot, no webhook, and not Discord itself."""
    return message.get("type", 0) in _WRITTEN and not message.get("webhook_id") and is_person(message["author"])


def names(message: Data, user: str) -> bool:
    """Say whether a message mentions somebody, or replies to what they wrote."""
    return any(each["id"] == user for each in listed(message, "mentions")) or replies_to(message, user)


def replies_to(message: Data, user: str) -> bool:
    """Say whether a message replies to what somebody wrote."""
    return within(message, "referenced_message", "author").get("id") == user


def is_for_somebody_else(message: Data, me: str) -> bool:
    """Say whether people talk to each other: it begins with another's name, or replies to another."""
    if names(message, me):
        return False
    first = _FIRST_MENTION.match(str(message.get("content") or ""))
    return bool(first) or bool(within(message, "referenced_message"))


def is_post(message: Data) -> bool:
    """Say whether a message is the first of a forum's post, which has the post's own id."""
    return message["id"] == message["channel_id"]


def text_of(message: Data, me: str) -> str:
    """Return what a message says, without Nod's name at either end, and with the names of others for their ids."""
    people = {each["id"]: each.get("global_name") or each.get("username") or "" for each in listed(message, "mentions")}
    text = str(message.get("content") or "").strip()
    ours = rf"<@!?{re.escape(me)}>"
    text = re.sub(rf"^(?:{ours}[\s,:]*)+|(?:\s*{ours})+$", "", text)
    return _MENTION.sub(lambda found: f"@{people.get(found[1]) or found[1]}", text).strip()


def command_text(data: Data) -> str:
    """Return what a command says, as it would be typed: `/agent goal:…`, or a sub-command and its options."""
    options = listed(data, "options")
    words: list[str] = []
    if options and options[0].get("type") == _SUBCOMMAND:
        name, options = str(options[0]["name"]), listed(options[0], "options")
        words = [] if name in ("goal", "ask") else [name]
    return " ".join([*words, *(str(each["value"]) for each in options if not _is_file(data, each))]).strip()


def command_files(data: Data) -> list[Data]:
    """Return the files that were attached to a command."""
    return list(within(data, "resolved", "attachments").values())


def _is_file(data: Data, option: Data) -> bool:
    return str(option["value"]) in within(data, "resolved", "attachments")


def conversation_of(newest_first: Sequence[Data], me: str) -> tuple[Said, ...]:
    """Return what people and Nod said, the oldest first; what programs wrote is left out."""
    found: list[Said] = []
    for message in reversed(newest_first):
        text = text_of(message, me)
        if not text or not is_written_by_a_person(message):
            continue
        found.append(Said(text, of_message(message), datetime.fromisoformat(str(message["timestamp"]))))
    return tuple(found)
