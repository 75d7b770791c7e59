"""What a platform sends is durable before it is acknowledged, and handled once, in order."""

import asyncio
from datetime import UTC, datetime

import pytest

from agent_core.errors import StorageFull
from agent_core.inbox import Inbox
from storage.inbox_store import SqlInboxStore
from storage.sqlite import open_sqlite


def noon():
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path):
    async with open_sqlite(tmp_path / "nod.db") as database:
        yield SqlInboxStore(database)


class Handler:
    """Notes what it is given. `closed` lanes wait for `gate`."""

    def __init__(self, *, closed=(), troubles=()):
        self.got = []
        self.closed = closed
        self.troubles = list(troubles)
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.news = asyncio.Event()

    async def after(self, count):
        """Wait until so many things were handled."""
        async with asyncio.timeout(5):
            while len(self.got) < count:
                self.news.clear()
                await self.news.wait()

    async def __call__(self, payload):
        self.begun.set()
        if payload["lane"] in self.closed:
            await self.gate.wait()
        if self.troubles:
            raise self.troubles.pop(0)
        self.got.append(payload["text"])
        self.news.set()


async def take(inbox, key, text="", lane="C1"):
    return await inbox.take(key, lane, {"text": text or key, "lane": lane})


async def test_what_came_is_handled_once_however_often_it_is_delivered(store):
    handler = Handler()
    async with Inbox("slack", store, noon, handler) as inbox:
        taken = await asyncio.gather(*(take(inbox, "Ev1") for _ in range(5)))
        await inbox.idle()
        assert not await take(inbox, "Ev1")
    assert sorted(taken) == [False] * 4 + [True]
    assert handler.got == ["Ev1"]


async def test_a_lane_is_handled_in_order_and_holds_up_no_other(store):
    handler = Handler(closed=("C1",))
    async with Inbox("slack", store, noon, handler) as inbox:
        for key, lane in (("a", "C1"), ("b", "C1"), ("c", "C2"), ("d", "C2")):
            await take(inbox, key, lane=lane)
        await handler.after(2)
        assert handler.got == ["c", "d"]
        handler.gate.set()
        await inbox.idle()
    assert handler.got == ["c", "d", "a", "b"]


async def test_what_a_killed_process_left_is_handled_by_the_next(store):
    stuck = Handler(closed=("C1",))
    async with Inbox("slack", store, noon, stuck) as inbox:
        await take(inbox, "a")
        await take(inbox, "b")
        await stuck.begun.wait()
    assert stuck.got == []
    handler = Handler()
    async with Inbox("slack", store, noon, handler) as inbox:
        await inbox.idle()
        assert not await take(inbox, "a")
    assert handler.got == ["a", "b"]


async def test_a_fault_in_one_thing_stops_nothing_after_it(store):
    handler = Handler(troubles=[KeyError("odd")])
    async with Inbox("slack", store, noon, handler) as inbox:
        await take(inbox, "a")
        await take(inbox, "b")
        await inbox.idle()
    assert handler.got == ["b"]
    assert await store.pending("slack") == []


async def test_what_storage_cannot_take_now_is_tried_again(store):
    handler = Handler(troubles=[StorageFull(where="nod.db"), StorageFull(where="nod.db")])
    async with Inbox("slack", store, noon, handler, retry=0) as inbox:
        await take(inbox, "a")
        await inbox.idle()
    assert handler.got == ["a"]


async def test_what_is_said_only_once_is_known_across_restarts(store):
    async with Inbox("slack", store, noon, Handler()) as inbox:
        assert await inbox.first("hint:run-1")
        assert not await inbox.first("hint:run-1")
    async with Inbox("slack", store, noon, Handler()) as inbox:
        assert not await inbox.first("hint:run-1")
        assert await inbox.first("hint:run-2")
