"""A web, a server of names and a clock of the test's own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.peers.web.names import open_names
from tests.peers.web.server import open_web


@dataclass
class Time:
    """A clock that stands until somebody waits."""

    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
async def web():
    """The server that may be reached."""
    async with open_web("127.0.0.2") as server:
        yield server


@pytest.fixture
async def names():
    async with open_names() as server:
        yield server
