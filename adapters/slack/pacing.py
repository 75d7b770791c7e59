"""When a call of Slack may go out: a message a second and channel, and nothing before Slack wants to be asked again."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

#: calls that put a message into a channel
POSTS = frozenset(("chat.postMessage", "chat.startStream", "files.completeUploadExternal"))
#: seconds between two messages of a channel; Slack, "Rate limits", chat.postMessage
BETWEEN_POSTS = 1.0
Key = TypeVar("Key")

_MANY = 1_000  # places remembered before those that are past are forgotten


@dataclass(eq=False)
class _Place:
    """A channel, or a method in a channel: one at a time, and not before a time of the event loop."""

    not_before: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_idle(self) -> bool:
        """Whether nobody is there and nobody has to wait."""
        return not self.lock.locked() and self.not_before <= _time()


class Pace:
    """The pace of all calls to one workspace. What waits for one channel holds up no other."""

    def __init__(self, between_posts: float = BETWEEN_POSTS) -> None:
        self._between_posts = between_posts
        self._posting: dict[str, _Place] = {}
        self._held: dict[tuple[str, str], _Place] = {}

    @asynccontextmanager
    async def turn(self, method: str, channel: str) -> AsyncGenerator[None]:
        """Enter when this may be called. Posts of one channel go one after the other, in the order they ask."""
        if method not in POSTS or not channel:
            await self._when_it_may(method, channel)
            yield
            return
        place = self._posting.setdefault(channel, _Place())
        _forget_idle(self._posting, channel)
        async with place.lock:
            await _until(place)
            await self._when_it_may(method, channel)
            place.not_before = _time() + self._between_posts
            yield

    def hold(self, method: str, channel: str, seconds: float) -> None:
        """Let nobody call this for so long: in the channel, or anywhere once Slack put it off in two channels."""
        if channel and any(self._is_held(each) for each in self._held if each[0] == method and each[1] != channel):
            channel = ""
        place = self._held.setdefault((method, channel), _Place())
        # a little later, and not all at once
        late = random.uniform(0, self._between_posts / 4)  # noqa: S311
        place.not_before = max(place.not_before, _time() + seconds + late)
        _forget_idle(self._held, (method, channel))

    async def _when_it_may(self, method: str, channel: str) -> None:
        for where in (channel, ""):
            place = self._held.get((method, where))
            if place is not None:
                await _until(place)

    def _is_held(self, what: tuple[str, str]) -> bool:
        return self._held[what].not_before > _time()


async def _until(place: _Place) -> None:
    while True:
        wait = place.not_before - _time()
        if wait <= 0:
            return
        await asyncio.sleep(wait)  # and look again: Slack may have put it off meanwhile


def _time() -> float:
    return asyncio.get_running_loop().time()


def _forget_idle(places: dict[Key, _Place], but: Key) -> None:
    if len(places) > _MANY:
        for key in [key for key, place in places.items() if place.is_idle and key != but]:
            del places[key]
