"""Starting, changing and leaving threads: what people and the bot both do."""

from collections.abc import Iterable
from typing import Any

from tests.peers.discord.gateway.intents import Intent
from tests.peers.discord.messages import Flag, Message
from tests.peers.discord.model import Channel, ChannelType, Thread, User
from tests.peers.discord.payloads import channel_json, member_json, thread_member_json
from tests.peers.discord.world import World

NAME_CHANGE, THREAD_CREATED, STARTER_MESSAGE = 4, 18, 21  # docs, Message Types


def start(
    world: World,
    parent: Channel,
    starter: User,
    name: str,
    *,
    message: Message | None = None,
    private: bool = False,
    auto_archive: int = 1440,
    tags: Iterable[int] = (),
) -> Thread:
    """Start a thread; one from a message has the message's id."""
    now = world.clock.now
    thread = Thread(
        message.id if message else world.new_id(),
        ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD,
        name,
        parent.in_guild,
        parent=parent,
        starter=starter,
        created_at=now,
        archived_at=now,
        auto_archive=auto_archive,
        joined={starter.id: now},
        applied_tags=list(tags),
    )
    world.channels[thread.id] = parent.in_guild.threads[thread.id] = thread
    created = {**channel_json(thread, world.app.bot), "newly_created": True}
    world.dispatch("THREAD_CREATE", created, channel=thread)
    if message is not None:
        message.thread = thread
        message.flags |= Flag.HAS_THREAD
        world.dispatch_message("MESSAGE_UPDATE", message)
        _say(world, thread, starter, STARTER_MESSAGE, reply_to=message)
    elif not private and parent.type is ChannelType.TEXT:
        _say(world, parent, starter, THREAD_CREATED, content=name)
    return thread


def _say(world: World, channel: Channel, author: User, kind: int, **fields: Any) -> None:
    """Discord's own message about what happened."""
    message = Message(world.new_id(), channel, author, world.clock.now, kind, **fields)
    channel.messages[message.id] = message
    world.dispatch_message("MESSAGE_CREATE", message)


def update(world: World, thread: Thread, by: User | None = None, **changes: Any) -> None:
    """Change attributes of a thread, and tell of it."""
    renamed = changes.get("name", thread.name) != thread.name
    if "archived" in changes and changes["archived"] != thread.archived:
        thread.archived_at = world.clock.now
    for key, value in changes.items():
        setattr(thread, key, value)
    world.dispatch("THREAD_UPDATE", channel_json(thread, world.app.bot), channel=thread)
    if renamed:
        _say(world, thread, by or thread.starter, NAME_CHANGE, content=thread.name)


def delete(world: World, thread: Thread) -> None:
    """Delete a thread with its messages."""
    told = {
        "id": str(thread.id),
        "guild_id": str(thread.in_guild.id),
        "parent_id": str(thread.parent.id),
        "type": int(thread.type),
    }
    world.dispatch("THREAD_DELETE", told, channel=thread)
    thread.deleted = True
    thread.in_guild.threads.pop(thread.id)
    world.bell.ring()


def join(world: World, thread: Thread, user: User) -> None:
    if user.id in thread.joined:
        return
    thread.joined[user.id] = world.clock.now
    if user is world.app.bot:
        world.dispatch("THREAD_CREATE", channel_json(thread, user), channel=thread)
    member = thread.in_guild.member(user)
    added = {**thread_member_json(thread, user.id), "presence": None}
    if member is not None:
        added["member"] = member_json(member)
    _tell_members(world, thread, user, {"added_members": [added]})


def leave(world: World, thread: Thread, user: User) -> None:
    if thread.joined.pop(user.id, None) is not None:
        _tell_members(world, thread, user, {"removed_member_ids": [str(user.id)]})


def _tell_members(world: World, thread: Thread, user: User, change: dict[str, Any]) -> None:
    """Tell of who came or went; of others than the bot, only sessions with the intent for members hear."""
    told = {
        "id": str(thread.id),
        "guild_id": str(thread.in_guild.id),
        "member_count": min(len(thread.joined), 50),
        **change,
    }
    needs = Intent.GUILDS if user is world.app.bot else Intent.GUILD_MEMBERS
    world.dispatch("THREAD_MEMBERS_UPDATE", told, channel=thread, needs=needs)
