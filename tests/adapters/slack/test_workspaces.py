"""Whose bot Nod is where: a token that is set, and installations by link; tokens that end, and that are renewed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.client import SlackClient
from adapters.slack.installations import Installations, NotInstalled
from adapters.slack.workspaces import WorkspaceGone, Workspaces
from storage.installation_store import SqlInstallationStore
from storage.opening import open_database
from tests.peers.slack import SlackPeer

BACK = "https://nod.example.com/slack/oauth_redirect"


@dataclass
class Moving:
    """A clock, moved together with Slack's."""

    slack: SlackPeer
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.slack.clock.advance(seconds)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def clock(slack: SlackPeer) -> Moving:
    return Moving(slack)


@pytest.fixture
async def store(tmp_path) -> AsyncIterator[SqlInstallationStore]:
    async with open_database(f"sqlite:///{tmp_path}/nod.db") as database:
        yield SqlInstallationStore(database, "a key of thirty-two characters or more")


@pytest.fixture
def installations(slack: SlackPeer, session, store, clock) -> Installations:
    client = SlackClient("", slack.api_url, session)
    return Installations(store, client, slack.app.client_id, slack.app.client_secret, clock)


@pytest.fixture
def workspaces(slack: SlackPeer, session, installations) -> Workspaces:
    return Workspaces(slack.api_url, session, installed=installations)


@pytest.fixture
def own(slack: SlackPeer, session) -> Workspaces:
    return Workspaces(slack.api_url, session, token=slack.bot_token)


async def installed(slack: SlackPeer, installations: Installations, workspace: Any = None) -> Any:
    workspace = workspace or slack.team
    return await installations.install(slack.oauth_code(workspace, next(iter(workspace.users)), BACK), BACK)


async def test_the_workspace_whose_token_is_set_needs_nothing_else(slack: SlackPeer, own: Workspaces):
    channel = await slack.channel()
    client = await own.client(slack.team.id)
    assert slack.requests == []  # nothing needs to be asked first
    await client.chat_postMessage(channel=channel, text="On it.")
    assert await own.bot_id(slack.team.id) == slack.team.bot_id
    await own.bot_id(slack.team.id)
    assert len(slack.requests.of("auth.test")) == 1  # and that once


async def test_several_workspaces_have_their_own_clients(slack: SlackPeer, workspaces: Workspaces, installations):
    other = await slack.workspace("Umbrella", people=("dan",), installed=False)
    await installed(slack, installations)
    await installed(slack, installations, other)
    here, there = await slack.channel(), await slack.channel(workspace=other)
    await (await workspaces.client(slack.team.id)).chat_postMessage(channel=here, text="here")
    await (await workspaces.client(other.id)).chat_postMessage(channel=there, text="there")
    assert [message["text"] for message in slack.messages(there)] == ["there"]
    assert await workspaces.bot_id(other.id) == other.bot_id
    assert await workspaces.client(other.id) is await workspaces.client(other.id)
    with pytest.raises(WorkspaceGone):
        await workspaces.client("T0NOWHERE")


async def test_a_token_that_is_set_stands_beside_installations(slack: SlackPeer, session, installations):
    other = await slack.workspace("Umbrella", people=("dan",), installed=False)
    await installed(slack, installations, other)
    both = Workspaces(slack.api_url, session, token=slack.bot_token, installed=installations)
    assert (await both.client(slack.team.id)).token == slack.bot_token
    assert await both.bot_id(other.id) == other.bot_id
    with pytest.raises(WorkspaceGone):
        await both.client("T0NOWHERE")


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive"])
async def test_a_token_revoked_during_a_run_is_told_and_counts_again_when_slack_says_so(
    slack: SlackPeer, own: Workspaces, code: str
):
    channel = await slack.channel()
    client = await own.client(slack.team.id)
    slack.end_token(code)
    with pytest.raises(SlackApiError, match=code):
        await client.chat_postMessage(channel=channel, text="On it.")
    with pytest.raises(WorkspaceGone, match=slack.team.id):
        await own.client(slack.team.id)
    assert "SLACK_BOT_TOKEN" in own.trouble()
    assert code in own.trouble()
    slack.end_token("")
    await own.look()
    assert own.trouble() == ""
    await (await own.client(slack.team.id)).chat_postMessage(channel=channel, text="On it.")


