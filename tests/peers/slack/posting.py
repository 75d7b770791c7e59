"""Messages on their way in: what they may hold, where they may go, and how they are stored."""

import json
import re
from typing import Any

from tests.peers.slack import limits
from tests.peers.slack.calls import Call
from tests.peers.slack.checks import checked_blocks
from tests.peers.slack.errors import SlackError
from tests.peers.slack.slack import Slack
from tests.peers.slack.workspace import Channel, Message, User, Workspace

#: messages that Slack writes itself, which take no replies
ON_THEIR_OWN = ("channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive")


def content(call: Call) -> dict[str, Any]:
    """What a message is to show of a call's text, markdown_text, blocks and attachments; only what is given.

    Raises:
        SlackError: it is too long, malformed or contradicts itself.
    """
    given: dict[str, Any] = {}
    if "markdown_text" in call.arguments:
        if call.get("text") or call.get("blocks"):
            raise SlackError("markdown_text_conflict")
        words = call.text("markdown_text")
        if len(words) > limits.MARKDOWN_TEXT:
            raise SlackError("msg_too_long")
        return {"text": words, "blocks": checked_blocks([{"type": "markdown", "text": words}] if words else [])}
    if "text" in call.arguments:
        given["text"] = call.text("text")
        if len(given["text"]) > limits.MESSAGE_TEXT:
            raise SlackError("msg_too_long")
    if call.get("blocks"):
        given["blocks"] = checked_blocks(call.decoded("blocks"))
    elif isinstance(call.get("blocks"), list):
        given["blocks"] = []
    if "attachments" in call.arguments:
        given["attachments"] = call.decoded("attachments") or []
    return given


def metadata(call: Call) -> tuple[dict[str, Any], list[str]]:
    """The metadata of a call as an argument for the store, and warnings.

    Raises:
        SlackError: it has not the form of metadata, or is too large.
    """
    if "metadata" not in call.arguments:
        return {}, []
    given = call.decoded("metadata")
    if given == {}:
        return {"metadata": {}}, []
    if not isinstance(given, dict) or not isinstance(given.get("event_payload"), dict) or not given.get("event_type"):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(given)) > limits.METADATA_BYTES:
        raise SlackError("metadata_too_large")
    if not re.fullmatch(r"[\w-]+", str(given["event_type"])):
        return {}, ["invalid_metadata_schema"]
    return {"metadata": given}, []


def check_thread(workspace: Workspace, channel: Channel, thread_ts: str) -> None:
    """See that a thread can be replied in.

    Raises:
        SlackError: thread_not_found, or cannot_reply_to_message for a reply and for what Slack writes itself.
    """
    parent = workspace.kept.get(channel.id, {}).get(thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    is_reply = parent.get("thread_ts") not in (None, thread_ts)
    if is_reply or parent.get("subtype") in ON_THEIR_OWN:
        raise SlackError("cannot_reply_to_message")


async def post(slack: Slack, workspace: Workspace, channel: Channel, author: User, shown: dict[str, Any]) -> Message:
    """Store a message and return it as Slack shows it. `shown` is what `chat.postMessage` takes, checked already."""
    thread_ts = shown.get("thread_ts")
    if thread_ts:
        check_thread(workspace, channel, thread_ts)
    stored = (await workspace.store.call("chat.postMessage", author.token, channel=channel.id, **shown))["message"]
    if thread_ts and shown.get("reply_broadcast"):
        root = workspace.kept[channel.id][thread_ts]
        workspace.overlays[stored["ts"]] = {"subtype": "thread_broadcast", "root": root}
    message = workspace.keep(channel.id, stored)
    slack.changed()
    return message


async def rewrite(slack: Slack, workspace: Workspace, channel: Channel, ts: str, given: dict[str, Any]) -> Message:
    """Change a message of the bot. What is not given stays, as Slack documents it; emulate would drop it."""
    before = workspace.message(channel.id, ts)
    kept = {name: before[name] for name in ("text", "blocks", "attachments", "metadata") if name in before}
    stored = await workspace.store.call(
        "chat.update", workspace.bot.token, channel=channel.id, ts=ts, **{**kept, **given}
    )
    message = workspace.keep(channel.id, stored["message"])
    slack.changed()
    return message


async def remove(slack: Slack, workspace: Workspace, channel: Channel, author: User, ts: str) -> Message:
    """Delete a message and return what it was."""
    before = workspace.shown(channel.id, workspace.message(channel.id, ts))
    await workspace.store.call("chat.delete", author.token, channel=channel.id, ts=ts)
    workspace.forget(channel.id, ts)
    slack.changed()
    return before


async def direct_messages(slack: Slack, workspace: Workspace, user: User) -> Channel:
    """The conversation of the bot with a person; opened if it is not there yet."""
    opened = await workspace.store.call("conversations.open", workspace.bot.token, users=user.id)
    channel_id = opened["channel"]["id"]
    if channel_id not in workspace.channels:
        workspace.channels[channel_id] = Channel(channel_id, user.name, "im", {user.id, workspace.bot.id})
        slack.changed()
    return workspace.channels[channel_id]
