"""auth.*, api.test, apps.*, oauth.*: the front's own, since emulate knows one workspace and no end of a token."""

from typing import Any

from tests.peers.slack.calls import Call
from tests.peers.slack.errors import SlackError
from tests.peers.slack.events import send
from tests.peers.slack.limits import TOKEN_SECONDS
from tests.peers.slack.methods.registry import Asked, method, unsigned
from tests.peers.slack.slack import Slack


@unsigned("api.test")
async def api_test(_slack: Slack, call: Call) -> dict[str, Any]:
    if call.get("error"):
        raise SlackError(call.text("error"), args=call.arguments)
    return {"args": call.arguments}


@method("auth.test")
async def auth_test(asked: Asked) -> dict[str, Any]:
    workspace = asked.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


@method("auth.revoke")
async def auth_revoke(asked: Asked) -> dict[str, Any]:
    if asked.call.flag("test"):
        return {"revoked": False}
    asked.installation.ended = "token_revoked"
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [asked.workspace.bot.id]}}
    asked.slack.in_background(send(asked.slack, asked.workspace, event))
    asked.slack.changed()
    return {"revoked": True}


@method("apps.uninstall")
async def apps_uninstall(asked: Asked) -> dict[str, Any]:
    _check_client(asked.slack, asked.call)
    asked.installation.ended = "account_inactive"
    asked.slack.in_background(send(asked.slack, asked.workspace, {"type": "app_uninstalled"}))
    asked.slack.changed()
    return {}


@unsigned("apps.connections.open")
async def apps_connections_open(slack: Slack, call: Call) -> dict[str, Any]:
    if call.token in slack.app.tokens:
        raise SlackError("not_allowed_token_type")
    if call.token != slack.app.app_token:
        raise SlackError("invalid_auth" if call.token else "not_authed")
    if not slack.app.socket_mode:
        raise SlackError("forbidden_team")
    ticket = slack.id("ticket-")
    slack.tickets.add(ticket)
    address = slack.address.replace("http://", "ws://")
    return {"url": f"{address}/link/?ticket={ticket}&app_id={slack.app.id}"}


@unsigned("oauth.v2.access")
async def oauth_access(slack: Slack, call: Call) -> dict[str, Any]:
    _check_client(slack, call)
    if call.text("grant_type") == "refresh_token":
        installation = slack.app.refreshed(call.text("refresh_token"))
    else:
        installation = slack.app.exchanged(call.text("code"), call.text("redirect_uri"))
    workspace = installation.workspace
    answer = {
        "access_token": installation.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(installation.scopes)),
        "bot_user_id": workspace.bot.id,
        "app_id": slack.app.id,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": installation.installer},
    }
    rotated = {"refresh_token": installation.refresh_token, "expires_in": TOKEN_SECONDS}
    slack.changed()
    return {**answer, **rotated} if slack.app.rotates else answer


def _check_client(slack: Slack, call: Call) -> None:
    basic_id, basic_secret = call.basic
    if (call.text("client_id") or basic_id) != slack.app.client_id:
        raise SlackError("invalid_client_id")
    if (call.text("client_secret") or basic_secret) != slack.app.client_secret:
        raise SlackError("bad_client_secret")
