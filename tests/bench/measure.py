"""How both sides are measured: the same code drives them, and only the standard library is needed for it."""

import asyncio
import contextlib
import gc
import os
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.bench.report import Throughput, Waiting

#: plays one whole run, named by its number, and returns the seconds from each decision to the next proposal
Play = Callable[[int], Awaitable[Sequence[float]]]
#: starts one run, named by its number, and leaves it waiting for a decision
Start = Callable[[int], Awaitable[None]]
#: opens the engine on the database with the waiting runs, as its owner
OpenStart = Callable[[], AbstractAsyncContextManager[Start]]
#: the command that opens that database in a new process, says READY, and decides the run of that number
Restarted = Callable[[int], Sequence[str]]

IDLE_SECONDS = 3.0
READY = "ready"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * round(share * 100) // 100) - 1)]


def resident_bytes() -> int:
    """Return the memory this process holds now, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def database_bytes(database: Path) -> int:
    """Return the size of an SQLite file after its write-ahead log was folded into it, in bytes."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database.stat().st_size


async def measure_throughput(play: Play, database: Path, *, concurrency: int, runs: int, first: int) -> Throughput:
    """Play `runs` runs, numbered from `first`, `concurrency` at a time, and return what they took."""
    latencies: list[float] = []

    async def timed(number: int) -> None:
        latencies.extend(await play(number))

    gc.collect()
    stored, cpu, begin = database_bytes(database), time.process_time(), time.perf_counter()
    await at_once(timed, range(first, first + runs), concurrency=concurrency)
    wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    return Throughput(
        concurrency=concurrency,
        runs=runs,
        runs_per_second=runs / wall,
        cpu_ms_per_run=cpu / runs * 1000,
        database_bytes_per_run=(database_bytes(database) - stored) / runs,
        p50_ms=percentile(latencies, 0.50) * 1000,
        p99_ms=percentile(latencies, 0.99) * 1000,
    )


async def measure_waiting(open_start: OpenStart, restarted: Restarted, *, runs: int) -> Waiting:
    """Leave `runs` runs waiting, and return what they cost and how long a restart takes.

    Call it first in a process: memory that earlier work freed would hide what the runs take.
    """
    async with open_start() as start:
        await start(0)  # what a first run loads lazily is not counted
    ready_few = await seconds_to_ready(restarted(0))
    async with open_start() as start:
        await start(1)
        gc.collect()
        resident, begin = resident_bytes(), time.perf_counter()
        await at_once(start, range(2, runs + 2), concurrency=32)
        seconds = time.perf_counter() - begin
        gc.collect()
        growth, cpu = resident_bytes() - resident, time.process_time()
        await asyncio.sleep(IDLE_SECONDS)
        idle = (time.process_time() - cpu) / IDLE_SECONDS
    return Waiting(
        runs=runs,
        starts_per_second=runs / seconds,
        memory_growth_bytes=growth,
        idle_cpu_share=idle,
        ready_seconds_few=ready_few,
        ready_seconds=await seconds_to_ready(restarted(runs + 1)),
    )


async def at_once(work: Callable[[int], Awaitable[object]], numbers: Iterable[int], *, concurrency: int) -> None:
    """Do `work` for every number, at most `concurrency` at a time."""
    left = iter(numbers)

    async def worker() -> None:
        for number in left:  # shared: each worker takes the next number
            await work(number)

    async with asyncio.TaskGroup() as workers:
        for _ in range(concurrency):
            workers.create_task(worker())


async def seconds_to_ready(command: Sequence[str], times: int = 3) -> float:
    """Start a process and return the seconds until its line READY, the best of `times`.

    After that line it must decide its run and end well, to show that it was ready.
    """
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        line = await process.stdout.readline()
        taken.append(time.perf_counter() - begin)
        rest, _ = await process.communicate()
        if line.decode().strip() != READY or process.returncode:
            sys.exit(f"{' '.join(command)} did not get ready: {line.decode()}{rest.decode()}")
    return min(taken)


def say_ready() -> None:
    """Say, as a restarted process, that decisions can be taken."""
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()


def fsync_ms(folder: Path, times: int = 50) -> float:
    """Return how long one fsync of a page takes there, in milliseconds: the median of `times`."""
    probe, taken = folder / "fsync-probe", []
    with probe.open("wb") as file:
        for _ in range(times):
            begin = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begin)
    probe.unlink()
    return percentile(taken, 0.5) * 1000
