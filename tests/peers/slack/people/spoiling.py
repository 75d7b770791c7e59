"""What a test makes go wrong."""

import json
from typing import Any

from tests.peers.slack.delivering import Answer, Delivery, Kind
from tests.peers.slack.faults import Cut, Hold, Say
from tests.peers.slack.people.part import Part


class Spoiling(Part):
    """Faults of the next calls: of a method ("*": any), of a channel if one is named, so many times."""

    def rate_limit(
        self, method: str = "chat.postMessage", *, channel: str | None = None, seconds: int = 1, times: int = 1
    ) -> None:
        """Answer 429 with Retry-After."""
        body = json.dumps({"ok": False, "error": "ratelimited"})
        fault = Say(429, body, headers={"Retry-After": str(seconds)})
        self.slack.faults.plan(fault, method, channel, times)

    def refuse(self, method: str, code: str, *, channel: str | None = None, times: int = 1, **more: Any) -> None:
        """Answer `ok: false` with this error code."""
        fault = Say(200, json.dumps({"ok": False, "error": code, **more}))
        self.slack.faults.plan(fault, method, channel, times)

    def break_down(
        self,
        method: str = "chat.postMessage",
        *,
        channel: str | None = None,
        status: int = 503,
        stored: bool = False,
        times: int = 1,
    ) -> None:
        """Answer 5xx; `stored`: after the call was carried out."""
        self.slack.faults.plan(Say(status, "upstream connect error", stored), method, channel, times)

    def lose_answer(
        self, method: str = "chat.postMessage", *, channel: str | None = None, stored: bool = True, times: int = 1
    ) -> None:
        """Break the connection off, after the call was carried out unless `stored` is False."""
        self.slack.faults.plan(Cut(stored), method, channel, times)

    def hold(
        self,
        method: str = "chat.postMessage",
        *,
        channel: str | None = None,
        stored: bool = False,
        seconds: float | None = None,
        times: int = 1,
    ) -> Hold:
        """Answer late: after `release()` of what this returns, or these seconds; `await held.reached.wait()` first."""
        held = Hold(stored, seconds)
        self.slack.faults.plan(held, method, channel, times)
        return held

    async def redeliver(self, what: Answer | Delivery | None = None, *, kind: Kind | None = None) -> Answer:
        """Send something another time exactly as it was sent: the last delivery (of a kind), or this."""
        delivery = what.delivery if isinstance(what, Answer) else what
        if delivery is None:
            delivery = next(each for each in reversed(self.slack.deliveries) if kind in (None, each.kind))
        answer = await self.slack.transport.send(delivery, reason="timeout", again=True)
        self.slack.changed()
        return answer
