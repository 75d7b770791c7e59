"""What nod doctor finds of Slack, and what it says to click."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from adapters.slack.checkup import Checked, check_up, clock
from adapters.slack.door import SlackSettings
from adapters.slack.installations import Credentials
from adapters.slack.manifest import SCOPES
from adapters.slack.workspaces import Bot
from agent_core.platform_ports import Installation
from storage.installation_store import SqlInstallationStore
from storage.opening import open_database
from tests.adapters.slack.connected import Connected
from tests.bot.nod import nod
from tests.peers.slack import SlackPeer
from tests.peers.slack.faults import Say

KEY = "a key of thirty-two characters or more"


@pytest.fixture
def settings(slack: SlackPeer) -> SlackSettings:
    slack.installation.scopes = set(SCOPES)
    return SlackSettings(slack.api_url, slack.bot_token, app_token=slack.app.app_token)


async def found(settings: SlackSettings, *installed: Bot, runs: bool = False) -> list[Checked]:
    return [checked async for checked in check_up(settings, installed, runs=runs)]


async def wrong(settings: SlackSettings, *installed: Bot, runs: bool = False) -> str:
    """The text of the only thing that is wrong."""
    [checked] = [checked for checked in await found(settings, *installed, runs=runs) if not checked.well]
    return checked.text


async def test_all_is_well(settings: SlackSettings):
    checks = await found(settings)
    assert all(checked.well for checked in checks)
    assert [checked.name for checked in checks] == ["slack token", "slack scopes", "slack clock", "slack socket"]
    assert checks[0].text == "Nod is @nod in Acme"
    assert (
        "which events it is told of Slack shows only to you" in checks[1].text
    )  # what cannot be seen is not said to be well


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive"])
async def test_a_token_that_ended_is_told_with_what_to_click(slack: SlackPeer, settings: SlackSettings, code: str):
    slack.end_token(code)
    assert "choose Install App and install it again" in await wrong(settings)


async def test_a_token_that_slack_does_not_know_is_told(slack: SlackPeer):
    settings = SlackSettings(slack.api_url, "xoxb-made-up", app_token=slack.app.app_token)
    assert "Slack does not know SLACK_BOT_TOKEN" in await wrong(settings)


async def test_the_token_of_a_person_is_told(slack: SlackPeer, settings: SlackSettings):
    said = {"ok": True, "user": "ann", "user_id": slack.users["ann"], "team": "Acme", "team_id": slack.team.id}
    slack.slack.faults.plan(Say(200, json.dumps(said)), "auth.test", None, 1)
    assert "is a person's" in await wrong(settings)


async def test_scopes_that_are_missing_are_named_with_what_to_click(slack: SlackPeer, settings: SlackSettings):
    slack.installation.scopes -= {"reactions:read", "files:write"}
    said = await wrong(settings)
    assert said.startswith("files:write, reactions:read missing")
    assert "nod slack manifest" in said


@pytest.mark.parametrize(("seconds", "side"), [(-200, "behind"), (200, "ahead of")])
def test_a_clock_that_is_off_is_told(seconds: int, side: str):
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    checked = clock(format_datetime(now - timedelta(seconds=seconds)), now)
    assert not checked.well
    assert f"200 seconds {side} Slack's" in checked.text
    assert clock(format_datetime(now - timedelta(seconds=seconds / 10)), now).well
    assert clock("", now).well


async def test_an_app_token_that_is_no_good_is_told(slack: SlackPeer):
    settings = SlackSettings(slack.api_url, slack.bot_token, app_token="xapp-made-up")
    slack.installation.scopes = set(SCOPES)
    assert "connections:write" in await wrong(settings)


async def test_socket_mode_that_is_off_is_told_with_what_to_click(slack: SlackPeer, settings: SlackSettings):
    slack.app.socket_mode = False
    assert "switch it on under Socket Mode" in await wrong(settings)


async def test_a_slack_that_cannot_be_reached_is_told(slack: SlackPeer):
    settings = SlackSettings("http://127.0.0.1:9/api/", "xoxb-1", app_token="xapp-1")
    checks = await found(settings)
    assert [checked.well for checked in checks] == [False, False]
    assert all("cannot be reached" in checked.text for checked in checks)


async def test_what_answers_in_slacks_place_is_told(slack: SlackPeer):
    not_its_api = slack.api_url.removesuffix("api/")
    checks = await found(SlackSettings(not_its_api, slack.bot_token, app_token=slack.app.app_token))
    assert [checked.well for checked in checks] == [False, False]
    assert all("(status 404); mend SLACK_API_URL" in checked.text for checked in checks)
    said = {"ok": False, "error": {"kind": "TokenUnknown"}}  # as another's API might
    slack.slack.faults.plan(Say(401, json.dumps(said)), "*", None, 2)
    checks = await found(SlackSettings(slack.api_url, slack.bot_token, app_token=slack.app.app_token))
    assert all("(status 401); mend SLACK_API_URL" in checked.text for checked in checks)


@pytest.mark.parametrize("wrong_one", ["client_id", "client_secret"])
async def test_a_client_that_slack_does_not_take_is_told_with_what_to_click(slack: SlackPeer, wrong_one: str):
    given = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    settings = SlackSettings(slack.api_url, app_token=slack.app.app_token, **given)
    assert [checked.name for checked in await found(settings)] == ["slack token", "slack client", "slack socket"]
    assert all(checked.well for checked in await found(settings))
    said = await wrong(replace(settings, **{wrong_one: "3.4"}))
    assert "copy both from Basic Information, App Credentials" in said


async def test_the_address_that_slack_calls_is_tried(slack: SlackPeer, over_http_only: Connected):
    slack.installation.scopes = set(SCOPES)
    here = over_http_only.url.removesuffix("/slack/events")
    settings = SlackSettings(slack.api_url, slack.bot_token, public_url=here)
    assert (await found(settings, runs=True))[-1].text.startswith(f"{here}/slack/events leads here")
    elsewhere = SlackSettings(slack.api_url, slack.bot_token, public_url=slack.api_url.removesuffix("/api/"))
    assert "does not lead to Nod" in await wrong(elsewhere, runs=True)
    nowhere = SlackSettings(slack.api_url, slack.bot_token, public_url="http://127.0.0.1:9")
    assert "does not lead to Nod" in await wrong(nowhere, runs=True)
    assert "start Nod" in (await found(nowhere))[-1].text
    assert "NOD_PUBLIC_URL" in await wrong(SlackSettings(slack.api_url, slack.bot_token))


async def test_each_workspace_that_nod_was_installed_in_is_looked_at(slack: SlackPeer):
    other = await slack.workspace("Umbrella", people=("dan",))
    there = slack.app.installed_in(other)
    there.scopes, slack.installation.scopes = set(SCOPES), set(SCOPES)
    settings = SlackSettings(slack.api_url, app_token=slack.app.app_token)
    bots = Bot(slack.team.id, slack.bot_token), Bot(other.id, there.bot_token)
    assert [each.text for each in await found(settings, *bots) if each.name == "slack token"] == [
        "Nod is @nod in Acme",
        "Nod is @nod in Umbrella",
    ]
    slack.end_token(workspace=other)
    assert f"removed from {other.id}" in await wrong(settings, *bots)
    slack.end_token("", workspace=other)
    slack.break_down("auth.test", times=2)
    slack.refuse("auth.test", "accesslimited", times=2)
    told = [checked.text for checked in [*await found(settings, *bots), *await found(settings, *bots)]]
    assert not [text for text in told if "removed" in text]  # Slack's trouble is no removal
    assert "no workspace yet" in (await found(settings))[0].text


async def doctor(folder: Path, **settings: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(nod, folder, "doctor", **settings)


async def test_the_doctor_looks_at_slack_when_it_is_set(slack: SlackPeer, tmp_path: Path):
    slack.installation.scopes = set(SCOPES) - {"commands"}
    told = await doctor(
        tmp_path, SLACK_API_URL=slack.api_url, SLACK_BOT_TOKEN=slack.bot_token, SLACK_APP_TOKEN=slack.app.app_token
    )
    assert told.returncode == 1
    assert "✓ slack token: Nod is @nod in Acme" in told.stdout
    assert "✗ slack scopes: commands missing" in told.stdout
    assert "✓ slack socket" in told.stdout
    assert slack.bot_token not in told.stdout + told.stderr


async def test_the_doctor_tells_what_is_not_set(tmp_path: Path):
    told = await doctor(tmp_path, SLACK_BOT_TOKEN="xoxb-1")
    assert told.returncode == 1
    assert "✗ slack: Slack needs SLACK_APP_TOKEN" in told.stdout


async def test_the_doctor_tells_of_each_workspace_whose_token_cannot_be_had(slack: SlackPeer, tmp_path: Path):
    async with open_database(f"sqlite:///{tmp_path}/nod.db") as database:
        for key, team in ((KEY, "T1"), (KEY + "!", "T2")):
            ran_out = Credentials(team, team, "xoxb-1", "U1", (), 1.0, "xoxe-1", expires_at=2.0).written()
            await SqlInstallationStore(database, key).keep(Installation("slack", team, ran_out), datetime.now(UTC))
    with_link = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "a-secret", "NOD_PUBLIC_URL": "http://127.0.0.1:9"}
    told = await doctor(
        tmp_path,
        DATABASE_URL=f"sqlite:///{tmp_path}/nod.db",
        NOD_SECRET_KEY=KEY,
        SLACK_API_URL="http://127.0.0.1:9/api",
        SLACK_APP_TOKEN="xapp-1",
        **with_link,
    )
    assert told.returncode == 1
    assert "✗ slack token: Nod's token of T1 ran out, and Slack renews none now" in told.stdout
    assert "✗ slack token: What Nod keeps of T2 was sealed with another NOD_SECRET_KEY" in told.stdout


def test_the_doctor_makes_no_database(tmp_path: Path):
    told = nod(
        tmp_path,
        "doctor",
        SLACK_API_URL="http://127.0.0.1:9/api",
        SLACK_APP_TOKEN="xapp-1",
        SLACK_CLIENT_ID="1.2",
        SLACK_CLIENT_SECRET="a-secret",
        NOD_PUBLIC_URL="http://127.0.0.1:9",
    )
    assert "it is installed in no workspace yet" in told.stdout
    assert not list(tmp_path.rglob("*.db"))
