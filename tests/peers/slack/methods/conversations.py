"""conversations.*: emulate stores them; what it cannot tell (pages, times, metadata, threads) is added here."""

import base64
from typing import Any

from tests.peers.slack import limits, posting
from tests.peers.slack.errors import SlackError
from tests.peers.slack.methods.registry import Asked, method
from tests.peers.slack.workspace import Channel, Message


@method("conversations.info", json=False)
async def info(asked: Asked) -> dict[str, Any]:
    channel = asked.readable()
    asked.need(channel.scope("read"))
    told = await asked.workspace.store.call("conversations.info", asked.workspace.bot.token, channel=channel.id)
    return {"channel": _described(asked, channel, told["channel"])}


@method("conversations.list", json=False)
async def list_(asked: Asked) -> dict[str, Any]:
    kinds = (asked.call.text("types") or "public_channel").split(",")
    rights = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
    asked.need(*(f"{rights[kind]}:read" for kind in kinds if kind in rights))
    told = await asked.workspace.store.call(
        "conversations.list",
        asked.workspace.bot.token,
        types=",".join(kinds),
        limit=asked.call.get("limit"),
        cursor=asked.call.get("cursor"),
        exclude_archived=asked.call.get("exclude_archived"),
    )
    known = asked.workspace.channels
    channels = [_described(asked, known[each["id"]], each) for each in told["channels"] if each["id"] in known]
    return {"channels": channels, "response_metadata": told["response_metadata"]}


def _described(asked: Asked, channel: Channel, told: dict[str, Any]) -> dict[str, Any]:
    """A conversation as emulate tells it, with what it does not know of."""
    shared = {"is_ext_shared": channel.is_shared, "is_shared": channel.is_shared, "is_org_shared": False}
    return {**told, **shared, "is_general": False, "context_team_id": asked.workspace.id}


@method("conversations.members", json=False)
async def members(asked: Asked) -> dict[str, Any]:
    channel = asked.readable()
    asked.need(channel.scope("read"))
    ids = sorted(channel.members)
    page, cursor = _page(asked, ids)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
async def join(asked: Asked) -> dict[str, Any]:
    channel = asked.readable()
    if channel.is_archived:
        raise SlackError("is_archived")
    if not channel.is_open:
        raise SlackError("method_not_supported_for_channel_type")
    was_member = asked.workspace.bot.id in channel.members
    told = await asked.workspace.store.call("conversations.join", asked.workspace.bot.token, channel=channel.id)
    channel.members.add(asked.workspace.bot.id)
    asked.slack.changed()
    answer = {"channel": _described(asked, channel, told["channel"])}
    return {**answer, "warning": "already_in_channel"} if was_member else answer


@method("conversations.open", "im:write")
async def open_(asked: Asked) -> dict[str, Any]:
    users = [user for user in asked.call.text("users").split(",") if user]
    if not users:
        channel = asked.readable()
    elif len(users) == 1:
        channel = await posting.direct_messages(asked.slack, asked.workspace, asked.workspace.user(users[0]))
    else:
        asked.need("mpim:write")
        told = await asked.workspace.store.call("conversations.open", asked.workspace.bot.token, users=",".join(users))
        found = told["channel"]["id"]
        everybody = {asked.workspace.bot.id, *users}
        channel = asked.workspace.channels.setdefault(found, Channel(found, f"mpdm-{found}", "mpim", everybody))
    return {"channel": {"id": channel.id}}


@method("conversations.history", json=False)
async def history(asked: Asked) -> dict[str, Any]:
    channel = await _readable_history(asked)
    cursor = None
    stored: list[Message] = []
    while cursor != "":
        told = await asked.workspace.store.call(
            "conversations.history", asked.workspace.bot.token, channel=channel.id, limit=1_000, cursor=cursor
        )
        stored += told["messages"]
        cursor = told["response_metadata"]["next_cursor"]
    kept = asked.workspace.kept.get(channel.id, {}).values()
    # replies that were broadcast are in the channel as well, and so are tombstones of threads
    stored += [m for m in kept if asked.workspace.overlays.get(m["ts"], {}).get("subtype") == "thread_broadcast"]
    stored += [m for m in kept if m.get("subtype") == "tombstone"]
    stored = sorted((m for m in stored if _within(asked, m["ts"])), key=lambda m: m["ts"], reverse=True)
    return _answered(asked, channel, stored)


@method("conversations.replies", json=False)
async def replies(asked: Asked) -> dict[str, Any]:
    channel, ts = await _readable_history(asked), asked.call.text("ts")
    parent = asked.workspace.kept.get(channel.id, {}).get(ts)
    if parent is None:
        raise SlackError("thread_not_found")
    told = await asked.workspace.store.call(
        "conversations.replies", asked.workspace.bot.token, channel=channel.id, ts=ts
    )
    rest = [message for message in told["messages"] if message["ts"] != ts and _within(asked, message["ts"])]
    first = [message for message in told["messages"] if message["ts"] == ts] or [parent]
    return _answered(asked, channel, [*first, *rest])


async def _readable_history(asked: Asked) -> Channel:
    channel = asked.readable()
    asked.need(channel.scope("history"))
    if asked.workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _within(asked: Asked, ts: str) -> bool:
    oldest, latest = asked.call.text("oldest") or "0", asked.call.text("latest")
    if asked.call.flag("inclusive") and ts in (oldest, latest):
        return True
    return float(ts) > float(oldest) and (not latest or float(ts) < float(latest))


def _answered(asked: Asked, channel: Channel, stored: list[Message]) -> dict[str, Any]:
    page, cursor = _page(asked, stored)
    messages = [asked.workspace.shown(channel.id, message) for message in page]
    if not asked.call.flag("include_all_metadata"):
        messages = [{name: value for name, value in m.items() if name != "metadata"} for m in messages]
    more: dict[str, Any] = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"messages": messages, "has_more": bool(cursor), **more}


def _page(asked: Asked, entries: list[Any]) -> tuple[list[Any], str]:
    """The entries that a call's limit and cursor ask for, and the cursor of the next."""
    size = min(int(asked.call.get("limit") or limits.PAGE), limits.LONGEST_PAGE)
    start = 0
    if asked.call.get("cursor"):
        try:
            start = int(base64.b64decode(asked.call.text("cursor")).decode().removeprefix("next:"))
        except ValueError:
            raise SlackError("invalid_cursor") from None
    following = start + size
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if following < len(entries) else ""
    return entries[start:following], cursor
