"""What Schedules need of storage: the table `schedules`, the truth about them, and what became of their times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent_core.domain import Actor, Origin
from agent_core.errors import StorageError
from agent_core.ports import Commit
from agent_core.recurring import Change, PastFiring, Schedule


class ScheduleMoved(StorageError):
    """Schedule {schedule_id} was changed, or fired, in the meantime."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A Run that a firing begins: what its Journal starts with, and the key that makes it one however often it is."""

    commit: Commit
    key: str


class ScheduleStore(Protocol):
    """The tables `schedules`, `firings` and `schedule_changes`. Every method may raise StorageError."""

    async def keep(self, schedule: Schedule, change: Change) -> Schedule:
        """Store a new Schedule and return it; if its id is there already, return that one as it is."""
        ...

    async def change(self, schedule: Schedule, change: Change) -> Schedule:
        """Store a Schedule over the one of the same revision, and return it with its new revision.

        Raises:
            ScheduleMoved: it has another revision by now.
        """
        ...

    async def schedule(self, schedule_id: str) -> Schedule | None:
        """Return a Schedule, removed ones included; None when there is none."""
        ...

    async def schedules(
        self, *, channel: Origin | None = None, owner: Actor | None = None, limit: int = 100
    ) -> Sequence[Schedule]:
        """Return Schedules that are not removed, the next to fire first: of a `channel`, of an `owner`."""
        ...

    async def named(self, prefix: str, *, limit: int = 5) -> Sequence[Schedule]:
        """Return Schedules that are not removed and whose id begins so."""
        ...

    async def upcoming(self, until: datetime, *, limit: int) -> Sequence[Schedule]:
        """Return the active Schedules that fire until then, the next first."""
        ...

    async def revision(self) -> int:
        """Return the newest revision of any Schedule: it grows with every change, and reading it is cheap."""
        ...

    async def changed_since(self, revision: int) -> Sequence[Schedule]:
        """Return every Schedule with a newer revision, removed ones included."""
        ...

    async def fire(self, schedule: Schedule, firings: Sequence[PastFiring], begun: Begun | None) -> None:
        """Store what became of times and the Run they begin, and move `last_fire` and `next_fire`, all or nothing.

        Raises:
            ScheduleMoved: the Schedule is of another revision, is not active, or dealt with those times already.
        """
        ...

    async def begin(self, firing: PastFiring, begun: Begun | None) -> None:
        """Store what becomes of a firing that was queued, or that a person asked for, and the Run it begins.

        Raises:
            ScheduleMoved: that firing was begun already.
        """
        ...

    async def set_next(self, schedules: Sequence[Schedule]) -> None:
        """Set when these Schedules fire next, unless they were changed or fired: as the zone database has it now."""
        ...

    async def active(self, after: str, *, limit: int) -> Sequence[Schedule]:
        """Return active Schedules in the order of their ids, from the one after `after` on."""
        ...

    async def firings(self, schedule_id: str, *, limit: int = 20, begun: bool = False) -> Sequence[PastFiring]:
        """Return what became of a Schedule's times, the newest first; of those that began a Run, if `begun`."""
        ...

    async def queued(self, schedule_id: str) -> PastFiring | None:
        """Return the firing of a Schedule that waits for an open one, None when there is none."""
        ...

    async def with_queued(self) -> Sequence[str]:
        """Return the ids of the Schedules with a firing that waits."""
        ...

    async def changes(self, schedule_id: str, *, limit: int = 20) -> Sequence[Change]:
        """Return who changed a Schedule, the newest first."""
        ...
