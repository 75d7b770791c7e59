import asyncio
from contextlib import asynccontextmanager

import pytest

from agent_core.ports import Message
from bot.late_model import late_model
from tests.agent_core.scripted import ScriptedModel, report

ASK = [Message("user", "hello")]


class Opening:
    """Counts how often a model was opened and closed."""

    def __init__(self, *, gate=None, error=None):
        self.opened = self.closed = 0
        self.gate, self.error = gate, error
        self.begun = asyncio.Event()

    @asynccontextmanager
    async def __call__(self):
        self.begun.set()
        if self.gate:
            await self.gate.wait()
        if self.error:
            raise self.error
        self.opened += 1
        yield ScriptedModel(turns=lambda _: report())
        self.closed += 1


async def test_a_model_that_nobody_asks_is_never_opened():
    opening = Opening()
    async with late_model("m", opening, rehearsal=True) as model:
        assert (model.name, model.rehearsal) == ("m", True)
    assert (opening.opened, opening.closed) == (0, 0)


async def test_it_is_opened_once_for_all_who_ask_and_closed_at_the_end():
    opening = Opening()
    async with late_model("m", opening, rehearsal=False) as model:
        turns = await asyncio.gather(*(model.turn(ASK, []) for _ in range(5)))
        assert [turn.text for turn in turns] == ["It is done."] * 5
        assert (opening.opened, opening.closed) == (1, 0)
    assert (opening.opened, opening.closed) == (1, 1)


async def test_who_gives_up_waiting_does_not_spoil_it_for_others():
    opening = Opening(gate=asyncio.Event())
    async with late_model("m", opening, rehearsal=False) as model:
        first, second = (asyncio.create_task(model.turn(ASK, [])) for _ in range(2))
        await opening.begun.wait()
        first.cancel()
        opening.gate.set()
        assert (await second).text == "It is done."
        assert first.cancelled()


async def test_why_it_cannot_be_opened_is_told_to_who_asks():
    async with late_model("m", Opening(error=OSError("no port")), rehearsal=False) as model:
        for _ in range(2):
            with pytest.raises(OSError, match="no port"):
                await model.turn(ASK, [])


async def test_the_end_does_not_wait_for_a_model_that_is_still_opening():
    opening = Opening(gate=asyncio.Event())
    async with late_model("m", opening, rehearsal=False) as model:
        asking = asyncio.create_task(model.turn(ASK, []))
        await opening.begun.wait()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_what_failed_once_is_tried_again_by_who_asks_again():
    opening = Opening(error=RuntimeError("asleep"))
    async with late_model("m", opening, rehearsal=False) as model:
        with pytest.raises(RuntimeError, match="asleep"):
            await model.turn(ASK, [])
        opening.error = None
        assert (await model.turn(ASK, [])).text == "It is done."
