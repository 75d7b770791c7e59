"""A Service in memory: it shows the runs it is given, keeps what is asked of it, and refuses when told to."""

import asyncio
from dataclasses import dataclass, field, replace

from agent_core.domain import FileRef, Policy, digest_of
from agent_core.errors import FileRefused, RunUnknown
from agent_core.journal.state import RunState
from agent_core.ports import RunSummary
from agent_core.presenter import cards_of


@dataclass
class Shown:
    """A run to show. `cards` stand in for those its state would give."""

    state: RunState
    cards: tuple = ()
    files: dict[str, bytes] = field(default_factory=dict)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)


class FakeService:
    """The methods of `agent_core.service.Service` that the web door uses."""

    policy = Policy()
    rehearsal = False

    def __init__(self, *runs: Shown) -> None:
        self.shown = {run.state.run_id: run for run in runs}
        self.asked = []
        self.refuses = None
        self.follow_up = ""
        self.watchers = 0
        self.rested = asyncio.Event()
        self.unwatched = asyncio.Event()

    def _run(self, run_id) -> Shown:
        if run_id not in self.shown:
            raise RunUnknown(run_id=run_id)
        return self.shown[run_id]

    def _ask(self, *asked):
        self.asked.append(asked)
        if self.refuses is not None:
            raise self.refuses

    async def submit(self, goal, **more):
        self._ask("submit", goal, more)
        return next(iter(self.shown))

    async def channel_policy(self, origin):
        return None

    async def usual_policy(self, origin):
        return self.policy.name

    async def decide(self, run_id, subject, verb, **more):
        self._run(run_id)
        self._ask("decide", run_id, subject, verb, more)
        return self.shown[run_id].state

    async def control(self, run_id, verb, **more):
        self._run(run_id)
        self._ask("control", run_id, verb, more)
        return self.shown[run_id].state

    async def say(self, run_id, text, **more):
        self._run(run_id)
        self._ask("say", run_id, text, more)
        return self.follow_up or run_id

    async def state(self, run_id):
        return self._run(run_id).state

    def cards_of(self, state):
        """What stands in for the presenter."""
        return self.shown[state.run_id].cards or cards_of(state)

    async def change(self, run_id, *, cards=None, **state):
        """Make the run another, as if something had happened in it."""
        run = self._run(run_id)
        run.state = replace(run.state, seq=run.state.seq + 1, **state)
        run.cards = run.cards if cards is None else cards
        async with run.changed:
            run.changed.notify_all()

    async def watch(self, run_id):
        run = self._run(run_id)
        seen = 0
        self.watchers += 1
        try:
            while True:
                if seen:
                    self.rested.set()  # all there was has been taken
                async with run.changed:
                    while run.state.seq <= seen:
                        await run.changed.wait()
                seen = run.state.seq
                yield run.state
                if run.state.status.over:
                    return
        finally:
            self.watchers -= 1
            self.unwatched.set()

    async def runs(self, *, limit=50, before=None, origin=None):
        rows = [_summary(run.state) for run in self.shown.values()]
        rows = sorted(
            (row for row in rows if before is None or row.created_at < before), key=lambda row: row.created_at
        )
        return rows[::-1][:limit]

    async def waiting(self, *, limit=50):
        return []

    async def files(self, run_id):
        run = self._run(run_id)
        return [FileRef(path, digest_of(content), len(content)) for path, content in run.files.items()]

    async def read_file(self, run_id, path):
        run = self._run(run_id)
        if path not in run.files:
            raise FileRefused(path=path, reason="there is no such file.")
        return run.files[path]

    async def verify(self, run_id=""):
        return self._run(run_id).state.seq

    async def export(self, run_id):
        for seq in range(1, self._run(run_id).state.seq + 1):
            yield {"run_id": run_id, "seq": seq}


def _summary(state: RunState) -> RunSummary:
    return RunSummary(
        run_id=state.run_id,
        seq=state.seq,
        status=state.status,
        goal=state.goal,
        origin=state.origin,
        actor=state.actor,
        policy=state.policy.name.value,
        language=state.language,
        workspace=state.workspace,
        follows=state.follows,
        cost=state.cost,
        tokens=state.tokens,
        rehearsal=state.rehearsal,
        created_at=state.created_at,
        updated_at=state.updated_at,
    )
