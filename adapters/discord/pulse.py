"""Whether the gateway lives: what it sent, and when, and what that says. Pure but for noting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from adapters.discord.limits import IDENTIFY


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what may take, in seconds."""

    look: float = 5.0  #: between looks at the gateway's pulse
    beats: float = 2.0  #: heartbeats without an answer, after which a connection is dead
    first_beat: float = 60.0  #: until the first answer; Discord says hello at once
    echo: float = 20.0  #: from a message that Nod posted until the gateway must have told of something
    quiet: float = 300.0  #: without any event, after which REST is asked what there is
    identify: float = IDENTIFY  #: between sessions that are begun
    farewell: float = 5.0  #: for a dead connection to close
    read_again: float = 5.0  #: before another try to read what was missed
    first_retry: float = 1.0
    last_retry: float = 60.0
    for_people: float = 300.0  #: between tries while a person must change something first


class Sign(Enum):
    """What a pulse says."""

    WELL = "well"  #: answers and events come, or nothing is due
    UNANSWERED = "unanswered"  #: heartbeats are not answered: the connection is dead
    DEAF = "deaf"  #: what Nod itself posted was not told of: events do not come
    QUIET = "quiet"  #: no event for so long that it is worth asking REST


@dataclass
class Pulse:
    """What one gateway connection sent last. Times are of the monotonic clock, `told_at` of the calendar."""

    began_at: float
    interval: float = 0.0  #: of the heartbeats, in seconds; 0 until Discord said hello
    answered_at: float = 0.0
    heard_at: float = field(default=0.0)
    told_at: datetime | None = None  #: when an event last came
    asked_at: float = 0.0  #: when REST was last asked for what the gateway did not tell

    def __post_init__(self) -> None:
        self.answered_at = self.heard_at = self.asked_at = self.began_at

    def hear(self, frame: Mapping[str, Any], now: float) -> None:
        """Note a frame that came."""
        match frame.get("op"):
            case 10:
                self.interval = float(frame["d"]["heartbeat_interval"]) / 1000
                self.answered_at = now
            case 11:
                self.answered_at = now
            case 0:
                self.heard_at = now
                self.told_at = datetime.now(UTC)
            case _:
                pass

    def reconnecting(self, now: float) -> None:
        """Note that the connection was closed from here, and the next one has its time still."""
        self.interval, self.answered_at = 0.0, now

    def sign(self, now: float, posted_at: float, patience: Patience) -> Sign:
        """Return what it says now; `posted_at` is when Nod last posted a message."""
        due = patience.beats * self.interval if self.interval else patience.first_beat
        if now - self.answered_at > due:
            return Sign.UNANSWERED
        if posted_at > self.heard_at and now - posted_at > patience.echo:
            return Sign.DEAF
        if now - max(self.heard_at, self.asked_at) > patience.quiet:
            return Sign.QUIET
        return Sign.WELL
