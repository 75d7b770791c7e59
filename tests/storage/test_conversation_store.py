"""What was said at an Origin, and what is set for its channel."""

import pytest

from agent_core.domain import Actor, Origin
from agent_core.ports import Said
from storage.conversation_store import SqlChannelStore, SqlConversationStore
from tests.storage.journals import ALICE, after

THREAD = Origin("slack", "T", "C", "1.2")
CHANNEL = Origin("slack", "T", "C")


@pytest.fixture
def conversations(database):
    return SqlConversationStore(database)


@pytest.fixture
def channels(database):
    return SqlChannelStore(database)


async def test_what_was_said_comes_back_oldest_first(conversations):
    asked = Said("What is new?", ALICE, after(0), "r1")
    told = Said("This page says …", None, after(1), "r1", trusted=False)
    for said in (asked, told):
        await conversations.add(THREAD, said)
    assert await conversations.recent(THREAD) == [asked, told]
    assert (await conversations.recent(THREAD))[0].actor.name == "Alice"


async def test_only_the_newest_are_recent(conversations):
    for n in range(5):
        await conversations.add(THREAD, Said(str(n), ALICE, after(n)))
    assert [said.text for said in await conversations.recent(THREAD, limit=2)] == ["3", "4"]


async def test_what_was_said_at_the_same_time_keeps_its_order(conversations):
    for n in range(12):
        await conversations.add(THREAD, Said(str(n), ALICE, after(0)))
    assert [said.text for said in await conversations.recent(THREAD)] == [str(n) for n in range(12)]


async def test_each_origin_has_a_conversation_of_its_own(conversations):
    await conversations.add(THREAD, Said("in the thread", ALICE, after(0)))
    assert await conversations.recent(CHANNEL) == []


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


async def test_an_actor_reads_back_with_the_name_to_show(conversations):
    bob = Actor("discord", "42", "Bób 😀")
    await conversations.add(THREAD, Said("hi", bob, after(0)))
    found = (await conversations.recent(THREAD))[0].actor
    assert (found, found.name) == (bob, "Bób 😀")
