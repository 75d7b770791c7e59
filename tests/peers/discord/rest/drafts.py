"""From the body of a request to a message: checked, with defaults, and as a change of one that exists."""

from collections.abc import Mapping
from typing import Any

from tests.peers.discord.mentions import EVERY_KIND, ONLY_USERS
from tests.peers.discord.messages import Attachment, File, Flag, Message
from tests.peers.discord.model import Channel
from tests.peers.discord.permissions import Permission
from tests.peers.discord.validation.bodies import check_body, check_files
from tests.peers.discord.world import World
from tests.peers.discord.writing import Draft, name_people, store

SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2
Json = dict[str, Any]


def checked_draft(
    world: World,
    channel: Channel,
    body: Json,
    files: Mapping[int, File],
    *,
    path: tuple[str, ...] = (),
    mentions: Json = EVERY_KIND,
    settable: Flag = SETTABLE,
    **more: Any,
) -> Draft:
    """A draft of the bot's.

    Raises:
        ApiError: what is wrong with it.
    """
    check_files(files, world.file_size(channel))
    check_body(body, files, (), path)
    embeds = body.get("embeds") or []
    if channel.guild is not None and not channel.may(world.app.bot, Permission.EMBED_LINKS) and not more.get("type"):
        embeds = []  # they are left out without a word
    nonce = body.get("nonce")
    allowed = body.get("allowed_mentions")
    return Draft(
        content=body.get("content") or "",
        embeds=[{"type": "rich", **embed} for embed in embeds],
        components=body.get("components") or [],
        files=files,
        descriptions=_descriptions(body),
        flags=Flag(body.get("flags") or 0) & settable,
        nonce=None if nonce is None else str(nonce),
        allowed_mentions=mentions if allowed is None else allowed,
        **more,
    )


def change(world: World, message: Message, body: Json, files: Mapping[int, File], path: tuple[str, ...] = ()) -> None:
    """Change a message as a PATCH says: what it does not name stays.

    Raises:
        ApiError: the message would not be a valid one.
    """
    check_files(files, world.file_size(message.channel))
    listed = body.get("attachments")
    kept = message.attachments
    if "attachments" in body:
        ids = {int(each["id"]) for each in listed or []}
        kept = [each for each in message.attachments if each.id in ids]
    flags = message.flags | (Flag(body.get("flags") or 0) & SETTABLE)
    if "flags" in body and not Flag(body["flags"] or 0) & Flag.SUPPRESS_EMBEDS:
        flags &= ~Flag.SUPPRESS_EMBEDS
    wanted = {
        "content": body.get("content", message.content),
        "embeds": body.get("embeds", message.embeds),
        "components": body.get("components", message.components),
        "flags": int(flags),
        "allowed_mentions": body.get("allowed_mentions"),
    }
    check_body(wanted, files, kept, path)
    new: list[Attachment] = store(world, message, files, _descriptions(body))
    message.content, message.embeds = wanted["content"] or "", wanted["embeds"] or []
    message.components, message.flags = wanted["components"] or [], flags & ~Flag.LOADING
    message.attachments = [*kept, *new]
    default = EVERY_KIND if message.interaction is None else ONLY_USERS
    name_people(world, message, default if wanted["allowed_mentions"] is None else wanted["allowed_mentions"])


def _descriptions(body: Json) -> dict[int, str]:
    listed = body.get("attachments") or []
    return {int(each["id"]): each["description"] for each in listed if each.get("description")}
