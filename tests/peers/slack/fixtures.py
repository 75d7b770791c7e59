"""Fixtures: import them in the conftest.py of the tests that meet Slack."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.peers.slack.emulate import Emulate, run_emulate
from tests.peers.slack.peer import SlackPeer, open_slack_peer


@pytest.fixture(scope="session")
def emulate() -> Iterator[Emulate]:
    """One process of Node.js for all tests of a worker."""
    with run_emulate() as emulate:
        yield emulate


@pytest.fixture
async def slack(emulate: Emulate) -> AsyncIterator[SlackPeer]:
    """A Slack of the test's own, with the workspace Acme; a call that this Slack does not know fails the test."""
    async with open_slack_peer(emulate) as peer:
        yield peer
        assert peer.problems == []
