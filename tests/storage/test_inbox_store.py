"""What platforms sent is there once, until it is handled."""

import asyncio

import pytest

from agent_core.platform_ports import Incoming
from storage.inbox_store import SqlInboxStore
from tests.storage.journals import NOON, after

FIRST = Incoming("slack", "Ev1", "C1", '{"text": "hello"}')
SECOND = Incoming("slack", "Ev2", "C1", '{"text": "again"}')


@pytest.fixture
def inbox(database):
    return SqlInboxStore(database)


async def test_what_came_is_pending_in_the_order_it_came(inbox):
    assert await inbox.add(FIRST, NOON)
    assert await inbox.add(SECOND, NOON)
    assert await inbox.add(Incoming("discord", "Ev1", "", "{}"), NOON)
    assert await inbox.pending("slack") == [FIRST, SECOND]


async def test_a_redelivery_is_known_before_and_after_it_was_handled(inbox):
    assert await inbox.add(FIRST, NOON)
    assert not await inbox.add(FIRST, after(1))
    await inbox.finish("slack", "Ev1")
    assert not await inbox.add(FIRST, after(2))
    assert await inbox.pending("slack") == []


async def test_of_two_deliveries_at_once_one_is_first(inbox):
    assert sorted(await asyncio.gather(*(inbox.add(FIRST, NOON) for _ in range(8)))) == [False] * 7 + [True]


async def test_the_contents_of_what_was_handled_are_erased(inbox, database):
    await inbox.add(FIRST, NOON)
    await inbox.finish("slack", "Ev1")
    assert await database.read("SELECT inbox_key, payload FROM inbox") == [("Ev1", None)]


async def test_a_key_alone_is_never_pending(inbox):
    assert await inbox.add(Incoming("slack", "once", "", ""), NOON)
    assert await inbox.pending("slack") == []


async def test_only_what_is_old_and_handled_is_forgotten(inbox):
    await inbox.add(FIRST, NOON)
    await inbox.add(SECOND, NOON)
    await inbox.finish("slack", "Ev1")
    await inbox.prune(NOON)
    assert not await inbox.add(FIRST, after(1))
    await inbox.prune(after(60))
    assert await inbox.pending("slack") == [SECOND]
    assert await inbox.add(FIRST, after(61))


async def test_a_key_that_is_forgotten_is_new_again(inbox):
    await inbox.add(FIRST, NOON)
    await inbox.finish("slack", "Ev1")
    await inbox.forget("slack", "Ev1")
    assert await inbox.add(FIRST, NOON)


async def test_keys_are_found_by_how_they_begin(inbox):
    for key in ("reaction:1/2/9/x", "reaction:1/2/8/y", "reaction:1/20/9/x", "message:2"):
        await inbox.add(Incoming("discord", key, "", ""), NOON)
    await inbox.add(Incoming("slack", "reaction:1/2/7/z", "", ""), NOON)
    assert await inbox.keys("discord", "reaction:1/2/") == ["reaction:1/2/8/y", "reaction:1/2/9/x"]


async def test_it_is_known_when_something_last_came(inbox):
    assert await inbox.newest("slack") is None
    await inbox.add(FIRST, after(5))
    await inbox.add(SECOND, NOON)
    await inbox.finish("slack", "Ev1")
    assert await inbox.newest("slack") == after(5)
    assert await inbox.newest("discord") is None
