"""Threads, forum posts, and who is in them."""

from typing import Any

from tests.peers.discord import limits, threads, writing
from tests.peers.discord.errors import (
    ApiError,
    FormErrors,
    invalid,
    missing_access,
    missing_permissions,
    thread_archived,
    unknown,
)
from tests.peers.discord.model import Channel, ChannelType, Thread, User
from tests.peers.discord.payloads import channel_json, member_json, message_json, thread_member_json
from tests.peers.discord.permissions import Permission
from tests.peers.discord.rest.calls import Call, Routes, Status
from tests.peers.discord.rest.drafts import checked_draft
from tests.peers.discord.rest.messages import found_message, refuse_if_mute, seen_channel

routes = Routes()
Json = dict[str, Any]


@routes("POST", "/channels/{channel}/messages/{message}/threads")
async def start_from_message(call: Call) -> Status:
    message = found_message(call)
    channel = message.channel
    if channel.type is not ChannelType.TEXT:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    _need(call, channel, Permission.CREATE_PUBLIC_THREADS)
    if message.thread is not None:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    name, after = _named(call.body)
    thread = threads.start(call.world, channel, call.bot, name, message=message, auto_archive=after)
    return Status(201, channel_json(thread, call.bot))


@routes("POST", "/channels/{channel}/threads")
async def start(call: Call) -> Status:
    channel = seen_channel(call)
    if channel.type is ChannelType.FORUM:
        return _post_in_forum(call, channel)
    if channel.type is not ChannelType.TEXT:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    # PRIVATE_THREAD is what Discord takes when nothing is said (docs, Start Thread without Message)
    private = call.body.get("type", ChannelType.PRIVATE_THREAD) == ChannelType.PRIVATE_THREAD
    _need(call, channel, Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    name, after = _named(call.body)
    thread = threads.start(call.world, channel, call.bot, name, private=private, auto_archive=after)
    return Status(201, channel_json(thread, call.bot))


def _post_in_forum(call: Call, forum: Channel) -> Status:
    _need(call, forum, Permission.SEND_MESSAGES)
    name, after = _named(call.body)
    tags = [int(tag) for tag in call.body.get("applied_tags") or []]
    if any(tag not in forum.tags for tag in tags):
        raise ApiError(400, 10087, "Unknown Tag")
    if forum.requires_tag and not tags:
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
    body = call.body.get("message")
    if not body:
        raise invalid(("message",), "BASE_TYPE_REQUIRED", "This field is required")
    draft = checked_draft(call.world, forum, body, call.files, path=("message",))
    thread = threads.start(call.world, forum, call.bot, name, auto_archive=after, tags=tags)
    message = writing.compose(call.world, thread, call.bot, draft)
    call.world.channels[thread.id] = thread
    message.id = thread.id  # the post and its first message share their id
    writing.post(call.world, message)
    return Status(201, {**channel_json(thread, call.bot), "message": message_json(message, call.world.app)})


def _named(body: Json) -> tuple[str, int]:
    errors = FormErrors()
    name, after = (body.get("name") or "").strip(), body.get("auto_archive_duration") or 1440
    errors.length(("name",), name, 1, limits.THREAD_NAME)
    if after not in limits.ARCHIVE_AFTER:
        message = f"Value must be one of {set(limits.ARCHIVE_AFTER)}."
        errors.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", message)
    errors.raise_if_any()
    return name, after


def _need(call: Call, channel: Channel, permission: Permission) -> None:
    if not channel.may(call.bot, permission):
        raise missing_permissions()


def change_thread(call: Call, thread: Thread) -> Json:
    """Carry out PATCH of a thread (docs, Threads, "Editing & Deleting Threads").

    Raises:
        ApiError: 50013, 50083, 160005.
    """
    body, world = call.body, call.world
    manages = thread.may(call.bot, Permission.MANAGE_THREADS)
    fields = {
        "name",
        "archived",
        "auto_archive_duration",
        "locked",
        "rate_limit_per_user",
        "applied_tags",
    } & body.keys()
    waking = body.get("archived") is False
    if fields & {"locked", "rate_limit_per_user"} and not manages:
        raise missing_permissions()
    if waking and thread.locked and not manages:
        raise missing_permissions()
    if fields - ({"archived"} if waking else set()) and not manages and thread.starter is not call.bot:
        raise missing_permissions()
    if thread.archived and not waking and fields - {"archived", "locked"}:
        raise thread_archived()
    changes: Json = {key: body[key] for key in ("archived", "locked") if key in body}
    if fields & {"name", "auto_archive_duration"}:
        given = {"name": thread.name, "auto_archive_duration": thread.auto_archive, **body}
        changes["name"], changes["auto_archive"] = _named(given)
    if "applied_tags" in body:
        changes["applied_tags"] = [int(tag) for tag in body["applied_tags"]]
    threads.update(world, thread, call.bot, **changes)
    return channel_json(thread, call.bot)


def _thread(call: Call) -> Thread:
    channel = seen_channel(call)
    if not isinstance(channel, Thread):
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return channel


@routes("PUT", "/channels/{channel}/thread-members/@me")
async def join(call: Call) -> None:
    thread = _thread(call)
    if thread.archived:
        raise thread_archived()
    threads.join(call.world, thread, call.bot)


@routes("PUT", "/channels/{channel}/thread-members/{user}")
async def add_member(call: Call) -> None:
    thread = _thread(call)
    if thread.archived:
        raise thread_archived()
    refuse_if_mute(call, thread, with_files=False)
    user = _user(call)
    if not thread.in_guild.has(user):
        raise unknown("Member")
    if not thread.parent.visible_to(user):
        raise missing_access()
    threads.join(call.world, thread, user)


@routes("DELETE", "/channels/{channel}/thread-members/@me")
async def leave(call: Call) -> None:
    threads.leave(call.world, _thread(call), call.bot)


@routes("DELETE", "/channels/{channel}/thread-members/{user}")
async def remove_member(call: Call) -> None:
    thread = _thread(call)
    _need(call, thread, Permission.MANAGE_THREADS)
    threads.leave(call.world, thread, _user(call))


@routes("GET", "/channels/{channel}/thread-members")
async def list_members(call: Call) -> list[Json]:
    thread = _thread(call)
    if not call.world.app.guild_members:
        raise missing_access()
    return [_member(call, thread, user_id) for user_id in thread.joined]


@routes("GET", "/channels/{channel}/thread-members/{user}")
async def get_member(call: Call) -> Json:
    thread = _thread(call)
    if call.ids["user"] not in thread.joined:
        raise unknown("Member")
    return _member(call, thread, call.ids["user"])


def _member(call: Call, thread: Thread, user_id: int) -> Json:
    found = thread_member_json(thread, user_id)
    member = thread.in_guild.members.get(user_id)
    if call.query.get("with_member") in ("1", "true") and member is not None:
        found["member"] = member_json(member)
    return found


@routes("GET", "/channels/{channel}/threads/archived/public")
async def list_archived(call: Call) -> Json:
    channel = seen_channel(call)
    _need(call, channel, Permission.READ_MESSAGE_HISTORY)
    found = [
        each for each in call.world.threads_of(channel) if each.archived and each.type is ChannelType.PUBLIC_THREAD
    ]
    return _listed(call, sorted(found, key=lambda thread: thread.archived_at, reverse=True))


@routes("GET", "/guilds/{guild}/threads/active")
async def list_active(call: Call) -> Json:
    guild = call.world.guilds.get(call.ids["guild"])
    if guild is None or not guild.has(call.bot):
        raise unknown("Guild")
    return _listed(call, [each for each in guild.threads.values() if not each.archived and each.visible_to(call.bot)])


def _listed(call: Call, found: list[Thread]) -> Json:
    joined = [thread_member_json(each, call.bot.id) for each in found if call.bot.id in each.joined]
    return {"threads": [channel_json(each, call.bot) for each in found], "members": joined, "has_more": False}


def _user(call: Call) -> User:
    if call.ids["user"] not in call.world.users:
        raise unknown("User")
    return call.world.users[call.ids["user"]]
