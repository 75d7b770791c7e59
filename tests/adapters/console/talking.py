"""A person at a terminal, for tests: keys that are pressed on demand, and a screen that says when it asks."""

import asyncio
import io
from collections.abc import Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from adapters.console.conversation import Conversation
from adapters.console.deciding import Talk
from adapters.console.screen import Screen
from tests.agent_core.team import ALICE, Team


class AskingScreen(Screen):
    """A screen that tells when it has asked, and with which keys."""

    def __init__(self, out: io.StringIO) -> None:
        super().__init__(out, width=120)
        self.asked: asyncio.Queue[Sequence[str]] = asyncio.Queue()

    def keys(self, legend: Sequence[str]) -> None:
        super().keys(legend)
        self.asked.put_nowait(legend)


@dataclass
class Typist:
    """A keyboard whose keys a test presses."""

    live: bool = True
    keys: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    lines: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    typing: asyncio.Event = field(default_factory=asyncio.Event)

    async def key(self) -> str:
        return await self.keys.get()

    async def line(self) -> str:
        self.typing.set()
        return await self.lines.get()

    def forget(self) -> None:
        while not self.keys.empty():
            self.keys.get_nowait()

    def lent(self):
        return nullcontext()


@dataclass
class Person:
    """Somebody who talks about a Run."""

    team: Team
    run_id: str
    typist: Typist
    screen: AskingScreen
    out: io.StringIO
    end: asyncio.Task

    async def asked(self) -> Sequence[str]:
        """Wait until something is asked, and return the keys there are."""
        async with asyncio.timeout(10):
            return await self.screen.asked.get()

    async def press(self, key: str, line: str | None = None) -> None:
        """Press a key once something is asked, and type a line after it."""
        await self.asked()
        if line is not None:
            self.typist.lines.put_nowait(line)
        self.typist.keys.put_nowait(key)

    async def ended(self):
        """Wait until the conversation is over, and return the Run's state."""
        async with asyncio.timeout(10):
            return await self.end

    @property
    def seen(self) -> str:
        """All that stands on the screen, on one line."""
        return " ".join(self.out.getvalue().split())


@asynccontextmanager
async def talking(team: Team, run_id: str, *, actor=ALICE, keyboard=None):
    """Have a person talk about a Run."""
    out = io.StringIO()
    screen, typist = AskingScreen(out), keyboard or Typist()
    talk = Talk(team.service, run_id, actor, typist, screen, lambda name: Path("/files") / name)
    end = asyncio.create_task(Conversation(talk).hold())
    try:
        yield Person(team, run_id, typist, screen, out, end)
    finally:
        end.cancel()
        await asyncio.wait([end])


def decisions(state):
    """The Decisions of a Run's Steps, in the order proposed; None where there is none yet."""
    return [step.decision for step in state.steps.values()]
