"""How Slack refuses a call."""

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """An answer with `ok: false`, its error code, and what else Slack says with it."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.more}


class RateLimited(SlackError):
    """Too many calls: status 429, and in Retry-After how many seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


def refused_blocks(code: str, messages: Sequence[str]) -> SlackError:
    """Malformed blocks: each complaint with its JSON pointer, under `errors` and again in the response's metadata."""
    marked = [f"[ERROR] {message}" for message in messages]
    return SlackError(code, errors=list(messages), response_metadata={"messages": marked})
