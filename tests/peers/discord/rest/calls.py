"""A request, and the table of what can be requested."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.peers.discord.messages import File
from tests.peers.discord.model import Channel, User
from tests.peers.discord.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request that was let in. `ids` and `words` are the parts of its path."""

    world: World
    ids: dict[str, int]
    words: dict[str, str]
    query: dict[str, str]
    body: Any
    files: dict[int, File] = field(default_factory=dict)

    @property
    def bot(self) -> User:
        return self.world.app.bot

    @property
    def channel(self) -> Channel:
        """The channel of the path.

        Raises:
            ApiError: 10003.
        """
        return self.world.channel(self.ids["channel"])


@dataclass(frozen=True)
class Status:
    """An answer that is not just 200 and JSON, or 204."""

    code: int
    body: Any = None


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """`open`: it takes no token of the bot's; `limited`: it counts for the global limit."""

    method: str
    template: str
    handler: Handler
    pattern: re.Pattern[str]
    open: bool

    @property
    def major(self) -> tuple[str, ...]:
        """The parts that limits are apart for (docs, Rate Limits)."""
        return tuple(name for name in ("channel", "guild", "webhook", "token") if "{" + name in self.template)


class Routes:
    """A list of routes, filled by decorators: `{name}` is an id, `{name:str}` any part of a path."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def __call__(self, method: str, template: str, *, without_token: bool = False) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.all.append(Route(method, template, handler, _pattern(template), without_token))
            return handler

        return add


def _pattern(template: str) -> re.Pattern[str]:
    named = re.sub(r"\{(\w+):str\}", r"(?P<\1>[^/]+)", template)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>\\d+)", named))
