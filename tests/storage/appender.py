"""A process that appends to several runs at once and says so after each; it is killed in the middle of it."""

import asyncio
import sys
from pathlib import Path

from storage.journal_store import SqlJournalStore
from storage.sqlite import open_sqlite
from tests.storage.journals import Journal, said

RUNS = 4


async def append_for_ever(store: SqlJournalStore, run_id: str) -> None:
    journal = Journal(run_id)
    await store.create(journal.next())
    while True:
        sys.stdout.write(f"{run_id} {len(journal.records)}\n")
        sys.stdout.flush()
        await store.append(journal.next(said("long " * 1000), said("and short")))


async def main(path: Path) -> None:
    async with open_sqlite(path) as database, asyncio.TaskGroup() as group:
        for n in range(RUNS):
            group.create_task(append_for_ever(SqlJournalStore(database), f"r{n}"))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
