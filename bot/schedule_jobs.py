"""APScheduler as the clock of Schedules: it says when to look at one, and waits until what is due is durable.

The textbook set-up moves on to the next time before a job's coroutine has run, and loses the firing on a crash there.
Here the executor waits inside `_do_submit_job`. So that the event loop can write meanwhile, the scheduler has a thread
of its own; nobody on the loop may call it directly, for it holds its lock as it waits.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# (APScheduler 3 has no types)
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.base import BaseExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from agent_core.recurring import Schedule, ScheduleStatus
from agent_core.schedules.rhythm import Rhythm
from agent_core.schedules.rules import stored_rhythm
from agent_core.schedules.times import next_times

WINDOW = timedelta(minutes=30)  # of times to come for which jobs are kept; the others are rows

Fire = Callable[[str], Awaitable[None]]


class RhythmTrigger(BaseTrigger):
    """The times of a Schedule's Rhythm. However many have passed, it gives one, and then the next to come."""

    def __init__(self, rhythm: Rhythm, zone: ZoneInfo) -> None:
        self._rhythm = rhythm
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> Any:
        """Return the first time later than the previous one and than now, None if that is far off."""
        after = now if previous_fire_time is None else max(now, previous_fire_time)
        found = next_times(self._rhythm, self._zone, after, 1)
        # what is far off is a row; it is taken in again when it comes near
        return found[0] if found and found[0] <= now + WINDOW else None


class FiringExecutor(BaseExecutor):
    """Makes what is due durable before APScheduler moves on: `_do_submit_job` returns when `fire` has."""

    def __init__(self, fire: Fire, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._fire = fire
        self._loop = loop

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:  # noqa: ARG002  (the table knows the times)
        async def fired() -> None:
            await self._fire(job.id)

        asyncio.run_coroutine_threadsafe(fired(), self._loop).result()


class Jobs:
    """The jobs of the Schedules that fire soon. `fire` is called on the loop with a Schedule's id, and waited for."""

    def __init__(self, fire: Fire, loop: asyncio.AbstractEventLoop) -> None:
        # what it logs of jobs are objects of its own; the Firer logs what happened
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": FiringExecutor(fire, loop)},
            # how late is too late, and what may run beside what, is for the rules
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": sys.maxsize},
        )

    async def start(self) -> None:
        """Begin to look for what is due."""
        await asyncio.to_thread(self._scheduler.start)

    async def stop(self) -> None:
        """End, once what is being made durable is."""
        await asyncio.to_thread(self._scheduler.shutdown)

    async def put(self, schedules: Sequence[Schedule], now: datetime) -> None:
        """Have a job for each of the Schedules that fire soon, and none for the others."""
        await asyncio.to_thread(self._put, schedules, now + WINDOW)

    def wake(self) -> None:
        """Have it look at the time: its own waiting counts only what the machine was awake for."""
        self._scheduler.wakeup()  # takes no lock

    def _put(self, schedules: Sequence[Schedule], until: datetime) -> None:
        for schedule in schedules:
            if schedule.status is not ScheduleStatus.ACTIVE or schedule.next_fire is None or schedule.next_fire > until:
                with suppress(JobLookupError):
                    self._scheduler.remove_job(schedule.schedule_id)
                continue
            self._scheduler.add_job(
                _nothing,
                RhythmTrigger(stored_rhythm(schedule.terms.rhythm), ZoneInfo(schedule.terms.zone)),
                id=schedule.schedule_id,
                next_run_time=schedule.next_fire,
                replace_existing=True,
            )


def _nothing() -> None:
    """Stand in for a job's function: the executor itself does the work."""
