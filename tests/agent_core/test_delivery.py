"""Messages follow Cards, however slow, down or forgetful a platform is."""

import asyncio

import pytest

from agent_core.delivery import LONGEST_WAIT, STORE_WAIT, Deliverer
from agent_core.errors import StorageError
from agent_core.journal import events as e
from agent_core.platform_ports import CardDeleted, Delivery, DeliveryFailed
from agent_core.presenter import chat_cards
from tests.agent_core.journals import ALICE, PLAN, state_of, submitted
from tests.agent_core.platforms import Naps, Platform, Store
from tests.agent_core.post import Post, process, settled, until


@pytest.fixture
async def post():
    async with process(Post(Platform(), Store(), Naps())) as post:
        yield post


async def test_cards_are_posted_in_thread_order(post):
    post.happens(e.FeedbackGiven(ALICE, "hello"), e.RunPaused(ALICE))
    await settled(post)
    assert post.platform.calls == [("post", "run-1", "plan"), ("post", "run-1", "note:2"), ("post", "run-1", "note:3")]
    assert post.is_shown()


async def test_only_cards_that_changed_are_edited(post):
    post.happens()
    await settled(post)
    post.happens(e.FeedbackGiven(ALICE, "hello"))
    await settled(post)
    assert post.platform.calls == [("post", "run-1", "plan"), ("post", "run-1", "note:2")]
    post.happens(e.FeedbackGiven(ALICE, "hello"), e.PlanProposed(1, PLAN, seen=1))  # what was written stays unread
    await settled(post)
    assert post.platform.calls[2:] == [("edit", "run-1", "plan")]
    assert set(post.platform.shows()) == set(chat_cards(post.runs["run-1"]))


async def test_a_change_that_shows_nothing_new_calls_nobody(post):
    post.happens()
    await settled(post)
    calls = list(post.platform.calls)
    post.deliverer.changed("run-1")
    await settled(post)
    assert post.platform.calls == calls


async def test_a_burst_while_the_platform_is_slow_ends_in_one_edit(post):
    post.happens()
    await settled(post)
    post.platform.open.clear()
    post.platform.called.clear()
    post.happens(e.RunPaused(ALICE))
    await until(post.platform.called)  # the first edit or post hangs in the platform
    before = len(post.platform.calls)
    for name in "abcdefgh":
        post.happens(e.RunPaused(ALICE), e.RunStopped(ALICE, name))
    post.platform.open.set()
    await settled(post)
    edits = [card_id for kind, _run, card_id in post.platform.calls[before:] if kind == "edit"]
    assert edits.count("plan") == 1
    assert set(post.platform.shows()) == set(chat_cards(post.runs["run-1"]))


async def test_a_run_whose_platform_is_slow_holds_up_no_other(post):
    slow = post.platform
    slow.open.clear()
    slow.called.clear()
    post.happens()
    await until(slow.called)
    slow.called.clear()
    post.happens(run_id="run-2")
    await until(slow.called)
    assert {run for _kind, run, _card in slow.calls} == {"run-1", "run-2"}
    slow.open.set()
    await settled(post)


async def test_a_slow_platform_holds_up_no_other_platform():
    slow, quick, store, naps = Platform(), Platform(), Store(), Naps()
    runs = {f"run-{number}": state_of(submitted(platform="slack"), run_id=f"run-{number}") for number in range(20)} | {
        "quick": state_of(submitted(platform="discord"), run_id="quick")
    }

    async def load(run_id):
        return runs[run_id]

    slow.open.clear()
    deliverer = Deliverer({"slack": slow, "discord": quick}, store, load, sleep=naps)
    running = asyncio.create_task(deliverer.run())
    for run_id in runs:
        deliverer.changed(run_id)
    await until(quick.called)
    slow.open.set()
    await asyncio.wait_for(deliverer.settled(), 5)
    assert quick.shows("quick") == chat_cards(runs["quick"])
    assert all(slow.shows(run_id) for run_id in runs if run_id != "quick")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_platform_that_is_down_is_tried_again_when_it_asks_to_be(post):
    post.platform.troubles = [DeliveryFailed("rate limited", retry_after=42.0)]
    post.happens()
    await until(post.naps.begun)
    assert post.naps.taken == [42.0]
    post.naps.over.set()
    await settled(post)
    assert post.is_shown()


async def test_waits_grow_while_a_platform_stays_down(post):
    post.platform.troubles = [DeliveryFailed("down", retry_after=0.5) for _ in range(12)]
    post.naps.over.set()
    post.happens()
    await settled(post)
    assert post.naps.taken[:4] == [1.0, 2.0, 4.0, 8.0]
    assert post.naps.taken[-1] == LONGEST_WAIT
    assert post.is_shown()


async def test_one_run_s_wait_is_not_another_s(post):
    post.platform.troubles = [DeliveryFailed("rate limited", retry_after=600.0)]
    post.happens()
    await until(post.naps.begun)
    post.happens(run_id="run-2")
    while not post.is_shown("run-2"):
        await until(post.store.written)
    assert post.platform.shows() == ()
    post.naps.over.set()
    await settled(post)
    assert post.is_shown()


