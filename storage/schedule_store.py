"""The tables of Schedules: the truth about them, and what became of each of their times."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from agent_core.domain import Actor, Origin
from agent_core.journal.records import timestamp
from agent_core.recurring import Change, PastFiring, Schedule
from agent_core.schedules.store import Begun, ScheduleMoved
from storage import schedule_rows as rows
from storage.database import Database, KeyTaken, NothingChanged, Statement, Value, compose, insert_rows, marks
from storage.journal_rows import timestamp_or_none
from storage.journal_store import beginning

# one writer at a time, so no two changes get one revision; the index would refuse it
_NEXT_REVISION = "(SELECT COALESCE(MAX(revision), 0) + 1 FROM schedules)"
_COUNT = rows.COLUMNS.count(",")
_KEEP = compose(
    "INSERT INTO schedules ({columns}) VALUES ({marks}, {next}) ON CONFLICT (schedule_id) DO NOTHING",
    columns=rows.COLUMNS,
    marks=marks(_COUNT),
    next=_NEXT_REVISION,
)
_CHANGES = ", ".join(f"{name} = ?" for name in rows.CHANGING_COLUMNS.split(", "))
_CHANGE = compose(
    "UPDATE schedules SET {changes}, revision = {next} WHERE schedule_id = ? AND revision = ?",
    changes=_CHANGES,
    next=_NEXT_REVISION,
)
_NOTE = compose(
    "INSERT INTO schedule_changes ({columns}) VALUES ({marks})", columns=rows.CHANGE_COLUMNS, marks=marks(7)
)
_FIRE = """UPDATE schedules SET last_fire = ?, next_fire = ?
    WHERE schedule_id = ? AND revision = ? AND status = 'active' AND (last_fire IS NULL OR last_fire < ?)"""
_INSERT_FIRINGS = f"INSERT INTO firings ({rows.FIRING_COLUMNS})"
_BEGIN = """INSERT INTO firings (schedule_id, fire_at, fate, run_id, count) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (schedule_id, fire_at) DO UPDATE SET fate = excluded.fate, run_id = excluded.run_id
    WHERE firings.fate = 'queued' AND excluded.fate <> 'queued'"""
_SET_NEXT = """UPDATE schedules SET next_fire = ?
    WHERE schedule_id = ? AND revision = ? AND COALESCE(last_fire, '') = ?"""

_SCHEDULES = compose("SELECT {columns} FROM schedules", columns=rows.COLUMNS)
_ONE = _SCHEDULES + " WHERE schedule_id = ?"
_THERE = "status <> 'removed'"
_NAMED = f"{_SCHEDULES} WHERE schedule_id >= ? AND schedule_id < ? AND {_THERE} ORDER BY schedule_id LIMIT ?"
_OF_CHANNEL = "origin_platform = ? AND origin_workspace = ? AND origin_channel = ?"
_OF_OWNER = "owner_platform = ? AND owner_user = ?"
_SOONEST = " ORDER BY next_fire IS NULL, next_fire, created_at LIMIT ?"
_UPCOMING = (
    f"{_SCHEDULES} WHERE status = 'active' AND next_fire IS NOT NULL AND next_fire <= ? ORDER BY next_fire LIMIT ?"
)
_REVISION = "SELECT COALESCE(MAX(revision), 0) FROM schedules"
_CHANGED = f"{_SCHEDULES} WHERE revision > ? ORDER BY revision"
_ACTIVE = f"{_SCHEDULES} WHERE schedule_id > ? AND status = 'active' ORDER BY schedule_id LIMIT ?"
_FIRINGS = compose("SELECT {columns} FROM firings", columns=rows.FIRING_COLUMNS)
_FIRINGS_OF = f"{_FIRINGS} WHERE schedule_id = ? ORDER BY fire_at DESC LIMIT ?"
_BEGUN_OF = f"{_FIRINGS} WHERE schedule_id = ? AND run_id <> '' ORDER BY fire_at DESC LIMIT ?"
_QUEUED_OF = f"{_FIRINGS} WHERE schedule_id = ? AND fate = 'queued' ORDER BY fire_at LIMIT 1"
_WITH_QUEUED = "SELECT DISTINCT schedule_id FROM firings WHERE fate = 'queued'"
_CHANGES_OF = compose(
    "SELECT {columns} FROM schedule_changes WHERE schedule_id = ? ORDER BY id DESC LIMIT ?", columns=rows.CHANGE_COLUMNS
)
_LAST = "\U0010ffff"  # sorts after every id


class SqlScheduleStore:
    """A `agent_core.schedules.store.ScheduleStore` on a Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- the truth ---

    async def keep(self, schedule: Schedule, change: Change) -> Schedule:
        """Store a new Schedule and return it; if its id is there already, return that one as it is."""
        insert = Statement(_KEEP, (*rows.given_row(schedule), *rows.changing_row(schedule)), guard=True)
        with suppress(NothingChanged):
            await self._database.write(insert, _noted(schedule, change))
        found = await self.schedule(schedule.schedule_id)
        assert found is not None  # noqa: S101  (it was there, or is now; rows are never deleted)
        return found

    async def change(self, schedule: Schedule, change: Change) -> Schedule:
        """Store a Schedule over the one of the same revision, and return it with its new revision."""
        place = (schedule.schedule_id, schedule.revision)
        update = Statement(f"{_CHANGE} RETURNING revision", (*rows.changing_row(schedule), *place), guard=True)
        try:
            # the rows of the last statement that has any: the new revision
            found = await self._database.write(update, _noted(schedule, change))
        except NothingChanged as error:
            raise ScheduleMoved(schedule_id=schedule.schedule_id) from error
        return schedule.but(revision=int(found[0][0]))

    async def schedule(self, schedule_id: str) -> Schedule | None:
        """Return a Schedule, removed ones included; None when there is none."""
        found = await self._database.read(_ONE, (schedule_id,))
        return rows.schedule_of(found[0]) if found else None

    async def schedules(
        self, *, channel: Origin | None = None, owner: Actor | None = None, limit: int = 100
    ) -> Sequence[Schedule]:
        """Return Schedules that are not removed, the next to fire first: of a `channel`, of an `owner`."""
        conditions, params = [_THERE], list[Value]()
        if channel is not None:
            conditions.append(_OF_CHANNEL)
            params += [channel.platform, channel.workspace, channel.channel]
        if owner is not None:
            conditions.append(_OF_OWNER)
            params += [owner.platform, owner.user]
        where = f" WHERE {' AND '.join(conditions)}"
        return await self._read(_SCHEDULES + where + _SOONEST, (*params, limit))

    async def named(self, prefix: str, *, limit: int = 5) -> Sequence[Schedule]:
        """Return Schedules that are not removed and whose id begins so."""
        return await self._read(_NAMED, (prefix, prefix + _LAST, limit))

    # --- the clock ---

    async def upcoming(self, until: datetime, *, limit: int) -> Sequence[Schedule]:
        """Return the active Schedules that fire until then, the next first."""
        return await self._read(_UPCOMING, (timestamp(until), limit))

    async def revision(self) -> int:
        """Return the newest revision of any Schedule."""
        return int((await self._database.read(_REVISION))[0][0])

    async def changed_since(self, revision: int) -> Sequence[Schedule]:
        """Return every Schedule with a newer revision, removed ones included."""
        return await self._read(_CHANGED, (revision,))

    async def active(self, after: str, *, limit: int) -> Sequence[Schedule]:
        """Return active Schedules in the order of their ids, from the one after `after` on."""
        return await self._read(_ACTIVE, (after, limit))

    async def set_next(self, schedules: Sequence[Schedule]) -> None:
        """Set when these Schedules fire next, unless they were changed or fired meanwhile."""
        if schedules:
            await self._database.write(*[Statement(_SET_NEXT, _next_row(each)) for each in schedules])

    async def fire(self, schedule: Schedule, firings: Sequence[PastFiring], begun: Begun | None) -> None:
        """Store what became of times and the Run they begin, and move `last_fire` and `next_fire`, all or nothing."""
        last, following = timestamp_or_none(schedule.last_fire), timestamp_or_none(schedule.next_fire)
        moved = Statement(_FIRE, (last, following, schedule.schedule_id, schedule.revision, last), guard=True)
        kept = insert_rows(_INSERT_FIRINGS, [rows.firing_row(each) for each in firings])
        await self._begin(schedule.schedule_id, [moved, *kept], begun)

    async def begin(self, firing: PastFiring, begun: Begun | None) -> None:
        """Store what becomes of a firing that was queued, or that a person asked for, and the Run it begins."""
        kept = Statement(_BEGIN, rows.firing_row(firing), guard=True)
        await self._begin(firing.schedule_id, [kept], begun)

    async def _begin(self, schedule_id: str, statements: Sequence[Statement], begun: Begun | None) -> None:
        run = beginning(begun.commit, begun.key) if begun else []
        try:
            await self._database.write(*statements, *run)
        except (NothingChanged, KeyTaken) as error:
            raise ScheduleMoved(schedule_id=schedule_id) from error

    # --- looking ---

    async def firings(self, schedule_id: str, *, limit: int = 20, begun: bool = False) -> Sequence[PastFiring]:
        """Return what became of a Schedule's times, the newest first; of those that began a Run, if `begun`."""
        sql = _BEGUN_OF if begun else _FIRINGS_OF
        return [rows.firing_of(row) for row in await self._database.read(sql, (schedule_id, limit))]

    async def queued(self, schedule_id: str) -> PastFiring | None:
        """Return the firing of a Schedule that waits for an open one, None when there is none."""
        found = await self._database.read(_QUEUED_OF, (schedule_id,))
        return rows.firing_of(found[0]) if found else None

    async def with_queued(self) -> Sequence[str]:
        """Return the ids of the Schedules with a firing that waits."""
        return [str(row[0]) for row in await self._database.read(_WITH_QUEUED)]

    async def changes(self, schedule_id: str, *, limit: int = 20) -> Sequence[Change]:
        """Return who changed a Schedule, the newest first."""
        return [rows.change_of(row) for row in await self._database.read(_CHANGES_OF, (schedule_id, limit))]

    async def _read(self, sql: str, params: tuple[Value, ...]) -> Sequence[Schedule]:
        return [rows.schedule_of(row) for row in await self._database.read(sql, params)]


def _next_row(schedule: Schedule) -> tuple[Value, ...]:
    last = timestamp_or_none(schedule.last_fire) or ""
    return (timestamp_or_none(schedule.next_fire), schedule.schedule_id, schedule.revision, last)


def _noted(schedule: Schedule, change: Change) -> Statement:
    return Statement(_NOTE, rows.change_row(schedule.schedule_id, change))
