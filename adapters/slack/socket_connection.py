"""One connection of Socket Mode: it takes what comes, acknowledges what is kept, and says when it is spent."""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any

import aiohttp

from adapters.slack.receiving import Receiver


class Connection:
    """An open WebSocket. `spent` is set once another one is needed; it may be listened to still."""

    def __init__(self, receiver: Receiver, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._receiver = receiver
        self._socket = socket
        self._taking: set[asyncio.Task[None]] = set()
        self.greeted = asyncio.Event()
        self.spent = asyncio.Event()
        self.reason = ""  #: what Slack said when it told the connection to end
        self.opened_at = time.monotonic()
        self.heard_at = self.opened_at  #: when Slack last sent something but an answer to a ping

    async def listen(self) -> None:
        """Take what comes until the connection ends, whoever ends it."""
        try:
            async for frame in self._socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._hear(frame.data)
        finally:
            self.spent.set()
            # what is being taken is durable in a moment; its acknowledgement may be lost with the connection
            while self._taking:
                await asyncio.wait(tuple(self._taking))
            await self._socket.close()

    def _hear(self, text: str) -> None:
        self.heard_at = time.monotonic()
        try:
            frame: Any = json.loads(text)
        except ValueError:
            return
        match frame:
            case {"type": "hello"}:
                self.greeted.set()
            case {"type": "disconnect"}:
                self.reason = str(frame.get("reason", ""))
                self.spent.set()
            case {"type": str(), "envelope_id": str()}:
                # begun in the order they came, and nothing is awaited before they are kept: so they are kept in order
                work = asyncio.create_task(self._take(frame))
                self._taking.add(work)
                work.add_done_callback(self._taking.discard)
            case _:
                return

    async def _take(self, frame: dict[str, Any]) -> None:
        payload: Any = frame.get("payload")
        said = await self._receiver.take(payload if isinstance(payload, dict) else {})  # pyright: ignore[reportUnknownArgumentType]
        if said is None:  # not kept, so Slack sends it again
            return
        answer = {"envelope_id": frame["envelope_id"], **({"payload": said} if said else {})}
        with suppress(ConnectionError, RuntimeError):  # gone meanwhile: Slack sends it again, and it is known then
            await self._socket.send_str(json.dumps(answer))
