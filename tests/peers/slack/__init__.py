"""The Slack that Nod's end-to-end tests meet on loopback: emulate behind a front of ours. See README.md."""

from tests.peers.slack.delivering import Answer, Delivery
from tests.peers.slack.emulate import Emulate, run_emulate
from tests.peers.slack.faults import Hold
from tests.peers.slack.peer import SlackPeer, open_slack_peer
from tests.peers.slack.workspace import Workspace

__all__ = ["Answer", "Delivery", "Emulate", "Hold", "SlackPeer", "Workspace", "open_slack_peer", "run_emulate"]
