"""What was said at an Origin, and what is set for its channel."""

from dataclasses import replace

import pytest

from agent_core.domain import Actor, Origin
from agent_core.errors import JournalConflict
from agent_core.ports import Said
from storage.conversation_store import SqlChannelStore, SqlConversationStore
from tests.storage.journals import ALICE, Journal, after

THREAD = Origin("slack", "T", "C", "1.2")
CHANNEL = Origin("slack", "T", "C")


@pytest.fixture
def conversations(database):
    return SqlConversationStore(database)


@pytest.fixture
def channels(database):
    return SqlChannelStore(database)


async def keep(store, *said):
    """Keep what was said in THREAD, each with a commit of its own."""
    journal = Journal("r1")
    await store.create(journal.next(origin=THREAD))
    for each in said:
        await store.append(replace(journal.next(origin=THREAD), said=[each]))


async def test_what_was_said_comes_back_oldest_first(store, conversations):
    asked = Said("What is new?", ALICE, after(0), "r1")
    told = Said("This page says …", None, after(1), "r1", trusted=False)
    await keep(store, asked, told)
    assert await conversations.recent(THREAD) == [asked, told]
    assert (await conversations.recent(THREAD))[0].actor.name == "Alice"


async def test_only_the_newest_are_recent(store, conversations):
    await keep(store, *(Said(str(n), ALICE, after(n)) for n in range(5)))
    assert [said.text for said in await conversations.recent(THREAD, limit=2)] == ["3", "4"]


async def test_what_was_said_at_the_same_time_keeps_its_order(store, conversations):
    await store.create(
        replace(Journal("r1").next(origin=THREAD), said=[Said(str(n), ALICE, after(0)) for n in range(12)])
    )
    assert [said.text for said in await conversations.recent(THREAD)] == [str(n) for n in range(12)]


async def test_each_origin_has_a_conversation_of_its_own(store, conversations):
    await keep(store, Said("in the thread", ALICE, after(0)))
    assert await conversations.recent(CHANNEL) == []


async def test_what_is_said_in_a_commit_that_is_refused_was_not_said(store, conversations):
    words = [Said("hello", ALICE, after(0), "r1")]
    await store.create(replace(Journal("r1").next(origin=THREAD), said=words), "key")
    assert await store.create(replace(Journal("r2").next(origin=THREAD), said=words), "key") == "r1"
    stale = Journal("r1").next(origin=THREAD)
    with pytest.raises(JournalConflict):
        await store.append(replace(stale, said=words))
    assert await conversations.recent(THREAD) == words


async def test_a_channels_policy_holds_in_all_its_threads_and_nowhere_else(channels):
    await channels.set_policy(THREAD, "observe")
    assert await channels.policy(CHANNEL) == "observe"
    assert await channels.policy(Origin("slack", "T", "D")) == ""
    assert await channels.policy(Origin("discord", "T", "C")) == ""


async def test_a_channels_policy_can_be_changed_and_unset(channels):
    await channels.set_policy(CHANNEL, "observe")
    await channels.set_policy(CHANNEL, "side-effects")
    assert await channels.policy(CHANNEL) == "side-effects"
    await channels.set_policy(CHANNEL, "")
    assert await channels.policy(CHANNEL) == ""
    await channels.set_policy(CHANNEL, "")


async def test_an_actor_reads_back_with_the_name_to_show(store, conversations):
    bob = Actor("discord", "42", "Bób 😀")
    await keep(store, Said("hi", bob, after(0)))
    found = (await conversations.recent(THREAD))[0].actor
    assert (found, found.name) == (bob, "Bób 😀")
