"""Doors to platforms live beside the web workspace, and are told of when they are in trouble."""

import asyncio
from contextlib import asynccontextmanager

from agent_core.domain import Actor, Origin
from agent_core.presenter import ROOT
from bot import ownership
from bot.bootstrap import open_nod
from bot.serve import connect
from tests.agent_core.platforms import Platform
from tests.bot.nod import settings_in

CAROL = Actor("slack", "U1", "Carol")


@asynccontextmanager
async def delivering(folder, platform):
    async with open_nod(settings_in(folder)) as nod, nod.tending(), nod.delivering({"slack": platform}) as deliverer:
        yield nod, deliverer


async def shown(platform, count=1):
    async with asyncio.timeout(20):
        while len(platform.messages) < count:
            platform.called.clear()
            await platform.called.wait()


async def test_a_goal_of_a_platform_is_shown_there_and_its_message_is_found_again(tmp_path):
    platform = Platform()
    async with delivering(tmp_path, platform) as (nod, deliverer):
        origin = Origin("slack", "T1", "C1", "1700.0001")
        run_id = await nod.service.submit("write a blog about AI", origin=origin, actor=CAROL)
        await shown(platform)
        await nod.dispatcher.idle()
        await asyncio.wait_for(deliverer.settled(), 20)
        threads = nod.service.threads
        ref = await threads.message_of(run_id)
        delivery = await threads.shown_by(ref)
        assert (delivery.run_id, delivery.card_id) == (run_id, ROOT)
        assert delivery.digest == (await nod.service.state(run_id)).plan.digest
        assert (await threads.newest_in(origin)).run_id == run_id
        assert await threads.newest_in(Origin("slack", "T1", "C1", "1700.0002")) is None
        assert [run.run_id for run, _approval in await nod.service.waiting_for(CAROL)] == [run_id]
        assert await nod.service.waiting_for(Actor("slack", "U2")) == []


async def test_what_was_not_delivered_before_a_restart_is_delivered_after_it(tmp_path):
    down = Platform()
    down.open.clear()
    async with delivering(tmp_path, down) as (nod, _):
        await nod.service.submit("write a blog about AI", origin=Origin("slack", "T1", "C1"), actor=CAROL)
        await down.called.wait()
    up = Platform()
    async with delivering(tmp_path, up):
        await shown(up)
    assert next(card.id for _run, card in up.messages.values()) == ROOT


class Listener(Platform):
    """A door that notes whether it is connected."""

    def __init__(self):
        super().__init__()
        self.messenger = self
        self.routes = ()
        self.connected = asyncio.Event()

    async def serve(self):
        self.connected.set()
        await asyncio.Event().wait()

    def trouble(self):
        return ""


@asynccontextmanager
async def connecting(nod, door):
    work = asyncio.create_task(connect(nod, {"slack": door}))
    try:
        yield
    finally:
        work.cancel()
        await asyncio.wait([work])


async def test_one_process_alone_is_connected_and_the_next_takes_over_when_it_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(ownership, "LOOK", 0.01)
    one, two = Listener(), Listener()
    settings = settings_in(tmp_path)
    async with open_nod(settings) as first, open_nod(settings) as second:
        owning, guest = first.tending(), second.tending()
        assert await owning.__aenter__()
        assert not await guest.__aenter__()
        async with connecting(second, two):
            async with connecting(first, one):
                await asyncio.wait_for(one.connected.wait(), 10)
                await second.service.submit("write a blog about AI", origin=Origin("slack", "T1", "C1"), actor=CAROL)
                await shown(one)  # the owner shows what another process was asked
                assert (two.connected.is_set(), two.messages) == (False, {})
            await owning.__aexit__(None, None, None)
            await asyncio.wait_for(two.connected.wait(), 10)
        await guest.__aexit__(None, None, None)
