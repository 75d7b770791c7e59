"""Which message shows which Card."""

import pytest

from agent_core.platform_ports import Delivery
from storage.delivery_store import SqlDeliveryStore


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
