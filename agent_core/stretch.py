"""One worker's work on one Run under one lease: what is to be done is begun, side by side, until nothing is."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from agent_core.changes import Wake
from agent_core.domain import RunStatus
from agent_core.errors import LeaseLost, StorageBusy, StorageFull
from agent_core.journal.events import Event
from agent_core.journal.state import RunState
from agent_core.performing import Append, Performer
from agent_core.ports import Hold, LettingGo, Under
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

PASSING = (StorageBusy, StorageFull)  # what goes by when people free some space or end another process
log = structlog.get_logger(__name__)


class Stretch:
    """Work on the Run `run_id` under the lease `epoch`. `retry`: seconds until storage is tried again.

    `held` says whether the lease is still ours: the last append lets go of it. If it could not, because another
    process woke the Run, `called_back` is set, and the Run is to be loaded and looked at again.
    """

    def __init__(  # noqa: PLR0917  (made in one place)
        self,
        recorder: Recorder,
        run_id: str,
        epoch: int,
        woken: Wake,
        retry: float,
        performer: Callable[[Append, Append], Performer],
    ) -> None:
        self.run_id = run_id
        self.epoch = epoch
        self.held = True
        self.called_back = False
        self._recorder = recorder
        self._woken = woken
        self._retry = retry
        self._performing = performer
        self._under_way: dict[str, asyncio.Task[Any]] = {}
        self._letting_go = False
        self._stopping = False
        self._fault: BaseException | None = None
        self._quiet = asyncio.get_running_loop().create_future()

    async def until_wait(self, begun: ExecuteStep | None = None) -> None:
        """Perform actions until the Run waits for people or is over; the Step `begun` is recorded as started.

        What an action raises ends the work, once the Tools that run have come to their end.
        """
        self._quiet, self._fault, self.called_back = asyncio.get_running_loop().create_future(), None, False
        try:
            with self._woken.heard_by(self._look):
                if begun is not None:
                    state = await self._recorder.latest(self.run_id)
                    self._start(_subject(begun), self._performer().run(state, begun.step_id))
                self._look()
                await self._quiet
        finally:
            await self._end()
        if self._fault is not None:
            raise self._fault

    def _look(self) -> None:
        """Begin what is to be done and is not under way yet."""
        if self._letting_go or self._stopping:
            return  # looked at again after that, here or under the next lease
        try:
            if self.held and not self.called_back:
                self._woken.clear()
                self._begin()
        except Exception as error:  # noqa: BLE001  (told as what an action raises is)
            self._stop(error)
        self._end_if_quiet()

    def _begin(self) -> None:
        state = self._recorder.known(self.run_id)
        if state is None:
            self._start("journal", self._recorder.load(self.run_id))
            return
        if state.status.over or state.paused:
            self._cancel_thinking()
        actions = next_actions(state, self._recorder.clock())
        if isinstance(actions, Wait):
            return
        wanted = {_subject(action): action for action in actions if _subject(action) not in self._under_way}
        if self._under_way and any(isinstance(action, MakePlan | Finish | Fail) for action in wanted.values()):
            return  # a new Plan, or the end, comes after what is still being done
        for subject, action in wanted.items():
            self._start(subject, self._performer().perform(action, state))

    def _performer(self) -> Performer:
        # made for each action: kept here it would keep this, and only the garbage collector would find the two
        return self._performing(self._append, self._append_once)

    def _start(self, subject: str, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work, name=subject)
        task.add_done_callback(lambda done: self._done(subject, done))
        self._under_way[subject] = task

    def _done(self, subject: str, work: asyncio.Task[Any]) -> None:
        del self._under_way[subject]
        error = None if work.cancelled() else work.exception()
        if error is not None:
            self._stop(error)
        self._look()
        self._end_if_quiet()

    def _end_if_quiet(self) -> None:
        if not self._under_way and not self._quiet.done():
            self._quiet.set_result(None)

    def _cancel_thinking(self) -> None:
        """Stop asking the model; a Tool that runs is left to finish, so that what it did is known."""
        for subject, work in self._under_way.items():
            if not subject.startswith("step:"):
                _cancel(work)

    def _stop(self, error: BaseException) -> None:
        """Begin nothing more; Tools that run are waited for, unless nothing can be recorded of them."""
        self._stopping = True
        self._fault = self._fault or error
        self._cancel_thinking()
        if isinstance(error, LeaseLost):
            for work in self._under_way.values():
                _cancel(work)

    async def _end(self) -> None:
        self._stopping = True
        under_way = tuple(self._under_way.values())
        for work in under_way:
            _cancel(work)
        if under_way:
            await asyncio.wait(under_way)
        self._stopping = False

    # --- recording ---

    async def _append(self, propose: Propose) -> RunState:
        """Append, once there is room: what a Tool did or a model was paid for must not be forgotten meanwhile."""

        def proposed(now: RunState) -> Sequence[Event]:
            self._letting_go = False
            return propose(now)

        while True:
            try:
                state, lease = await self._recorder.append_under(self.run_id, proposed, self._hold)
            except PASSING as error:
                self._letting_go = False
                log.warning("append_waits", run_id=self.run_id, error=type(error).__name__)
                await asyncio.sleep(self._retry)
                continue
            if self._letting_go:
                self._letting_go = False
                self.held = self.called_back = lease is not None
            return state

    async def _append_once(self, propose: Propose) -> RunState:
        state, _ = await self._recorder.append_under(self.run_id, propose, lambda _: Under(self.epoch))
        return state

    def _hold(self, after: RunState) -> Hold:
        """Say whether an append is the last: the Run waits after it, and nothing else is under way."""
        last = after.status is not RunStatus.RUNNING and len(self._under_way) == 1
        self._letting_go = last and not self._woken.pending and not self._stopping
        return LettingGo(self.epoch) if self._letting_go else Under(self.epoch)


def _cancel(work: asyncio.Task[Any]) -> None:
    """Cancel it once: a second time would cut short what it records of its first."""
    if not work.cancelling():
        work.cancel()


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
