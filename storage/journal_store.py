"""The journal's tables: events and blobs, and the projections that are written with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from agent_core.domain import Actor, Origin, RunStatus
from agent_core.errors import JournalBroken, JournalConflict, LeaseLost, RunUnknown
from agent_core.journal.records import Record, timestamp
from agent_core.ports import Commit, Hold, Lease, LettingGo, OpenApproval, RunSummary, Taking, Under
from storage import journal_rows as rows
from storage.database import Database, KeyTaken, NothingChanged, Row, Statement, compose, insert_rows, marks

_INSERT_EVENTS = f"INSERT INTO events ({rows.EVENT_COLUMNS})"
_INSERT_BLOBS = "INSERT INTO blobs (digest, bytes)"
_INSERT_APPROVALS = f"INSERT INTO approvals ({rows.APPROVAL_COLUMNS})"
_INSERT_SAID = f"INSERT INTO conversation ({rows.CONVERSATION_COLUMNS})"
_UNLESS_THERE = "ON CONFLICT (digest) DO NOTHING"
_WHERE_DIFFERENT = """ON CONFLICT (run_id, subject) DO UPDATE SET
    digest = excluded.digest, asked_at = excluded.asked_at, expires_at = excluded.expires_at
    WHERE approvals.digest <> excluded.digest OR approvals.asked_at <> excluded.asked_at
    OR COALESCE(approvals.expires_at, '') <> COALESCE(excluded.expires_at, '')"""

_CREATE = compose(
    """INSERT INTO runs (submit_key, {columns}) VALUES ({marks})
    ON CONFLICT (submit_key) WHERE submit_key IS NOT NULL DO NOTHING""",
    columns=rows.SUMMARY_COLUMNS,
    marks=marks(1 + rows.SUMMARY_COLUMNS.count(",") + 1),
)
_RUN_OF_KEY = "SELECT run_id FROM runs WHERE submit_key = ?"
# it also locks the row where writers run side by side, so nothing comes between this condition and the events
_CHANGES = ", ".join(f"{name} = ?" for name in rows.CHANGING_COLUMNS.split(", "))
_ADVANCE = compose("UPDATE runs SET {changes} WHERE run_id = ? AND seq = ?", changes=_CHANGES)
_UNDER_LEASE = " AND epoch = ? AND lease_worker IS NOT NULL"
_LET_GO = """lease_worker = CASE WHEN woken = 1 THEN lease_worker END,
    lease_until = CASE WHEN woken = 1 THEN lease_until END,
    woken = 0"""
_FREE = "(lease_until IS NULL OR lease_until <= ?)"
_ADVANCE_UNDER = _ADVANCE + _UNDER_LEASE
_ADVANCE_TAKING = compose(
    "UPDATE runs SET epoch = epoch + 1, woken = 0, lease_worker = ?, lease_until = ?, {changes}"
    " WHERE run_id = ? AND seq = ? AND {free} RETURNING epoch",
    changes=_CHANGES,
    free=_FREE,
)
_ADVANCE_LETTING_GO = compose(
    "UPDATE runs SET {let_go}, {changes} WHERE run_id = ? AND seq = ?{under} RETURNING lease_worker",
    let_go=_LET_GO,
    changes=_CHANGES,
    under=_UNDER_LEASE,
)
_STANDING = "SELECT seq, epoch, lease_worker FROM runs WHERE run_id = ?"
_CLOSE = "DELETE FROM approvals WHERE run_id = ?"

_RECORDS = compose("SELECT {columns} FROM events WHERE run_id = ? AND seq > ? ORDER BY seq", columns=rows.EVENT_COLUMNS)
_BLOBS = "SELECT digest, bytes FROM blobs WHERE digest IN ({digests})"
_APPROVALS = compose("SELECT {columns} FROM approvals", columns=rows.APPROVAL_COLUMNS)
_OF_RUNS = " WHERE run_id IN (SELECT run_id FROM runs{where})"
_OLDEST = " ORDER BY asked_at, run_id, subject LIMIT ?"
_SUMMARY = compose("SELECT {columns} FROM runs WHERE run_id = ?", columns=rows.SUMMARY_COLUMNS)
_SUMMARIES = compose("SELECT {columns} FROM runs", columns=rows.SUMMARY_COLUMNS)
_OF_ORIGIN = "origin_platform = ? AND origin_workspace = ? AND origin_channel = ? AND origin_thread = ?"
_OF_WORKSPACE = "origin_platform = ? AND origin_workspace = ?"
_OF_CHANNEL = "origin_platform = ? AND origin_workspace = ? AND origin_channel = ?"
_OF_ACTOR = "actor_platform = ? AND actor_user = ?"
_LIVE = compose("status IN ({live})", live=", ".join(f"'{status.value}'" for status in RunStatus if not status.over))
_NEWEST = " ORDER BY created_at DESC, run_id DESC LIMIT ?"
_DIGESTS_AT_ONCE = 500  # names in one IN list; far below every database's limit of parameters

_ACQUIRE = compose(
    """UPDATE runs SET
    epoch = epoch + CASE WHEN {free} THEN 1 ELSE 0 END,
    woken = CASE WHEN {free} THEN 0 ELSE 1 END,
    lease_worker = CASE WHEN {free} THEN ? ELSE lease_worker END,
    lease_until = CASE WHEN {free} THEN ? ELSE lease_until END
    WHERE run_id = ? RETURNING epoch, seq, woken""",
    free=_FREE,
)
_RENEW = "UPDATE runs SET lease_until = ? WHERE run_id = ? AND epoch = ? AND lease_worker IS NOT NULL RETURNING epoch"
_RELEASE = compose(
    "UPDATE runs SET {let_go} WHERE run_id = ?{under} RETURNING lease_worker", let_go=_LET_GO, under=_UNDER_LEASE
)
_VOID = "UPDATE runs SET lease_worker = NULL, lease_until = NULL, woken = 0 WHERE lease_until IS NOT NULL"
_DUE = compose(
    """SELECT run_id FROM runs WHERE run_id IN (
    SELECT run_id FROM runs WHERE status = 'running' AND {free}
    UNION SELECT run_id FROM runs WHERE wake_at <= ?
    ) ORDER BY updated_at, run_id LIMIT ?""",
    free=_FREE,
)
_NEXT_WAKE = """SELECT MIN(wake) FROM (
    SELECT MIN(wake_at) AS wake FROM runs WHERE wake_at IS NOT NULL
    UNION ALL SELECT MIN(lease_until) FROM runs WHERE status = 'running' AND lease_until IS NOT NULL
    ) AS wakes"""


_Condition = tuple[str, tuple[Any, ...]]  # with the parameters that it takes


class SqlJournalStore:
    """A `agent_core.ports.JournalStore` on a Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, commit: Commit, key: str = "") -> str:
        """Store a new Run and return its id; a `key` used before stores nothing and returns that Run's id."""
        summary = commit.summary
        try:
            await self._database.write(*beginning(commit, key))
        except NothingChanged:
            return await self.run_of(key)
        except KeyTaken as error:
            raise JournalConflict(run_id=summary.run_id, seq=1) from error
        return summary.run_id

    async def run_of(self, key: str) -> str:
        """Return the id of the Run that was stored with this key; an empty string when there is none."""
        found = await self._database.read(_RUN_OF_KEY, (key,))
        return str(found[0][0]) if found else ""

    async def append(self, commit: Commit, hold: Hold | None = None) -> Lease | None:
        """Append to a Run, durably, before this returns; return the lease that `hold` leaves with its worker."""
        summary = commit.summary
        before = commit.records[0].seq - 1 if commit.records else summary.seq
        try:
            found = await self._database.write(_advancing(summary, before, hold), *_contents(commit))
        except (NothingChanged, KeyTaken) as error:
            raise await self._why_not(summary.run_id, before, hold) from error
        match hold:
            case None:
                return None
            case Under(epoch):
                return Lease(epoch, summary.seq)
            case LettingGo(epoch):
                return None if found[0][0] is None else Lease(epoch, summary.seq)
            case Taking():
                return Lease(int(found[0][0]), summary.seq)

    async def _why_not(self, run_id: str, before: int, hold: Hold | None) -> Exception:
        # asked after the fact, and still right: seq and epoch only grow
        standing = await self._database.read(_STANDING, (run_id,))
        if not standing:
            return RunUnknown(run_id=run_id)
        seq, live, worker = standing[0]
        if isinstance(hold, Under | LettingGo) and (hold.epoch != live or worker is None):
            return LeaseLost(run_id=run_id)
        if seq < before:
            return JournalBroken(run_id=run_id, seq=before, reason="it is not there, so nothing can follow it")
        if seq == before and hold is not None:
            return LeaseLost(run_id=run_id)
        return JournalConflict(run_id=run_id, seq=before + 1)

    async def records(self, run_id: str, after: int = 0) -> Sequence[Record]:
        """Return the rows of a Run with seq > `after`, in order; empty when there are none."""
        return [rows.record_of(row) for row in await self._database.read(_RECORDS, (run_id, after))]

    async def blobs(self, digests: frozenset[str]) -> Mapping[str, bytes]:
        """Return the bytes of those digests that are stored."""
        found: dict[str, bytes] = {}
        wanted = sorted(digests)
        for start in range(0, len(wanted), _DIGESTS_AT_ONCE):
            some = tuple(wanted[start : start + _DIGESTS_AT_ONCE])
            found.update(await self._database.read(compose(_BLOBS, digests=marks(len(some))), some))
        return found

    async def summary(self, run_id: str) -> RunSummary:
        """Return the row of a Run. Raises RunUnknown."""
        found = await self._database.read(_SUMMARY, (run_id,))
        if not found:
            raise RunUnknown(run_id=run_id)
        return rows.summary_of(found[0])

    async def summaries(
        self,
        *,
        limit: int = 50,
        before: datetime | None = None,
        origin: Origin | None = None,
        channel: Origin | None = None,
        actor: Actor | None = None,
        live: bool = False,
    ) -> Sequence[RunSummary]:
        """Return Runs, newest created first, that match all that is given (see `agent_core.ports.JournalStore`)."""
        given: list[_Condition] = []
        if origin is not None:
            given.append((_OF_ORIGIN, rows.origin_row(origin)))
        if channel is not None:
            given.append((_OF_CHANNEL, rows.origin_row(channel)[:3]))
        if actor is not None:
            given.append((_OF_ACTOR, (actor.platform, actor.user)))
        if live:
            given.append((_LIVE, ()))
        if before is not None:
            given.append(("created_at < ?", (timestamp(before),)))
        where, params = _where(given)
        found = await self._database.read(_SUMMARIES + where + _NEWEST, (*params, limit))
        return [rows.summary_of(row) for row in found]

    async def approvals(
        self, *, limit: int = 50, workspace: Origin | None = None, actor: Actor | None = None
    ) -> Sequence[OpenApproval]:
        """Return open approvals, oldest first, that match all that is given."""
        given: list[_Condition] = []
        if workspace is not None:
            given.append((_OF_WORKSPACE, rows.origin_row(workspace)[:2]))
        if actor is not None:
            given.append((_OF_ACTOR, (actor.platform, actor.user)))
        runs, params = _where(given)
        where = compose(_OF_RUNS, where=runs) if runs else ""
        found = await self._database.read(_APPROVALS + where + _OLDEST, (*params, limit))
        return [rows.approval_of(row) for row in found]

    async def run_ids(self) -> Sequence[str]:
        """Return every Run's id, oldest first."""
        return _firsts(await self._database.read("SELECT run_id FROM runs ORDER BY created_at, run_id"))

    async def acquire(self, run_id: str, worker: str, until: datetime, now: datetime) -> Lease | None:
        """Take the lease and return it; None, and the Run is marked woken, while another lease is live."""
        free = timestamp(now)
        params = (free, free, free, worker, free, timestamp(until), run_id)
        standing = await self._database.write(Statement(_ACQUIRE, params))
        if not standing:
            raise RunUnknown(run_id=run_id)
        epoch, seq, woken = standing[0]
        return None if woken else Lease(int(epoch), int(seq))

    async def renew(self, run_id: str, epoch: int, until: datetime) -> bool:
        """Lengthen the lease; False when it is not ours any more."""
        return bool(await self._database.write(Statement(_RENEW, (timestamp(until), run_id, epoch))))

    async def release(self, run_id: str, epoch: int) -> bool:
        """Let go of the lease; False, and it is kept, when the Run was woken. A lease that is lost is let go of."""
        standing = await self._database.write(Statement(_RELEASE, (run_id, epoch)))
        return not standing or standing[0][0] is None

    async def void_leases(self) -> None:
        """Void every lease: only for the one process that owns the database."""
        await self._database.write(Statement(_VOID))

    async def due(self, now: datetime, *, limit: int = 500) -> Sequence[str]:
        """Return Runs to wake, longest untouched first: running without a live lease, or with `wake_at` reached."""
        at = timestamp(now)
        return _firsts(await self._database.read(_DUE, (at, at, limit)))

    async def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` or running lease's end there is; it may be past."""
        return rows.time_or_none((await self._database.read(_NEXT_WAKE))[0][0])


def beginning(commit: Commit, key: str) -> list[Statement]:
    """Return what stores a new Run; the first of them changes nothing where `key` was used before."""
    row = (key or None, *rows.given_row(commit.summary), *rows.changing_row(commit.summary))
    return [Statement(_CREATE, row, guard=True), *_contents(commit)]


def _where(given: Sequence[_Condition]) -> tuple[str, tuple[Any, ...]]:
    """Return the clause in which all conditions hold, empty if there are none, and its parameters."""
    clause = f" WHERE {' AND '.join(condition for condition, _ in given)}" if given else ""
    return clause, tuple(param for _, params in given for param in params)


def _firsts(found: Sequence[Row]) -> list[str]:
    return [str(row[0]) for row in found]


def _advancing(summary: RunSummary, before: int, hold: Hold | None) -> Statement:
    """Return what brings the Run's row from the seq `before` to its new summary, and does what `hold` says."""
    row, place = rows.changing_row(summary), (summary.run_id, before)
    match hold:
        case None:
            return Statement(_ADVANCE, (*row, *place), guard=True)
        case Under(epoch):
            return Statement(_ADVANCE_UNDER, (*row, *place, epoch), guard=True)
        case LettingGo(epoch):
            return Statement(_ADVANCE_LETTING_GO, (*row, *place, epoch), guard=True)
        case Taking(worker, until, now):
            taken = (worker, timestamp(until), *row, *place, timestamp(now))
            return Statement(_ADVANCE_TAKING, taken, guard=True)


def _contents(commit: Commit) -> list[Statement]:
    """Return what stores the events, their blobs, what was said, and the approvals open now if they changed."""
    contents = insert_rows(_INSERT_EVENTS, [rows.event_row(record) for record in commit.records])
    if commit.blobs:
        contents += insert_rows(_INSERT_BLOBS, list(commit.blobs.items()), _UNLESS_THERE)
    if commit.said:
        contents += insert_rows(_INSERT_SAID, [rows.said_row(commit.summary.origin, said) for said in commit.said])
    if commit.approvals is None:
        return contents
    opened = [rows.approval_row(approval) for approval in commit.approvals]
    contents += insert_rows(_INSERT_APPROVALS, opened, _WHERE_DIFFERENT)
    subjects = tuple(approval.subject for approval in commit.approvals)
    named = f" AND subject NOT IN ({marks(len(subjects))})" if subjects else ""
    contents.append(Statement(_CLOSE + named, (commit.summary.run_id, *subjects)))
    return contents
