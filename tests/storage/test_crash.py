"""What was acknowledged survives the death of the process at any moment."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent_core.journal.records import blobs_of, verify
from storage.journal_store import SqlJournalStore
from storage.sqlite import open_sqlite
from tests.storage.appender import RUNS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("acknowledgements", [1, 5, 40, 200])
def test_no_acknowledged_event_is_lost_to_kill_9(tmp_path, acknowledgements):
    path, acknowledged = tmp_path / "nod.db", dict.fromkeys([f"r{n}" for n in range(RUNS)], 0)
    command = [sys.executable, "-m", "tests.storage.appender", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(acknowledgements):
            note(process.stdout.readline(), acknowledged)
        process.send_signal(signal.SIGKILL)
        for line in process.stdout:  # what it still said before it died
            note(line, acknowledged)
    asyncio.run(check(path, acknowledged))


async def check(path: Path, acknowledged: dict[str, int]) -> None:
    async with open_sqlite(path) as database:
        store = SqlJournalStore(database)
        for run_id, seq in acknowledged.items():
            records = await store.records(run_id)
            assert len(records) >= seq
            verify(records)
            digests = frozenset().union(*map(blobs_of, records))
            assert set(await store.blobs(digests)) == digests
            if records:
                assert (await store.summary(run_id)).seq == len(records)


def note(line: str, acknowledged: dict[str, int]) -> None:
    if line.endswith("\n"):  # the last one may be cut off
        run_id, seq = line.split()
        acknowledged[run_id] = int(seq)
