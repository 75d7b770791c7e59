"""What is opened when it is first needed: most commands read no page and run no code, and each takes its time."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """Opens a context once, for all who ask; it is closed with `stack`."""

    def __init__(self, stack: AsyncExitStack, opening: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._stack = stack
        self._opening = opening
        self._opened: list[T] = []
        self._turn = asyncio.Lock()

    async def __call__(self) -> T:
        """Return what is open. What opening raises is raised, and it is tried again the next time."""
        async with self._turn:
            if not self._opened:
                self._opened.append(await self._stack.enter_async_context(self._opening()))
            return self._opened[0]
