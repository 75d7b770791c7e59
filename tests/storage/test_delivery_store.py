"""Which message shows which Card."""

import pytest

from agent_core.domain import Origin
from agent_core.platform_ports import Delivery
from storage.delivery_store import SqlDeliveryStore
from tests.storage.journals import Journal


@pytest.fixture
def deliveries(database):
    return SqlDeliveryStore(database)


async def test_a_run_without_deliveries_has_none(deliveries):
    assert await deliveries.deliveries("r1") == {}


async def test_deliveries_come_back_by_card(deliveries):
    plan, step = Delivery("r1", "plan", "ts1", "d1"), Delivery("r1", "step:1", "", "d2")
    for delivery in (plan, step, Delivery("r2", "plan", "ts9", "d9")):
        await deliveries.keep(delivery)
    assert await deliveries.deliveries("r1") == {"plan": plan, "step:1": step}


async def test_the_newest_delivery_of_a_card_counts(deliveries):
    await deliveries.keep(Delivery("r1", "plan", "", "d1"))
    posted = Delivery("r1", "plan", "ts1", "d2")
    await deliveries.keep(posted)
    assert await deliveries.deliveries("r1") == {"plan": posted}


async def test_a_message_leads_to_the_card_that_it_shows(deliveries):
    step = Delivery("r1", "step:1", "ts2", "d2", "call-digest")
    for delivery in (Delivery("r1", "plan", "", "d1"), step):
        await deliveries.keep(delivery)
    assert await deliveries.of_message("ts2") == step
    assert await deliveries.of_message("ts9") is None
    assert await deliveries.of_message("") is None


async def test_runs_that_changed_since_they_were_delivered_are_found(deliveries, store):
    for name, platform in (("a", "slack"), ("b", "slack"), ("c", "discord"), ("d", "web")):
        await store.create(Journal(name).next(origin=Origin(platform, thread=name)))
    assert await deliveries.undelivered(["slack", "discord"]) == ["a", "b", "c"]
    await deliveries.delivered("a", 1)
    assert await deliveries.undelivered(["slack"]) == ["b"]
    assert await deliveries.undelivered(["slack", "discord"], limit=1) == ["b"]
    await deliveries.delivered("a", 0)  # an older look that comes late changes nothing
    assert "a" not in await deliveries.undelivered(["slack"])


async def test_a_run_set_aside_is_found_by_its_workspace_alone_until_it_is_delivered(deliveries, store):
    for name, workspace in (("a", "w1"), ("b", "w1"), ("c", "w2")):
        await store.create(Journal(name).next(origin=Origin("discord", workspace, thread=name)))
    for name in ("a", "b", "c"):
        await deliveries.set_aside(name)
    assert await deliveries.undelivered(["discord"]) == []
    assert sorted(await deliveries.aside("discord", "w1")) == ["a", "b"]
    assert await deliveries.aside("slack", "w1") == []
    await deliveries.delivered("a", 1)
    assert await deliveries.aside("discord", "w1") == ["b"]


async def test_a_delivery_whose_message_was_deleted_is_told_from_one_that_is_uncertain(deliveries):
    shown = Delivery("r1", "plan", "ts1", "d1")
    assert not shown.is_deleted
    assert not Delivery("r1", "plan", "", "d1").is_deleted
    await deliveries.keep(shown.deleted())
    assert (await deliveries.deliveries("r1"))["plan"].is_deleted
    assert await deliveries.of_message("ts1") is None
