"""Block Kit as Slack checks it: what is wrong with blocks and views, in Slack's words and with JSON pointers."""

from tests.peers.slack.checks.blocks import checked_blocks
from tests.peers.slack.checks.views import checked_view

__all__ = ["checked_blocks", "checked_view"]
