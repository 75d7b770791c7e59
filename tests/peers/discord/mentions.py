"""Whom a text names, and who of them is notified: the docs' "Allowed Mentions Object", and permissions."""

import re
from typing import Any

from tests.peers.discord.errors import FormErrors
from tests.peers.discord.messages import Message, Pings
from tests.peers.discord.model import User
from tests.peers.discord.permissions import Permission

KINDS = ("users", "roles", "everyone")
EVERY_KIND: dict[str, Any] = {"parse": list(KINDS), "replied_user": True}
ONLY_USERS: dict[str, Any] = {"parse": ["users"], "replied_user": True}  # the default of interactions


def check_allowed(allowed: dict[str, Any]) -> None:
    """Refuse what contradicts itself.

    Raises:
        ApiError: 50035.
    """
    errors = FormErrors()
    parse = allowed.get("parse") or []
    for place, kind in enumerate(parse):
        if kind not in KINDS:
            errors.add(("allowed_mentions", "parse", place), "BASE_TYPE_CHOICES", f"Value must be one of {KINDS}.")
    for kind in ("users", "roles"):
        named = allowed.get(kind) or []
        errors.length(("allowed_mentions", kind), named, 0, 100)
        if kind in parse and named:
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            errors.add(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
    errors.raise_if_any()


def mentioned(message: Message, people: dict[int, User], allowed: dict[str, Any]) -> Pings:
    """Whom a message names, of those that are allowed and that its author may notify."""
    text, author, channel = message.text, message.author, message.channel
    replied = message.reply_to.author if message.reply_to else None
    parse = set(allowed.get("parse") or ())
    named = {int(each) for kind in ("users", "roles") for each in allowed.get(kind) or ()}
    users = {int(each) for each in re.findall(r"<@!?(\d+)>", text)} & people.keys()
    found = {people[each] for each in users if "users" in parse or each in named}
    if replied is not None and allowed.get("replied_user", False):
        found.add(replied)
    if channel.guild is None:
        return Pings(frozenset(found))
    everybody = channel.may(author, Permission.MENTION_EVERYONE)
    roles = {int(each) for each in re.findall(r"<@&(\d+)>", text)} & channel.guild.roles.keys()
    heard = {
        channel.guild.roles[each]
        for each in roles
        if ("roles" in parse or each in named) and (everybody or channel.guild.roles[each].mentionable)
    }
    loud = "everyone" in parse and everybody and re.search(r"@(everyone|here)\b", text) is not None
    return Pings(frozenset(found), frozenset(heard), loud)
