"""chat.*: emulate stores what the front has checked; the front knows threads, limits and rights."""

from typing import Any

from tests.peers.slack import posting
from tests.peers.slack.errors import SlackError
from tests.peers.slack.events import message_changed, message_deleted, message_posted
from tests.peers.slack.methods.registry import Asked, method
from tests.peers.slack.workspace import Channel

PASSED_ON = ("unfurl_links", "unfurl_media", "client_msg_id", "mrkdwn", "parse", "link_names")


async def _target(asked: Asked) -> Channel:
    """Where a post goes: a conversation, or a person, whose direct messages are then opened."""
    workspace, target = asked.workspace, asked.call.text("channel")
    if target.startswith("U") and target not in workspace.channels:
        for user in workspace.users.values():
            if user.id == target:
                return await posting.direct_messages(asked.slack, workspace, user)
    return asked.writable()


@method("chat.postMessage", "chat:write")
async def post_message(asked: Asked) -> dict[str, Any]:
    call, workspace = asked.call, asked.workspace
    channel = await _target(asked)
    shown = posting.content(call)
    if not any(shown.values()):
        raise SlackError("no_text")
    extra, warnings = posting.metadata(call)
    asked.slack.count_post(channel)
    passed_on = {name: call.arguments[name] for name in PASSED_ON if name in call.arguments}
    thread = {"thread_ts": call.get("thread_ts") or None, "reply_broadcast": call.flag("reply_broadcast") or None}
    message = await posting.post(
        asked.slack, workspace, channel, workspace.bot, {**shown, **extra, **passed_on, **thread}
    )
    message_posted(asked.slack, workspace, channel, message)
    answer = {"channel": channel.id, "ts": message["ts"], "message": message}
    return (
        {**answer, "response_metadata": {"warnings": warnings}, "warning": ",".join(warnings)} if warnings else answer
    )


@method("chat.update", "chat:write")
async def update(asked: Asked) -> dict[str, Any]:
    call, workspace = asked.call, asked.workspace
    channel, ts = asked.writable(), call.text("ts")
    before = workspace.message(channel.id, ts)
    if before.get("user") != workspace.bot.id:
        raise SlackError("cant_update_message")
    if not asked.slack.edit_window_open:
        raise SlackError("edit_window_closed")
    if workspace.overlays.get(ts, {}).get("streaming_state") == "in_progress":
        raise SlackError("streaming_state_conflict")
    given = posting.content(call)
    if not given:
        raise SlackError("no_text")
    extra, _warnings = posting.metadata(call)
    old = workspace.shown(channel.id, before)
    message = await posting.rewrite(asked.slack, workspace, channel, ts, {**given, **extra})
    message_changed(asked.slack, workspace, channel, message, old)
    return {"channel": channel.id, "ts": ts, "text": message.get("text", ""), "message": message}


@method("chat.delete", "chat:write")
async def delete(asked: Asked) -> dict[str, Any]:
    workspace, ts = asked.workspace, asked.call.text("ts")
    channel = asked.writable()
    if workspace.message(channel.id, ts).get("user") != workspace.bot.id:
        raise SlackError("cant_delete_message")
    before = await posting.remove(asked.slack, workspace, channel, workspace.bot, ts)
    message_deleted(asked.slack, workspace, channel, before)
    return {"channel": channel.id, "ts": ts}


@method("chat.postEphemeral", "chat:write")
async def post_ephemeral(asked: Asked) -> dict[str, Any]:
    call, workspace = asked.call, asked.workspace
    channel, user = asked.writable(), workspace.user(call.text("user"))
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    shown = posting.content(call)
    if not any(shown.values()):
        raise SlackError("no_text")
    thread_ts = call.get("thread_ts") or None
    if thread_ts:
        posting.check_thread(workspace, channel, thread_ts)
    asked.slack.count_post(channel)
    stored = await workspace.store.call(
        "chat.postEphemeral", workspace.bot.token, channel=channel.id, user=user.id, thread_ts=thread_ts, **shown
    )
    ts = stored["message_ts"]
    workspace.ephemerals.append(
        {"ts": ts, "channel": channel.id, "to": user.id, "user": workspace.bot.id, "thread_ts": thread_ts, **shown}
    )
    asked.slack.changed()
    return {"message_ts": ts}


@method("chat.getPermalink", json=False)
async def get_permalink(asked: Asked) -> dict[str, Any]:
    channel, ts = asked.readable(), asked.call.text("message_ts")
    asked.workspace.message(channel.id, ts)
    found = await asked.workspace.store.call(
        "chat.getPermalink", asked.workspace.bot.token, channel=channel.id, message_ts=ts
    )
    return {"channel": channel.id, "permalink": found["permalink"]}
