"""The events that Slack sends: their envelopes, and what is in them."""

from typing import Any

from tests.peers.slack.delivering import Answer, Delivery
from tests.peers.slack.slack import Slack
from tests.peers.slack.workspace import Channel, Message, User, Workspace

MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}


def envelope(slack: Slack, workspace: Workspace, event: dict[str, Any], *, shared: bool = False) -> Delivery:
    """An event in its callback."""
    event.setdefault("event_ts", slack.ts())
    payload = {
        "token": slack.app.verification_token,
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": slack.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": slack.id("Ev"),
        "event_time": int(slack.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": slack.id("4-"),
    }
    return Delivery("event", payload, slack.id("envelope-"))


async def send(slack: Slack, workspace: Workspace, event: dict[str, Any], *, shared: bool = False) -> Answer:
    """Deliver an event if the app asked for its kind; else nothing is sent."""
    if subscription(event) not in slack.subscribed:
        return Answer(error="not_subscribed")
    return await slack.deliver(envelope(slack, workspace, event, shared=shared))


def subscription(event: dict[str, Any]) -> str:
    """What the app must have asked for to get an event."""
    return MESSAGES[event["channel_type"]] if event["type"] == "message" else str(event["type"])


def message_event(channel: Channel, message: Message, author: User | None = None) -> dict[str, Any]:
    """A message as its event says it; a stranger's says where they are from."""
    event = {**message, "type": "message", "channel": channel.id, "channel_type": channel.kind}
    event["event_ts"] = message["ts"]
    for unsaid in ("reply_count", "reply_users", "reply_users_count", "latest_reply", "is_locked", "subscribed"):
        event.pop(unsaid, None)
    if author is not None and author.is_stranger:
        profile = {"name": author.name, "real_name": author.name.capitalize(), "team": author.team}
        event |= {"user_team": author.team, "source_team": author.team, "user_profile": profile}
    return event


def _echo(slack: Slack, workspace: Workspace, channel: Channel, event: dict[str, Any]) -> None:
    """Tell the app of what it did itself, without waiting for it, as Slack does."""
    if slack.echoes and workspace.bot.id in channel.members:
        slack.in_background(send(slack, workspace, event, shared=channel.is_shared))


def message_posted(slack: Slack, workspace: Workspace, channel: Channel, message: Message) -> None:
    _echo(slack, workspace, channel, message_event(channel, message))


def changed_event(channel: Channel, message: Message, before: Message, ts: str) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message,
        "previous_message": before,
        "channel": channel.id,
        "channel_type": channel.kind,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def message_changed(slack: Slack, workspace: Workspace, channel: Channel, message: Message, before: Message) -> None:
    ts = message.get("edited", message)["ts"]
    _echo(slack, workspace, channel, changed_event(channel, message, before, ts))


def deleted_event(channel: Channel, before: Message, ts: str) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": before["ts"],
        "previous_message": before,
        "channel": channel.id,
        "channel_type": channel.kind,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def message_deleted(slack: Slack, workspace: Workspace, channel: Channel, before: Message) -> None:
    _echo(slack, workspace, channel, deleted_event(channel, before, slack.ts()))


def reaction_event(kind: str, user: User, emoji: str, channel: Channel, message: Message) -> dict[str, Any]:
    item = {"type": "message", "channel": channel.id, "ts": message["ts"]}
    return {"type": kind, "user": user.id, "reaction": emoji, "item": item, "item_user": message.get("user")}


def reacted(slack: Slack, workspace: Workspace, channel: Channel, event: dict[str, Any]) -> None:
    _echo(slack, workspace, channel, event)
