"""Nod calls Slack: however often the connection goes, the next one is there, and nothing is lost."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from adapters.slack.socket_mode import NOT_YET, UNREACHABLE
from tests.adapters.slack.connected import SHORT, Connected, over_sockets, socket_mode, taking
from tests.peers.slack import SlackPeer


async def connections(slack: SlackPeer, number: int = 1) -> None:
    await slack.sockets.connected(number)


async def opened(slack: SlackPeer, number: int) -> None:
    """Wait until so many connections were asked for since the start."""
    await slack.until(lambda: len(slack.requests.of("apps.connections.open")) >= number)


async def test_a_dropped_socket_is_replaced_and_what_came_meanwhile_is_handled(
    slack: SlackPeer, over_sockets_only: Connected
):
    channel = await slack.channel()
    slack.sockets.drop()
    await slack.until(lambda: not slack.sockets.connections)
    await slack.mention("ann", channel, "write a blog about AI")
    await connections(slack)
    await slack.settled()
    types = [body["event"]["type"] for body in (await over_sockets_only.all_handled()).of("event")]
    assert sorted(types) == ["app_mention", "message"]
    assert over_sockets_only.socket.trouble() == ""


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_the_next_connection_is_open_before_the_last_is_given_up(
    slack: SlackPeer, over_sockets_only: Connected, reason: str
):
    [first] = slack.sockets.connections
    await slack.sockets.disconnect(reason)
    await connections(slack, 2)
    assert not first.socket.closed
    await slack.until(lambda: first not in slack.sockets.connections)  # listened to a little longer, then let go
    assert (await slack.slash("ann", await slack.channel(), "/agent", "help")).ok
    assert len((await over_sockets_only.all_handled()).payloads) == 1


async def test_an_open_but_deaf_socket_is_noticed_and_replaced(slack: SlackPeer, over_sockets_only: Connected):
    channel = await slack.channel()
    [deaf] = slack.sockets.connections
    slack.sockets.deafen()
    await slack.mention("ann", channel, "are you there?")
    await connections(slack)
    assert deaf not in [each for each in slack.sockets.connections if not each.is_deaf]
    await slack.settled()
    assert len((await over_sockets_only.all_handled()).of("event")) == 2


async def test_a_socket_that_answers_pings_and_brings_nothing_is_replaced(slack: SlackPeer, tmp_path: Path):
    async with over_sockets(slack, tmp_path, patience=replace(SHORT, quiet=0.1)):
        [first] = slack.sockets.connections
        await opened(slack, 2)
        await slack.until(lambda: first not in slack.sockets.connections)
        assert len(slack.sockets.connections) >= 1


async def test_a_socket_that_brings_something_is_left_open(slack: SlackPeer, tmp_path: Path):
    async with over_sockets(slack, tmp_path, patience=replace(SHORT, quiet=5)):
        channel = await slack.channel()
        for _ in range(3):
            assert (await slack.slash("ann", channel, "/agent", "help")).ok
        assert len(slack.requests.of("apps.connections.open")) == 1


async def test_an_outage_is_waited_out_and_told(slack: SlackPeer, tmp_path: Path):
    slack.break_down("apps.connections.open", times=3)
    async with taking(tmp_path / "nod.db") as connected, socket_mode(slack, connected) as socket:
        assert socket.trouble() == NOT_YET
        await opened(slack, 2)
        assert socket.trouble() == UNREACHABLE
        await connections(slack)
        assert (await slack.slash("ann", await slack.channel(), "/agent", "help")).ok
        assert socket.trouble() == ""
    assert socket.trouble() == NOT_YET


async def test_a_connection_whose_answer_was_lost_is_asked_for_again(slack: SlackPeer, tmp_path: Path):
    slack.lose_answer("apps.connections.open", times=2)
    async with over_sockets(slack, tmp_path):
        assert len(slack.requests.of("apps.connections.open")) == 3


async def test_a_token_that_is_refused_is_told_with_what_to_do(slack: SlackPeer, tmp_path: Path):
    slack.refuse("apps.connections.open", "invalid_auth", times=3)
    with structlog.testing.capture_logs() as logs:
        async with taking(tmp_path / "nod.db") as connected, socket_mode(slack, connected) as socket:
            await opened(slack, 2)
            assert "SLACK_APP_TOKEN" in socket.trouble()
            assert "connections:write" in socket.trouble()
            assert logs[0]["why"] == socket.trouble()
            await connections(slack)
            assert (await slack.slash("ann", await slack.channel(), "/agent", "help")).ok
            assert socket.trouble() == ""


async def test_socket_mode_that_is_switched_off_is_told_and_not_asked_for_all_the_time(
    slack: SlackPeer, over_sockets_only: Connected
):
    slack.app.socket_mode = False
    await slack.sockets.disconnect("link_disabled")
    await opened(slack, 3)
    assert "switch it on" in over_sockets_only.socket.trouble()
    slack.app.socket_mode = True
    await connections(slack)
    assert (await slack.slash("ann", await slack.channel(), "/agent", "help")).ok
    assert over_sockets_only.socket.trouble() == ""


async def test_slack_is_left_alone_as_long_as_it_asks_to_be(slack: SlackPeer, tmp_path: Path):
    slack.rate_limit("apps.connections.open", seconds=1)
    began = asyncio.get_running_loop().time()
    async with over_sockets(slack, tmp_path):
        assert asyncio.get_running_loop().time() - began >= 1
        assert len(slack.requests.of("apps.connections.open")) == 2
