"""What is asked all the time costs nothing, however many runs wait for people (SQLite's own account of its plans)."""

import asyncio
import re

import pytest

from agent_core.domain import RunStatus
from storage import journal_store as sql
from storage.journal_store import SqlJournalStore
from storage.sqlite import open_sqlite
from tests.storage.journals import Journal, after

WAITING = 2000


@pytest.fixture
async def database(tmp_path):
    async with open_sqlite(tmp_path / "nod.db") as opened:
        store = SqlJournalStore(opened)
        waiting = [Journal(f"w{n}").next(status=RunStatus.WAITING) for n in range(WAITING)]
        await asyncio.gather(*map(store.create, waiting))
        yield opened


def _approvals(which: str) -> str:
    return sql._APPROVALS + sql.compose(sql._OF_RUNS, where=f" WHERE {which}") + sql._OLDEST


async def plan_of(database, statement: str) -> list[str]:
    blanks = (None,) * statement.count("?")
    return [detail for *_, detail in await database.read(f"EXPLAIN QUERY PLAN {statement}", blanks)]


@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        (sql._DUE, {"runs_running", "runs_wake"}),
        (sql._NEXT_WAKE, {"runs_(running|leased)", "runs_wake"}),
        (sql._VOID, {"runs_leased"}),
        (sql._APPROVALS + sql._OLDEST, {"approvals_asked"}),
        (_approvals(sql._OF_ACTOR), {"runs_actor"}),
        (_approvals(sql._OF_WORKSPACE), {"runs_origin"}),
        (sql._SUMMARIES + sql._NEWEST, {"runs_created"}),
        (f"{sql._SUMMARIES} WHERE {sql._OF_ORIGIN}{sql._NEWEST}", {"runs_origin"}),
        (sql._RUN_OF_KEY, {"runs_submit_key"}),
    ],
)
async def test_frequent_statements_go_by_their_indexes(database, statement, indexes):
    plan = await plan_of(database, statement)
    assert {index for index in indexes if re.search(rf"INDEX {index}\b", " ".join(plan))} == indexes
    assert not [line for line in plan if line.startswith("SCAN") and " USING " not in line and "(" not in line], plan


@pytest.mark.parametrize(
    ("index", "condition"),
    [
        ("runs_running", "status = 'running'"),
        ("runs_wake", "wake_at IS NOT NULL"),
        ("runs_leased", "lease_until IS NOT NULL"),
    ],
)
async def test_runs_that_wait_for_people_are_in_no_index_that_is_swept(database, index, condition):
    assert await database.read(f"SELECT COUNT(*) FROM runs INDEXED BY {index} WHERE {condition}") == [(0,)]


async def test_among_many_waiting_runs_the_sweep_finds_the_one_that_is_due(database):
    store = SqlJournalStore(database)
    assert await store.due(after(60)) == []
    assert await store.next_wake() is None
    journal = Journal("due")
    await store.create(journal.next(status=RunStatus.WAITING, wake_at=after(30)))
    assert await store.due(after(60)) == ["due"]
    assert await store.next_wake() == after(30)
