"""Slack's deliveries, handed to the Inbox without a network: how they come is tested apart from what they do."""

import asyncio

from adapters.slack.handling import lane_of
from tests.peers.slack.delivering import Answer

INTERACTIONS = {
    "block_actions": "action",
    "message_action": "shortcut",
    "shortcut": "shortcut",
    "view_closed": "closed",
}


class Direct:
    """A way to the app that keeps what is delivered, as the listeners do, and answers at once."""

    patience = 3.0

    def __init__(self, inbox, handling):
        self.inbox = inbox
        self.handling = handling

    async def send(self, delivery, *, reason="", again=False):
        delivery.tries += 1
        body = delivery.payload
        if body.get("type") == "view_submission":
            answer = await self.handling.submitted(body)
            return Answer(status=200, body=dict(answer or {}), delivery=delivery)
        kind = INTERACTIONS.get(body.get("type"), delivery.kind)
        key = f"{kind}:{body.get('event_id') or body.get('trigger_id')}"
        team = body.get("team_id") or body["team"]["id"]
        payload = {"kind": kind, "body": body, "team": team, "key": key}
        await self.inbox.take(key, lane_of(kind, body), payload)
        return Answer(status=200, body="", delivery=delivery)

    async def close(self):
        await asyncio.sleep(0)
