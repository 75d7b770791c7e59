"""Slack's clock, which stands still until a test moves it."""

import time
from dataclasses import dataclass, field


@dataclass
class Clock:
    """What trigger ids, response URLs, tokens and streams are dated by: only `advance` lets them run out."""

    started: float = field(default_factory=time.time)
    advanced: float = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return self.started + self.advanced

    def running(self) -> float:
        """Seconds that go by themselves too: for rate limits, which a client waits out in real time."""
        return time.monotonic() + self.advanced

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.advanced += seconds
