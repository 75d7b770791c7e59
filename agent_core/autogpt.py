"""AutoGPT: goals from Python in one plain call, by whatever launcher is installed."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, TypeVar

from agent_core.cards import Card
from agent_core.domain import RunStatus
from agent_core.errors import GoalRefused, SettingsError
from agent_core.i18n import N_

LAUNCHERS = "nod.launcher"  # the entry point group in which a distribution names what starts Nod
Approve = Callable[[Card], bool | str]
"""Decides on a Card: True approves (or: go on), False rejects (or: end), a text rejects for that reason or answers."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GoalResult:
    """What a Goal came to. `text` is the result in Markdown; `files` are all in its folder, those it began with too."""

    goal: str
    run_id: str
    status: RunStatus
    text: str
    files: tuple[Path, ...]


class Launcher(Protocol):
    """Starts Nod, has the Goals done one after the other, each with the files of the one before, and ends it."""

    def __call__(
        self, goals: Sequence[str], *, persona: str, approve: Approve | None
    ) -> Coroutine[Any, Any, tuple[GoalResult, ...]]:
        """Return the results of the Goals that were begun; None for `approve` asks in the terminal."""
        ...


@dataclass(frozen=True)
class AutoGPT:
    """Somebody for Nod to be, and what they are to do.

    `approve` decides instead of a person at the terminal; it is called in a thread of its own, for one Card at a time.
    """

    ai_name: str
    ai_role: str
    goals: Sequence[str]
    approve: Approve | None = None

    def run(self) -> tuple[GoalResult, ...]:
        """Have the goals done in order, and return what came of each.

        Each goal goes on with the files of the one before, in a folder of its own, and knows its result; so the last
        result's files are all there are, as they are then. A goal that does not end well is the last one. Works inside
        a running event loop, which it blocks.

        Raises:
            GoalRefused: there is no goal, or nothing to do in one.
            NodError: Nod cannot start; its subclasses say why.
        """
        goals = [self.goals] if isinstance(self.goals, str) else list(self.goals)
        if not goals:
            raise GoalRefused(reason=N_("There is no goal."))
        persona = ", ".join(part for part in (self.ai_name.strip(), self.ai_role.strip()) if part)
        return _run(lambda: _launcher()(goals, persona=persona, approve=self.approve))


def _launcher() -> Launcher:
    for point in entry_points(group=LAUNCHERS):
        return point.load()
    raise SettingsError(reason="Nothing is installed that can start Nod; install the distribution nod-agent.")


def _run(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end, in a thread of its own where an event loop runs already."""
    return _Apart(make).result() if _in_event_loop() else asyncio.run(make())


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class _Apart:
    """A coroutine in a thread of its own. Ctrl-C here ends it there."""

    def __init__(self, make: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._make = make
        self._outcome: list[Any] = []
        self._error: BaseException | None = None
        self._cancel: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._work, name="nod")

    def result(self) -> Any:
        """Return what the coroutine returns, or raise what it raises."""
        self._thread.start()
        try:
            self._thread.join()
        except BaseException:
            self._cancel()
            self._thread.join()
            raise
        if self._error is not None:
            raise self._error
        return self._outcome[0]

    def _work(self) -> None:
        try:
            self._outcome.append(asyncio.run(self._cancellable()))
        except BaseException as error:  # noqa: BLE001  (it is raised again where it is waited for)
            self._error = error

    async def _cancellable(self) -> Any:
        loop, this = asyncio.get_running_loop(), asyncio.current_task()
        assert this is not None  # noqa: S101  (a coroutine that runs is in a task)
        self._cancel = lambda: loop.call_soon_threadsafe(this.cancel)
        return await self._make()
