"""Calls of Slack's Web API, as the rest of this package makes them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from adapters.slack.limits import PAGE

#: slack_sdk's AsyncWebClient; its own annotations leave open what its methods take and return
Client = Any


def rows(said: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of objects within what Slack says, an empty one where there is none."""
    found: Any = said.get(name)
    return list(found) if found else []


def inner(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return an object within what Slack says, an empty one where there is none."""
    found: Any = said.get(name)
    return dict(found) if isinstance(found, Mapping) else {}  # pyright: ignore[reportUnknownArgumentType]


async def pages(method: Callable[..., Awaitable[Any]], **arguments: Any) -> AsyncIterator[dict[str, Any]]:
    """Yield the messages that a method gives page by page, in its order."""
    cursor = None
    while True:
        answer = await method(limit=PAGE, cursor=cursor, **arguments)
        for message in rows(answer, "messages"):
            yield message
        cursor = inner(answer, "response_metadata").get("next_cursor")
        if not cursor:
            return
