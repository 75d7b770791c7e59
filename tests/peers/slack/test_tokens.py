"""Tokens: who may do what, and how tokens come and go."""

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from tests.peers.slack import SlackPeer
from tests.peers.slack.bolt import client_of

#: Slack's client calls what aiohttp will take away one day
BY_OAUTH = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


async def test_auth_test_says_who_it_is_and_what_it_may(slack: SlackPeer):
    told = await client_of(slack).auth_test()
    assert (told["team_id"], told["user_id"], told["bot_id"]) == (slack.team.id, slack.bot_user, slack.team.bot_id)
    assert "chat:write" in told.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(("token", "code"), [("xoxb-unknown", "invalid_auth"), ("xapp", "not_allowed_token_type")])
async def test_a_bad_token_is_refused(slack: SlackPeer, token: str, code: str):
    client = client_of(slack, slack.app.app_token if token == "xapp" else token)
    with pytest.raises(SlackApiError, match=code):
        await client.auth_test()


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive"])
async def test_a_token_ends_midway(slack: SlackPeer, code: str):
    client = client_of(slack)
    await client.auth_test()
    slack.end_token(code)
    with pytest.raises(SlackApiError, match=code):
        await client.chat_postMessage(channel=await slack.channel(), text="x")


async def test_a_missing_scope_is_named(slack: SlackPeer):
    slack.installation.scopes = {"chat:write"}
    with pytest.raises(SlackApiError) as refused:
        await client_of(slack).reactions_add(channel="C1", timestamp="1.1", name="eyes")
    answer = refused.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "reactions:write", "chat:write")
    private = await slack.channel(private=True)
    with pytest.raises(SlackApiError, match="groups:history"):
        await client_of(slack).conversations_history(channel=private)


@BY_OAUTH
async def test_a_code_is_exchanged_once_for_the_token_of_its_workspace(slack: SlackPeer):
    other = await slack.workspace("Globex", installed=False)
    code = slack.oauth_code(other, "ben")
    secrets = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    got = await client_of(slack).oauth_v2_access(**secrets, code=code)
    assert got["team"] == {"id": other.id, "name": "Globex"}
    assert got["authed_user"]["id"] == other.users["ben"].id
    client = client_of(slack, got["access_token"])
    assert (await client.auth_test())["team_id"] == other.id
    channel = await slack.channel(workspace=other)
    assert (await client.chat_postMessage(channel=channel, text="hi"))["ok"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client_of(slack).chat_postMessage(channel=channel, text="hi")
    with pytest.raises(SlackApiError, match="code_already_used"):
        await client_of(slack).oauth_v2_access(**secrets, code=code)
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await client_of(slack).oauth_v2_access(client_id=slack.app.client_id, client_secret="x", code=code)


@BY_OAUTH
async def test_tokens_rotate(slack: SlackPeer):
    slack.app.rotates = True
    other = await slack.workspace("Globex", installed=False)
    secrets = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    first = await client_of(slack).oauth_v2_access(**secrets, code=slack.oauth_code(other, "ann"))
    assert first["expires_in"] == 43_200
    slack.clock.advance(43_200)
    with pytest.raises(SlackApiError, match="token_expired"):
        await client_of(slack, first["access_token"]).auth_test()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await client_of(slack).oauth_v2_access(**secrets, **refresh)
    assert (await client_of(slack, second["access_token"]).auth_test())["ok"]
    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        await client_of(slack).oauth_v2_access(**secrets, **refresh)


async def test_the_app_uninstalls_and_revokes_itself(slack: SlackPeer):
    slack.subscribed.clear()
    client = client_of(slack)
    assert not (await client.auth_revoke(test=True))["revoked"]
    await client.apps_uninstall(client_id=slack.app.client_id, client_secret=slack.app.client_secret)
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_revoke()


async def test_the_authorize_page_leads_back_with_a_code(slack: SlackPeer):
    where = f"{slack.slack.address}/oauth/v2/authorize"
    query = {"client_id": slack.app.client_id, "redirect_uri": "http://127.0.0.1/done", "state": "s"}
    async with slack.slack.http.get(where, params=query, allow_redirects=False) as led:
        assert led.status == web.HTTPFound.status_code
        assert led.headers["Location"].endswith("&state=s")
