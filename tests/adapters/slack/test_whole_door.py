"""`python -m bot` with settings for Slack: one process that serves Slack and the web workspace, either way."""

import asyncio
import signal

import aiohttp
import pytest

from adapters.slack.manifest import SCOPES
from tests.adapters.slack.whole import asked, buttons, whole
from tests.bot.nod import nod as run_nod
from tests.peers.slack import SlackPeer


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_from_the_command_to_the_file_with_no_more_rights_than_the_manifest_asks_for(
    slack: SlackPeer, tmp_path, way: str
):
    channel = await slack.channel("general")
    async with whole(slack, tmp_path, way) as nod:
        assert (await nod.until_ready())["checks"] == {"storage": "ok", "slack": "ok"}
        assert (await slack.slash("ann", channel, "/agent", "write a blog about AI")).ok
        while card := await asked(slack, channel, or_else=lambda: len(slack.files(channel)) == 2):
            assert (await slack.click("ann", channel, card["ts"], "Approve")).ok
            await slack.until(lambda card=card: "Approve" not in buttons(slack.message(card["ts"])))
        assert {file["name"] for file in slack.files(channel)} == {"outline.md", "blog.md"}
        code, said = await nod.end()
    assert (code, "Traceback" in said) == (0, False)


@pytest.mark.parametrize(("way", "status"), [("socket", 403), ("http", 401)])
async def test_slack_and_the_web_workspace_are_served_by_one_process(slack: SlackPeer, tmp_path, way: str, status: int):
    channel = await slack.channel("general")
    async with whole(slack, tmp_path, way) as nod, aiohttp.ClientSession() as http:
        assert (await slack.slash("ann", channel, "/agent", "write a blog about AI")).ok
        await asked(slack, channel)
        token = (await asyncio.to_thread(run_nod, tmp_path, "signin", "--api", "root")).stdout.split()[-1]
        async with http.get(f"{nod.url}/api/runs", headers={"authorization": f"Bearer {token}"}) as answer:
            assert [run["goal"] for run in (await answer.json())["runs"]] == ["write a blog about AI"]
        # Slack is listened to one way, not both: without signatures to look at, it is a post like any other
        async with http.post(f"{nod.url}/slack/events", data=b"") as answer:
            assert answer.status == status


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_what_people_do_is_acknowledged_while_slacks_api_does_not_answer(slack: SlackPeer, tmp_path, way: str):
    channel = await slack.channel("general")
    async with whole(slack, tmp_path, way) as nod:
        await nod.until_ready()
        held = slack.hold("*", times=100)
        assert (await slack.slash("ann", channel, "/agent", "write a blog about AI")).ok
        await held.reached.wait()
        assert (await slack.mention("ann", channel, "write a blog about AI")).ok
        held.release()
        await asked(slack, channel)


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_what_was_acknowledged_before_kill_9_is_one_run_after_it(slack: SlackPeer, tmp_path, way: str):
    channel = await slack.channel("general")
    async with whole(slack, tmp_path, way) as nod:
        command = await slack.slash("ann", channel, "/agent", "write a blog about AI")
        assert command.ok
        await nod.end(signal.SIGKILL)
    async with whole(slack, tmp_path, way):
        await slack.redeliver(command)
        card = await asked(slack, channel)
        assert (await slack.click("ann", channel, card["ts"], "Approve")).ok
        await slack.until(lambda: "Approve" not in buttons(slack.message(card["ts"])))
    assert len(slack.messages(channel)) == 1


async def test_a_slack_that_is_down_at_the_start_holds_up_nothing_and_is_told(slack: SlackPeer, tmp_path):
    slack.break_down("auth.test", times=1000)
    async with whole(slack, tmp_path, "http") as nod:
        assert (await nod.until_ready(wanted=False))["checks"]["slack"] == "unavailable"
        channel = await slack.channel("general")
        assert (await slack.slash("ann", channel, "/agent", "write a blog about AI")).ok
        await asked(slack, channel)


async def test_a_token_that_is_revoked_is_told_by_readyz(slack: SlackPeer, tmp_path):
    channel = await slack.channel("general")
    async with whole(slack, tmp_path, "socket") as nod:
        await nod.until_ready()
        slack.end_token()
        assert (await slack.slash("ann", channel, "/agent", "write a blog about AI")).ok
        assert (await nod.until_ready(wanted=False))["checks"]["slack"] == "unavailable"
        slack.end_token("")
        assert (await slack.uninstall()).ok
        await nod.until_ready(wanted=False)


async def test_settings_that_are_not_whole_end_with_one_sentence(slack: SlackPeer, tmp_path):
    told = run_nod(tmp_path, "run", SLACK_BOT_TOKEN=slack.bot_token)
    assert told.returncode == 2
    assert "SLACK_APP_TOKEN" in told.stderr
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.parametrize("settings", [{}, {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}])
def test_a_link_to_install_by_needs_a_client_and_says_so(tmp_path, settings):
    told = run_nod(tmp_path, "slack", "install", **settings)
    assert (told.returncode, told.stdout, len(told.stderr.splitlines())) == (2, "", 1)
    assert "needs SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and NOD_PUBLIC_URL" in told.stderr


async def test_it_is_installed_by_link_works_there_and_forgets_a_workspace_that_removes_it(slack: SlackPeer, tmp_path):
    with_link = {"SLACK_CLIENT_ID": slack.app.client_id, "SLACK_CLIENT_SECRET": slack.app.client_secret}
    async with whole(slack, tmp_path, "http", SLACK_BOT_TOKEN="", **with_link) as nod:
        settings = {**with_link, "SLACK_SIGNING_SECRET": slack.app.signing_secret, "NOD_PUBLIC_URL": nod.url}
        link = (await asyncio.to_thread(run_nod, tmp_path, "slack", "install", **settings)).stdout.strip()
        jar = aiohttp.CookieJar(unsafe=True)  # which means that addresses may have cookies, too
        async with aiohttp.ClientSession(cookie_jar=jar) as browser, browser.get(link) as done:
            assert (done.status, str(done.url).partition("?")[0]) == (200, f"{nod.url}/slack/oauth_redirect")
        slack.installation.scopes = set(SCOPES)
        channel = await slack.channel("general")
        assert (await slack.slash("ann", channel, "/agent", "write a blog about AI")).ok
        await asked(slack, channel)
        assert (await nod.until_ready())["ready"]
        slack.clock.advance(60)
        assert (await slack.uninstall()).ok
        said = ""
        while "it is installed in no workspace yet" not in said:  # handled after it was acknowledged: look again
            told = await asyncio.to_thread(run_nod, tmp_path, "doctor", **settings, SLACK_API_URL=slack.api_url)
            said = told.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
