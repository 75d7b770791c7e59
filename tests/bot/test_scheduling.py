"""The clock of Schedules beside a real table: what others change, what fails, and owners and channels that are gone."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from agent_core.domain import Actor, Origin, PolicyName
from agent_core.errors import StorageBusy
from agent_core.platform_ports import DeliveryFailed, Standing
from agent_core.recurring import Change, Overlap, Schedule, ScheduleStatus, Terms
from agent_core.schedules.rules import next_fire
from bot import scheduling
from bot.scheduling import ScheduleClock
from storage.schedule_store import SqlScheduleStore
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import open_team

CHANNEL = Origin("slack", "T1", "C1")
ANN = Actor("slack", "U1", "Ann")
WITHIN = 20  # seconds, a bound: the machine may be busy


def now() -> datetime:
    return datetime.now(UTC)


class Places:
    """A Messenger that knows who and what is still there."""

    def __init__(self, standing) -> None:
        self.says, self.asked = standing, []

    async def standing(self, origin, owner):
        self.asked.append((origin, owner))
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    async def direct(self, origin, owner):
        return Origin(origin.platform, origin.workspace, owner.user)


@pytest.fixture
async def team(tmp_path):
    async with open_team(tmp_path, ScriptedModel(), clock=now) as opened:
        yield opened


async def keep(database, seconds=1, name="00000000aa"):
    created = now()
    rhythm = f"every {seconds} seconds from {created:%Y-%m-%dT%H:%M:%S}Z"
    terms = Terms(rhythm, "UTC", "write a blog about AI", PolicyName.EVERY_STEP, Overlap.ALLOW)
    schedule = Schedule(name, terms, CHANNEL, ANN, "en", created)
    schedule = schedule.but(next_fire=next_fire(schedule, created))
    return await SqlScheduleStore(database).keep(schedule, Change(created, ANN, "kept"))


@asynccontextmanager
async def firing(team, messengers=None):
    """Have the clock run, and give an event that is set at every change of a Run."""
    changed = asyncio.Event()
    clock = ScheduleClock(team.service.schedules, team.recorder.changes, now, messengers)
    with team.recorder.changes.listening(lambda _: changed.set()):
        async with clock.running():
            await clock.filled.wait()
            yield changed


async def until(condition, changed):
    """Wait for something that comes with a change of a Run."""
    async with asyncio.timeout(WITHIN):
        while not await condition():
            await changed.wait()
            changed.clear()


async def test_what_another_process_keeps_fires_here_soon_and_what_it_pauses_does_not(team):
    async with firing(team) as changed:
        schedule = await keep(team.database)

        async def fired():
            return await team.service.schedules.store.firings(schedule.schedule_id)

        await until(fired, changed)
        paused = schedule.but(status=ScheduleStatus.PAUSED, next_fire=None)
        await SqlScheduleStore(team.database).change(paused, Change(now(), ANN, "paused"))
        count = len(await fired())
        await team.service.schedules.firer.fire(schedule.schedule_id)
        assert len(await fired()) == count


async def test_what_could_not_be_made_durable_is_tried_again_and_nothing_is_lost(team, monkeypatch):
    failed = []

    async def busy_once(self, schedule, firings, begun):
        if not failed:
            failed.append(firings)
            raise StorageBusy(where="nod.db", reason="")
        return await fire(self, schedule, firings, begun)

    fire = SqlScheduleStore.fire
    monkeypatch.setattr(SqlScheduleStore, "fire", busy_once)
    schedule = await keep(team.database, seconds=3)
    async with firing(team) as changed:

        async def fired():
            return await team.service.schedules.store.firings(schedule.schedule_id)

        await until(fired, changed)
    [at] = {each.at for each in failed[0]}
    assert at in {each.at for each in await fired()}


@pytest.mark.parametrize(
    ("standing", "where", "why", "names_its_goal"),
    [
        (Standing.OWNER_GONE, "C1", "Its owner left", True),
        (Standing.CHANNEL_GONE, "U1", "Its channel is gone", False),
    ],
)
async def test_what_it_hangs_on_is_gone_so_it_pauses_and_says_so_where_somebody_reads_it(
    team, standing, where, why, names_its_goal
):
    schedule = await keep(team.database)
    async with firing(team, {"slack": Places(standing)}) as changed:

        async def paused():
            found = await team.service.schedules.store.schedule(schedule.schedule_id)
            return found.status is ScheduleStatus.PAUSED

        await until(paused, changed)
    [said] = await team.service.runs()
    named = schedule.terms.goal if names_its_goal else schedule.schedule_id
    assert said.goal == f"Paused schedule: {named}"  # and no firing began a run
    assert said.origin.channel == where
    assert (await team.service.schedules.store.schedule(schedule.schedule_id)).why.startswith(why)


async def test_a_platform_that_cannot_say_changes_nothing(team):
    schedule, places = await keep(team.database), Places(DeliveryFailed("down"))
    async with firing(team, {"slack": places}) as changed:

        async def asked():
            return len(places.asked) > 1

        await until(asked, changed)
    assert (await team.service.schedules.store.schedule(schedule.schedule_id)).status is ScheduleStatus.ACTIVE
    assert await team.service.schedules.store.firings(schedule.schedule_id)


async def test_a_platform_that_does_not_answer_holds_no_firing_up_for_long(team, monkeypatch):
    monkeypatch.setattr(scheduling, "PATIENCE", 0.01)
    schedule, places = await keep(team.database), Places(Standing.FINE)
    places.standing = lambda *_: asyncio.Event().wait()
    async with firing(team, {"slack": places}) as changed:

        async def fired():
            return await team.service.schedules.store.firings(schedule.schedule_id)

        await until(fired, changed)


async def test_once_firings_have_waited_enough_for_a_platform_it_is_asked_beside_them(team, monkeypatch):
    monkeypatch.setattr(scheduling, "ASKING", 0)
    schedule = await keep(team.database)
    async with firing(team, {"slack": Places(Standing.OWNER_GONE)}) as changed:

        async def paused():
            found = await team.service.schedules.store.schedule(schedule.schedule_id)
            return found.status is ScheduleStatus.PAUSED

        await until(paused, changed)


async def test_who_and_what_was_there_a_while_ago_is_not_asked_for_at_every_firing(team):
    schedule, places = await keep(team.database), Places(Standing.FINE)
    async with firing(team, {"slack": places}) as changed:

        async def fired():
            return len(await team.service.schedules.store.firings(schedule.schedule_id)) > 2

        await until(fired, changed)
    assert places.asked == [(CHANNEL, ANN)]


async def test_a_next_time_that_the_zone_database_moved_is_computed_anew_at_the_start(team):
    schedule = await keep(team.database, seconds=3600)
    store = SqlScheduleStore(team.database)
    right = schedule.next_fire
    await store.set_next([schedule.but(next_fire=right + timedelta(hours=5))])
    clock = ScheduleClock(team.service.schedules, team.recorder.changes, now)
    async with clock.running():
        async with asyncio.timeout(WITHIN):
            await clock.recomputed.wait()
        assert (await store.schedule(schedule.schedule_id)).next_fire == right
