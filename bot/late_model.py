"""A language model that is opened when it is first asked, so that nothing waits for it before."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from pydantic import BaseModel

from agent_core.ports import Filled, LanguageModel, Message, ToolSpec, Turn

T = TypeVar("T", bound=BaseModel)
Open = Callable[[], AbstractAsyncContextManager[LanguageModel]]


class LateModel:
    """A ports.LanguageModel in front of one that is not open yet. Make one with `late_model`."""

    def __init__(self, name: str, *, rehearsal: bool) -> None:
        self.name = name
        self.rehearsal = rehearsal
        self.wanted = asyncio.Event()
        self.opened: asyncio.Future[LanguageModel] = asyncio.get_running_loop().create_future()

    async def turn(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Turn:
        """Return the model's next turn: text, ToolCalls, or both; never neither. Raises ModelError."""
        return await (await self._model()).turn(messages, tools)

    async def fill(self, messages: Sequence[Message], form: type[T]) -> Filled[T]:
        """Return an instance of `form` that the model filled in, validated here. Raises ModelError."""
        return await (await self._model()).fill(messages, form)

    async def _model(self) -> LanguageModel:
        self.wanted.set()
        return await asyncio.shield(self.opened)  # a cancelled caller must not cancel it for the others


@asynccontextmanager
async def late_model(name: str, open_model: Open, *, rehearsal: bool) -> AsyncGenerator[LanguageModel]:
    """Yield a model of this name that `open_model` opens when it is first asked; closed at the end if it was."""
    model = LateModel(name, rehearsal=rehearsal)
    closing = asyncio.Event()

    async def hold() -> None:
        """Open and close in one coroutine: contexts that hold tasks of their own want that."""
        while not closing.is_set():
            await model.wanted.wait()
            model.wanted.clear()
            try:
                async with open_model() as found:
                    model.opened.set_result(found)
                    await closing.wait()
            except Exception as error:
                if model.opened.done():
                    raise
                # told to who asked; who asks again has it tried again
                failed, model.opened = model.opened, asyncio.get_running_loop().create_future()
                failed.set_exception(error)

    holding = asyncio.create_task(hold(), name="language model")
    try:
        yield model
    finally:
        closing.set()
        if not model.opened.done():
            holding.cancel()
        await asyncio.wait([holding])
        if not holding.cancelled():
            holding.result()
        model.opened.cancel()
