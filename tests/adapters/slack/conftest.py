from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.slack.connected import Connected, over_http, over_sockets
from tests.adapters.slack.here import here, scripted
from tests.peers.slack import SlackPeer
from tests.peers.slack.fixtures import emulate, slack

__all__ = ["connected", "emulate", "here", "over_http_only", "over_sockets_only", "scripted", "slack"]


@pytest.fixture(params=["http", "socket"])
async def connected(request: pytest.FixtureRequest, slack: SlackPeer, tmp_path: Path) -> AsyncIterator[Connected]:
    """Nod's connection to Slack, once each way, with a stand-in for what handles."""
    async with (over_http if request.param == "http" else over_sockets)(slack, tmp_path) as connected:
        yield connected


@pytest.fixture
async def over_http_only(slack: SlackPeer, tmp_path: Path) -> AsyncIterator[Connected]:
    async with over_http(slack, tmp_path) as connected:
        yield connected


@pytest.fixture
async def over_sockets_only(slack: SlackPeer, tmp_path: Path) -> AsyncIterator[Connected]:
    async with over_sockets(slack, tmp_path) as connected:
        yield connected
