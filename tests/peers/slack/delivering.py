"""How Slack reaches the app: what it delivers, over HTTP, and what it hears back."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from tests.peers.slack import limits

Kind = Literal["event", "command", "interaction", "check"]


@dataclass
class Delivery:
    """Something for the app, and how it was sent: `headers` over HTTP, `envelope_id` over Socket Mode."""

    kind: Kind
    payload: dict[str, Any]
    envelope_id: str
    headers: dict[str, str] = field(default_factory=dict)
    tries: int = 0

    @property
    def body(self) -> str:
        """The body of the HTTP request: JSON for events, a form for commands and interactions."""
        match self.kind:
            case "event":
                return json.dumps(self.payload)
            case "interaction":
                return urlencode({"payload": json.dumps(self.payload)})
            case "command" | "check":
                return urlencode(self.payload)

    @property
    def content_type(self) -> str:
        return "application/json" if self.kind == "event" else "application/x-www-form-urlencoded"


@dataclass
class Answer:
    """What the app answered. `error` is what Slack would say to the person: operation_timeout, dispatch_failed …"""

    status: int | None = None  #: None over Socket Mode, and if nothing came
    body: Any = None  #: JSON as values, else text; over Socket Mode the payload of the ack
    seconds: float = 0.0
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery | None = None
    channel: str = ""  #: where the person wrote
    ts: str = ""  #: of the message that the person wrote, or of the thread that was opened
    others: tuple["Answer", ...] = ()  #: of what was delivered beside: a mention is a `message` event as well

    @property
    def ok(self) -> bool:
        return not self.error


class Transport(Protocol):
    """A way to the app; `patience` is how many seconds it waits for an answer."""

    patience: float

    async def send(self, delivery: Delivery, *, reason: str = "", again: bool = False) -> Answer:
        """Deliver and wait for the answer. `reason`: why it is tried another time; `again`: exactly as it was sent."""
        ...

    async def close(self) -> None:
        """Break off."""
        ...


class Unreachable:
    """No way to the app: nothing was said about where it is."""

    patience = limits.ANSWER_SECONDS

    async def send(self, delivery: Delivery, *, reason: str = "", again: bool = False) -> Answer:
        return Answer(error="dispatch_failed", delivery=delivery)

    async def close(self) -> None:
        return


class OverHttp:
    """Signed requests to the app's URL. An answer that is not 2xx, or that takes longer than `patience`, is none."""

    def __init__(self, http: aiohttp.ClientSession, url: str, signing_secret: str) -> None:
        self.http = http
        self.url = url
        self.signing_secret = signing_secret
        self.patience = limits.ANSWER_SECONDS

    async def send(self, delivery: Delivery, *, reason: str = "", again: bool = False) -> Answer:
        if not again:
            delivery.headers = self._headers(delivery, reason)
        delivery.tries += 1
        started = time.monotonic()
        answer = Answer(delivery=delivery)
        try:
            async with (
                asyncio.timeout(self.patience),
                self.http.post(self.url, data=delivery.body.encode(), headers=delivery.headers) as said,
            ):
                answer.status, answer.headers = said.status, said.headers
                answer.body = await _body(said)
                answer.error = "" if said.ok else "http_error"
        except TimeoutError:
            answer.error = "operation_timeout"
        except aiohttp.ClientError:
            answer.error = "connection_failed"
        answer.seconds = time.monotonic() - started
        return answer

    async def close(self) -> None:
        return

    def _headers(self, delivery: Delivery, reason: str) -> dict[str, str]:
        headers = signed(self.signing_secret, delivery.body, str(int(time.time())))
        headers |= {"Content-Type": delivery.content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if reason:
            headers |= {"X-Slack-Retry-Num": str(delivery.tries), "X-Slack-Retry-Reason": reason}
        return headers


def signed(secret: str, body: str, timestamp: str) -> dict[str, str]:
    """The headers that prove that Slack sent a body at this time, scheme v0."""
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


async def _body(said: aiohttp.ClientResponse) -> Any:
    text = await said.text()
    if text and said.content_type == "application/json":
        return json.loads(text)
    return text
