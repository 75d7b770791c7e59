"""The server's time. It stands still until a test moves it, so that limits of seconds and minutes take none."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = 1_420_070_400_000  # milliseconds; the first of 2015, where snowflakes begin (API reference, Snowflakes)


class Clock:
    """What Discord takes for now."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self._watchers: list[Callable[[], None]] = []

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0) -> None:
        """Let time pass; whatever ran out is over when this returns."""
        self.now += timedelta(seconds=seconds, minutes=minutes, hours=hours)
        for watcher in self._watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call this whenever time has passed."""
        self._watchers.append(watcher)

    def since(self, moment: datetime) -> float:
        """The seconds that have passed."""
        return (self.now - moment).total_seconds()


class Snowflakes:
    """Ids that rise, and say when they were made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        stamped = (int(self._clock.now.timestamp() * 1000) - EPOCH) << 22
        self._last = max(self._last + 1, stamped)
        return self._last


def iso(moment: datetime | None) -> str | None:
    """A moment as Discord writes it."""
    return None if moment is None else moment.isoformat()
