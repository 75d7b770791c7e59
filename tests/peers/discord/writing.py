"""Writing, changing and deleting messages, and reacting to them: what people and the bot both do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.peers.discord import limits, threads
from tests.peers.discord.filenames import stored
from tests.peers.discord.mentions import EVERY_KIND, mentioned
from tests.peers.discord.messages import NO_FLAGS, Attachment, File, Flag, Message
from tests.peers.discord.model import Channel, Thread, User
from tests.peers.discord.payloads import member_json
from tests.peers.discord.world import World


@dataclass(frozen=True)
class Draft:
    """A message before it is sent."""

    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    files: Mapping[int, File] = field(default_factory=dict)
    descriptions: Mapping[int, str] = field(default_factory=dict)
    flags: Flag = NO_FLAGS
    type: int = 0
    nonce: str | None = None
    reply_to: Message | None = None
    allowed_mentions: dict[str, Any] = field(default_factory=lambda: EVERY_KIND)


def compose(world: World, channel: Channel, author: User, draft: Draft, **more: Any) -> Message:
    """A message that nobody has seen yet."""
    message = Message(world.new_id(), channel, author, world.clock.now, draft.type, **more)
    message.content, message.embeds, message.components = draft.content, draft.embeds, draft.components
    message.flags, message.nonce, message.reply_to = draft.flags, draft.nonce, draft.reply_to
    message.attachments = store(world, message, draft.files, draft.descriptions)
    notify(world, message, draft.allowed_mentions)
    return message


def notify(world: World, message: Message, allowed: dict[str, Any]) -> None:
    """Find whom the message names, and notify them."""
    name_people(world, message, allowed)
    message.pings = message.mentions


def name_people(world: World, message: Message, allowed: dict[str, Any]) -> None:
    """Find whom the message names now, and notify nobody: as an edit does."""
    message.mentions = mentioned(message, world.users, allowed)


def store(
    world: World, message: Message, files: Mapping[int, File], descriptions: Mapping[int, str]
) -> list[Attachment]:
    """Put files on the CDN."""
    kept = []
    for place, given in files.items():
        file, own = stored(given), world.new_id()
        world.cdn[message.channel.id, own, file.name] = file.content
        url = f"{world.cdn_url}/attachments/{message.channel.id}/{own}/{file.name}"
        kept.append(Attachment(own, file, url, descriptions.get(place), message.ephemeral))
    return kept


def post(world: World, message: Message) -> Message:
    """Show a composed message in its channel, and tell of it."""
    channel = message.channel
    channel.messages[message.id] = message
    channel.last_message_id = message.id
    if isinstance(channel, Thread):
        channel.sent += 1
        if channel.archived:
            threads.update(world, channel, archived=False)
        threads.join(world, channel, message.author)
    world.dispatch_message("MESSAGE_CREATE", message)
    return message


def edited(world: World, message: Message, *, by_hand: bool = True) -> None:
    """Note that a message has changed, and tell of it.

    `by_hand`: as people see it; without it the first filling of a deferred answer, which is not marked as edited.
    """
    if by_hand:
        message.edited_at = world.clock.now
    message.edits += 1
    if world.clock.since(message.at) > limits.OLD_MESSAGE:
        message.late_edits += 1
    if message.ephemeral:
        world.bell.ring()
    else:
        world.dispatch_message("MESSAGE_UPDATE", message)


def delete(world: World, message: Message) -> None:
    message.deleted = True
    if message.ephemeral:
        world.bell.ring()
        return
    channel = message.channel
    channel.messages.pop(message.id)
    world.dispatch("MESSAGE_DELETE", {"id": str(message.id), **_place(channel)}, channel=channel)


def delete_many(world: World, channel: Channel, messages: Sequence[Message]) -> None:
    for message in messages:
        message.deleted = True
        channel.messages.pop(message.id)
    ids = [str(message.id) for message in messages]
    world.dispatch("MESSAGE_DELETE_BULK", {"ids": ids, **_place(channel)}, channel=channel)


def _place(channel: Channel) -> dict[str, Any]:
    place = {"channel_id": str(channel.id)}
    return place if channel.guild is None else {**place, "guild_id": str(channel.guild.id)}


def react(world: World, message: Message, emoji: str, user: User, *, burst: bool = False) -> None:
    users = message.reactions.setdefault(emoji, [])
    if user in users:
        return
    users.append(user)
    if burst:
        message.bursts.add((emoji, user.id))
    told = {**_reaction(message, emoji, user), "message_author_id": str(message.author.id)}
    guild = message.channel.guild
    if guild is not None and (member := guild.member(user)) is not None:
        told["member"] = member_json(member)
    world.dispatch("MESSAGE_REACTION_ADD", told, channel=message.channel)


def unreact(world: World, message: Message, emoji: str, user: User) -> None:
    users = message.reactions.get(emoji, [])
    if user not in users:
        return
    users.remove(user)
    if not users:
        message.reactions.pop(emoji)
    told = _reaction(message, emoji, user)
    message.bursts.discard((emoji, user.id))
    world.dispatch("MESSAGE_REACTION_REMOVE", told, channel=message.channel)


def _reaction(message: Message, emoji: str, user: User) -> dict[str, Any]:
    burst = (emoji, user.id) in message.bursts
    told = {
        "user_id": str(user.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "emoji": {"id": None, "name": emoji},
        "type": int(burst),
        "burst": burst,
    }
    guild = message.channel.guild
    return told if guild is None else {**told, "guild_id": str(guild.id)}
