"""What Slack sends, read: of what kind a thing is, which key it has, and what the bot did itself. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]

#: of what kind of thing which field is Slack's own id of it, the same when it is sent again
_IDS: Mapping[str, tuple[str, ...]] = {
    "event": ("event_id",),
    "command": ("trigger_id",),
    "action": ("trigger_id",),
    "submission": ("trigger_id",),
    "shortcut": ("trigger_id", "action_ts"),
}

_KINDS: Mapping[str, str] = {
    "event_callback": "event",
    "block_actions": "action",
    "view_submission": "submission",
    "shortcut": "shortcut",
    "message_action": "shortcut",
}


def kind_of(body: Body) -> str:
    """Return what Bolt calls it: a key of `_IDS`, an empty string for what Nod has no use for."""
    if "command" in body:
        return "command"
    return _KINDS.get(str(body.get("type")), "")


def key_of(kind: str, body: Body) -> str:
    """Return the Inbox key of what was sent: its own id, else a digest of it whole."""
    for name in _IDS[kind]:
        if body.get(name):
            return f"{kind}:{body[name]}"
    whole = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return f"{kind}:{hashlib.sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()}"


def is_own(body: Body) -> bool:
    """Whether an event tells of what the bot did itself.

    That it joined or left a channel, or that its message was deleted, is told: others did that.
    """
    event: Body = body["event"]
    if event.get("type") in ("member_joined_channel", "member_left_channel"):
        return False
    if event.get("subtype") == "message_deleted":
        return False
    message: Body = event.get("message") or {} if event.get("subtype") == "message_changed" else event
    profile: Body = message.get("bot_profile") or {}
    app = message.get("app_id") or profile.get("app_id")
    return message.get("user") in _bots(body) or (bool(app) and app == body.get("api_app_id"))


def _bots(body: Body) -> set[str]:
    given = body.get("authorizations") or ()
    return {each["user_id"] for each in given if each.get("is_bot") and each.get("user_id")}
