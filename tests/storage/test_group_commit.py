"""Units of work that wait together are committed together, and none hurts its neighbours."""

import asyncio
import sqlite3
import threading
from contextlib import asynccontextmanager, closing

import aiosqlite
import pytest

from agent_core.errors import StorageBusy, StorageError, StorageFull
from storage.database import KeyTaken, NothingChanged, Statement
from storage.group_commit import on_thread
from storage.journal_store import SqlJournalStore
from storage.sqlite import open_sqlite
from tests.storage.journals import Journal, said

KEEP = "INSERT INTO deliveries (run_id, card_id, message_ref, shown) VALUES (?, ?, ?, ?)"


def keep(name: str, shown: str = "") -> Statement:
    return Statement(KEEP, ("r1", name, "", shown))


def kept(path) -> set[str]:
    """What another connection sees, as after a crash: committed rows only."""
    with closing(sqlite3.connect(path)) as other:
        return {name for (name,) in other.execute("SELECT card_id FROM deliveries")}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "nod.db"


@pytest.fixture
async def database(path):
    async with open_sqlite(path, patience=0.05) as opened:
        yield opened


@pytest.fixture
def writer(database):
    return database._committer._connection


@pytest.fixture
async def traced(writer):
    """The statements that the writer runs."""
    statements: list[str] = []
    await on_thread(writer, lambda raw: raw.set_trace_callback(statements.append))
    yield statements
    await on_thread(writer, lambda raw: raw.set_trace_callback(None))


@asynccontextmanager
async def busy_thread(connection: aiosqlite.Connection):
    """Keep the connection's thread from beginning anything new."""
    begun, released = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hold(_raw):
        loop.call_soon_threadsafe(begun.set)
        released.wait()

    holding = asyncio.create_task(on_thread(connection, hold))
    await begun.wait()
    try:
        yield
    finally:
        released.set()
        await holding


