"""Journals in a database: events, blobs and projections, written together."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_core.domain import Actor, Origin, RunStatus
from agent_core.errors import JournalBroken, JournalConflict, LeaseLost, RunUnknown, StorageError
from agent_core.journal.records import blobs_of, unseal, verify
from agent_core.ports import Commit, Lease, LettingGo, OpenApproval, Taking, Under
from storage.database import ROWS_AT_ONCE
from tests.storage.journals import NOON, Journal, after, said, summary_of


async def test_a_run_reads_back_as_it_was_written(store):
    journal = Journal("r1")
    await store.create(journal.next(said("first")))
    await store.append(journal.next(said("second"), said("third")))
    assert await store.records("r1") == journal.records
    assert await store.records("r1", after=2) == journal.records[2:]
    verify(await store.records("r1"))


async def test_an_unknown_run_has_no_records_and_no_summary(store):
    assert await store.records("nobody") == []
    with pytest.raises(RunUnknown):
        await store.summary("nobody")


async def test_a_run_is_found_by_the_key_it_was_stored_with(store):
    await store.create(Journal("r1").next(), "key")
    assert await store.run_of("key") == "r1"
    assert await store.run_of("another key") == ""


async def test_large_contents_are_kept_once(store):
    long = "long " * 2000
    journal, other = Journal("r1"), Journal("r2")
    await store.create(journal.next(said(long)))
    await store.create(other.next(said(long)))
    wanted = blobs_of(journal.records[0]) | {"0" * 64}
    blobs = await store.blobs(wanted)
    assert len(blobs) == 1
    assert unseal((await store.records("r2"))[0], blobs) == said(long)


async def test_no_blobs_are_asked_for_and_none_come(store):
    assert await store.blobs(frozenset()) == {}


async def test_many_blobs_come_in_one_call(store):
    journal = Journal("r1")
    await store.create(replace(journal.next(), blobs={f"{n:064}": bytes([n % 256]) for n in range(1200)}))
    found = await store.blobs(frozenset(f"{n:064}" for n in range(1200)))
    assert found == {f"{n:064}": bytes([n % 256]) for n in range(1200)}


async def test_a_commit_of_many_events_lands_whole(store):
    journal = Journal("r1")
    await store.create(journal.next(*[said(str(n)) for n in range(2 * ROWS_AT_ONCE + 1)]))
    assert await store.records("r1") == journal.records


async def test_the_summary_is_what_the_last_commit_said(store):
    journal = Journal("r1")
    await store.create(journal.next(status=RunStatus.RUNNING, wake_at=after(5)))
    commit = journal.next(status=RunStatus.WAITING, wake_at=after(9), cost=1.5, tokens=7, rehearsal=True)
    await store.append(commit)
    assert await store.summary("r1") == commit.summary


async def test_a_second_use_of_a_key_stores_nothing_and_tells_the_first_run(store):
    assert await store.create(Journal("r1").next(), key="k") == "r1"
    assert await store.create(Journal("r2").next(), key="k") == "r1"
    assert await store.run_ids() == ["r1"]
    assert await store.records("r2") == []


async def test_no_key_is_no_key(store):
    assert await store.create(Journal("r1").next()) == "r1"
    assert await store.create(Journal("r2").next()) == "r2"


async def test_a_key_used_by_many_at_once_makes_one_run(store):
    ids = await asyncio.gather(*[store.create(Journal(f"r{n}").next(), key="k") for n in range(20)])
    assert len(set(ids)) == 1
    assert await store.run_ids() == [ids[0]]


async def test_a_run_id_cannot_be_created_twice(store):
    await store.create(Journal("r1").next())
    with pytest.raises(JournalConflict):
        await store.create(Journal("r1").next())


async def test_of_two_appends_of_one_seq_one_wins_and_the_other_is_told(store):
    mine = Journal("r1")
    await store.create(mine.next())
    yours = Journal("r1")
    yours.records = list(mine.records)
    appends = [store.append(mine.next(said("mine"))), store.append(yours.next(said("yours")))]
    lost, won = sorted(await asyncio.gather(*appends, return_exceptions=True), key=lambda outcome: outcome is None)
    assert isinstance(lost, JournalConflict)
    assert lost.fields == {"run_id": "r1", "seq": 2}
    assert won is None
    assert await store.records("r1") in (mine.records, yours.records)


async def test_what_lost_the_race_leaves_no_trace(store):
    journal = Journal("r1")
    await store.create(journal.next())
    late = journal.next(said("x " * 4000), said("more"), approvals=[OpenApproval("r1", "plan", "d", NOON)])
    await store.append(replace(late, records=late.records[:1], blobs={}, approvals=()))
    with pytest.raises(JournalConflict):
        await store.append(late)
    assert len(await store.records("r1")) == 2
    assert await store.approvals() == []
    assert await store.blobs(frozenset(late.blobs)) == {}


async def test_the_summary_never_goes_back(store):
    journal = Journal("r1")
    await store.create(journal.next())
    stale = Commit([], {}, summary_of("r1", 1, status=RunStatus.FAILED), ())
    newest = journal.next(status=RunStatus.WAITING)
    await store.append(newest)
    with pytest.raises(JournalConflict):
        await store.append(stale)
    assert await store.summary("r1") == newest.summary


async def test_nothing_is_appended_to_a_run_that_is_not_there(store):
    journal = Journal("r1")
    journal.next()
    with pytest.raises(RunUnknown):
        await store.append(journal.next())
    assert await store.records("r1") == []


async def test_nothing_is_appended_after_a_gap(store):
    journal = Journal("r1")
    await store.create(journal.next())
    journal.next()
    with pytest.raises(JournalBroken, match="event 2"):
        await store.append(journal.next())
    assert len(await store.records("r1")) == 1


async def test_a_worker_appends_only_under_its_lease(store):
    journal = Journal("r1")
    await store.create(journal.next())
    old = await store.acquire("r1", "slow", after(10), NOON)
    await store.append(journal.next(), Under(old.epoch))
    new = await store.acquire("r1", "quick", after(30), after(11))
    late = Journal("r1")
    late.records = list(journal.records)
    with pytest.raises(LeaseLost):
        await store.append(late.next(), Under(old.epoch))
    await store.append(journal.next(), Under(new.epoch))
    await store.release("r1", new.epoch)
    with pytest.raises(LeaseLost):
        await store.append(journal.next(), Under(new.epoch))


async def test_an_append_takes_a_free_lease_or_is_not_made(store):
    journal, rival = Journal("r1"), Journal("r1")
    await store.create(journal.next())
    rival.records = list(journal.records)
    taking = Taking("a", after(30), NOON)
    assert await store.append(journal.next(), taking) == Lease(1, 2)
    with pytest.raises(JournalConflict):
        await store.append(rival.next(), taking)
    rival.records = list(journal.records)
    with pytest.raises(LeaseLost):
        await store.append(rival.next(), Taking("b", after(40), after(29)))
    assert await store.append(journal.next(), Under(1)) == Lease(1, 3)
    assert await store.append(journal.next(), Taking("b", after(60), after(30))) == Lease(2, 4)
    assert not await store.renew("r1", 1, after(90))
    assert await store.records("r1") == journal.records


async def test_the_last_append_lets_go_of_the_lease_unless_the_run_was_woken(store):
    journal = Journal("r1")
    await store.create(journal.next())
    await store.append(journal.next(), Taking("a", after(30), NOON))
    assert await store.acquire("r1", "b", after(30), NOON) is None
    assert await store.append(journal.next(), LettingGo(1)) == Lease(1, 3)
    assert await store.renew("r1", 1, after(40))
    assert await store.append(journal.next(), LettingGo(1)) is None
    assert not await store.renew("r1", 1, after(50))
    late = Journal("r1")
    late.records = list(journal.records)
    with pytest.raises(LeaseLost):
        await store.append(late.next(), LettingGo(1))
    assert await store.acquire("r1", "b", after(60), NOON) == Lease(2, 4)


async def test_a_commit_that_changes_no_approval_leaves_them_as_they_are(store):
    plan, journal = OpenApproval("r1", "plan", "d1", after(1)), Journal("r1")
    await store.create(journal.next(approvals=[plan]))
    await store.append(replace(journal.next(), approvals=None))
    assert await store.approvals() == [plan]


async def test_a_lost_lease_is_told_before_a_lost_race(store):
    journal = Journal("r1")
    await store.create(journal.next())
    under = Under((await store.acquire("r1", "w", after(10), NOON)).epoch)
    rival = Journal("r1")
    rival.records = list(journal.records)
    await store.append(journal.next(), under)
    with pytest.raises(JournalConflict):
        await store.append(rival.next(), under)
    await store.void_leases()
    rival.records.pop()
    with pytest.raises(LeaseLost):
        await store.append(rival.next(), under)


async def test_people_append_whoever_has_the_lease(store):
    journal = Journal("r1")
    await store.create(journal.next())
    await store.acquire("r1", "w", after(10), NOON)
    await store.append(journal.next())
    assert len(await store.records("r1")) == 2


async def test_approvals_are_those_the_last_commit_named(store):
    plan = OpenApproval("r1", "plan", "d1", after(1), after(60))
    step, other = OpenApproval("r1", "step:1", "d2", after(2)), OpenApproval("r2", "plan", "d9", after(0))
    journal = Journal("r1")
    await store.create(Journal("r2").next(approvals=[other]))
    await store.create(journal.next(approvals=[plan]))
    assert await store.approvals() == [other, plan]
    await store.append(journal.next(approvals=[step, plan]))
    assert await store.approvals() == [other, plan, step]
    changed = replace(step, digest="d3", asked_at=after(5), expires_at=after(90))
    await store.append(journal.next(approvals=[changed]))
    assert await store.approvals() == [other, changed]
    await store.append(journal.next(approvals=[replace(changed, expires_at=None)]))
    assert await store.approvals() == [other, replace(changed, expires_at=None)]
    await store.append(journal.next())
    assert await store.approvals() == [other]
    assert await store.approvals(limit=0) == []


async def test_approvals_are_those_of_a_workspace_or_of_who_asked(store):
    alice, bob = Actor("slack", "U1"), Actor("slack", "U2")
    runs = {"r1": ("T1", alice), "r2": ("T1", bob), "r3": ("T2", alice)}
    for number, (run_id, (team, actor)) in enumerate(runs.items()):
        asked = OpenApproval(run_id, "plan", "d", after(number))
        await store.create(Journal(run_id).next(approvals=[asked], origin=Origin("slack", team, "C"), actor=actor))

    async def found(**which):
        return [each.run_id for each in await store.approvals(**which)]

    here = Origin("slack", "T1", "")
    assert await found() == ["r1", "r2", "r3"]
    assert await found(workspace=here) == ["r1", "r2"]
    assert await found(actor=alice) == ["r1", "r3"]
    assert await found(workspace=here, actor=bob, limit=1) == ["r2"]
    assert await found(workspace=Origin("discord", "T1")) == []


async def test_runs_are_listed_newest_first_page_by_page(store):
    for n in range(5):
        await store.create(Journal(f"r{n}").next(created_at=after(n)))
    first = await store.summaries(limit=2)
    assert [summary.run_id for summary in first] == ["r4", "r3"]
    rest = await store.summaries(before=first[-1].created_at)
    assert [summary.run_id for summary in rest] == ["r2", "r1", "r0"]
    assert await store.run_ids() == ["r0", "r1", "r2", "r3", "r4"]


async def test_runs_of_an_origin_are_its_own_only(store):
    thread, channel = Origin("slack", "T", "C", "1.2"), Origin("slack", "T", "C")
    await store.create(Journal("r1").next(origin=thread))
    await store.create(Journal("r2").next(origin=channel))
    assert [summary.run_id for summary in await store.summaries(origin=thread)] == ["r1"]
    assert [summary.run_id for summary in await store.summaries(origin=channel, before=after(1))] == ["r2"]
    assert await store.summaries(origin=channel, before=NOON) == []


async def test_half_a_character_is_refused_and_nothing_is_stored(store):
    with pytest.raises(StorageError, match="half a character"):
        await store.create(Journal("r1").next(goal="\ud83d"))
    assert await store.run_ids() == []


async def test_a_number_beyond_the_column_is_refused_and_neighbours_land(store):
    odd, even = store.create(Journal("r1").next(tokens=2**70)), store.create(Journal("r2").next())
    refused, landed = await asyncio.gather(odd, even, return_exceptions=True)
    assert isinstance(refused, StorageError)
    assert "too large" in str(refused)
    assert landed == "r2"


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200
)  # PostgreSQL keeps no NUL


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=TEXT,
    name=TEXT,
    cost=st.floats(0, 1e9),
    at=st.datetimes(min_value=NOON.replace(tzinfo=None, year=1000)).map(lambda at: at.replace(tzinfo=NOON.tzinfo)),
)
async def test_whatever_people_write_reads_back(store, text, name, cost, at):
    run_id = f"r{len(await store.run_ids())}"
    journal = Journal(run_id)
    changed = {"goal": text, "actor": Actor("nod", name or "x", text), "cost": cost, "updated_at": at, "wake_at": at}
    commit = journal.next(said(text), **changed)
    await store.create(commit)
    assert await store.records(run_id) == journal.records
    found = await store.summary(run_id)
    assert found == commit.summary
    assert found.actor.name == text
