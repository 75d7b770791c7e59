"""Two instances of Nod on one database, one of them killed at random again and again; `python -m` it with a folder.

It imports once and forks for every life, before it opens anything. Rhythms of seconds stand in for a quicker clock:
what a Schedule of hours does in a day, these do in seconds.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent_core.domain import Origin, PolicyName
from agent_core.recurring import Change, Overlap, Schedule, Terms
from agent_core.schedules.rules import next_fire
from bot import ownership
from bot.scheduling import ScheduleClock
from storage.opening import open_database
from storage.schedule_store import SqlScheduleStore
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import ALICE, open_team

SCHEDULES, TIMES, EVERY, KILLS = 200, 5, 5, 25
SEED = 20260105
ownership.LOOK = 0.2  # a guest takes over within the same share of a period as it does in earnest


def now() -> datetime:
    return datetime.now(UTC)


async def prepare(folder: Path, start: datetime) -> None:
    async with open_database(f"sqlite:///{folder}/nod.db") as database:
        store = SqlScheduleStore(database)
        for number in range(SCHEDULES):
            begin = start + timedelta(seconds=number % EVERY)
            rhythm = f"every {EVERY} seconds from {begin:%Y-%m-%dT%H:%M:%S}Z"
            terms = Terms(rhythm, "UTC", f"goal {number}", PolicyName.EVERY_STEP, Overlap.ALLOW)
            created = start - timedelta(seconds=1)
            schedule = Schedule(f"{number:010x}", terms, Origin("web"), ALICE, "en", created)
            schedule = schedule.but(next_fire=next_fire(schedule, created))
            await store.keep(schedule, Change(created, ALICE, "kept"))


async def live(folder: Path) -> None:
    """Be an instance until killed: fire what is due if, or once, this process owns the database."""
    owning = asyncio.Event()
    async with (
        open_team(folder, ScriptedModel(), clock=now) as team,
        ownership.tending(folder / "nod.db", team.dispatcher, owning),
    ):
        await owning.wait()
        async with ScheduleClock(team.service.schedules, team.recorder.changes, now).running():
            await asyncio.Event().wait()


def born(folder: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(live(folder))
        finally:
            os._exit(1)
    return child


def end(child: int) -> bool:
    """Kill an instance, and say whether it was alive until then."""
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


async def told(folder: Path) -> dict:
    async with open_database(f"sqlite:///{folder}/nod.db") as database:
        store = SqlScheduleStore(database)
        firings = [each for n in range(SCHEDULES) for each in await store.firings(f"{n:010x}", limit=1000)]
        keys = await database.read("SELECT submit_key, goal, run_id FROM runs WHERE submit_key IS NOT NULL")
    return {
        "firings": [[each.schedule_id, each.at.isoformat(), each.fate.value, each.run_id] for each in firings],
        "runs": [list(row) for row in keys],
    }


def fired(folder: Path) -> int:
    return len(asyncio.run(told(folder))["firings"])


def main(folder: Path) -> None:
    chance = random.Random(SEED)
    start = now().replace(microsecond=0) + timedelta(seconds=3)
    asyncio.run(prepare(folder, start))
    instances, killed = [born(folder), born(folder)], 0
    last = start + timedelta(seconds=EVERY * TIMES)
    pause = (last - now()).total_seconds() / (KILLS + 1)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.5, 1.5) * pause)  # the point is that nothing knows when
        which = chance.randrange(2)
        killed += end(instances[which])
        instances[which] = born(folder)
    deadline = time.monotonic() + 60
    while now() < last or (fired(folder) < SCHEDULES * TIMES and time.monotonic() < deadline):
        time.sleep(0.5)
    for each in instances:
        end(each)
    report = {**asyncio.run(told(folder)), "killed": killed, "start": start.isoformat(), "last": last.isoformat()}
    (folder / "told.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
