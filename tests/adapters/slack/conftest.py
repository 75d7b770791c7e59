import pytest

from adapters.slack import troubles
from tests.adapters.slack.here import here, scripted
from tests.peers.slack.fixtures import emulate, slack

__all__ = ["emulate", "here", "scripted", "slack"]


@pytest.fixture(autouse=True)
def soon_is_now(monkeypatch):
    """Try again at once what Slack did not answer."""
    monkeypatch.setattr(troubles, "SOON", 0.01)
