"""What an app says to a command or a click: in its ack, or later by the response URL."""

from typing import Any

from tests.peers.slack import limits, posting
from tests.peers.slack.calls import Call
from tests.peers.slack.errors import SlackError
from tests.peers.slack.events import message_posted
from tests.peers.slack.slack import ResponseUrl, Slack


async def respond(slack: Slack, key: str, body: dict[str, Any]) -> None:
    """Do what was posted to a response URL.

    Raises:
        SlackError: the URL was used five times or is half an hour old, or the message is malformed.
    """
    url = slack.response_urls.get(key)
    if url is None or slack.clock.now() - url.made_at > limits.RESPONSE_URL_SECONDS:
        raise SlackError("expired_url")
    if url.uses >= limits.RESPONSE_URL_USES:
        raise SlackError("used_url")
    url.uses += 1
    await say(slack, url, body)


async def say(slack: Slack, url: ResponseUrl, body: dict[str, Any]) -> None:
    """Show an answer: to the person alone unless it says in_channel, in the original's place if it says so."""
    call = Call("response_url", body, "", "json")
    workspace, channel = url.workspace, url.workspace.channels[url.channel]
    if call.flag("delete_original"):
        if url.message_ts is not None:
            await _delete(slack, url)
        return
    shown = posting.content(call)
    if not any(shown.values()):
        raise SlackError("no_text")
    if call.flag("replace_original") and url.message_ts is not None:
        await _replace(slack, url, shown)
        return
    thread_ts = call.get("thread_ts") or (url.thread_ts if url.message_ts else None)
    if call.get("response_type") == "in_channel":
        given = {**shown, "thread_ts": thread_ts}
        message = await posting.post(slack, workspace, channel, workspace.bot, given)
        message_posted(slack, workspace, channel, message)
        return
    whom = {"ts": slack.ts(), "channel": channel.id, "to": url.user, "user": workspace.bot.id, "thread_ts": thread_ts}
    workspace.ephemerals.append({**whom, **shown})
    slack.changed()


async def _replace(slack: Slack, url: ResponseUrl, shown: dict[str, Any]) -> None:
    workspace, ts = url.workspace, url.message_ts or ""
    if url.is_ephemeral:
        # the new content takes the place of the old whole
        for place, message in enumerate(workspace.ephemerals):
            if message["ts"] == ts:
                kept = {name: message[name] for name in ("ts", "channel", "to", "user", "thread_ts")}
                workspace.ephemerals[place] = {**kept, **shown}
        slack.changed()
        return
    given = {"text": "", "blocks": [], "attachments": [], **shown}
    await posting.rewrite(slack, workspace, workspace.channels[url.channel], ts, given)


async def _delete(slack: Slack, url: ResponseUrl) -> None:
    workspace, ts = url.workspace, url.message_ts or ""
    if url.is_ephemeral:
        workspace.ephemerals[:] = [message for message in workspace.ephemerals if message["ts"] != ts]
        slack.changed()
        return
    await posting.remove(slack, workspace, workspace.channels[url.channel], workspace.bot, ts)
