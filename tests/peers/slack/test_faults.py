"""What can be made to go wrong, and what of it was carried out all the same."""

import asyncio

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.peers.slack import SlackPeer
from tests.peers.slack.bolt import client_of


@pytest.fixture
def client(slack: SlackPeer) -> AsyncWebClient:
    client = client_of(slack)
    client.retry_handlers.clear()
    return client


async def test_one_call_of_one_method_in_one_channel_is_limited(slack: SlackPeer, client: AsyncWebClient):
    channel, other = await slack.channel(), await slack.channel()
    slack.rate_limit("chat.postMessage", channel=channel, seconds=7)
    assert (await client.chat_postMessage(channel=other, text="x"))["ok"]
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=channel, text="x")
    assert limited.value.response.headers["Retry-After"] == "7"
    assert (await client.chat_postMessage(channel=channel, text="x"))["ok"]
    assert [logged.status for logged in slack.requests.of("chat.postMessage", channel=channel)] == [429, 200]


@pytest.mark.parametrize("stored", [False, True])
async def test_it_breaks_down_before_or_after_storing(slack: SlackPeer, client: AsyncWebClient, stored: bool):
    channel = await slack.channel()
    slack.break_down("chat.postMessage", stored=stored)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=channel, text="x")
    assert len(slack.messages(channel)) == stored


@pytest.mark.parametrize("stored", [False, True])
async def test_an_answer_is_lost(slack: SlackPeer, client: AsyncWebClient, stored: bool):
    channel = await slack.channel()
    slack.lose_answer("chat.postMessage", stored=stored)
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel=channel, text="x")
    assert len(slack.messages(channel)) == stored
    assert slack.requests[-1].status == 0


@pytest.mark.parametrize("stored", [False, True])
async def test_an_answer_comes_when_it_is_released(slack: SlackPeer, client: AsyncWebClient, stored: bool):
    channel = await slack.channel()
    held = slack.hold("chat.postMessage", stored=stored)
    posting = asyncio.create_task(client.chat_postMessage(channel=channel, text="x"))
    await held.reached.wait()
    assert len(slack.messages(channel)) == stored
    assert not posting.done()
    held.release()
    assert (await posting)["ok"]
    assert len(slack.messages(channel)) == 1


async def test_an_answer_comes_after_its_seconds(slack: SlackPeer, client: AsyncWebClient):
    slack.hold("auth.test", seconds=0.01)
    assert (await client.auth_test())["ok"]


async def test_any_error_can_be_answered(slack: SlackPeer, client: AsyncWebClient):
    slack.refuse("chat.update", "edit_window_closed", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="edit_window_closed"):
            await client.chat_update(channel="C1", ts="1.1", text="x")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_update(channel="C1", ts="1.1", text="x")


async def test_waiting_for_what_does_not_come_says_what_happened(slack: SlackPeer, client: AsyncWebClient):
    await client.auth_test()
    with pytest.raises(AssertionError, match="auth.test 200"):
        await slack.until(lambda: False, seconds=0.01)


async def test_uploads_and_response_urls_fail_too(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    slack.break_down("upload")
    with pytest.raises(SlackRequestError):
        await client.files_upload_v2(channel=channel, filename="a.md", content="# A")
    assert slack.files(channel) == []
    await slack.slash("ann", channel, "/agent", "x")
    slack.break_down("response_url", stored=True)
    answered = await AsyncWebhookClient(slack.deliveries[-1].payload["response_url"]).send(text="news")
    assert answered.status_code == 503
    assert [message["text"] for message in slack.ephemerals("ann")] == ["news"]
