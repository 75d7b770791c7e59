"""What was not delivered is, after a restart, from another process, and when a place is back."""

import pytest

from agent_core.journal import events as e
from agent_core.platform_ports import DeliveryFailed
from tests.agent_core.journals import ALICE, PLAN, state_of, submitted
from tests.agent_core.platforms import Naps, Platform, Store
from tests.agent_core.post import Post, catching_up, process, settled, until


@pytest.fixture
async def post():
    async with process(Post(Platform(), Store(), Naps())) as post:
        yield post


async def test_a_restart_in_the_middle_of_a_post_posts_it_once():
    platform, store = Platform(), Store()
    first = Post(platform, store, Naps())
    platform.lost = 1
    async with process(first):
        first.happens(e.FeedbackGiven(ALICE, "hello"))
        await until(first.naps.begun)  # the root is posted and its answer lost; then the process ends
    assert store.kept["run-1", "plan"].message_ref == ""
    second = Post(platform, store, Naps(), runs=first.runs)
    async with process(second), catching_up(second):
        await settled(second)
    assert second.is_shown()
    assert [card_id for kind, _run, card_id in platform.calls if kind == "post"] == ["plan", "note:2"]


async def test_a_restart_with_everything_delivered_calls_nobody():
    platform, store = Platform(), Store()
    first = Post(platform, store, Naps())
    async with process(first):
        first.happens(e.PlanProposed(1, PLAN))
        await settled(first)
    calls = list(platform.calls)
    second = Post(platform, store, Naps(), runs=first.runs)
    async with process(second), catching_up(second):
        await settled(second)
    assert platform.calls == calls


async def test_a_place_that_is_gone_is_left_alone(post):
    post.platform.troubles = [DeliveryFailed("channel deleted", gone=True)]
    post.happens()
    await settled(post)
    post.happens(e.RunStopped(ALICE))
    await settled(post)
    assert post.platform.calls == [("post", "run-1", "plan")]
    post.happens(run_id="run-2")
    await settled(post)
    assert post.is_shown("run-2")


async def test_what_another_process_appended_is_found_and_delivered(post):
    post.store.runs = post.runs
    post.runs["run-1"] = state_of(submitted(platform="slack"))
    async with catching_up(post):
        await settled(post)
    assert post.is_shown()
    assert await post.store.undelivered(["slack"]) == []


async def test_a_place_that_is_back_is_shown_everything(post):
    post.platform.troubles = [DeliveryFailed("not in the channel", gone=True)]
    post.happens()
    await settled(post)
    assert not post.is_shown()
    post.deliverer.again("run-1")
    await settled(post)
    assert post.is_shown()


async def test_what_was_set_aside_in_a_workspace_that_nod_returns_to_is_shown(post):
    post.platform.troubles = [DeliveryFailed("kicked", gone=True)]
    post.happens()
    await settled(post)
    origin = post.runs["run-1"].origin
    post.deliverer.returned(origin.platform, "another")
    await settled(post)
    assert not post.is_shown()
    post.deliverer.returned(origin.platform, origin.workspace)
    await settled(post)
    assert post.is_shown()


async def test_what_waits_long_for_a_place_is_tried_at_once_when_nod_is_back_there(post):
    post.platform.troubles = [DeliveryFailed("not in the channel", retry_after=300.0)]
    post.happens()
    await until(post.naps.begun)
    origin = post.runs["run-1"].origin
    post.deliverer.returned(origin.platform, origin.workspace)
    await settled(post)
    assert post.is_shown()
    assert post.naps.taken == [300.0]


async def test_a_delivery_knows_what_a_decision_on_its_message_is_given_for(post):
    post.happens(e.PlanProposed(1, PLAN))
    await settled(post)
    assert post.store.kept["run-1", "plan"].digest == PLAN.digest


async def test_what_was_set_aside_before_a_restart_is_shown_when_its_place_is_back_and_not_before():
    platform, store = Platform(), Store()
    first = Post(platform, store, Naps())
    platform.troubles = [DeliveryFailed("kicked", gone=True)]
    async with process(first):
        first.happens()
        await settled(first)
    second = Post(platform, store, Naps(), runs=first.runs)
    origin = second.runs["run-1"].origin
    async with process(second):
        async with catching_up(second):
            await settled(second)
            assert not second.is_shown()
        second.deliverer.returned(origin.platform, "another")
        second.deliverer.returned(origin.platform, origin.workspace)
        async with catching_up(second):
            await settled(second)
    assert second.is_shown()
    assert await store.aside(origin.platform, origin.workspace) == []
