"""The Inbox of a platform: what it sends is durable before it is acknowledged, and handled once, in order."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import structlog

from agent_core.errors import StorageBusy, StorageFull
from agent_core.platform_ports import InboxStore, Incoming
from agent_core.ports import Clock

KEPT = timedelta(days=14)  # for which a redelivery is known; Slack gives up after hours, Discord after minutes
AT_ONCE = 16  # lanes handled side by side
RETRY = 5.0  # seconds before what storage could not take is tried again

log = structlog.get_logger(__name__)

Handle = Callable[[Mapping[str, Any]], Awaitable[None]]


class Inbox:
    """Takes what one platform sends. While it is entered, each thing is given to `handle`, lane by lane.

    `handle` must stand being called twice for one thing: a process may be killed between it and the note that it is
    done. What it raises is logged, and the thing counts as handled.
    """

    def __init__(self, platform: str, store: InboxStore, clock: Clock, handle: Handle, *, retry: float = RETRY) -> None:
        self._platform = platform
        self._store = store
        self._clock = clock
        self._handle = handle
        self._retry = retry
        self._lanes: dict[str, deque[Incoming]] = {}
        self._work: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._open = False

    async def __aenter__(self) -> Self:
        await self._store.prune(self._clock() - KEPT)
        self._open = True
        for incoming in await self._store.pending(self._platform):
            self._queue(incoming)
        return self

    async def __aexit__(self, *_: object) -> None:
        # what is not handled yet stays pending, for the next start
        self._open = False
        for work in tuple(self._work):
            work.cancel()
        await self.idle()

    async def take(self, key: str, lane: str, payload: Mapping[str, Any]) -> bool:
        """Keep what came, durably, and have it handled soon; False when it came before.

        Raises:
            StorageError: it could not be kept, so it must not be acknowledged.
        """
        incoming = Incoming(self._platform, key, lane, json.dumps(payload))
        new = await self._store.add(incoming, self._clock())
        if new and self._open:
            self._queue(incoming)
        return new

    async def first(self, key: str) -> bool:
        """Say whether this is the first time that `key` is asked about: for what is said or done only once."""
        return await self._store.add(Incoming(self._platform, key, "", ""), self._clock())

    async def forget(self, key: str) -> None:
        """Forget a key: what comes under it is new again, as a reaction is that was taken back and given anew."""
        await self._store.forget(self._platform, key)

    async def known(self, prefix: str) -> Sequence[str]:
        """Return the keys that came and begin so."""
        return await self._store.keys(self._platform, prefix)

    async def newest(self) -> datetime | None:
        """Return when something last came, None if that is longer ago than keys are kept."""
        return await self._store.newest(self._platform)

    async def idle(self) -> None:
        """Wait until nothing is being handled."""
        while self._work:
            await asyncio.wait(tuple(self._work))

    def _queue(self, incoming: Incoming) -> None:
        if incoming.lane in self._lanes:
            self._lanes[incoming.lane].append(incoming)
            return
        self._lanes[incoming.lane] = deque([incoming])
        work = asyncio.create_task(self._serve(incoming.lane), name=f"inbox:{incoming.lane}")
        self._work.add(work)
        work.add_done_callback(self._work.discard)

    async def _serve(self, lane: str) -> None:
        """Handle what is in a lane, one after the other, until it is empty."""
        queue = self._lanes[lane]
        try:
            while queue:
                async with self._places:
                    await self._one(queue[0])
                queue.popleft()
        finally:
            del self._lanes[lane]

    async def _one(self, incoming: Incoming) -> None:
        while True:
            try:
                await self._handle(json.loads(incoming.payload))
                await self._store.finish(self._platform, incoming.key)
            except (StorageBusy, StorageFull) as error:
                log.warning("inbox_waits", platform=self._platform, error=type(error).__name__)
                await asyncio.sleep(self._retry)
                continue
            except Exception:
                # a fault in one thing must not stop what comes after it
                log.exception("inbox_fault", platform=self._platform, key=incoming.key)
                await self._forget(incoming.key)
            return

    async def _forget(self, key: str) -> None:
        try:
            await self._store.finish(self._platform, key)
        except (StorageBusy, StorageFull):
            log.warning("inbox_waits", platform=self._platform, key=key)
