"""What people write in Slack -> plain text, and what a message is. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from adapters.slack.calls import inner, rows

# <@U1>, <@U1|name>, <#C1|name>, <!here>, <!subteam^S1|@name>, <https://…|text> (Slack, "Formatting message text")
_MARKED = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def mentioned(text: str) -> list[str]:
    """Return the ids of the people a text names, in its order."""
    return [found[2] for found in _MARKED.finditer(text) if found[1] == "@"]


def plain(text: str, names: Mapping[str, str] | None = None) -> str:
    """Return a text as people read it; `names` are people's, by id."""
    known = names or {}
    written = _MARKED.sub(lambda found: _written(found, known), text)
    for entity, letter in _ENTITIES:
        written = written.replace(entity, letter)
    return written.strip()


def without_mention(text: str, bot: str) -> str:
    """Return a text without its first mention of the bot, wherever that stands."""
    return re.sub(rf"<@{re.escape(bot)}(\|[^<>]*)?>[ \t]*[:,]?", "", text, count=1).strip()


def is_for_somebody_else(text: str, bot: str) -> bool:
    """Say whether a message begins by naming another person than the bot: then it is meant for them."""
    found = _MARKED.match(text.strip())
    return found is not None and found[1] == "@" and found[2] != bot and bot not in mentioned(text)


def is_of_a_bot(message: Mapping[str, Any]) -> bool:
    """Say whether a program wrote a message."""
    return bool(message.get("bot_id") or message.get("bot_profile") or message.get("subtype") == "bot_message")


def files_of(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the files of a message that are still there."""
    return [file for file in rows(message, "files") if file.get("mode") not in ("tombstone", "hidden_by_limit")]


def bot_of(body: Mapping[str, Any]) -> str:
    """Return the user id of Nod's bot in the workspace that an event is for; an empty string if it does not say."""
    bots = [str(each.get("user_id", "")) for each in rows(body, "authorizations") if each.get("is_bot")]
    return bots[0] if bots else ""


def name_of_bot(message: Mapping[str, Any]) -> str:
    """Return the name under which a program wrote a message."""
    return str(message.get("username") or inner(message, "bot_profile").get("name") or "bot")


def _written(found: re.Match[str], names: Mapping[str, str]) -> str:
    sign, what, label = found[1], found[2], found[3] or ""
    if sign == "@":
        return f"@{names.get(what) or label or what}"
    if sign == "#":
        return f"#{label or what}"
    if sign == "!":
        return label or f"@{what.partition('^')[0]}"
    address = what.removeprefix("mailto:").removeprefix("tel:")
    return address if not label or label in (what, address) else f"{label} ({what})"
