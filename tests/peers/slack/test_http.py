"""Delivery over HTTP: signed, in time, and again if need be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from tests.peers.slack import SlackPeer, bolt


@asynccontextmanager
async def serving(slack: SlackPeer, answer: Any) -> AsyncIterator[list[web.BaseRequest]]:
    """A server that answers as it is told, and the requests it got."""
    got: list[web.BaseRequest] = []

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        got.append(request)
        return await answer(len(got))

    server = web.ServerRunner(web.Server(serve), shutdown_timeout=0.1)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    host, port = server.addresses[0]
    slack.over_http(f"http://{host}:{port}/")
    try:
        yield got
    finally:
        await server.cleanup()


async def broken(_number: int) -> web.Response:
    return web.Response(status=500)


async def never_again(_number: int) -> web.Response:
    return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})


async def third_time(number: int) -> web.Response:
    return web.Response(status=200 if number == 3 else 500)


async def silent(_number: int) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def test_an_event_is_sent_four_times_with_its_reason(slack: SlackPeer):
    slack.subscribed.discard("message.channels")
    async with serving(slack, broken) as got:
        answer = await slack.mention("ann", await slack.channel(), "hi")
    assert (answer.status, answer.error) == (500, "http_error")
    assert [request.headers.get("X-Slack-Retry-Num") for request in got] == [None, "1", "2", "3"]
    assert {request.headers.get("X-Slack-Retry-Reason") for request in got[1:]} == {"http_error"}


async def test_an_event_is_not_sent_again_once_it_is_taken_or_unwanted(slack: SlackPeer):
    slack.subscribed.discard("message.channels")
    channel = await slack.channel()
    async with serving(slack, third_time) as got:
        assert (await slack.mention("ann", channel, "hi")).ok
        assert len(got) == 3
    async with serving(slack, never_again) as got:
        await slack.mention("ann", channel, "hi")
        assert len(got) == 1


async def test_a_silent_app_is_not_waited_for(slack: SlackPeer):
    async with serving(slack, silent) as got:
        slack.patience = 0.1
        command = await slack.slash("ann", await slack.channel(), "/agent", "x")
        assert (command.status, command.error) == (None, "operation_timeout")
        assert len(got) == 1  # what a person does is not sent again
        slack.subscribed.discard("message.im")
        event = await slack.open_home("ann")
        assert event.error == "operation_timeout"
        assert got[-1].headers["X-Slack-Retry-Reason"] == "http_timeout"


async def test_without_a_listening_app_nothing_arrives(slack: SlackPeer):
    slack.over_http("http://127.0.0.1:1/")
    assert (await slack.slash("ann", await slack.channel(), "/agent", "x")).error == "connection_failed"


async def test_the_app_proves_its_url_and_ssl(slack: SlackPeer, app: AsyncApp):
    async with bolt.over_http(slack, app):
        assert (await slack.verify_url("abc")).body in ("abc", {"challenge": "abc"})
        assert (await slack.check_ssl()).status == 200


async def test_another_secret_is_not_believed(slack: SlackPeer, app: AsyncApp):
    async with bolt.over_http(slack, app):
        slack.slack.transport.signing_secret = "another"
        assert (await slack.slash("ann", await slack.channel(), "/agent", "x")).status == 401


async def test_a_click_is_sent_again_byte_for_byte(slack: SlackPeer):
    async def taken(_number: int) -> web.Response:
        return web.Response()

    channel = await slack.channel()
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    posted = await bolt.client_of(slack).chat_postMessage(
        channel=channel, text="x", blocks=[{"type": "actions", "elements": [button]}]
    )
    async with serving(slack, taken) as got:
        clicked = await slack.click("ann", channel, posted["ts"], "go")
        again = await slack.redeliver(kind="interaction")
    first, second = (dict(request.headers) for request in got)
    assert first == second
    assert again.delivery is clicked.delivery


@pytest.mark.parametrize("kind", ["app_mention", "message"])
async def test_events_name_their_workspace_and_author(slack: SlackPeer, kind: str):
    async def taken(_number: int) -> web.Response:
        return web.Response()

    channel = await slack.channel(shared=True)
    async with serving(slack, taken):
        said = await slack.mention("eve", channel, "a & b at https://example.com")
    delivery = said.delivery if kind == "app_mention" else said.others[0].delivery
    payload, event = delivery.payload, delivery.payload["event"]
    assert (payload["type"], payload["team_id"], payload["api_app_id"]) == (
        "event_callback",
        slack.team.id,
        slack.app.id,
    )
    assert payload["is_ext_shared_channel"]
    assert (event["type"], event["user"], event["channel"]) == (kind, slack.users["eve"], channel)
    assert event["user_team"] == slack.team.users["eve"].team
    assert event["text"] == f"<@{slack.bot_user}> a &amp; b at <https://example.com>"
