"""users.*, usergroups.*, bots.*, team.* and reactions.*."""

from typing import Any

from tests.peers.slack.errors import SlackError
from tests.peers.slack.events import reacted, reaction_event
from tests.peers.slack.methods.registry import Asked, method
from tests.peers.slack.workspace import Channel


@method("users.info", "users:read", json=False)
async def user_info(asked: Asked) -> dict[str, Any]:
    workspace = asked.workspace
    user = workspace.user(asked.call.text("user"))
    told = (await workspace.store.call("users.info", workspace.bot.token, user=user.id))["user"]
    zone = {"tz": user.tz, "tz_label": user.tz, "tz_offset": user.tz_offset}
    known = {"team_id": user.team, "is_bot": user.is_bot, "deleted": False, "is_restricted": False}
    if asked.call.flag("include_locale"):
        known["locale"] = user.locale
    meet = any({user.id, workspace.bot.id} <= channel.members for channel in workspace.channels.values())
    if user.is_stranger and not meet:
        # whom the app meets in a channel is no stranger to it; their team_id says where they are from
        # of a stranger Slack says less, and that they are one
        told = {name: told[name] for name in ("id", "name", "real_name", "profile") if name in told}
        known["is_stranger"] = True
    return {"user": {**told, **zone, **known}}


@method("usergroups.users.list", "usergroups:read", json=False)
async def usergroup_members(asked: Asked) -> dict[str, Any]:
    group = asked.call.text("usergroup")
    if group not in asked.workspace.usergroups:
        raise SlackError("no_such_subteam")
    return {"users": asked.workspace.usergroups[group]}


@method("usergroups.list", "usergroups:read", json=False)
async def usergroups(asked: Asked) -> dict[str, Any]:
    known = asked.workspace.usergroups
    return {"usergroups": [{"id": each, "name": f"Group {each}", "handle": f"group-{each.lower()}"} for each in known]}


@method("bots.info", "users:read", json=False)
async def bot_info(asked: Asked) -> dict[str, Any]:
    workspace = asked.workspace
    told = await workspace.store.call("bots.info", workspace.bot.token, bot=asked.call.text("bot") or workspace.bot_id)
    return {"bot": {**told["bot"], "app_id": workspace.app_id, "user_id": workspace.bot.id}}


@method("team.info", "team:read", json=False)
async def team_info(asked: Asked) -> dict[str, Any]:
    told = (await asked.workspace.store.call("team.info", asked.workspace.bot.token))["team"]
    return {"team": {**told, "url": f"https://{asked.workspace.domain}.slack.com/", "icon": {}}}


@method("reactions.add", "reactions:write")
async def add_reaction(asked: Asked) -> dict[str, Any]:
    return await _react(asked, "reactions.add", "reaction_added")


@method("reactions.remove", "reactions:write")
async def remove_reaction(asked: Asked) -> dict[str, Any]:
    return await _react(asked, "reactions.remove", "reaction_removed")


async def _react(asked: Asked, method_name: str, event: str) -> dict[str, Any]:
    workspace, ts, name = asked.workspace, asked.call.text("timestamp"), asked.call.text("name").strip(":")
    channel = asked.writable()
    message = workspace.message(channel.id, ts)
    await workspace.store.call(method_name, workspace.bot.token, channel=channel.id, timestamp=ts, name=name)
    await refreshed(asked, channel, ts)
    reacted(asked.slack, workspace, channel, reaction_event(event, workspace.bot, name, channel, message))
    return {}


async def refreshed(asked: Asked, channel: Channel, ts: str) -> dict[str, Any]:
    """Mirror a message again whose reactions changed."""
    told = await asked.workspace.store.call(
        "reactions.get", asked.workspace.bot.token, channel=channel.id, timestamp=ts
    )
    message = asked.workspace.keep(channel.id, told["message"])
    asked.slack.changed()
    return message


@method("reactions.get", "reactions:read", json=False)
async def get_reactions(asked: Asked) -> dict[str, Any]:
    channel, ts = asked.readable(), asked.call.text("timestamp")
    asked.workspace.message(channel.id, ts)
    return {"type": "message", "channel": channel.id, "message": await refreshed(asked, channel, ts)}
