"""What Nod asks of Slack, in one place: scopes, events and commands, and the manifest that an app is made from.

The listeners, `nod slack manifest`, the link to install and `nod doctor` all read these tables.
"""

from collections.abc import Mapping
from typing import Any

from adapters.slack.handling import ASK_ABOUT

#: what the bot may do in a workspace, and for what
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hears @Nod",
    "assistant:write": "suggests prompts, and shows what it is at, in the agent view",
    "channels:history": "reads replies in its threads, and the thread it is asked about, in public channels",
    "channels:join": "joins the public channel that it is asked in",
    "channels:read": "knows whether a channel is shared with another organization, and when it can write there again",
    "chat:write": "posts its cards",
    "commands": "takes /agent, and the shortcut",
    "files:read": "reads the files that come with a goal",
    "files:write": "uploads what it made, and what is too long for a card",
    "groups:history": "the same as channels:history, in private channels it was invited to",
    "groups:read": "the same as channels:read, in private channels",
    "im:history": "hears direct messages",
    "im:read": "knows its direct messages",
    "mpim:history": "hears direct messages of several people",
    "mpim:read": "knows them",
    "reactions:read": "takes reactions as decisions",
    "usergroups:read": "knows who is in a group that may decide",
    "users:read": "knows people's names, languages and time zones, and who is a guest",
}

#: what Slack tells the app of: the subscription, and the scope it needs (Slack, "Events", each event's page)
EVENTS: Mapping[str, str] = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_uninstalled": "",
    "channel_unarchive": "channels:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "tokens_revoked": "",
}

#: events about the installation itself, which the connection handles
REMOVALS = frozenset(("app_uninstalled", "tokens_revoked"))

COMMAND = "/agent"
NAME = "Nod"
_DESCRIPTION = "An agent for your team that acts only on a person's nod."
_LONG_DESCRIPTION = (
    "Write /agent and what you want done. Nod plans the work, proposes every step in the thread with its exact "
    "arguments, and acts only once the right person has approved it: by a button, a reaction or a reply. Nothing "
    "approved is lost or done twice, and everything done can be shown afterwards."
)
_PROMPTS = (
    ("Write something", "Write a blog post about AI"),
    ("Sum something up", "Sum up the files I attach next, on one page"),
    ("What can you do?", "help"),
)


def event_type(subscription: str) -> str:
    """Return the type of the events that a subscription brings: `message` for message.channels."""
    return subscription.partition(".")[0]


def manifest(public_url: str = "", install_url: str = "") -> dict[str, Any]:
    """Return the manifest of a Slack app that is Nod: over HTTP at a public URL, by Socket Mode without one.

    `install_url` is where Nod is installed by link, which it may be beside Socket Mode, too; else the public URL.
    The fields are those of Slack's "App manifest reference"; the agent view is what new apps have for direct messages.
    """
    base = public_url.rstrip("/")
    install = install_url.rstrip("/") or base
    at_url = {"request_url": f"{base}/slack/events"} if base else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1f3a2e",
        },
        "features": _features(at_url),
        "oauth_config": {
            **({"redirect_urls": [f"{install}/slack/oauth_redirect"]} if install else {}),
            "scopes": {"bot": list(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**at_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **at_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not base,
            "token_rotation_enabled": False,
        },
    }


def _features(at_url: Mapping[str, str]) -> dict[str, Any]:
    command = {
        "command": COMMAND,
        "description": "Have something done, step by step, on your nod",
        "usage_hint": "write a blog about AI",
        "should_escape": False,
    }
    shortcut = {
        "name": "Ask Nod about this",
        "type": "message",
        "callback_id": ASK_ABOUT,
        "description": "Have something done about this message",
    }
    tabs = {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}
    prompts = [{"title": title, "message": message} for title, message in _PROMPTS]
    return {
        "app_home": tabs,
        "bot_user": {"display_name": NAME, "always_online": True},
        "agent_view": {"agent_description": _DESCRIPTION, "suggested_prompts": prompts},
        "shortcuts": [shortcut],
        "slash_commands": [{**command, **({"url": at_url["request_url"]} if at_url else {})}],
    }
