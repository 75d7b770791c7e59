"""10,000 Schedules: what they cost at the start and at rest, and a thousand of them that are due in the same minute."""

import argparse
import asyncio
import contextlib
import gc
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from agent_core.domain import Origin, PolicyName
from agent_core.inbox import Inbox
from agent_core.recurring import Change, Overlap, Schedule, Terms
from agent_core.schedules.rules import next_fire
from bot.scheduling import ScheduleClock
from storage.inbox_store import SqlInboxStore
from storage.opening import open_database
from storage.schedule_store import SqlScheduleStore
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import ALICE, open_team
from tests.bench.measure import fsync_ms, percentile, resident_bytes
from tests.bench.report import Machine, this_machine, with_figures

BEGIN, END = "<!-- schedules: written by make bench -->", "<!-- end of schedules -->"
SCHEDULES, DUE = 10_000, 1_000
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "UTC")
IDLE_SECONDS = 10.0
PAUSE = 0.01  # seconds between the things a platform sends meanwhile


@dataclass(frozen=True)
class ClockResult:
    """What was measured: seconds, bytes, a share of one core, and milliseconds."""

    schedules: int
    start_seconds: float
    memory_bytes: int
    idle_share: float
    due: int
    durable_seconds: float
    ack_idle_p50_ms: float
    ack_idle_p99_ms: float
    ack_busy_p50_ms: float
    ack_busy_p99_ms: float
    fsync_ms: float


def now() -> datetime:
    return datetime.now(UTC)


def _schedule(number: int, rhythm: str, created: datetime) -> Schedule:
    terms = Terms(rhythm, ZONES[number % len(ZONES)], f"goal {number}", PolicyName.EVERY_STEP, Overlap.ALLOW)
    schedule = Schedule(f"{number:010x}", terms, Origin("web"), ALICE, "en", created)
    return schedule.but(next_fire=next_fire(schedule, created))


async def prepare(folder: Path) -> None:
    """Keep Schedules that fire on weekdays, over all hours and minutes, as a large company's would."""
    async with open_database(f"sqlite:///{folder}/nod.db") as database:
        store, created = SqlScheduleStore(database), now()
        made = (_schedule(n, f"cron {n % 60} {n // 60 % 24} * * 1-5", created) for n in range(SCHEDULES))
        for schedule in made:
            await store.keep(schedule, Change(created, ALICE, "kept"))


async def acks(inbox: Inbox, until: asyncio.Event) -> list[float]:
    """Return how long it took to keep each of the things that came until then."""
    seconds: list[float] = []
    while not until.is_set():
        began = time.perf_counter()
        await inbox.take(f"key {began}", f"lane {len(seconds) % 16}", {"text": "hello"})
        seconds.append(time.perf_counter() - began)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), PAUSE)
    return seconds


async def measure(folder: Path) -> ClockResult:
    """Measure the start, the rest, and the thousand that are due at once while a platform goes on sending."""
    await prepare(folder)
    async with open_team(folder, ScriptedModel(), clock=now) as team:
        team.dispatcher._closing = True  # the Runs themselves are measured elsewhere
        store = team.service.schedules.store
        inbox = Inbox("bench", SqlInboxStore(team.database), now, lambda _: asyncio.sleep(0))
        gc.collect()
        held, began = resident_bytes(), time.perf_counter()
        clock = ScheduleClock(team.service.schedules, team.recorder.changes, now)
        async with clock.running(), inbox:
            await clock.filled.wait()
            start = time.perf_counter() - began
            await clock.recomputed.wait()
            gc.collect()
            memory = resident_bytes() - held
            cpu = time.process_time()
            await asyncio.sleep(IDLE_SECONDS)
            idle = (time.process_time() - cpu) / IDLE_SECONDS
            quiet = await _for(inbox, 3.0)
            durable, busy = await _thousand(store, inbox)
    return ClockResult(
        schedules=SCHEDULES,
        start_seconds=start,
        memory_bytes=memory,
        idle_share=idle,
        due=DUE,
        durable_seconds=durable,
        ack_idle_p50_ms=percentile(quiet, 0.5) * 1000,
        ack_idle_p99_ms=percentile(quiet, 0.99) * 1000,
        ack_busy_p50_ms=percentile(busy, 0.5) * 1000,
        ack_busy_p99_ms=percentile(busy, 0.99) * 1000,
        fsync_ms=fsync_ms(folder),
    )


async def _for(inbox: Inbox, seconds: float) -> list[float]:
    until = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, until.set)
    return await acks(inbox, until)


async def _thousand(store: SqlScheduleStore, inbox: Inbox) -> tuple[float, list[float]]:
    """Have a thousand due at one moment; return the seconds until all were durable, and the acks meanwhile."""
    due = now().replace(microsecond=0) + timedelta(seconds=25)
    rhythm, ids = f"every 1440 minutes from {due:%Y-%m-%dT%H:%M:%S}Z", range(SCHEDULES, SCHEDULES + DUE)
    created = now()
    for number in ids:
        await store.keep(_schedule(number, rhythm, created), Change(created, ALICE, "kept"))
    await asyncio.sleep((due - now()).total_seconds())
    done = asyncio.Event()
    sending = asyncio.create_task(acks(inbox, done))
    began, last = time.perf_counter(), f"{ids[-1]:010x}"
    left = set(ids)
    while left:  # the table is the only one to say so
        await asyncio.sleep(0.05)
        left = {n for n in left if not await store.firings(f"{n:010x}", limit=1)} if await _some(store, last) else left
        if time.perf_counter() - began > 120:
            raise TimeoutError(f"{len(left)} are not durable after two minutes")
    durable = time.perf_counter() - began
    done.set()
    return durable, await sending


async def _some(store: SqlScheduleStore, schedule_id: str) -> bool:
    return bool(await store.firings(schedule_id, limit=1))


def markdown(result: ClockResult, machine: Machine) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        (
            f"Measured on {machine.measured_at}: {machine.cpu}, {machine.cores} cores, {machine.system}, "
            f"Python {machine.python}, one fsync {result.fsync_ms:.2f} ms."
        ),
        "",
        "| | |",
        "|---|---:|",
        f"| {result.schedules:,} schedules: from the start until the clock runs | {result.start_seconds:.2f} s |",
        f"| memory they take | {result.memory_bytes / 1e6:.1f} MB |",
        f"| CPU at rest, of one core | {result.idle_share:.1%} |",
        f"| {result.due:,} due at one moment: until all are durable | {result.durable_seconds:.1f} s |",
        (
            f"| keeping what a platform sends, at rest: p50, p99 | {result.ack_idle_p50_ms:.1f}, "
            f"{result.ack_idle_p99_ms:.1f} ms |"
        ),
        (
            f"| the same while the {result.due:,} fire: p50, p99 | {result.ack_busy_p50_ms:.1f}, "
            f"{result.ack_busy_p99_ms:.1f} ms |"
        ),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as JSON, and write their table into a Markdown page between its markers."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, help="where the database lies; a folder of the system's if not given")
    parser.add_argument("--page", type=Path, help="the Markdown page, for example docs/benchmarks.md")
    options = parser.parse_args(arguments)
    # a line an event is written in earnest, too, but not to the place where the figures go
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        result = asyncio.run(measure(Path(folder)))
    if options.page:
        page = options.page.read_text(encoding="utf-8")
        options.page.write_text(with_figures(page, markdown(result, this_machine()), BEGIN, END), encoding="utf-8")
    sys.stdout.write(json.dumps(asdict(result)) + "\n")


if __name__ == "__main__":
    main()