async def test_the_newest_state_is_sent_after_a_wait(post):
    post.platform.troubles = [DeliveryFailed("down")]
    post.happens()
    await until(post.naps.begun)
    post.happens(e.RunStopped(ALICE))
    post.naps.over.set()
    await settled(post)
    assert post.is_shown()
    assert [kind for kind, _run, _card in post.platform.calls if kind == "edit"] == []


async def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(post):
    post.platform.lost = 1
    post.naps.over.set()
    post.happens()
    await settled(post)
    assert post.platform.calls == [("post", "run-1", "plan"), ("find", "run-1", "plan")]
    assert post.store.kept["run-1", "plan"].message_ref == "message-1"
    assert post.is_shown()


async def test_a_lost_post_that_never_arrived_is_posted_again(post):
    post.platform.troubles = [DeliveryFailed("dropped", retry_after=0)]
    post.naps.over.set()
    post.happens()
    await settled(post)
    assert [kind for kind, _run, _card in post.platform.calls] == ["post", "find", "post"]
    assert post.is_shown()


async def test_a_found_message_is_edited_to_the_newest_state(post):
    post.platform.lost = 1
    post.happens()
    await until(post.naps.begun)
    post.happens(e.RunStopped(ALICE))
    post.naps.over.set()
    await settled(post)
    assert post.platform.calls[1:3] == [("find", "run-1", "plan"), ("edit", "run-1", "plan")]
    assert post.is_shown()


async def test_a_run_asked_elsewhere_is_not_loaded_again_and_again(post):
    post.happens(platform="web")
    await settled(post)
    del post.runs["run-1"]
    post.deliverer.changed("run-1")
    await settled(post)
    assert post.platform.calls == []


async def test_a_card_its_view_fails_on_holds_up_no_other(post):
    post.platform.broken = "plan"
    post.happens(e.FeedbackGiven(ALICE, "hello"))
    await settled(post)
    assert [card.id for card in post.platform.shows()] == ["note:2"]
    post.platform.broken = None
    post.happens(e.FeedbackGiven(ALICE, "hello"), e.RunStopped(ALICE))
    await settled(post)
    assert set(post.platform.shows()) == set(chat_cards(post.runs["run-1"]))


async def test_an_unknown_run_and_a_faulty_load_end_nothing(post):
    post.deliverer.changed("nobody")
    await settled(post)
    post.runs["odd"] = None  # not a RunState at all
    post.deliverer.changed("odd")
    await settled(post)
    post.happens()
    await settled(post)
    assert post.is_shown()


async def test_a_database_in_trouble_is_asked_again(post):
    post.store.failures = [StorageError(where="nod.db", reason="locked")]
    post.happens()
    await until(post.naps.begun)
    assert post.naps.taken == [STORE_WAIT]
    post.naps.over.set()
    await settled(post)
    assert post.is_shown()


async def test_what_is_posted_is_kept_before_and_after(post):
    post.platform.open.clear()
    post.platform.called.clear()
    post.happens()
    await until(post.platform.called)
    root = chat_cards(post.runs["run-1"])[0]
    assert post.store.kept["run-1", "plan"] == Delivery("run-1", "plan", "", root.fingerprint())
    post.platform.open.set()
    await settled(post)
    assert post.store.kept["run-1", "plan"] == Delivery("run-1", "plan", "message-1", root.fingerprint())


async def test_without_platforms_nothing_is_kept_to_do():
    deliverer = Deliverer({}, Store(), lambda run_id: None, sleep=Naps())
    deliverer.changed("run-1")
    await asyncio.wait_for(deliverer.settled(), 1)


async def test_a_card_whose_message_was_deleted_is_posted_anew_while_something_is_asked_on_it(post):
    post.happens(e.PlanProposed(1, PLAN))
    await settled(post)
    post.platform.messages.clear()
    post.platform.troubles = [CardDeleted()]
    post.happens(e.PlanProposed(1, PLAN), e.PlanProposed(2, PLAN))
    await settled(post)
    assert post.platform.calls[1:] == [("edit", "run-1", "plan"), ("post", "run-1", "plan")]


async def test_a_card_whose_message_was_deleted_stays_away_when_nothing_is_asked_on_it(post):
    post.happens(e.PlanProposed(1, PLAN))
    await settled(post)
    post.platform.troubles = [CardDeleted()]
    post.happens(e.PlanProposed(1, PLAN), e.RunStopped(ALICE))
    await settled(post)
    post.deliverer.changed("run-1")
    await settled(post)
    assert [call[0] for call in post.platform.calls if call[2] == "plan"] == ["post", "edit"]


async def test_a_deletion_that_is_noted_while_cards_are_sent_is_seen(post):
    post.happens(e.PlanProposed(1, PLAN))
    await settled(post)
    post.platform.open.clear()
    post.platform.called.clear()
    post.happens(e.PlanProposed(1, PLAN), e.FeedbackGiven(ALICE, "hello"))
    await until(post.platform.called)
    await post.store.keep(post.store.kept["run-1", "plan"].deleted())
    post.deliverer.changed("run-1")
    post.platform.calls.clear()
    post.platform.open.set()
    await settled(post)
    assert ("post", "run-1", "plan") in post.platform.calls
