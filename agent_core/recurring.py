"""The words of Schedules as frozen values: what recurs, on which terms, and what became of each time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from agent_core.domain import Actor, Origin, PolicyName

GRACE = timedelta(hours=1)  # how late a missed time may still run, unless a Schedule says otherwise
LEAST = timedelta(minutes=1)  # between two firings, unless an administrator set another


class Overlap(StrEnum):
    """What a firing does while an earlier one of the same Schedule is still open."""

    SKIP = "skip"  #: it is left out, and the open thread says so
    QUEUE = "queue"  #: one waits until the open one is over; any more are left out
    ALLOW = "allow"  #: it runs beside it


@dataclass(frozen=True, slots=True)
class Terms:
    """What people confirm of a Schedule. `rhythm` is a Rhythm's canonical text, `zone` an IANA name."""

    rhythm: str
    zone: str
    goal: str
    policy: PolicyName
    overlap: Overlap = Overlap.SKIP
    grace: timedelta = GRACE

    def arguments(self) -> Mapping[str, Any]:
        """Return them as the arguments of the ToolCall that keeps a Schedule."""
        return {
            "goal": self.goal,
            "rhythm": self.rhythm,
            "zone": self.zone,
            "policy": self.policy.value,
            "overlap": self.overlap.value,
            "grace": int(self.grace.total_seconds() // 60),
        }


class Matter(StrEnum):
    """What a Run about a Schedule itself settles with people."""

    KEEP = "keep"  #: a new one
    CHANGE = "change"  #: new terms for one there is
    RESUME = "resume"  #: whether one that paused itself goes on


@dataclass(frozen=True, slots=True)
class Scheduling:
    """A Run about a Schedule itself: people confirm one ToolCall, and no model takes its turns.

    `zone` is the asker's, in which they are told times. `terms` is None where they are still to be read from the Goal;
    `policy`, `overlap` and `grace` are then what it gets, and `least` is the shortest time that may lie between two
    firings. `why` says what made Nod ask.
    """

    matter: Matter
    zone: str
    policy: PolicyName
    schedule_id: str = ""
    terms: Terms | None = None
    why: str = ""
    overlap: Overlap = Overlap.SKIP
    grace: timedelta = GRACE
    least: timedelta = LEAST


@dataclass(frozen=True, slots=True)
class Firing:
    """The time for which a Schedule submitted a Run's Goal: when it was due, in UTC, and the zone it is told in."""

    schedule_id: str
    at: datetime
    zone: str
    late: bool = False  #: begun so long after that people are told
    by_hand: bool = False  #: a person had it run now
    following: datetime | None = None  #: the time after it, as the Schedule was then


class ScheduleStatus(StrEnum):
    """Where a Schedule is."""

    ACTIVE = "active"
    PAUSED = "paused"  #: by a person, or by itself, for the reason it names
    REMOVED = "removed"  #: kept so that what it did can be shown


class Fate(StrEnum):
    """What became of one time of a Schedule."""

    RUN = "run"
    LATE = "late"  #: run, within the grace
    BY_HAND = "by_hand"  #: run because a person said so
    QUEUED = "queued"  #: runs once the open one is over
    SKIPPED = "skipped"  #: not run: an earlier one was open
    MISSED = "missed"  #: not run: Nod was down, and a newer time or the grace had passed


@dataclass(frozen=True, slots=True)
class PastFiring:
    """One time of a Schedule and what became of it. `count` is how many times it stands for, itself the newest."""

    schedule_id: str
    at: datetime
    fate: Fate
    run_id: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed a Schedule, when and to what; `actor` is None when it was Nod."""

    at: datetime
    actor: Actor | None
    what: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring time at which a Goal is submitted.

    `origin` has no thread: each firing opens its own. `last_fire` is up to when its times are dealt with, `next_fire`
    the next one, None when none comes. `loosened`: an approver let its firings ask less than is usual there.
    """

    schedule_id: str
    terms: Terms
    origin: Origin
    owner: Actor
    language: str
    created_at: datetime
    status: ScheduleStatus = ScheduleStatus.ACTIVE
    why: str = ""
    loosened: bool = False
    revision: int = 0
    last_fire: datetime | None = None
    next_fire: datetime | None = None
    counted_from: datetime | None = None  #: what failed before it counts no more; None: all counts

    def but(self, **changes: Any) -> "Schedule":
        """Return the Schedule with these fields changed."""
        return replace(self, **changes)

    @property
    def dealt_with(self) -> datetime:
        """Up to when its times are dealt with."""
        return self.last_fire or self.created_at


@dataclass(frozen=True, slots=True)
class Listed:
    """A Schedule with what a list says of it: its newest firings, and their Runs' status by id."""

    schedule: Schedule
    firings: tuple[PastFiring, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict[str, str])
