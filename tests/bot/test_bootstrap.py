import asyncio
import sqlite3
from contextlib import aclosing, closing
from datetime import UTC, datetime, timedelta

import pytest

from agent_core.cards import Verb
from agent_core.domain import Actor, Origin, PolicyName, RunStatus
from agent_core.errors import RunAmbiguous, RunUnknown, StorageCorrupt
from agent_core.projections import approvals_of
from bot import ownership
from bot.bootstrap import open_nod, policy_of
from bot.finding import find_run
from tests.bot.nod import settings_in

ALICE = Actor("nod", "alice")
TERMINAL = Origin("terminal")


@pytest.fixture
def settings(tmp_path):
    return settings_in(tmp_path)


async def until(nod, run_id, *statuses):
    async with asyncio.timeout(20), aclosing(nod.service.watch(run_id)) as states:
        async for state in states:
            if state.status in statuses:
                return state
    raise AssertionError("the run ended before that")


async def test_a_goal_goes_in_and_an_approved_result_comes_out(settings):
    async with open_nod(settings) as nod, nod.tending() as owns:
        assert owns
        run_id = await nod.service.submit("write a poem about tea", origin=TERMINAL, actor=ALICE)
        while (state := await until(nod, run_id, RunStatus.WAITING, RunStatus.FINISHED)).status is RunStatus.WAITING:
            for each in approvals_of(state):
                await nod.service.decide(
                    run_id, each.subject, Verb.APPROVE, actor=ALICE, via="terminal", digest=each.digest
                )

        assert state.rehearsal
        assert all((nod.folder(state.workspace) / file.path).is_file() for file in state.files)
        assert await nod.ready() == {"storage": ""}


async def test_it_is_not_ready_while_nothing_can_be_written(tmp_path, settings):
    async with open_nod(settings) as nod:
        with closing(sqlite3.connect(tmp_path / "nod.db", isolation_level=None)) as raw:
            raw.execute("CREATE TRIGGER full BEFORE UPDATE ON schema_version BEGIN SELECT RAISE(ABORT, 'full'); END")
            assert (await nod.ready())["storage"].startswith("The database")
            assert await nod.service.waiting() == []  # reading works all the while
            raw.execute("DROP TRIGGER full")
        assert await nod.ready() == {"storage": ""}


async def test_a_run_waits_through_a_restart(settings):
    async with open_nod(settings) as nod:
        run_id = await nod.service.submit("write a poem about tea", origin=TERMINAL, actor=ALICE)
        before = await until(nod, run_id, RunStatus.WAITING)

    async with open_nod(settings) as nod:
        assert await nod.service.state(run_id) == before


async def test_what_was_left_running_goes_on_with_the_owner(settings):
    async with open_nod(settings) as nod:
        run_id = await nod.service.submit("write a poem about tea", origin=TERMINAL, actor=ALICE)

    async with open_nod(settings) as nod:
        assert (await nod.service.state(run_id)).status is RunStatus.RUNNING
        async with nod.tending():
            await until(nod, run_id, RunStatus.WAITING)


async def test_one_owns_the_database_and_the_next_takes_over(settings, monkeypatch):
    monkeypatch.setattr(ownership, "LOOK", 0.01)
    async with open_nod(settings) as first, open_nod(settings) as second:
        async with first.tending() as owns:
            assert owns
            guest = second.tending()
            assert not await guest.__aenter__()
            await first.dispatcher.close()  # so that the run is left to whoever comes next
            run_id = await first.service.submit("write a poem about tea", origin=TERMINAL, actor=ALICE)
        await until(second, run_id, RunStatus.WAITING)
        await guest.__aexit__(None, None, None)


async def lease(nod, run_id):
    now = datetime.now(UTC)
    return await nod.service.recorder.store.acquire(run_id, "gone", now + timedelta(hours=1), now)


async def test_an_owner_that_is_alone_voids_what_the_dead_have_leased(settings):
    async with open_nod(settings) as nod:
        run_id = await nod.service.submit("write a poem about tea", origin=TERMINAL, actor=ALICE)
        await until(nod, run_id, RunStatus.WAITING)
        await nod.dispatcher.idle()
        assert await lease(nod, run_id)
        assert await lease(nod, run_id) is None
        async with nod.tending():
            assert await lease(nod, run_id)


async def test_an_owner_with_guests_leaves_their_leases_alone(settings, monkeypatch):
    monkeypatch.setattr(ownership, "LOOK", 3600)  # the guest does not notice that it could be the owner
    async with open_nod(settings) as first, open_nod(settings) as guest, open_nod(settings) as second:
        owning = first.tending()
        await owning.__aenter__()
        async with guest.tending() as owns:
            assert not owns
            await owning.__aexit__(None, None, None)
            run_id = await guest.service.submit("write a poem about tea", origin=TERMINAL, actor=ALICE)
            await until(guest, run_id, RunStatus.WAITING)
            await guest.dispatcher.idle()
            assert await lease(guest, run_id)
            async with second.tending() as owns_now:
                assert owns_now
                assert await lease(second, run_id) is None


async def test_two_processes_see_each_other_s_decisions(settings):
    async with open_nod(settings) as page, open_nod(settings) as terminal:
        run_id = await terminal.service.submit("write a poem about tea", origin=TERMINAL, actor=ALICE)
        state = await until(page, run_id, RunStatus.WAITING)
        each = approvals_of(state)[0]
        await page.service.decide(run_id, each.subject, Verb.APPROVE, actor=ALICE, via="button", digest=each.digest)
        async with asyncio.timeout(10), aclosing(terminal.service.watch(run_id)) as states:
            async for newer in states:
                if newer.seq > state.seq:
                    break


def test_the_owner_decides_where_nobody_is_named(tmp_path):
    assert policy_of(settings_in(tmp_path)).approvers == (ALICE,)
    named = policy_of(settings_in(tmp_path, NOD_APPROVERS="nod:bob", NOD_POLICY="observe", NOD_APPROVAL_DAYS="2"))
    assert named.approvers == (Actor("nod", "bob"),)
    assert named.name is PolicyName.OBSERVE
    assert named.expires_after == timedelta(days=2)


async def test_a_corrupt_database_is_refused(tmp_path, settings):
    (tmp_path / "nod.db").write_bytes(b"no database")
    with pytest.raises(StorageCorrupt):
        async with open_nod(settings):
            raise AssertionError("it must not open")


async def test_a_run_is_found_by_how_its_id_begins(settings):
    async with open_nod(settings) as nod:
        ids = [await nod.service.submit("write a poem", origin=TERMINAL, actor=ALICE) for _ in range(17)]
        letters = [run_id[0] for run_id in ids]
        twice = next(letter for letter in letters if letters.count(letter) > 1)  # there are but sixteen letters

        assert await find_run(nod.service, ids[0]) == ids[0]
        assert await find_run(nod.service, f" {ids[1].upper()[:9]} ") == ids[1]
        with pytest.raises(RunAmbiguous, match="write more of the one you mean"):
            await find_run(nod.service, twice)
        for nothing in ("", " ", "xyz"):
            with pytest.raises(RunUnknown):
                await find_run(nod.service, nothing)
