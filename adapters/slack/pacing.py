"""When a call of Slack may go out: a message a second and channel, and nothing before Slack wants to be asked again."""

import asyncio
import random

#: calls that put a message into a channel
POSTS = frozenset(("chat.postMessage", "chat.startStream", "files.completeUploadExternal"))
#: seconds between two messages of a channel; Slack, "Rate limits", chat.postMessage
BETWEEN_POSTS = 1.0
_MANY = 1_000  # places remembered before those that are past are forgotten

Place = tuple[str, str]


class Pace:
    """The pace of all calls to one workspace. What waits for one channel holds up no other."""

    def __init__(self, between_posts: float = BETWEEN_POSTS) -> None:
        self._between_posts = between_posts
        self._next_post: dict[Place, float] = {}  #: by channel, in the time of the event loop
        self._held: dict[Place, float] = {}  #: by method and channel

    async def turn(self, method: str, channel: str) -> None:
        """Wait until this may be called; posts of one channel get their turn in the order they ask."""
        now = asyncio.get_running_loop().time()
        start = now
        if method in POSTS and channel and self._between_posts:
            start = max(now, self._next_post.get(("", channel), now))
            self._next_post["", channel] = start + self._between_posts
            _forget_past(self._next_post, now)
        while True:
            wait = max(start, self._held.get((method, channel), start)) - _time()
            if wait <= 0:
                return
            await asyncio.sleep(wait)  # and look again: Slack may have put it off meanwhile

    def hold(self, method: str, channel: str, seconds: float) -> None:
        """Let nobody call this for so long."""
        now = _time()
        # a little later, and not all at once
        until = now + seconds + random.uniform(0, self._between_posts / 4)  # noqa: S311
        self._held[method, channel] = max(until, self._held.get((method, channel), until))
        _forget_past(self._held, now)


def _time() -> float:
    return asyncio.get_running_loop().time()


def _forget_past(times: dict[Place, float], now: float) -> None:
    if len(times) > _MANY:
        for place in [place for place, at in times.items() if at <= now]:
            del times[place]
