"""Slack's deliveries, handed to the Receiver without a network: how they come is tested apart from what they do."""

import asyncio

from adapters.slack.handling import HANDLED_EVENTS, lane_of
from adapters.slack.receiving import Receiver
from tests.peers.slack.delivering import Answer


class Direct:
    """A way to the app that takes what is delivered, and answers at once."""

    patience = 3.0

    def __init__(self, inbox, handling):
        self.handling = handling
        self.receiver = Receiver(inbox, handling, lane_of, HANDLED_EVENTS)

    async def send(self, delivery, *, reason="", again=False):
        delivery.tries += 1
        said = await self.receiver.take(delivery.payload)
        return Answer(status=500 if said is None else 200, body=dict(said or {}), delivery=delivery)

    async def close(self):
        await asyncio.sleep(0)
