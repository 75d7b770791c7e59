"""The runner: fold, ask the rules, perform, append, until the Run waits. The only impure part of advancing a Run."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from agent_core import closing
from agent_core.domain import Topic
from agent_core.errors import (
    JournalBroken,
    LeaseLost,
    ModelError,
    NodError,
    RunUnknown,
    StorageBusy,
    StorageError,
    StorageFull,
)
from agent_core.evaluator import Evaluator
from agent_core.executor import Executor
from agent_core.i18n import sentence, translator
from agent_core.journal import events as e
from agent_core.journal.state import RunState
from agent_core.planner import propose_plan
from agent_core.ports import ConversationStore
from agent_core.recorder import Propose, Recorder
from agent_core.rules import (
    Action,
    Ask,
    ExecuteStep,
    ExpireStep,
    Fail,
    Finish,
    JudgeSubtask,
    MakePlan,
    RecoverStep,
    SkipStep,
    TakeTurn,
    Wait,
    WavePlan,
    next_actions,
)

LEASE = timedelta(seconds=30)  # renewed three times as often; a dead worker's Run is taken over after it
RETRY = 5.0  # seconds before storage is tried again that was full or busy
PASSING = (StorageBusy, StorageFull)  # what goes by when people free some space or end another process
UNREADABLE = (JournalBroken, RunUnknown)  # there is no Run to ask people in
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Runner:
    """Advances Runs, one worker at a time each."""

    recorder: Recorder
    executor: Executor
    evaluator: Evaluator
    conversations: ConversationStore
    worker: str
    retry: float = RETRY

    async def advance(self, run_id: str, woken: asyncio.Event) -> None:
        """Do all that can be done in a Run now. `woken` is set when something else happened to it meanwhile."""
        store, clock = self.recorder.store, self.recorder.clock
        woken.clear()  # what comes from here on is for the holder of the lease, here or elsewhere, to look at
        epoch = await store.acquire(run_id, self.worker, clock() + LEASE, clock())
        if epoch is None:
            return  # its holder has been told to look again
        try:
            async with self._renewing(run_id, epoch, woken):
                while True:
                    await self._stretch(run_id, epoch, woken)
                    if await store.release(run_id, epoch):
                        return
        except LeaseLost:
            log.warning("lease_lost", run_id=run_id, epoch=epoch)
        except BaseException:
            with suppress(NodError):  # a lease that cannot be let go of runs out
                while not await store.release(run_id, epoch):
                    pass  # woken meanwhile, but nobody here looks again
            raise

    async def _stretch(self, run_id: str, epoch: int, woken: asyncio.Event) -> None:
        try:
            await _Advance(self, run_id, epoch, woken).until_wait()
        except (LeaseLost, *PASSING, *UNREADABLE):
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, people are told, and the Run waits for them)
            await self._fault(run_id, epoch, error)

    async def _fault(self, run_id: str, epoch: int, error: Exception) -> None:
        """Tell people that Nod itself met an error; the log has its traceback, and the Run waits for them."""
        log.error("advance_fault", run_id=run_id, exc_info=error)

        def ask(state: RunState) -> Sequence[e.Event]:
            if state.status.over:
                return []
            _ = translator(state.language)
            text = _("Nod met an error of its own ({kind}); the log has the details.")
            return [closing.question(Topic.FAULT, "", text.format(kind=type(error).__name__))(state)]

        await self.recorder.append(run_id, ask, epoch=epoch)

    @asynccontextmanager
    async def _renewing(self, run_id: str, epoch: int, woken: asyncio.Event) -> AsyncGenerator[None]:
        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE.total_seconds() / 3)
                with suppress(StorageError):  # tried again in time
                    if not await self.recorder.store.renew(run_id, epoch, self.recorder.clock() + LEASE):
                        return  # the next append under this epoch finds out
                    known = await self.recorder.latest(run_id)
                    if (await self.recorder.load(run_id)).seq > known.seq:
                        woken.set()  # another process appended, a stop perhaps

        renewal = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewal.cancel()
            await asyncio.wait([renewal])


class _Advance:
    """One stretch of work on one Run, under one lease."""

    def __init__(self, runner: Runner, run_id: str, epoch: int, woken: asyncio.Event) -> None:
        self.runner = runner
        self.run_id = run_id
        self.epoch = epoch
        self.woken = woken
        self.under_way: dict[str, asyncio.Task[None]] = {}

    async def until_wait(self) -> None:
        """Perform actions until the Run waits for people or is over."""
        await self.runner.recorder.load(self.run_id)
        try:
            while True:
                self.woken.clear()
                state = await self.runner.recorder.latest(self.run_id)
                if state.status.over or state.paused:
                    self._cancel_thinking()
                began = self._begin(state)
                if not self.under_way and not began:
                    return
                await self._something_happens()
        finally:
            await self._end()

    def _begin(self, state: RunState) -> bool:
        """Start what is to be done and not yet under way; say whether anything was."""
        actions = next_actions(state, self.runner.recorder.clock())
        if isinstance(actions, Wait):
            return False
        wanted = {_subject(action): action for action in actions if _subject(action) not in self.under_way}
        if any(isinstance(action, MakePlan | Finish | Fail) for action in wanted.values()) and self.under_way:
            return False  # a new Plan, or the end, comes after what is still being done
        for subject, action in wanted.items():
            work = asyncio.create_task(self._perform(action, state), name=subject)
            work.add_done_callback(lambda _: self.woken.set())
            self.under_way[subject] = work
        return bool(wanted)

    async def _something_happens(self) -> None:
        """Wait until something under way is done, or the Run is woken."""
        await self.woken.wait()
        for subject, work in tuple(self.under_way.items()):
            if work.done():
                del self.under_way[subject]
                if not work.cancelled():
                    work.result()  # what a perform raises ends this stretch

    def _cancel_thinking(self) -> None:
        """Stop asking the model; a Tool that runs is left to finish, so that what it did is known."""
        for subject, work in self.under_way.items():
            if not subject.startswith("step:"):
                work.cancel()

    async def _end(self) -> None:
        for work in self.under_way.values():
            work.cancel()
        if self.under_way:
            await asyncio.wait(self.under_way.values())

    # --- what an action does ---

    async def _perform(self, action: Action, state: RunState) -> None:
        match action:
            case ExecuteStep():
                await self._execute(action)
            case RecoverStep(step_id, again=True):
                await self._run(state, step_id)
            case MakePlan() | TakeTurn() | JudgeSubtask():
                await self._think(action, state)
            case _:
                now = await self._append(
                    lambda now: closing.events_for(action, now) if self._wanted(action, now) else []
                )
                if now.status.over:
                    with suppress(StorageError):  # the Journal has it; the conversation is a help
                        await self.runner.conversations.add(now.origin, closing.last_words(now))

    async def _think(self, action: MakePlan | TakeTurn | JudgeSubtask, state: RunState) -> None:
        """Ask the model, and append what came of it if it is still wanted; what it cost, in any case."""
        subtask_id = "" if isinstance(action, MakePlan) else action.subtask_id
        try:
            events = await self._asked(action, state)
        except ModelError as error:
            log.warning("model_failed", run_id=self.run_id, error=type(error).__name__)
            billed = [e.ModelCalled(_purpose(action), usage, subtask_id, failed=True) for usage in error.usages]
            question = closing.question(Topic.MODEL, subtask_id, sentence(error, state.language))
            await self._append(lambda now: [*billed, *([question(now)] if self._wanted(action, now) else [])])
            return
        billed = [event for event in events if isinstance(event, e.ModelCalled)]
        await self._append(lambda now: events if self._wanted(action, now) else billed)

    async def _asked(self, action: MakePlan | TakeTurn | JudgeSubtask, state: RunState) -> Sequence[e.Event]:
        executor, evaluator = self.runner.executor, self.runner.evaluator
        match action:
            case MakePlan():
                return await propose_plan(executor.model, state, executor.toolbox.specs)
            case TakeTurn(subtask_id):
                return await executor.take_turn(state, subtask_id)
            case JudgeSubtask(subtask_id):
                return await evaluator.judge(state, subtask_id)

    async def _execute(self, action: ExecuteStep) -> None:
        """Append StepStarted if the grounds still stand, and only then run the Tool."""
        begun = False

        def start(now: RunState) -> Sequence[e.Event]:
            nonlocal begun
            begun = action in _actions(now, self.runner)
            return (
                [e.StepStarted(action.step_id, now.steps[action.step_id].call.digest, action.grounds)] if begun else []
            )

        state = await self._append(start)
        if begun:
            await self._run(state, action.step_id)

    async def _run(self, state: RunState, step_id: str) -> None:
        observation = await self.runner.executor.execute(state, state.steps[step_id])
        await self._append(lambda _: [e.StepFinished(step_id, observation)])

    def _wanted(self, action: Action, state: RunState) -> bool:
        """Say whether an action is still what the Run needs; a pause meanwhile does not make its outcome void."""
        return action in _actions(state.but(paused=False) if state.paused else state, self.runner)

    async def _append(self, propose: Propose) -> RunState:
        """Append, once there is room: what a Tool did or a model was paid for must not be forgotten meanwhile."""
        while True:
            try:
                return await self.runner.recorder.append(self.run_id, propose, epoch=self.epoch)
            except PASSING as error:
                log.warning("append_waits", run_id=self.run_id, error=type(error).__name__)
                await asyncio.sleep(self.runner.retry)


def _actions(state: RunState, runner: Runner) -> tuple[Action, ...]:
    actions = next_actions(state, runner.recorder.clock())
    return () if isinstance(actions, Wait) else actions


def _subject(action: Action) -> str:
    """What an action is about; one thing at a time is done about each."""
    match action:
        case ExecuteStep(step_id) | SkipStep(step_id) | RecoverStep(step_id) | ExpireStep(step_id):
            return f"step:{step_id}"
        case TakeTurn(subtask_id) | JudgeSubtask(subtask_id):
            return f"subtask:{subtask_id}"
        case Ask(_, subtask_id):
            return f"subtask:{subtask_id}" if subtask_id else "plan"
        case MakePlan() | WavePlan():
            return "plan"
        case Finish() | Fail():
            return "end"


def _purpose(action: MakePlan | TakeTurn | JudgeSubtask) -> str:
    return {MakePlan: "plan", TakeTurn: "turn", JudgeSubtask: "judge"}[type(action)]
