"""The Dispatcher: no wake is lost, nobody spins, and many Runs at once all end."""

import asyncio
import sqlite3

from agent_core.cards import Verb
from agent_core.domain import PolicyName, RunStatus
from agent_core.errors import StorageBusy
from agent_core.ports import LettingGo
from agent_core.runner import LEASE
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import ALICE, WEB, open_team
from tests.agent_core.weather import Weather, impatient


async def test_a_wake_while_the_lease_is_let_go_of_is_not_lost(tmp_path):
    letting_go, gate = asyncio.Event(), asyncio.Event()

    class SlowToLetGo(Weather):
        async def append(self, commit, hold=None):
            lease = await self.store.append(commit, hold)
            if isinstance(hold, LettingGo):
                letting_go.set()
                await gate.wait()
            return lease

    async with open_team(tmp_path, ScriptedModel(), store=SlowToLetGo()) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await letting_go.wait()
        digest = (await team.open(run_id))["step:s1-1"]
        await team.service.decide(run_id, "step:s1-1", Verb.APPROVE, actor=ALICE, via="button", digest=digest)
        gate.set()
        await team.dispatcher.idle()
        assert (await team.state(run_id)).status is RunStatus.FINISHED


async def test_a_run_that_another_process_advances_is_left_to_it_however_often_it_is_woken(tmp_path):
    weather = Weather()
    async with open_team(tmp_path, ScriptedModel(), store=weather) as team:
        run_id = await team.submit()
        lease = await weather.store.acquire(run_id, "other", team.clock() + LEASE, team.clock())
        weather.acquires = 0
        for _ in range(3):
            await team.dispatcher.wake(run_id)
        await team.dispatcher.idle()
        assert weather.acquires == 1
        assert not await weather.store.release(run_id, lease.epoch)  # the other one was told to look again


async def test_two_hundred_runs_at_once_all_end(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        ids = await asyncio.gather(
            *(team.service.submit(f"write {n}", origin=WEB, actor=ALICE, policy=PolicyName.OBSERVE) for n in range(200))
        )
        await team.dispatcher.idle()
        assert len(set(ids)) == 200
        runs = await team.service.runs(limit=1000)
        assert {run.status for run in runs} == {RunStatus.FINISHED}
        assert await team.service.verify() == sum(run.seq for run in runs)


async def test_a_database_locked_by_another_program_is_waited_for(tmp_path):
    tried = asyncio.Event()

    class Telling(Weather):
        async def acquire(self, run_id, worker, until, now):
            try:
                return await self.store.acquire(run_id, worker, until, now)
            except StorageBusy:
                tried.set()
                raise

    async with open_team(tmp_path, ScriptedModel(), store=Telling()) as team:
        impatient(team)
        run_id = await team.submit()
        other = sqlite3.connect(tmp_path / "nod.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await team.dispatcher.wake(run_id)
        await tried.wait()
        other.execute("ROLLBACK")
        other.close()
        await team.dispatcher.idle()
        assert (await team.approve_all(run_id)).status is RunStatus.FINISHED


async def test_closing_cuts_short_what_is_under_way_and_the_next_process_goes_on(tmp_path):
    model = ScriptedModel(gate=asyncio.Event())
    async with open_team(tmp_path, model) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await model.entered.wait()
        clock = team.clock
    async with open_team(tmp_path, ScriptedModel(), clock=clock) as team:
        assert await team.recorder.store.due(clock()) == [run_id]
        await team.dispatcher.wake(run_id)
        await team.dispatcher.idle()
        assert (await team.approve_all(run_id)).status is RunStatus.FINISHED


async def test_closing_lets_go_of_the_lease_even_when_another_process_wanted_it(tmp_path):
    model = ScriptedModel(gate=asyncio.Event())
    async with open_team(tmp_path, model) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await model.entered.wait()
        store, clock = team.recorder.store, team.clock
        assert await store.acquire(run_id, "other", clock() + LEASE, clock()) is None
        await team.dispatcher.close()
        assert await store.acquire(run_id, "other", clock() + LEASE, clock()) is not None


async def test_the_sweep_takes_up_what_was_left(tmp_path):
    model = ScriptedModel(gate=asyncio.Event())
    async with open_team(tmp_path, model) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await model.entered.wait()
        await team.recorder.store.acquire(run_id, "other", team.clock() + LEASE, team.clock())
        clock = team.clock
    async with open_team(tmp_path, ScriptedModel(), clock=clock, sweeps=True) as team:
        await team.until(run_id, lambda state: state.status is RunStatus.WAITING)
