"""Messages of channels."""

from typing import Any

from tests.peers.discord import limits, writing
from tests.peers.discord.errors import (
    ApiError,
    invalid,
    missing_access,
    missing_permissions,
    thread_archived,
    thread_locked,
    unknown,
)
from tests.peers.discord.messages import Message
from tests.peers.discord.model import Channel, ChannelType, Thread
from tests.peers.discord.payloads import message_json
from tests.peers.discord.permissions import Permission
from tests.peers.discord.rest.calls import Call, Routes
from tests.peers.discord.rest.drafts import change, checked_draft
from tests.peers.discord.rest.ratelimits import TooMany

routes = Routes()
Json = dict[str, Any]
OLD_EDIT_WAIT = 3600.0  # seconds; Discord does not say how long


def seen_channel(call: Call) -> Channel:
    """The channel of the path, if the bot can see it.

    Raises:
        ApiError: 10003, 50001.
    """
    if not call.channel.visible_to(call.bot):
        raise missing_access()
    return call.channel


def found_message(call: Call) -> Message:
    """The message of the path.

    Raises:
        ApiError: 10003, 50001, 10008.
    """
    channel = seen_channel(call)
    if call.ids["message"] not in channel.messages:
        raise unknown("Message")
    return channel.messages[call.ids["message"]]


def shown(call: Call, message: Message) -> Json:
    """The message as the app may read it over HTTP, where the portal's switch counts, not the connection's intents."""
    return message_json(message, call.world.app, content=call.world.app.message_content)


def refuse_if_frozen(call: Call, channel: Channel, *, writing_wakes: bool) -> None:
    """Refuse to touch an archived or locked thread; a new message wakes an archived one that is not locked.

    Raises:
        ApiError: 160005, 50083 (docs, Threads, "Locked Threads" and "Active & Archived Threads").
    """
    if not isinstance(channel, Thread):
        return
    if channel.locked and not channel.may(call.bot, Permission.MANAGE_THREADS):
        raise thread_locked()
    if channel.archived and not writing_wakes:
        raise thread_archived()


def refuse_if_archived(channel: Channel) -> None:
    """Refuse reactions in an archived thread; one that is only locked takes them.

    Raises:
        ApiError: 50083.
    """
    if isinstance(channel, Thread) and channel.archived:
        raise thread_archived()


def refuse_if_mute(call: Call, channel: Channel, *, with_files: bool) -> None:
    """Refuse to write where the bot may not.

    Raises:
        ApiError: 40058, 50007, 50013, 160005.
    """
    if channel.type is ChannelType.FORUM:
        raise ApiError(400, 40058, "Cannot send a message in a forum channel")
    if channel.person is not None:
        shared = any(guild.has(channel.person) and guild.has(call.bot) for guild in call.world.guilds.values())
        if not (channel.person.accepts_direct_messages and shared):
            raise ApiError(403, 50007, "Cannot send messages to this user")
        return
    speech = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    if not channel.may(call.bot, speech) or (with_files and not channel.may(call.bot, Permission.ATTACH_FILES)):
        raise missing_permissions()
    refuse_if_frozen(call, channel, writing_wakes=True)


@routes("GET", "/channels/{channel}/messages")
async def list_messages(call: Call) -> list[Json]:
    channel = seen_channel(call)
    if not channel.may(call.bot, Permission.READ_MESSAGE_HISTORY):
        return []
    most = int(call.query.get("limit", 50))
    if not 1 <= most <= 100:
        raise invalid(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    newest_first = sorted(channel.messages.values(), key=lambda message: message.id, reverse=True)
    if "before" in call.query:
        newest_first = [each for each in newest_first if each.id < int(call.query["before"])]
    if "after" in call.query:
        newest_first = [each for each in newest_first if each.id > int(call.query["after"])][-most:]
    if "around" in call.query:
        older = [each for each in newest_first if each.id <= int(call.query["around"])]
        start = max(0, len(newest_first) - len(older) - most // 2)
        newest_first = newest_first[start:]
    return [shown(call, message) for message in newest_first[:most]]


@routes("GET", "/channels/{channel}/messages/{message}")
async def get_message(call: Call) -> Json:
    message = found_message(call)
    if not message.channel.may(call.bot, Permission.READ_MESSAGE_HISTORY):
        raise missing_permissions()
    return shown(call, message)


@routes("POST", "/channels/{channel}/messages")
async def create_message(call: Call) -> Json:
    channel = seen_channel(call)
    refuse_if_mute(call, channel, with_files=bool(call.files))
    replied = _replied_to(call, channel)
    kind = 19 if replied else 0
    draft = checked_draft(call.world, channel, call.body, call.files, reply_to=replied)
    if known := _same_nonce(call, channel, draft.nonce):
        return shown(call, known)
    message = writing.compose(call.world, channel, call.bot, draft)
    message.type = kind
    if draft.nonce is not None:
        call.world.nonces[channel.id, draft.nonce] = message
    writing.post(call.world, message)
    return shown(call, message)


def _same_nonce(call: Call, channel: Channel, nonce: str | None) -> Message | None:
    """The message that was sent with this nonce a moment ago (docs, Create Message, enforce_nonce)."""
    if nonce is None or not call.body.get("enforce_nonce"):
        return None
    known = call.world.nonces.get((channel.id, nonce))
    return known if known and call.world.clock.since(known.at) <= limits.NONCE_WINDOW else None


def _replied_to(call: Call, channel: Channel) -> Message | None:
    reference = call.body.get("message_reference")
    if not reference:
        return None
    if not channel.may(call.bot, Permission.READ_MESSAGE_HISTORY):
        raise ApiError(400, 160002, "Cannot reply without permission to read message history")
    target = channel.messages.get(int(reference["message_id"]))
    if target is None and reference.get("fail_if_not_exists", True):
        raise invalid(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    return target


@routes("PATCH", "/channels/{channel}/messages/{message}")
async def edit_message(call: Call) -> Json:
    message = found_message(call)
    if message.author is not call.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    refuse_if_frozen(call, message.channel, writing_wakes=False)
    allowed = call.world.old_edits_allowed
    old = call.world.clock.since(message.at) > limits.OLD_MESSAGE
    if old and allowed is not None and message.late_edits >= allowed:
        raise TooMany(OLD_EDIT_WAIT, "user", code=30046)
    change(call.world, message, call.body, call.files)
    writing.edited(call.world, message)
    return shown(call, message)


@routes("DELETE", "/channels/{channel}/messages/{message}")
async def delete_message(call: Call) -> None:
    message = found_message(call)
    if message.author is not call.bot and not message.channel.may(call.bot, Permission.MANAGE_MESSAGES):
        raise missing_permissions()
    thread = message.channel
    closed = isinstance(thread, Thread) and thread.locked and thread.archived
    if closed and not thread.may(call.bot, Permission.MANAGE_THREADS):
        raise thread_locked()
    writing.delete(call.world, message)


@routes("POST", "/channels/{channel}/typing")
async def type_in_channel(call: Call) -> None:
    refuse_if_mute(call, seen_channel(call), with_files=False)
