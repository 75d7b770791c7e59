"""The gateway goes away, and one of two processes has it: Nod as its own process, with Discord in front of it."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.adapters.discord.looking import asked, finish, stepping
from tests.end_to_end.discord_process import opened
from tests.end_to_end.nod_process import NodProcess
from tests.peers.discord.fixtures import ada, general, guild, peer

__all__ = ["ada", "general", "guild", "peer"]


@pytest.fixture
async def nod(peer, tmp_path):
    async with opened(peer, tmp_path) as started:
        yield started


async def test_a_session_that_is_invalid_is_begun_anew_and_nothing_is_missed(nod, peer, general, ada):
    step, thread = await stepping(nod, ada, general)
    peer.gateway_invalidate(resumable=False)
    peer.react(ada, step, "✅")  # to no session at all
    await peer.until(lambda: "Approve" not in step.buttons)
    await finish(nod, ada, thread)
    assert peer.gateway.identified == 2


async def test_a_gateway_that_answers_no_heartbeats_is_left_for_another(peer, general, ada, tmp_path):
    peer.gateway.heartbeat_interval = 0.5
    async with opened(peer, tmp_path) as nod:
        step, thread = await stepping(nod, ada, general)
        peer.gateway_zombie()
        peer.react(ada, step, "✅")
        await peer.until(lambda: peer.gateway.resumed)
        await finish(nod, ada, thread)
        assert peer.gateway.identified == 1


async def test_an_open_gateway_that_keeps_events_back_while_rest_shows_some_is_replaced(peer, general, ada, tmp_path):
    async with opened(peer, tmp_path, DISCORD_QUIET_SECONDS="1") as nod:
        step, thread = await stepping(nod, ada, general)
        peer.gateway_hold()  # heartbeats are still answered
        peer.react(ada, step, "✅")
        await peer.until(lambda: peer.gateway.identified == 2)
        await peer.until(lambda: "Approve" not in step.buttons)
        await finish(nod, ada, thread)
    assert "discord_deaf" in nod.log


@asynccontextmanager
async def beside(nod):
    """A second process on the same database."""
    second = NodProcess(nod.process.folder, nod.process.settings)
    try:
        await asyncio.to_thread(second.start)
        yield second
    finally:
        await asyncio.to_thread(second.kill)


@pytest.mark.parametrize("end", ["kill", "stop"])
async def test_one_of_two_processes_is_connected_and_the_other_takes_over_when_it_ends(nod, peer, general, ada, end):
    step, thread = await stepping(nod, ada, general)
    async with beside(nod) as second:
        await finish_step(nod, peer, ada, step)
        assert peer.gateway.identified == 1
        assert len(peer.world.sessions) == 1
        await asyncio.to_thread(getattr(nod.process, end))
        peer.react(ada, await asked(nod, thread), "👍")
        await peer.until(lambda: peer.gateway.identified == 2)
        await finish(nod, ada, thread)
        assert second.process.poll() is None
        texts = [message.text for message in peer.bot_messages(thread)]
        assert len(texts) == len(set(texts))


async def finish_step(nod, peer, person, step):
    """Approve a step, and wait until the next one asks."""
    await peer.click(person, step, "Approve")
    await peer.until(lambda: "Approve" not in step.buttons)
    await asked(nod, step.channel)
