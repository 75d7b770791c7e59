from tests.adapters.slack.here import here, scripted
from tests.peers.slack.fixtures import emulate, slack

__all__ = ["emulate", "here", "scripted", "slack"]
