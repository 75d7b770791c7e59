"""The direct conversations that are read after a gap are those of the people who talked with Nod last."""

import asyncio

from adapters.discord.directs import MOST, Directs
from tests.adapters.discord.notes import Notes


async def test_a_channel_is_noted_once_and_known_after_a_restart():
    notes = Notes()
    directs = Directs(notes)
    assert await directs.newest() == []
    for channel in ("1", "2", "1"):
        await directs.note(channel)
    assert notes.writes == 2
    assert await Directs(notes).newest() == ["1", "2"]
    assert await directs.newest(1) == ["2"]


async def test_of_too_many_the_first_is_forgotten_and_noted_again_when_it_is_heard_of():
    directs = Directs(Notes())
    for number in range(MOST + 1):
        await directs.note(str(number))
    assert "0" not in await directs.newest()
    assert len(await directs.newest()) == MOST
    await directs.note("0")
    assert (await directs.newest())[-1] == "0"


async def test_of_two_that_are_noted_at_once_none_is_lost():
    notes = Notes()
    directs = Directs(notes)
    await asyncio.gather(directs.note("1"), directs.note("2"))
    assert await directs.newest() == ["1", "2"]
    assert await Directs(notes).newest() == ["1", "2"]
