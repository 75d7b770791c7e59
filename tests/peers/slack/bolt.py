"""A bare app of Slack's own framework, as a client that knows nothing of Nod."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.app.async_server import AsyncSlackAppServer
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack.peer import SlackPeer


def client_of(slack: SlackPeer, token: str | None = None) -> AsyncWebClient:
    """Slack's own client with the bot's token or this."""
    return AsyncWebClient(token=token or slack.bot_token, base_url=slack.api_url)


def bare_app(slack: SlackPeer) -> AsyncApp:
    """An app that listens to messages only, since by Socket Mode Bolt leaves unacked what nobody listens to."""
    app = AsyncApp(client=client_of(slack), signing_secret=slack.app.signing_secret)
    app.event("message")(_heard)
    return app


async def _heard() -> None:
    return


@asynccontextmanager
async def over_http(slack: SlackPeer, app: AsyncApp) -> AsyncIterator[str]:
    """Serve an app, and let Slack deliver to it there."""
    server = AsyncSlackAppServer(port=0, path="/slack/events", app=app, host="127.0.0.1")
    runner = web.AppRunner(server.web_app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    url = f"http://{host}:{port}/slack/events"
    slack.over_http(url)
    try:
        yield url
        await slack.settled()
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_sockets(slack: SlackPeer, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect an app by Socket Mode, and let Slack deliver there."""
    handler = AsyncSocketModeHandler(app, slack.app.app_token, ping_interval=0.2)
    slack.over_sockets()
    await handler.connect_async()
    await slack.sockets.connected()
    try:
        yield handler
        await slack.settled()
    finally:
        await handler.close_async()
