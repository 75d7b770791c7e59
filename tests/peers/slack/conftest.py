from tests.peers.slack.fixtures import emulate, slack

__all__ = ["emulate", "slack"]
