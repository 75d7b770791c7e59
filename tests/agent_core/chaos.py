"""Several processes' worth of Nod on one database, that can die between any two appends and be started again."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent_core.domain import Policy, PolicyName, RunStatus, ToolCall
from agent_core.errors import LeaseLost, RequestRefused
from agent_core.journal.fold import fold
from agent_core.projections import approvals_of, summary_of
from agent_core.rules import settled
from agent_core.runner import LEASE
from tests.agent_core.chaos_model import Stage
from tests.agent_core.oracle import Witness
from tests.agent_core.team import ALICE, BOB, Team, TestClock, open_team


class Crash(LeaseLost):
    """This process is dead, and Run {run_id} hears no more of it."""


@dataclass
class DyingStore:
    """The store of a process that dies right before or right after its next append but `left`."""

    store: object
    left: int | None = None
    after: bool = False
    died: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def dead(self) -> bool:
        return self.died.is_set()

    def __getattr__(self, name):
        self._must_live()
        return getattr(self.store, name)

    async def append(self, commit, hold=None):
        self._must_live()
        if self.left is not None:
            self.left -= 1
        dying = self.left is not None and self.left < 0
        if dying and not self.after:
            self.died.set()
        self._must_live()
        lease = await self.store.append(commit, hold)
        if dying:
            self.died.set()
        self._must_live()
        return lease

    def _must_live(self) -> None:
        if self.dead:
            raise Crash(run_id="any")


@dataclass
class Process:
    """One Nod of several. `stack` closes it."""

    team: Team
    store: DyingStore
    stack: AsyncExitStack

    async def idle_or_dead(self) -> None:
        ends = [asyncio.create_task(self.team.dispatcher.idle()), asyncio.create_task(self.store.died.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        await asyncio.wait(ends)


@dataclass
class Town:
    """A folder with a database, and `size` processes that use it."""

    folder: Path
    size: int
    stage: Stage = field(default_factory=Stage)
    clock: TestClock = field(default_factory=TestClock)
    processes: list[Process] = field(default_factory=list)

    async def open(self) -> None:
        self.stage.open_gate()
        self.processes = [await self._start(f"w{at}") for at in range(self.size)]

    async def _start(self, worker: str) -> Process:
        stores: list[DyingStore] = []

        def dying(store):
            stores.append(DyingStore(store))
            return stores[0]

        stack = AsyncExitStack()
        model = self.stage.model()
        tools, policy = self.stage.tools(), Policy(PolicyName.EVERY_STEP, (ALICE, BOB))
        opened = open_team(self.folder, model, tools=tools, policy=policy, store=dying, clock=self.clock)
        team = await stack.enter_async_context(opened)
        team.dispatcher.runner = replace(team.dispatcher.runner, worker=worker)
        return Process(team, stores[0], stack)

    async def close(self) -> None:
        for process in self.processes:
            await process.stack.aclose()

    def team(self, at: int) -> Team:
        return self.processes[at % self.size].team

    async def runs(self) -> list[str]:
        """The ids of all Runs, oldest first."""
        return list(await self.processes[0].store.store.run_ids())

    async def tried(self, *work) -> list[object]:
        """Do all at once, and return what came of each; only what may be refused is, and the dead do nothing."""
        outcomes = await asyncio.gather(*work, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, RequestRefused | Crash):
                raise outcome
        return outcomes

    async def rest(self) -> None:
        """Let everyone finish, start the dead again, and have what is due taken up."""
        while True:
            await self._all_idle()
            if any(process.store.dead for process in self.processes):
                await self._bury()
            elif not await self._take_up():
                return

    async def busy(self) -> None:
        """Wait until somebody stands at the gate, or nobody will."""
        ends = [asyncio.create_task(self.stage.entered.wait())]
        ends.append(asyncio.create_task(self._all_idle()))
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        await asyncio.wait(ends)

    async def _all_idle(self) -> None:
        for process in self.processes:
            await process.idle_or_dead()

    async def leases_run_out(self) -> None:
        """Let everybody sleep through their leases, and the others take over."""
        self.clock.pass_(LEASE)
        await self._take_up()

    async def _bury(self) -> None:
        for at, process in enumerate(self.processes):
            if process.store.dead:
                await process.stack.aclose()
                self.processes[at] = await self._start(f"w{at}")
        if self.size == 1:
            await self.team(0).dispatcher.void_leases()
        else:
            self.clock.pass_(LEASE)  # the others live, so the dead one's leases must run out

    async def _take_up(self) -> bool:
        due = await self.processes[0].store.store.due(self.clock())
        for run_id in due:
            await asyncio.gather(*(process.team.dispatcher.wake(run_id) for process in self.processes))
        return bool(due)

    # --- what must hold when all is quiet ---

    async def check(self) -> None:
        for run_id in await self.runs():
            await self._check(run_id)

    async def _check(self, run_id: str) -> None:
        recorder = self.team(0).recorder
        entries = await recorder.entries(run_id)
        assert await recorder.verify(run_id) == len(entries)
        witness = Witness().read(entries)
        state = fold(entries)
        truth = settled(state, state.updated_at)
        summary = await recorder.store.summary(run_id)
        assert summary == summary_of(truth)
        rows = [row for row in await recorder.store.approvals(limit=10_000) if row.run_id == run_id]
        asked = approvals_of(truth)
        assert sorted(rows, key=str) == sorted(asked, key=str)
        now = self.clock()
        for process in self.processes:
            assert settled(await process.team.recorder.load(run_id), now) == settled(state, now)
        assert abs(state.cost - witness.cost) < 1e-9
        assert truth.status is not RunStatus.RUNNING, "it runs, and nobody is at it"
        assert truth.status.over or truth.paused or asked, "it waits for nobody"
        assert truth.status.over == witness.over
        assert not (truth.status.over and asked)
        self._count(run_id, witness)

    def _count(self, run_id: str, witness: Witness) -> None:
        sends = {ToolCall.of("send", {"text": f"hello {n}"}).digest for n in (1, 2)}
        sends.update(step.digest for step in witness.steps.values() if step.proposed.call.tool == "send")
        sends.update(digest for run, digest in self.stage.effects if run == run_id)
        for digest in sends:
            happened = self.stage.effects[run_id, digest]
            assert witness.ended[digest] <= happened <= witness.started[digest], "an effect that is not in the Journal"
