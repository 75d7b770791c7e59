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


class Returns:
    """Tells listeners that Nod can be in a workspace of a platform again. They are called in the event loop."""

    def __init__(self) -> None:
        self._listeners: set[Callable[[str, str], None]] = set()

    def notify(self, platform: str, workspace: str) -> None:
        """Tell everyone that what was gone in the workspace may be back."""
        for listener in tuple(self._listeners):
            listener(platform, workspace)

    @contextmanager
    def listening(self, listener: Callable[[str, str], None]) -> Generator[None]:
        """Call `listener` with platform and workspace at every return."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)


class Wake:
    """Tells the one worker of a Run, in this process, to look at it again; `pending` until it begins to look."""

    def __init__(self) -> None:
        self.pending = False
        self._look: Callable[[], object] | None = None

    def set(self) -> None:
        """Say that something happened to the Run."""
        self.pending = True
        if self._look is not None:
            asyncio.get_running_loop().call_soon(self._look)

    def clear(self) -> None:
        """Say that whatever happened until now is looked at."""
        self.pending = False

    @contextmanager
    def heard_by(self, look: Callable[[], object]) -> Generator[None]:
        """Have `look` called soon after every wake; now and then without one."""
        self._look = look
        try:
            yield
        finally:
            self._look = None
