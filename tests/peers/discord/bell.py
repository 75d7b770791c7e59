"""A bell that rings at each change, so that tests wait for what they want to see and never for time."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


class Bell:
    """Wakes those who wait for a predicate."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Something changed: let everybody look again."""
        for event in self._waiting:
            event.set()

    async def until(self, predicate: Callable[[], Seen], guard: float) -> Seen:
        """What the predicate returns once that is true; `guard` seconds are the end of a test that would hang."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(guard):
                while not (seen := predicate()):
                    event.clear()
                    await event.wait()
                return seen
        except TimeoutError:
            raise AssertionError(f"did not happen within {guard} s: {_described(predicate)}") from None
        finally:
            self._waiting.discard(event)


def _described(predicate: Callable[[], object]) -> str:
    code = getattr(predicate, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(predicate)
