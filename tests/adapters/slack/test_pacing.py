"""Slack is called at its pace, and nothing that may have been done is done again."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from adapters.slack.client import SlackClient, code_and_status
from adapters.slack.pacing import Pace
from tests.peers.slack import SlackPeer

QUICK = 0.2  # seconds between two posts


@pytest.fixture
async def client(slack: SlackPeer) -> AsyncIterator[SlackClient]:
    async with aiohttp.ClientSession() as session:
        yield SlackClient(slack.bot_token, slack.api_url, session, pace=Pace(QUICK))


async def test_one_message_a_second_and_channel_and_slack_refuses_none(slack: SlackPeer, client: SlackClient):
    slack.set(seconds_between_posts=QUICK / 2)
    channel = await slack.channel()
    await asyncio.gather(*(client.chat_postMessage(channel=channel, text=str(number)) for number in range(5)))
    assert [message["text"] for message in slack.messages(channel)] == ["0", "1", "2", "3", "4"]
    assert {logged.status for logged in slack.requests.of("chat.postMessage")} == {200}


async def test_messages_to_other_channels_do_not_wait(slack: SlackPeer, tmp_path):
    one, other = await slack.channel(), await slack.channel()
    async with aiohttp.ClientSession() as session:
        client = SlackClient(slack.bot_token, slack.api_url, session, pace=Pace(between_posts=3600))
        await client.chat_postMessage(channel=one, text="first")
        waiting = asyncio.create_task(client.chat_postMessage(channel=one, text="second"))
        await client.chat_postMessage(channel=other, text="at once")
        assert not waiting.done()
        waiting.cancel()
    assert [message["text"] for message in slack.messages(one)] == ["first"]


async def test_edits_and_reads_are_not_paced_as_messages_are(slack: SlackPeer):
    channel = await slack.channel()
    async with aiohttp.ClientSession() as session:
        client = SlackClient(slack.bot_token, slack.api_url, session, pace=Pace(between_posts=3600))
        ts = (await client.chat_postMessage(channel=channel, text="first"))["ts"]
        for number in range(3):
            await client.chat_update(channel=channel, ts=ts, text=str(number))
            await client.conversations_history(channel=channel)
    assert slack.message(ts)["text"] == "2"


async def test_429_waits_retry_after_without_blocking_other_channels(slack: SlackPeer, client: SlackClient):
    one, other = await slack.channel(), await slack.channel()
    slack.rate_limit(channel=one, seconds=1)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    waiting = asyncio.create_task(client.chat_postMessage(channel=one, text="later"))
    await slack.until(lambda: slack.requests.of("chat.postMessage", channel=one))
    await client.chat_postMessage(channel=other, text="now")
    assert not waiting.done()
    await waiting
    assert loop.time() - begun >= 1
    assert [message["text"] for message in slack.messages(one)] == ["later"]
    assert len(slack.requests.of("chat.postMessage", channel=one)) == 2


async def test_what_slack_puts_off_in_two_channels_waits_in_all(slack: SlackPeer):
    one, other, third = await slack.channel(), await slack.channel(), await slack.channel()
    pace = Pace(between_posts=0)
    pace.hold("chat.update", one, 3600)
    async with pace.turn("chat.update", other):
        pace.hold("chat.update", other, 0.2)
    begun = asyncio.get_running_loop().time()
    async with pace.turn("chat.update", third), pace.turn("chat.postMessage", third):
        assert asyncio.get_running_loop().time() - begun >= 0.2


async def test_what_slack_puts_off_for_good_ends_as_slacks_error(slack: SlackPeer, client: SlackClient):
    slack.rate_limit("users.info", seconds=0, times=100)

    class Hasty(Pace):
        def hold(self, method, channel, seconds):
            return

    client._pace = Hasty()
    with pytest.raises(SlackApiError) as refused:
        await client.users_info(user=slack.users["ann"])
    assert code_and_status(refused.value) == ("ratelimited", 429)
    assert len(slack.requests.of("users.info")) == 10


async def test_a_connection_lost_after_slack_stored_a_message_does_not_post_it_twice(
    slack: SlackPeer, client: SlackClient
):
    channel = await slack.channel()
    slack.lose_answer()
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=channel, text="once")
    assert [message["text"] for message in slack.messages(channel)] == ["once"]
    assert len(slack.requests.of("chat.postMessage")) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_trouble_on_slacks_side_is_slacks_error_and_not_repeated(
    slack: SlackPeer, client: SlackClient, status: int
):
    channel = await slack.channel()
    slack.break_down(status=status, stored=True)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=channel, text="once")
    assert code_and_status(refused.value)[1] == status
    assert len(slack.messages(channel)) == 1


async def test_words_of_a_proxy_in_slacks_place_are_slacks_error(slack: SlackPeer):
    async def proxy(_: web.Request) -> web.Response:
        return web.Response(status=503, text="upstream connect error")

    app = web.Application()
    app.router.add_post("/api/{method}", proxy)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        client = SlackClient("xoxb-1", f"http://127.0.0.1:{runner.addresses[0][1]}/api/", session)
        with pytest.raises(SlackApiError) as refused:
            await client.auth_test()
    await runner.cleanup()
    assert code_and_status(refused.value) == ("service_unavailable", 503)


async def test_many_channels_leave_little_behind():
    pace = Pace(between_posts=0.0001)
    for number in range(3000):
        async with pace.turn("chat.postMessage", f"C{number}"):
            pace.hold("chat.update", f"C{number}", 0)
    assert len(pace._posting) <= 1001
    assert len(pace._held) <= 1001


async def test_a_post_that_fails_holds_up_nobody(slack: SlackPeer, client: SlackClient):
    channel = await slack.channel()
    slack.lose_answer(stored=False)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=channel, text="lost")
    await client.chat_postMessage(channel=channel, text="kept")
    assert [message["text"] for message in slack.messages(channel)] == ["kept"]