async def turns(count: int = 5) -> None:
    """Let everything that can go on go on."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_what_waits_together_is_flushed_once(database, traced, path):
    await asyncio.gather(*[database.write(keep(str(n))) for n in range(50)])
    assert traced.count("COMMIT") == 1
    assert kept(path) == {str(n) for n in range(50)}


async def test_a_statement_alone_is_committed_by_itself(database, traced, path):
    await database.write(keep("a"))
    assert [statement.split()[0] for statement in traced] == ["INSERT"]
    assert kept(path) == {"a"}


async def test_a_statement_alone_that_fails_is_told_why_and_the_writer_goes_on(database, path):
    await database.write(keep("a"))
    with pytest.raises(KeyTaken):
        await database.write(keep("a"))
    with pytest.raises(NothingChanged):
        await database.write(Statement("UPDATE deliveries SET shown = 'x' WHERE card_id = 'none'", guard=True))
    await database.write(keep("b"))
    assert kept(path) == {"a", "b"}


async def test_a_caller_goes_on_only_after_its_commit(database, path):
    async def write_and_look(name: str) -> None:
        await database.write(keep(name))
        assert name in kept(path)
        assert await database.read("SELECT 1 FROM deliveries WHERE card_id = ?", (name,)) == [(1,)]

    await asyncio.gather(*[write_and_look(str(n)) for n in range(20)])


async def test_a_unit_that_fails_undoes_itself_and_nothing_else(database, path):
    await database.write(keep("there"))
    missing = Statement("UPDATE deliveries SET shown = 'x' WHERE card_id = 'missing'", guard=True)
    outcomes = await asyncio.gather(
        database.write(keep("a")),
        database.write(keep("half"), keep("there")),
        database.write(keep("b")),
        database.write(keep("half"), missing),
        database.write(keep("half"), Statement("SELECT nonsense")),
        database.write(keep("c")),
        return_exceptions=True,
    )
    failed = [type(outcome) if isinstance(outcome, Exception) else None for outcome in outcomes]
    assert failed == [None, KeyTaken, None, NothingChanged, StorageError, None]
    assert outcomes[3].index == 1
    assert kept(path) == {"there", "a", "b", "c"}


async def test_a_guard_is_content_with_a_changed_or_a_returned_row(database):
    await database.write(Statement(KEEP, ("r1", "a", "", ""), guard=True))
    change = "UPDATE deliveries SET shown = 'x' WHERE card_id = ?"
    await database.write(Statement(change, ("a",), guard=True))
    assert await database.write(Statement(change + " RETURNING shown", ("a",), guard=True)) == [("x",)]
    with pytest.raises(NothingChanged):
        await database.write(Statement(change + " RETURNING shown", ("b",), guard=True))


async def test_a_later_unit_sees_what_an_earlier_one_of_its_group_wrote(database):
    change = Statement("UPDATE deliveries SET shown = 'x' WHERE card_id = 'a' RETURNING shown")
    assert await asyncio.gather(database.write(keep("a")), database.write(change)) == [(), [("x",)]]


async def test_a_caller_that_leaves_does_not_break_its_group(database, writer, path):
    async with busy_thread(writer):
        stays, leaves = asyncio.create_task(database.write(keep("a"))), asyncio.create_task(database.write(keep("b")))
        await turns()  # both are in the group that the busy thread will take
        waits, gone = asyncio.create_task(database.write(keep("c"))), asyncio.create_task(database.write(keep("d")))
        await turns()  # both wait for the next group
        leaves.cancel()
        gone.cancel()
        await turns()
    await asyncio.gather(stays, waits)
    assert leaves.cancelled()
    assert kept(path) == {"a", "b", "c"}  # b had begun, d had not


async def test_closing_commits_what_waits_and_refuses_what_comes_later(path):
    async with open_sqlite(path) as database, busy_thread(database._committer._connection):
        waiting = [asyncio.create_task(database.write(keep(str(n)))) for n in range(5)]
        await turns()
    assert [task.done() for task in waiting] == [True] * 5
    assert kept(path) == set("01234")
    with pytest.raises(StorageError, match="start Nod again"):
        await database.write(keep("late"))


async def test_a_full_disk_is_told_nothing_is_half_done_and_room_mends_it(database, writer, path):
    store, journal = SqlJournalStore(database), Journal("r1")
    await store.create(journal.next())
    stored = list(journal.records)
    pages = await on_thread(writer, lambda raw: raw.execute("PRAGMA page_count").fetchone()[0])
    await on_thread(writer, lambda raw: raw.execute(f"PRAGMA max_page_count = {pages + 4}").fetchone())
    commit = journal.next(said("long " * 20_000))
    with pytest.raises(StorageFull, match="free some space"):
        await store.append(commit)
    assert await store.records("r1") == stored
    assert (await store.summary("r1")).seq == 1
    await on_thread(writer, lambda raw: raw.execute("PRAGMA max_page_count = 1000000").fetchone())
    await store.append(commit)
    assert await store.records("r1") == journal.records


async def test_who_still_fits_on_a_full_disk_is_not_undone_by_who_does_not(database, writer, path):
    pages = await on_thread(writer, lambda raw: raw.execute("PRAGMA page_count").fetchone()[0])
    await on_thread(writer, lambda raw: raw.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone())
    outcomes = await asyncio.gather(
        database.write(keep("a")),
        database.write(keep("b", "x" * 100_000)),
        database.write(keep("c")),
        return_exceptions=True,
    )
    assert [isinstance(outcome, StorageFull) for outcome in outcomes] == [False, True, False]
    assert kept(path) == {"a", "c"}


async def test_a_transaction_that_sqlite_itself_undid_fails_nobody_else(database, path):
    vanish = Statement(KEEP.replace("INSERT", "INSERT OR ROLLBACK"), ("r1", "a", "", ""))
    await database.write(keep("a"))
    outcomes = await asyncio.gather(
        database.write(keep("b")), database.write(vanish), database.write(keep("c")), return_exceptions=True
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False]
    assert kept(path) == {"a", "b", "c"}


async def test_while_another_process_writes_everyone_is_told_and_then_it_goes_on(database, locked, path):
    async with locked(path):
        outcomes = await asyncio.gather(*[database.write(keep(str(n))) for n in range(3)], return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [StorageBusy] * 3
        assert len({id(outcome) for outcome in outcomes}) == 3
        assert await database.read("SELECT COUNT(*) FROM deliveries") == [(0,)]
    await database.write(keep("after"))
    assert kept(path) == {"after"}


async def test_reads_do_not_wait_for_the_writer(database, writer):
    async with busy_thread(writer):
        assert await database.read("SELECT 1") == [(1,)]


async def test_reads_cannot_write_and_wrong_ones_are_told(database):
    with pytest.raises(StorageError, match="readonly"):
        await database.read("DELETE FROM deliveries")
    with pytest.raises(StorageError, match="nonsense"):
        await database.read("SELECT nonsense")


async def test_a_whole_batch_takes_one_hop_to_the_connections_thread():
    """The seam into aiosqlite: this fails when a new release of it no longer has it."""
    async with aiosqlite.connect(":memory:") as connection:

        def batch(raw: sqlite3.Connection) -> tuple[int, int]:
            raw.execute("CREATE TABLE t (n)")
            raw.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(10)])
            return threading.get_ident(), raw.execute("SELECT COUNT(*) FROM t").fetchone()[0]

        thread, count = await on_thread(connection, batch)
        assert count == 10
        assert thread != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await on_thread(connection, lambda _raw: 1 // 0)
