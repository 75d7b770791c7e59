"""files.*: emulate's external upload; the front checks where a file goes, and mirrors the message that shows it."""

from typing import Any

from tests.peers.slack import posting
from tests.peers.slack.errors import SlackError
from tests.peers.slack.events import message_posted
from tests.peers.slack.methods.registry import Asked, method
from tests.peers.slack.slack import Slack
from tests.peers.slack.workspace import Channel, Message, User, Workspace


@method("files.getUploadURLExternal", "files:write", json=False)
async def get_upload_url(asked: Asked) -> dict[str, Any]:
    told = await asked.workspace.store.call(
        "files.getUploadURLExternal",
        asked.workspace.bot.token,
        filename=asked.call.get("filename"),
        length=asked.call.get("length"),
        snippet_type=asked.call.get("snippet_type"),
        alt_text=asked.call.get("alt_txt"),
    )
    asked.workspace.uploads[told["file_id"]] = ""
    return told


@method("files.completeUploadExternal", "files:write")
async def complete_upload(asked: Asked) -> dict[str, Any]:
    call, workspace = asked.call, asked.workspace
    files, thread_ts = call.decoded("files"), call.get("thread_ts") or None
    if not isinstance(files, list) or not files:
        raise SlackError("invalid_arguments")
    names = [name for name in [call.text("channel_id"), *call.text("channels").split(",")] if name]
    channels = [await _target(asked, name) for name in names]
    for channel in channels:
        if thread_ts:
            posting.check_thread(workspace, channel, thread_ts)
    # Slack says which file was kept; where it is shared it says later, in file_shared and files.info
    words = call.text("initial_comment")
    shared = await share(asked.slack, workspace, workspace.bot, channels, files=files, thread_ts=thread_ts, words=words)
    for channel, message in shared:
        message_posted(asked.slack, workspace, channel, message)
    kept = [workspace.files[file["id"]] for file in files]
    return {"files": [{**file, "shares": {}, "channels": [], "groups": [], "ims": []} for file in kept]}


async def _target(asked: Asked, name: str) -> Channel:
    workspace = asked.workspace
    if name.startswith("U"):
        return await posting.direct_messages(asked.slack, workspace, workspace.user(name))
    channel = workspace.channel(name)
    if channel.is_archived:
        raise SlackError("is_archived")
    if workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel" if channel.is_open else "channel_not_found")
    return channel


async def share(
    slack: Slack,
    workspace: Workspace,
    author: User,
    channels: list[Channel],
    *,
    files: list[dict[str, Any]],
    thread_ts: str | None,
    words: str,
) -> list[tuple[Channel, Message]]:
    """Complete an upload and return the messages that show the files."""
    told = await workspace.store.call(
        "files.completeUploadExternal",
        author.token,
        files=files,
        channels=",".join(channel.id for channel in channels) or None,
        thread_ts=thread_ts,
        initial_comment=words or None,
    )
    workspace.files |= {file["id"]: file for file in told["files"]}
    messages = [(channel, await _shown(workspace, author, channel, told["files"], thread_ts)) for channel in channels]
    slack.changed()
    return messages


async def _shown(
    workspace: Workspace, author: User, channel: Channel, files: list[dict[str, Any]], thread_ts: str | None
) -> Message:
    shares = {**files[0]["shares"].get("public", {}), **files[0]["shares"].get("private", {})}
    ts = shares[channel.id][-1]["ts"]
    told = await workspace.store.call("conversations.replies", author.token, channel=channel.id, ts=thread_ts or ts)
    return workspace.keep(channel.id, next(message for message in told["messages"] if message["ts"] == ts))


@method("files.info", "files:read", json=False)
async def file_info(asked: Asked) -> dict[str, Any]:
    told = await asked.workspace.store.call("files.info", asked.workspace.bot.token, file=asked.call.text("file"))
    return {"file": told["file"], "comments": [], "response_metadata": {"next_cursor": ""}}
