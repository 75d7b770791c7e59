"""assistant.threads.*: the front's own; emulate has no agents."""

from typing import Any

from tests.peers.slack import limits, posting
from tests.peers.slack.errors import SlackError
from tests.peers.slack.methods.registry import Asked, method


def _thread(asked: Asked) -> dict[str, Any]:
    """What is known of the thread that a call names."""
    asked.call.required("channel_id", "thread_ts")
    channel, thread_ts = asked.writable("channel_id"), asked.call.text("thread_ts")
    posting.check_thread(asked.workspace, channel, thread_ts)
    return asked.workspace.statuses.setdefault((channel.id, thread_ts), {})


def _prompted(asked: Asked) -> dict[str, Any]:
    """Where prompts are shown: in the messages with an agent, or in a thread of the view that was there before.

    Slack takes those for another thread, and shows them nowhere (its reference of the method, "Usage info").
    """
    if not asked.call.text("thread_ts"):
        asked.call.required("channel_id")
        return asked.workspace.statuses.setdefault((asked.writable("channel_id").id, ""), {})
    thread = _thread(asked)
    begun = asked.workspace.overlays.get(asked.call.text("thread_ts"), {})
    return thread if begun.get("subtype") == "assistant_app_thread" else {}


@method("assistant.threads.setStatus", "chat:write")
async def set_status(asked: Asked) -> dict[str, Any]:
    thread = _thread(asked)
    messages = asked.call.decoded("loading_messages") or []
    thread |= {"status": asked.call.text("status"), "loading_messages": messages}
    asked.slack.changed()
    return {}


@method("assistant.threads.setTitle", "assistant:write")
async def set_title(asked: Asked) -> dict[str, Any]:
    asked.call.required("title")
    _thread(asked)["title"] = asked.call.text("title")
    asked.slack.changed()
    return {}


@method("assistant.threads.setSuggestedPrompts", "assistant:write")
async def set_suggested_prompts(asked: Asked) -> dict[str, Any]:
    prompts = asked.call.decoded("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= limits.PROMPTS:
        raise SlackError("invalid_arguments")
    if not all(isinstance(each, dict) and each.get("title") and each.get("message") for each in prompts):
        raise SlackError("invalid_arguments")
    _prompted(asked)["prompts"] = prompts
    asked.slack.changed()
    return {}
