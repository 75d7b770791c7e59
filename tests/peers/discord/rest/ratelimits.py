"""Rate limits. They are generous until a test switches them on, and the headers are always there.

Their windows are of real time, because clients wait for them in real time: make them short.
"""

import asyncio
import hashlib
import re
import time
from dataclasses import dataclass, field
from typing import Any

from tests.peers.discord import limits
from tests.peers.discord.faults import Scope, pattern
from tests.peers.discord.rest.calls import Route

GENEROUS = (1000, 1.0)  # requests, and seconds


@dataclass
class Bucket:
    limit: int
    seconds: float
    remaining: int
    resets_at: float  # by the loop's clock

    @property
    def reset_after(self) -> float:
        return max(0.0, self.resets_at - asyncio.get_running_loop().time())


class TooMany(Exception):
    """The request came too soon."""

    def __init__(self, retry_after: float, scope: Scope, code: int = 0) -> None:
        super().__init__(f"429, {scope}: wait {retry_after} s")
        self.retry_after, self.scope, self.code = retry_after, scope, code

    @property
    def body(self) -> dict[str, Any]:
        thing = "The resource is" if self.scope == "shared" else "You are"
        body = {"message": f"{thing} being rate limited.", "retry_after": self.retry_after}
        body["global"] = self.scope == "global"
        return {**body, "code": self.code} if self.code else body

    @property
    def headers(self) -> dict[str, str]:
        found = {"Retry-After": str(max(1, round(self.retry_after))), "X-RateLimit-Scope": self.scope}
        return {**found, "X-RateLimit-Global": "true"} if self.scope == "global" else found


@dataclass
class RateLimits:
    """Which requests are limited, and how many there were."""

    _rules: list[tuple[re.Pattern[str], int, float]] = field(default_factory=list)
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)
    _global: tuple[int, float] | None = None
    _everything: Bucket | None = None

    def enforce(self, request: str, limit: int, seconds: float) -> None:
        """Let only so many of these requests through, for each channel, guild or webhook apart."""
        self._rules.append((pattern(request), limit, seconds))
        self._buckets.clear()

    def enforce_global(self, limit: int = limits.GLOBAL_REQUESTS, seconds: float = 1.0) -> None:
        """Let only so many requests through at all; interactions' are not counted."""
        self._global = (limit, seconds)
        self._everything = None

    def count(self, request: str, route: Route, parts: dict[str, str]) -> dict[str, str]:
        """The headers for a request that may pass.

        Raises:
            TooMany: it may not.
        """
        if self._global is not None and not route.open:
            self._everything = _renewed(self._everything, *self._global)
            if not self._everything.remaining:
                raise TooMany(self._everything.reset_after, "global")
            self._everything.remaining -= 1
        rule = next(((most, every) for found, most, every in self._rules if found.fullmatch(request)), GENEROUS)
        name = hashlib.md5(f"{route.method} {route.template} {rule}".encode()).hexdigest()
        key = (name, *(parts[each] for each in route.major))
        bucket = self._buckets[key] = _renewed(self._buckets.get(key), *rule)
        if not bucket.remaining:
            raise TooMany(bucket.reset_after, "user")
        bucket.remaining -= 1
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.remaining),
            "X-RateLimit-Reset": str(time.time() + bucket.reset_after),
            "X-RateLimit-Reset-After": f"{bucket.reset_after:.3f}",
            "X-RateLimit-Bucket": name,
        }


def _renewed(bucket: Bucket | None, limit: int, seconds: float) -> Bucket:
    if bucket is not None and bucket.reset_after > 0:
        return bucket
    return Bucket(limit, seconds, limit, asyncio.get_running_loop().time() + seconds)
