"""Slack's Web API as its own SDK meets it here."""

from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack import SlackPeer


async def test_a_message_is_posted_and_read_back(slack: SlackPeer):
    channel = await slack.channel()
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    posted = await client.chat_postMessage(channel=channel, text="hello")
    read = await client.conversations_history(channel=channel)
    assert read["messages"] == [posted["message"]]
    assert slack.messages(channel) == read["messages"]
