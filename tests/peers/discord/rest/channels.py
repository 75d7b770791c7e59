"""Channels, direct conversations and users."""

from typing import Any

from tests.peers.discord import limits, threads
from tests.peers.discord.errors import ApiError, invalid, missing_permissions, unknown
from tests.peers.discord.founding import delete_channel
from tests.peers.discord.model import Channel, Thread
from tests.peers.discord.payloads import channel_json, user_json
from tests.peers.discord.permissions import Permission
from tests.peers.discord.rest.calls import Call, Routes
from tests.peers.discord.rest.messages import seen_channel
from tests.peers.discord.rest.ratelimits import TooMany
from tests.peers.discord.rest.threads import change_thread

routes = Routes()
Json = dict[str, Any]


@routes("GET", "/channels/{channel}")
async def get_channel(call: Call) -> Json:
    return channel_json(seen_channel(call), call.bot)


@routes("PATCH", "/channels/{channel}")
async def change_channel(call: Call) -> Json:
    channel = seen_channel(call)
    renamed = call.body.get("name") not in (None, channel.name)
    if renamed:
        _refuse_if_renamed_often(call, channel)
    if isinstance(channel, Thread):
        found = change_thread(call, channel)
    else:
        if not channel.may(call.bot, Permission.MANAGE_CHANNELS):
            raise missing_permissions()
        channel.name = call.body.get("name") or channel.name
        channel.topic = call.body.get("topic", channel.topic)
        found = channel_json(channel, call.bot)
        call.world.dispatch("CHANNEL_UPDATE", found, channel=channel)
    if renamed:
        channel.renamed.append(call.world.clock.now)
    return found


def _refuse_if_renamed_often(call: Call, channel: Channel) -> None:
    """Refuse a third name within ten minutes; headers do not announce it (discord-api-docs, issue 1900)."""
    clock = call.world.clock
    channel.renamed = [each for each in channel.renamed if clock.since(each) < limits.RENAME_WINDOW]
    if len(channel.renamed) >= limits.RENAMES:
        raise TooMany(limits.RENAME_WINDOW - clock.since(channel.renamed[0]), "user")


@routes("DELETE", "/channels/{channel}")
async def remove_channel(call: Call) -> Json:
    channel = seen_channel(call)
    found = channel_json(channel, call.bot)
    if isinstance(channel, Thread):
        if not channel.may(call.bot, Permission.MANAGE_THREADS):
            raise missing_permissions()
        threads.delete(call.world, channel)
    elif channel.guild is not None:
        if not channel.may(call.bot, Permission.MANAGE_CHANNELS):
            raise missing_permissions()
        delete_channel(call.world, channel)
    return found


@routes("POST", "/users/@me/channels")
async def open_direct(call: Call) -> Json:
    person = call.world.users.get(int(call.body.get("recipient_id") or 0))
    if person is None:
        raise invalid(("recipient_id",), "UNKNOWN_USER", "Unknown user")
    if person.bot:
        raise ApiError(400, 50007, "Cannot send messages to this user")
    return channel_json(call.world.direct(person), call.bot)


@routes("GET", "/users/{user}")
async def get_user(call: Call) -> Json:
    if call.ids["user"] not in call.world.users:
        raise unknown("User")
    return user_json(call.world.users[call.ids["user"]])
