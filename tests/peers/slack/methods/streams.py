"""chat.startStream, appendStream and stopStream: the front's own, on messages that emulate stores."""

from typing import Any

from tests.peers.slack import limits, posting
from tests.peers.slack.checks import checked_blocks
from tests.peers.slack.errors import SlackError
from tests.peers.slack.events import message_changed, message_posted
from tests.peers.slack.methods.registry import Asked, method
from tests.peers.slack.workspace import Message


@method("chat.startStream", "chat:write")
async def start_stream(asked: Asked) -> dict[str, Any]:
    call, workspace = asked.call, asked.workspace
    channel = asked.writable()
    if channel.kind != "im" and not call.get("recipient_user_id"):
        raise SlackError("missing_recipient_user_id")
    if channel.kind != "im" and not call.get("recipient_team_id"):
        raise SlackError("missing_recipient_team_id")
    stream = {"chunks": [], "mode": call.text("task_display_mode") or "timeline", "at": asked.slack.clock.now()}
    words = _append(asked, stream)
    asked.slack.count_post(channel)
    shown = {"text": words or " ", "thread_ts": call.get("thread_ts") or None}
    message = await posting.post(asked.slack, workspace, channel, workspace.bot, shown)
    asked.slack.streams[message["ts"]] = stream
    message = await _shown(asked, channel.id, message["ts"], [])
    message_posted(asked.slack, workspace, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.appendStream", "chat:write")
async def append_stream(asked: Asked) -> dict[str, Any]:
    channel, ts = asked.writable(), asked.call.text("ts")
    stream = _streaming(asked, channel.id, ts)
    if not asked.call.get("markdown_text") and not asked.call.get("chunks"):
        raise SlackError("no_text")
    _append(asked, stream)
    await _shown(asked, channel.id, ts, [])
    return {"channel": channel.id, "ts": ts}


@method("chat.stopStream", "chat:write")
async def stop_stream(asked: Asked) -> dict[str, Any]:
    call, channel, ts = asked.call, asked.writable(), asked.call.text("ts")
    stream = _streaming(asked, channel.id, ts)
    _append(asked, stream)
    blocks = checked_blocks(call.decoded("blocks")) if call.get("blocks") else []
    extra, _warnings = posting.metadata(call)
    stream["is_over"] = True
    message = await _shown(asked, channel.id, ts, blocks, **extra)
    message_changed(asked.slack, asked.workspace, channel, message, message)
    return {"channel": channel.id, "ts": ts, "message": message}


def _streaming(asked: Asked, channel_id: str, ts: str) -> dict[str, Any]:
    """The stream of a message, which lasts five minutes whatever is appended."""
    asked.workspace.message(channel_id, ts)
    stream = asked.slack.streams.get(ts)
    if stream is None or stream.get("is_over"):
        raise SlackError("message_not_in_streaming_state")
    if asked.slack.clock.now() - stream["at"] > limits.STREAM_SECONDS:
        asked.workspace.overlays[ts]["streaming_state"] = "errored"
        stream["is_over"] = True
        raise SlackError("message_not_in_streaming_state")
    return stream


def _append(asked: Asked, stream: dict[str, Any]) -> str:
    """Add what a call brings to a stream, and return all of its text."""
    words = asked.call.text("markdown_text")
    chunks = asked.call.decoded("chunks") or []
    if not isinstance(chunks, list):
        raise SlackError("invalid_chunks")
    if words and chunks:
        raise SlackError("invalid_arguments")
    for chunk in [*([{"type": "markdown_text", "text": words}] if words else []), *chunks]:
        _check_chunk(chunk)
        stream["chunks"].append(chunk)
    return _words(stream)


def _check_chunk(chunk: Any) -> None:
    match chunk:
        case {"type": "markdown_text", "text": str(text)}:
            if len(text) > limits.MARKDOWN_TEXT:
                raise SlackError("msg_too_long")
        case {"type": "task_update", "id": str(), "title": str(title), **rest}:
            if len(title) > limits.TASK_TITLE:
                raise SlackError("msg_too_long")
            if rest.get("status") not in (None, "pending", "in_progress", "complete", "error"):
                raise SlackError("invalid_chunks")
        case {"type": "plan_update", "title": str()}:
            return
        case {"type": "blocks", "blocks": list(blocks)}:
            checked_blocks(blocks)
        case _:
            raise SlackError("invalid_chunks")


def _words(stream: dict[str, Any]) -> str:
    return "".join(chunk["text"] for chunk in stream["chunks"] if chunk["type"] == "markdown_text")


def _blocks(stream: dict[str, Any]) -> list[dict[str, Any]]:
    """A stream's chunks as blocks: text together, tasks as cards or in one plan; a task's title and status replace."""
    tasks: dict[str, dict[str, Any]] = {}
    blocks: list[dict[str, Any]] = []
    plan: dict[str, Any] = {"type": "plan", "title": "", "tasks": []}
    for chunk in stream["chunks"]:
        match chunk["type"]:
            case "markdown_text" if blocks and blocks[-1]["type"] == "markdown":
                blocks[-1]["text"] += chunk["text"]
            case "markdown_text":
                blocks.append({"type": "markdown", "text": chunk["text"]})
            case "blocks":
                blocks += chunk["blocks"]
            case "plan_update":
                plan["title"] = chunk["title"]
            case "task_update":
                card = tasks.get(chunk["id"])
                if card is None:
                    card = tasks[chunk["id"]] = {"type": "task_card", "task_id": chunk["id"]}
                    (plan["tasks"] if stream["mode"] == "plan" else blocks).append(card)
                card |= {"title": chunk["title"], "status": chunk.get("status", "pending")}
                for name in ("details", "output"):
                    card[name] = card.get(name, "") + chunk.get(name, "")
    return [plan, *blocks] if plan["tasks"] or plan["title"] else blocks


async def _shown(asked: Asked, channel_id: str, ts: str, last: list[dict[str, Any]], **more: Any) -> Message:
    """Store a stream as it is now."""
    workspace, stream = asked.workspace, asked.slack.streams[ts]
    state = "completed" if stream.get("is_over") else "in_progress"
    # streaming is no edit
    workspace.overlays[ts] = {**workspace.overlays.get(ts, {}), "edited": None, "streaming_state": state}
    given = {"text": _words(stream) or " ", "blocks": [*_blocks(stream), *last], **more}
    return await posting.rewrite(asked.slack, workspace, workspace.channel(channel_id), ts, given)
