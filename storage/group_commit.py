"""The one writer of an SQLite database: it commits together what waits together.

A commit costs a flush of the disk, whatever is in it: units of work that arrive while one is under way share the next.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, TypeVar, cast

import aiosqlite

from agent_core.errors import StorageError
from agent_core.i18n import N_
from storage.database import NothingChanged, Row, Statement
from storage.sqlite_errors import is_full, translate

T = TypeVar("T")
Unit = Sequence[Statement]
Outcome = Sequence[Row] | Exception


async def on_thread(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run `work` on the connection's own thread, in one hop.

    aiosqlite's public calls take one hop (some 50 µs) a statement; a group of units would pay dozens.
    """
    inner = cast("Any", connection)  # the one place that reaches into aiosqlite
    return await inner._execute(work, inner._conn)  # noqa: SLF001  (it has no public call for this)


class _AllUndone(Exception):
    """For one unit's error the whole transaction is undone: there is no savepoint, or SQLite undid it (a full disk)."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    unit: Unit
    outcome: "asyncio.Future[Sequence[Row]]"


class GroupCommitter:
    """Owns the writer connection while it is entered; leaving it commits what waits and refuses what comes later."""

    def __init__(self, connection: aiosqlite.Connection, where: str) -> None:
        self._connection = connection
        self._where = where
        self._waiting: list[_Waiting] = []
        self._arrived = asyncio.Event()
        self._closing = False

    async def __aenter__(self) -> Self:
        self._serving = asyncio.create_task(self._serve(), name="group commit")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._arrived.set()
        await asyncio.wait({self._serving})

    async def write(self, unit: Unit) -> Sequence[Row]:
        """Return the rows of the unit's last statement that has any, once its group is committed."""
        if self._closing:
            raise StorageError(where=self._where, reason=N_("Nod is closing it; start Nod again."))
        waiting = _Waiting(unit, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._arrived.set()
        return await waiting.outcome

    async def _serve(self) -> None:
        while self._waiting or not self._closing:
            await self._arrived.wait()
            self._arrived.clear()
            arrived, self._waiting = self._waiting, []
            # who was cancelled before its group began wants nothing written
            group = [waiting for waiting in arrived if not waiting.outcome.done()]
            if group:
                await self._commit(group)

    async def _commit(self, group: Sequence[_Waiting]) -> None:
        outcomes: Sequence[Outcome]
        try:
            outcomes = await on_thread(self._connection, partial(commit_together, [waiting.unit for waiting in group]))
        except Exception as error:  # noqa: BLE001  (whatever it is, the callers must hear of it and the writer live on)
            outcomes = [error] * len(group)
        for waiting, outcome in zip(group, outcomes, strict=True):
            if waiting.outcome.done():  # cancelled meanwhile
                continue
            if isinstance(outcome, Exception):
                waiting.outcome.set_exception(translate(outcome, self._where))
            else:
                waiting.outcome.set_result(outcome)


def commit_together(units: Sequence[Unit], raw: sqlite3.Connection) -> Sequence[Outcome]:
    """Run each unit, all or nothing, in one transaction; return each one's rows, or the error that undid it alone."""
    if len(units) == 1 and len(units[0]) == 1:
        return [_alone(units[0], raw)]
    try:
        return _one_transaction(units, raw, _unguarded)
    except _AllUndone as undone:
        error = undone.error
    except sqlite3.Error as failed:
        return _when_none_was_done(units, raw, failed)
    # savepoints cost as much as most units do, so there are some only when a unit failed
    return [error] if len(units) == 1 else _apart(units, raw)


def _alone(unit: Unit, raw: sqlite3.Connection) -> Outcome:
    """Run a unit of one statement, which is a transaction by itself without two more that say so."""
    try:
        return _run(unit, raw)
    except Exception as error:  # noqa: BLE001  (whatever it is, it did nothing, and its caller must hear of it)
        return error


def _apart(units: Sequence[Unit], raw: sqlite3.Connection) -> Sequence[Outcome]:
    """Run the units in one transaction, each in a savepoint, so that one that fails undoes itself alone."""
    try:
        return _one_transaction(units, raw, _in_savepoint)
    except _AllUndone:
        return _one_by_one(units, raw)
    except sqlite3.Error as failed:
        return _when_none_was_done(units, raw, failed)


def _when_none_was_done(units: Sequence[Unit], raw: sqlite3.Connection, error: sqlite3.Error) -> Sequence[Outcome]:
    # who finds no room for all may find it for some
    return _one_by_one(units, raw) if is_full(error) and len(units) > 1 else [error] * len(units)


def _one_by_one(units: Sequence[Unit], raw: sqlite3.Connection) -> Sequence[Outcome]:
    return [commit_together([unit], raw)[0] for unit in units]


def _run(unit: Unit, raw: sqlite3.Connection) -> Sequence[Row]:
    rows: Sequence[Row] = ()
    for index, statement in enumerate(unit):
        cursor = raw.execute(statement.sql, statement.params)
        found = cursor.fetchall() if cursor.description else ()
        if statement.guard and not found and cursor.rowcount < 1:
            raise NothingChanged(index)
        rows = found or rows
    return rows


def _unguarded(unit: Unit, raw: sqlite3.Connection) -> Outcome:
    try:
        return _run(unit, raw)
    except Exception as error:
        raise _AllUndone(error) from error


def _one_transaction(
    units: Sequence[Unit], raw: sqlite3.Connection, run: Callable[[Unit, sqlite3.Connection], Outcome]
) -> Sequence[Outcome]:
    raw.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [run(unit, raw) for unit in units]
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise
    return outcomes


def _in_savepoint(unit: Unit, raw: sqlite3.Connection) -> Outcome:
    raw.execute("SAVEPOINT unit")
    try:
        rows = _run(unit, raw)
    except Exception as error:
        if not raw.in_transaction:
            raise _AllUndone(error) from error
        raw.execute("ROLLBACK TO unit")
        raw.execute("RELEASE unit")
        return error
    raw.execute("RELEASE unit")
    return rows
