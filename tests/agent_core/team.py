"""A whole Nod without doors, for tests: the real core on a real SQLite file, with a scripted model."""

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent_core.cards import Verb
from agent_core.changes import Changes
from agent_core.dispatch import LocalDispatcher
from agent_core.domain import Actor, Origin, Policy, PolicyName, RunStatus
from agent_core.evaluator import Evaluator
from agent_core.executor import Executor
from agent_core.folders import Folders
from agent_core.projections import approvals_of
from agent_core.recorder import Recorder
from agent_core.recurring import LEAST
from agent_core.redaction import Redactor
from agent_core.runner import Runner
from agent_core.scheduling import Keeper, schedule_tools, schedules_of
from agent_core.service import Service
from agent_core.threads import Threads
from agent_core.tools import core_tools
from agent_core.tools.toolbox import Toolbox
from agent_core.tools.workspace import Workspace
from storage.conversation_store import SqlChannelStore, SqlConversationStore
from storage.database import Database
from storage.delivery_store import SqlDeliveryStore
from storage.journal_store import SqlJournalStore
from storage.opening import open_database
from storage.schedule_store import SqlScheduleStore

ALICE = Actor("nod", "alice", "Alice")
BOB = Actor("nod", "bob", "Bob")
MALLORY = Actor("nod", "mallory", "Mallory")
WEB = Origin("web")


class TestClock:
    """A time that passes only when told to."""

    __test__ = False

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def pass_(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Team:
    """What a test holds of a Nod."""

    service: Service
    dispatcher: LocalDispatcher
    recorder: Recorder
    clock: TestClock
    folder: Path
    database: Database

    async def submit(self, goal="write a blog about AI", *, policy=None, actor=ALICE, **more) -> str:
        run_id = await self.service.submit(goal, origin=WEB, actor=actor, policy=policy, **more)
        await self.dispatcher.idle()
        return run_id

    async def state(self, run_id):
        return await self.service.state(run_id)

    async def open(self, run_id):
        """The ids and digests of what waits for people."""
        return {each.subject: each.digest for each in approvals_of(await self.state(run_id))}

    async def decide(self, run_id, subject=None, verb=Verb.APPROVE, *, actor=ALICE, digest=None, **more):
        waiting = await self.open(run_id)
        subject = subject or next(iter(waiting))
        digest = waiting.get(subject, "") if digest is None else digest
        await self.service.decide(run_id, subject, verb, actor=actor, via="button", digest=digest, **more)
        await self.dispatcher.idle()
        return await self.state(run_id)

    async def approve_all(self, run_id, *, limit=100):
        """Approve whatever is asked until the Run is over."""
        for _ in range(limit):
            state = await self.state(run_id)
            if state.status.over:
                return state
            assert state.status is RunStatus.WAITING, state.status
            await self.decide(run_id)
        raise AssertionError("the run never ends")

    async def events(self, run_id):
        return [entry.event for entry in await self.recorder.entries(run_id)]

    async def kinds(self, run_id):
        return [type(event).__name__ for event in await self.events(run_id)]

    async def until(self, run_id, condition):
        """Wait until the Run's state meets a condition."""
        async with asyncio.timeout(10), aclosing(self.service.watch(run_id)) as states:
            async for state in states:
                if condition(state):
                    return state
        raise AssertionError("the run ended before that")


@asynccontextmanager
async def open_team(
    folder: Path,
    model,
    *,
    tools=(),
    sources=(),
    policy=None,
    store=lambda store: store,
    clock=None,
    sweeps=False,
    redactor=None,
    least=LEAST,
    zone="UTC",
):
    """Open a Nod on `folder`; again on the same folder is a restart."""
    clock = clock or TestClock()
    async with open_database(f"sqlite:///{folder}/nod.db") as database:
        recorder = Recorder(store(SqlJournalStore(database)), clock, Changes())

        workspaces = folder / "workspaces"

        def workspace(name):
            return Workspace(workspaces / name)

        channels, schedule_store = SqlChannelStore(database), SqlScheduleStore(database)
        policy = policy or Policy(PolicyName.EVERY_STEP, (BOB,))
        keeper = Keeper(schedule_store, recorder.load, clock, channels, policy, least)
        toolbox = Toolbox.of([*core_tools(), *tools, *schedule_tools(keeper)])
        for source in sources:
            toolbox = toolbox.with_source(source)
        executor = Executor(model, toolbox, workspace, clock, redactor or Redactor())
        runner = Runner(recorder, executor, Evaluator(model, workspace), "worker")
        dispatcher = LocalDispatcher(runner)
        schedules = schedules_of(
            schedule_store,
            recorder,
            dispatcher,
            Folders(workspace),
            channels,
            policy,
            rehearsal=model.rehearsal,
            zone=zone,
            least=least,
        )
        service = Service(
            recorder,
            dispatcher,
            executor,
            SqlConversationStore(database),
            channels,
            Threads(recorder.store, SqlDeliveryStore(database)),
            schedules,
            policy,
        )
        sweeping = asyncio.create_task(dispatcher.sweep()) if sweeps else None
        try:
            yield Team(service, dispatcher, recorder, clock, folder, database)
        finally:
            if sweeping:
                sweeping.cancel()
                await asyncio.wait([sweeping])
            await dispatcher.close()