async def test_a_token_that_is_not_taken_is_logged_with_what_to_do(slack: SlackPeer, session):
    workspaces = Workspaces(slack.api_url, session, token="xoxb-made-up")
    with structlog.testing.capture_logs() as logs:
        await workspaces.look()
    assert "under Install App on the app's page" in logs[0]["why"]


async def test_an_outage_is_told_and_over_when_slack_answers(slack: SlackPeer, own: Workspaces):
    slack.break_down("auth.test")
    slack.lose_answer("auth.test")
    await own.look()
    assert "trouble of its own" in own.trouble()
    await own.look()
    assert "cannot be reached" in own.trouble()
    await own.look()
    assert own.trouble() == ""


async def test_a_workspace_that_nod_was_removed_from_is_forgotten(slack: SlackPeer, workspaces, installations, store):
    await installed(slack, installations)
    await workspaces.client(slack.team.id)
    await workspaces.removed(slack.team.id, slack.clock.now() + 1)
    assert await store.workspaces("slack") == []
    with pytest.raises(WorkspaceGone):
        await workspaces.client(slack.team.id)
    assert workspaces.trouble() == ""


async def test_news_of_a_removal_that_come_late_do_not_undo_installing_again(
    slack: SlackPeer, workspaces, installations, clock
):
    await installed(slack, installations)
    removed_at = clock().timestamp()
    clock.advance(60)
    await installed(slack, installations)
    await workspaces.removed(slack.team.id, removed_at)
    assert (await workspaces.client(slack.team.id)).token == slack.bot_token


async def test_installing_again_after_a_token_ended_goes_on_at_once(slack: SlackPeer, workspaces, installations):
    await installed(slack, installations)
    client = await workspaces.client(slack.team.id)
    slack.end_token()
    with pytest.raises(SlackApiError):
        await client.auth_test()
    with pytest.raises(WorkspaceGone):
        await workspaces.client(slack.team.id)
    assert slack.team.id in workspaces.trouble()
    await installed(slack, installations)
    await (await workspaces.client(slack.team.id)).auth_test()
    await workspaces.look()
    assert workspaces.trouble() == ""


async def test_tokens_are_renewed_before_they_run_out(slack: SlackPeer, workspaces, installations, clock):
    slack.app.rotates = True
    before = await installed(slack, installations)
    assert (await workspaces.client(slack.team.id)).token == before.token
    clock.advance(11 * 3600)
    client = await workspaces.client(slack.team.id)
    assert client.token != before.token
    await client.auth_test()
    clock.advance(11 * 3600)
    await (await workspaces.client(slack.team.id)).auth_test()
    assert len(slack.requests.of("oauth.v2.access", grant_type="refresh_token")) == 2


async def test_a_token_that_cannot_be_renewed_yet_is_used_while_it_counts(
    slack: SlackPeer, workspaces, installations, clock
):
    slack.app.rotates = True
    before = await installed(slack, installations)
    clock.advance(11 * 3600)
    slack.lose_answer("oauth.v2.access", stored=False)
    assert (await workspaces.client(slack.team.id)).token == before.token
    assert (await workspaces.client(slack.team.id)).token != before.token


async def test_a_renewal_that_another_process_was_first_with_is_taken_over(
    slack: SlackPeer, workspaces, installations, store, clock
):
    slack.app.rotates = True
    await installed(slack, installations)
    clock.advance(11 * 3600)
    other = Installations(store, installations._client, slack.app.client_id, slack.app.client_secret, clock)
    held = slack.hold("oauth.v2.access")
    ours = asyncio.create_task(workspaces.client(slack.team.id))
    await held.reached.wait()
    theirs = await other.bot(slack.team.id)
    held.release()
    assert (await ours).token == theirs.token


async def test_a_token_that_ran_out_and_is_not_renewed_is_gone(slack: SlackPeer, workspaces, installations, clock):
    slack.app.rotates = True
    await installed(slack, installations)
    slack.end_token("account_inactive")
    clock.advance(13 * 3600)
    with pytest.raises(WorkspaceGone):
        await workspaces.client(slack.team.id)


async def test_a_code_is_good_once(slack: SlackPeer, installations: Installations):
    code = slack.oauth_code(slack.team, "ann", BACK)
    await installations.install(code, BACK)
    with pytest.raises(NotInstalled, match="code_already_used"):
        await installations.install(code, BACK)


async def test_credentials_show_no_tokens(slack: SlackPeer, workspaces, installations):
    credentials = await installed(slack, installations)
    assert credentials.token not in repr(credentials)
    assert credentials.token not in repr(await installations.bot(slack.team.id))
