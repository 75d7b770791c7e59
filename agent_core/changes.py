"""Who is told, within this process, that a Run changed."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager


class Changes:
    """Tells listeners which Run changed. Listeners are called in the event loop and must not block."""

    def __init__(self) -> None:
        self._listeners: set[Callable[[str], None]] = set()
        self._watching: dict[str, set[asyncio.Event]] = {}

    def notify(self, run_id: str) -> None:
        """Tell everyone that the Run has new events."""
        for listener in tuple(self._listeners):
            listener(run_id)
        for event in self._watching.get(run_id, ()):
            event.set()

    @contextmanager
    def listening(self, listener: Callable[[str], None]) -> Generator[None]:
        """Call `listener` with the id of every Run that changes."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    @contextmanager
    def watching(self, run_id: str) -> Generator[asyncio.Event]:
        """Give an event that is set whenever the Run changes; the watcher clears it."""
        event = asyncio.Event()
        self._watching.setdefault(run_id, set()).add(event)
        try:
            yield event
        finally:
            self._watching[run_id].discard(event)
            if not self._watching[run_id]:
                del self._watching[run_id]
