"""One worker at a time: leases, and what a sweep finds to wake."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_core.domain import RunStatus
from agent_core.errors import RunUnknown
from storage.journal_store import SqlJournalStore
from storage.sqlite import open_sqlite
from tests.storage.journals import NOON, Journal, after


async def epoch_of(taking):
    lease = await taking
    return lease and lease.epoch


async def test_a_lease_is_taken_once(store):
    await store.create(Journal("r1").next())
    assert await epoch_of(store.acquire("r1", "a", after(30), NOON)) == 1
    assert await epoch_of(store.acquire("r1", "b", after(30), NOON)) is None
    assert await epoch_of(store.acquire("r1", "a", after(30), NOON)) is None


async def test_of_many_workers_one_gets_the_lease(store):
    await store.create(Journal("r1").next())
    epochs = await asyncio.gather(*[epoch_of(store.acquire("r1", f"w{n}", after(30), NOON)) for n in range(20)])
    assert sorted(epochs, key=str) == [1] + [None] * 19


async def test_a_lease_on_a_run_that_is_not_there_is_refused(store):
    with pytest.raises(RunUnknown):
        await epoch_of(store.acquire("nobody", "a", after(30), NOON))


async def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_is_told(store):
    await store.create(Journal("r1").next())
    old = await epoch_of(store.acquire("r1", "a", after(30), NOON))
    assert await epoch_of(store.acquire("r1", "b", after(59), after(29.999))) is None
    new = await epoch_of(store.acquire("r1", "b", after(60), after(30)))
    assert (old, new) == (1, 2)
    assert not await store.renew("r1", old, after(90))
    assert await store.renew("r1", new, after(90))
    assert await epoch_of(store.acquire("r1", "c", after(120), after(89))) is None


async def test_a_holder_that_was_woken_keeps_its_lease_and_looks_again(store):
    await store.create(Journal("r1").next())
    epoch = await epoch_of(store.acquire("r1", "a", after(30), NOON))
    await epoch_of(store.acquire("r1", "b", after(30), NOON))
    assert not await store.release("r1", epoch)
    assert await store.renew("r1", epoch, after(40))
    assert await store.release("r1", epoch)
    assert not await store.renew("r1", epoch, after(50))
    assert await epoch_of(store.acquire("r1", "b", after(60), NOON)) == 2


async def test_whoever_takes_over_is_not_woken_for_what_it_will_see_anyway(store):
    await store.create(Journal("r1").next())
    await epoch_of(store.acquire("r1", "a", after(30), NOON))
    await epoch_of(store.acquire("r1", "b", after(30), NOON))
    new = await epoch_of(store.acquire("r1", "c", after(90), after(60)))
    assert await store.release("r1", new)


async def test_letting_go_of_a_lost_lease_changes_nothing(store):
    await store.create(Journal("r1").next())
    old = await epoch_of(store.acquire("r1", "a", after(30), NOON))
    new = await epoch_of(store.acquire("r1", "b", after(90), after(30)))
    assert await store.release("r1", old)
    assert await store.renew("r1", new, after(100))


async def test_void_leases_are_free_at_once_and_their_holders_are_not_heard(store):
    for run_id in ("r1", "r2"):
        await store.create(Journal(run_id).next())
    old = await epoch_of(store.acquire("r1", "a", after(30), NOON))
    await store.void_leases()
    assert not await store.renew("r1", old, after(60))
    assert await epoch_of(store.acquire("r1", "b", after(30), NOON)) == old + 1


async def test_due_are_running_runs_without_a_live_lease_and_those_whose_time_has_come(store):
    waiting = RunStatus.WAITING
    await store.create(Journal("free").next(updated_at=after(-4)))
    await store.create(Journal("held").next())
    await store.create(Journal("died").next(updated_at=after(-5)))
    await store.create(Journal("asks").next(status=waiting))
    await store.create(Journal("later").next(status=waiting, wake_at=after(60)))
    await store.create(Journal("now").next(status=waiting, wake_at=after(20), updated_at=after(-9)))
    await store.create(Journal("over").next(status=RunStatus.FINISHED))
    await epoch_of(store.acquire("held", "a", after(50), NOON))
    await epoch_of(store.acquire("died", "a", after(10), NOON))
    assert await store.due(after(20)) == ["now", "died", "free"]
    assert await store.due(after(20), limit=2) == ["now", "died"]
    assert set(await store.due(after(60))) == {"now", "died", "free", "held", "later"}


async def test_the_next_wake_is_the_earliest_time_or_end_of_a_running_lease(store):
    assert await store.next_wake() is None
    await store.create(Journal("asks").next(status=RunStatus.WAITING))
    await store.create(Journal("later").next(status=RunStatus.WAITING, wake_at=after(60)))
    assert await store.next_wake() == after(60)
    await store.create(Journal("runs").next())
    assert await store.next_wake() == after(60)
    epoch = await epoch_of(store.acquire("runs", "a", after(30), NOON))
    assert await store.next_wake() == after(30)
    await store.release("runs", epoch)
    assert await store.next_wake() == after(60)
    await epoch_of(store.acquire("asks", "a", after(5), NOON))
    assert await store.next_wake() == after(60)


@dataclass
class Lease:
    """What one run's lease should be, told in the words of the port."""

    epoch: int = 0
    until: int | None = None
    woken: bool = False

    def holds(self, epoch: int) -> bool:
        return self.until is not None and epoch == self.epoch

    def acquire(self, until: int, now: int) -> int | None:
        if self.until is not None and self.until > now:
            self.woken = True
            return None
        self.epoch, self.until, self.woken = self.epoch + 1, until, False
        return self.epoch

    def renew(self, epoch: int, until: int) -> bool:
        if self.holds(epoch):
            self.until = until
        return self.holds(epoch)

    def release(self, epoch: int) -> bool:
        if not self.holds(epoch):
            return True
        if self.woken:
            self.woken = False
            return False
        self.until = None
        return True


MOVES = st.tuples(
    st.sampled_from(["acquire", "renew", "release", "void"]), st.integers(0, 20), st.integers(0, 6), st.integers(1, 5)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(MOVES, max_size=30))
def test_leases_do_what_the_port_says_in_any_order(tmp_path_factory, moves):
    async def play():
        async with open_sqlite(tmp_path_factory.mktemp("leases") / "nod.db") as database:
            store, model = SqlJournalStore(database), Lease()
            await store.create(Journal("r1").next())
            for move, now, length, epoch in moves:
                until = now + length
                match move:
                    case "acquire":
                        found = await epoch_of(store.acquire("r1", "w", after(until), after(now)))
                        assert found == model.acquire(until, now)
                    case "renew":
                        assert await store.renew("r1", epoch, after(until)) == model.renew(epoch, until)
                    case "release":
                        assert await store.release("r1", epoch) == model.release(epoch)
                    case "void":
                        await store.void_leases()
                        model.until, model.woken = None, False

    asyncio.run(play())
