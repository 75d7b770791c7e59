"""Socket Mode: what a stock client does when connections come and go."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from tests.peers.slack import SlackPeer, bolt


@pytest.fixture
async def handler(slack: SlackPeer, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    async with bolt.over_sockets(slack, app) as handler:
        yield handler


@pytest.fixture
def heard(slack: SlackPeer, app: AsyncApp) -> list[str]:
    """The texts of the messages that the app got."""
    texts: list[str] = []

    async def hear(event: dict[str, Any]) -> None:
        texts.append(event["text"])
        slack.changed()

    app.event("app_mention")(hear)
    return texts


async def test_a_command_is_answered_in_the_ack(slack: SlackPeer, app: AsyncApp, handler: AsyncSocketModeHandler):
    async def agent(ack: Any) -> None:
        await ack(text="yes", response_type="in_channel")

    app.command("/agent")(agent)
    channel = await slack.channel()
    answer = await slack.slash("ann", channel, "/agent", "x")
    assert (answer.status, answer.body) == (None, {"text": "yes", "response_type": "in_channel"})
    assert [message["text"] for message in slack.messages(channel)] == ["yes"]


async def test_a_dropped_connection_is_opened_anew_and_brings_what_was_missed(
    slack: SlackPeer, handler: AsyncSocketModeHandler, heard: list[str]
):
    channel = await slack.channel()
    slack.sockets.drop()
    await slack.until(lambda: not slack.sockets.connections)
    missed = await slack.mention("ann", channel, "while you were away")
    assert missed.error == "dispatch_failed"
    await slack.until(lambda: heard)
    assert missed.delivery.tries == 2
    assert (await slack.mention("ann", channel, "again")).ok


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_client_told_to_disconnect_comes_back(
    slack: SlackPeer, handler: AsyncSocketModeHandler, heard: list[str], reason: str
):
    first = slack.sockets.connections[0]
    await slack.sockets.disconnect(reason)
    await slack.until(lambda: slack.sockets.connections and first not in slack.sockets.connections)
    assert (await slack.mention("ann", await slack.channel(), "hi")).ok


async def test_a_deaf_connection_is_noticed_by_its_missing_pongs(
    slack: SlackPeer, handler: AsyncSocketModeHandler, heard: list[str]
):
    slack.sockets.deafen()
    lost = await slack.mention("ann", await slack.channel(), "anybody?")
    assert lost.error == "dispatch_failed"
    await slack.sockets.connected()
    await slack.until(lambda: heard)


async def test_a_command_without_a_connection_fails(slack: SlackPeer):
    slack.over_sockets()
    assert (await slack.slash("ann", await slack.channel(), "/agent", "x")).error == "dispatch_failed"


async def test_envelopes_go_down_one_of_several_connections(
    slack: SlackPeer, app: AsyncApp, handler: AsyncSocketModeHandler, heard: list[str]
):
    async with bolt.over_sockets(slack, app):
        await slack.sockets.connected(2)
        channel = await slack.channel()
        for text in "abcd":
            assert (await slack.mention("ann", channel, text)).ok
        assert len(heard) == 4


async def test_an_envelope_comes_again_with_the_same_id(
    slack: SlackPeer, handler: AsyncSocketModeHandler, heard: list[str]
):
    slack.subscribed.discard("message.channels")
    said = await slack.mention("ann", await slack.channel(), "once")
    again = await slack.redeliver(said)
    assert again.delivery is said.delivery
    await slack.until(lambda: len(heard) == 2)


@pytest.mark.parametrize(("token", "code"), [("bot", "not_allowed_token_type"), ("wrong", "invalid_auth")])
async def test_a_connection_needs_the_app_token(slack: SlackPeer, token: str, code: str):
    token = slack.bot_token if token == "bot" else token
    with pytest.raises(SlackApiError, match=code):
        await bolt.client_of(slack).apps_connections_open(app_token=token)
