"""A Deliverer with a platform, a store and Runs, as a process has them."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from agent_core.delivery import Deliverer
from agent_core.errors import RunUnknown
from agent_core.presenter import chat_cards
from tests.agent_core.journals import state_of, submitted
from tests.agent_core.platforms import Naps, Platform, Store


@dataclass
class Post:
    """A Deliverer with all that it talks to."""

    platform: Platform
    store: Store
    naps: Naps
    runs: dict = field(default_factory=dict)
    deliverer: Deliverer = None

    async def load(self, run_id):
        if run_id not in self.runs:
            raise RunUnknown(run_id=run_id)
        return self.runs[run_id]

    def happens(self, *events, run_id="run-1", platform="slack"):
        self.store.runs = self.runs
        self.runs[run_id] = state_of(submitted(platform=platform), *events, run_id=run_id)
        self.deliverer.changed(run_id)

    def is_shown(self, run_id="run-1"):
        return self.platform.shows(run_id) == chat_cards(self.runs[run_id])


@asynccontextmanager
async def process(post):
    """Run a Deliverer as a process does, until it ends."""
    post.deliverer = Deliverer({"slack": post.platform}, post.store, post.load, sleep=post.naps)
    running = asyncio.create_task(post.deliverer.run())
    try:
        yield post
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


@asynccontextmanager
async def catching_up(post):
    """Look for what was not delivered, as a process does from its start; one look is over when this is entered."""
    looking = asyncio.create_task(post.deliverer.catch_up())
    await until(post.naps.begun)
    try:
        yield
    finally:
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking


async def until(event):
    async with asyncio.timeout(5):
        await event.wait()
    event.clear()


async def settled(post):
    async with asyncio.timeout(5):
        await post.deliverer.settled()
