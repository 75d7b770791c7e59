"""A store in bad weather: it is full, busy or slow when a test says so."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from agent_core.errors import StorageError, StorageFull
from tests.agent_core.team import Team


def full() -> StorageError:
    return StorageFull(where="nod.db")


@dataclass
class Weather:
    """Wraps a store, as `open_team(store=weather)`: appends from number `at` on fail, `times` of them."""

    at: int = 0
    times: int = 0
    error: Callable[[], StorageError] = full
    appends: int = 0
    acquires: int = 0
    failed: asyncio.Event = field(default_factory=asyncio.Event)
    renewals: list[bool | StorageError] = field(default_factory=list)

    def __call__(self, store):
        self.store = store
        return self

    def __getattr__(self, name):
        return getattr(self.store, name)

    async def append(self, commit, hold=None):
        self.appends += 1
        if self.at <= self.appends < self.at + self.times:
            self.failed.set()
            raise self.error()
        return await self.store.append(commit, hold)

    async def acquire(self, run_id, worker, until, now):
        self.acquires += 1
        return await self.store.acquire(run_id, worker, until, now)


def impatient(team: Team) -> Team:
    """Have storage tried again at once."""
    team.dispatcher.runner = replace(team.dispatcher.runner, retry=0.0)
    return team
