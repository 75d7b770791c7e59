from collections.abc import AsyncIterator

import pytest
from slack_bolt.app.async_app import AsyncApp

from tests.peers.slack import SlackPeer, bolt
from tests.peers.slack.fixtures import emulate, slack

__all__ = ["app", "connected", "emulate", "slack"]


@pytest.fixture
def app(slack: SlackPeer) -> AsyncApp:
    return bolt.bare_app(slack)


@pytest.fixture(params=["http", "socket"])
async def connected(request: pytest.FixtureRequest, slack: SlackPeer, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """An app that Slack delivers to, once each way."""
    way = bolt.over_http if request.param == "http" else bolt.over_sockets
    async with way(slack, app):
        yield app
