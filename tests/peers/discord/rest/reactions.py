"""Reactions."""

from typing import Any

from tests.peers.discord import limits, writing
from tests.peers.discord.errors import ApiError, missing_permissions, unknown
from tests.peers.discord.payloads import user_json
from tests.peers.discord.permissions import Permission
from tests.peers.discord.rest.calls import Call, Routes
from tests.peers.discord.rest.messages import found_message, refuse_if_archived

routes = Routes()
ON = "/channels/{channel}/messages/{message}/reactions"


@routes("PUT", ON + "/{emoji:str}/@me")
async def add_reaction(call: Call) -> None:
    message, emoji = found_message(call), _emoji(call)
    refuse_if_archived(message.channel)
    if not message.channel.may(call.bot, Permission.READ_MESSAGE_HISTORY):
        raise missing_permissions()
    if emoji not in message.reactions:
        if not message.channel.may(call.bot, Permission.ADD_REACTIONS):
            raise missing_permissions()
        if len(message.reactions) >= limits.REACTIONS:
            raise ApiError(400, 30010, "Maximum number of reactions reached (20)")
    writing.react(call.world, message, emoji, call.bot)


@routes("DELETE", ON + "/{emoji:str}/@me")
async def remove_own_reaction(call: Call) -> None:
    message = found_message(call)
    refuse_if_archived(message.channel)
    writing.unreact(call.world, message, _emoji(call), call.bot)


@routes("DELETE", ON + "/{emoji:str}/{user}")
async def remove_reaction(call: Call) -> None:
    message = found_message(call)
    if not message.channel.may(call.bot, Permission.MANAGE_MESSAGES):
        raise missing_permissions()
    if call.ids["user"] not in call.world.users:
        raise unknown("User")
    writing.unreact(call.world, message, _emoji(call), call.world.users[call.ids["user"]])


@routes("GET", ON + "/{emoji:str}")
async def list_reactions(call: Call) -> list[dict[str, Any]]:
    message = found_message(call)
    emoji, burst = _emoji(call), call.query.get("type", "0") == "1"  # docs, Reaction Types
    given = [user for user in message.reactions.get(emoji, []) if ((emoji, user.id) in message.bursts) is burst]
    users = sorted(given, key=lambda user: user.id)
    after, most = int(call.query.get("after", 0)), int(call.query.get("limit", 25))
    return [user_json(user) for user in users if user.id > after][:most]


def _emoji(call: Call) -> str:
    """The emoji of the path; custom ones are not kept here.

    Raises:
        ApiError: 10014.
    """
    emoji = call.words["emoji"]
    if emoji.isascii() and not emoji.rstrip("\ufe0f\u20e3").isdigit():
        raise ApiError(400, 10014, "Unknown Emoji")
    return emoji
