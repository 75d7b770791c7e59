"""What an action does: the model is asked, a Tool runs, or what needs neither is recorded."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from agent_core import closing
from agent_core.domain import Topic, Usage
from agent_core.errors import CallCancelled, ModelError, NodError, OutcomeUncertain
from agent_core.evaluator import Evaluator
from agent_core.executor import Executor
from agent_core.i18n import sentence
from agent_core.journal import events as e
from agent_core.journal.state import RunState
from agent_core.planner import propose_plan
from agent_core.ports import Clock
from agent_core.proposing import Proposer
from agent_core.recorder import Propose
from agent_core.rules import Action, ExecuteStep, JudgeSubtask, MakePlan, RecoverStep, TakeTurn, Wait, next_actions

Append = Callable[[Propose], Awaitable[RunState]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Performer:
    """Performs the actions of one Run. `append` records under the lease of the worker, and waits until there is room.

    `append_once` does not wait.
    """

    executor: Executor
    evaluator: Evaluator
    clock: Clock
    append: Append
    append_once: Append

    async def perform(self, action: Action, state: RunState) -> None:
        """Do what the state needs, and record what came of it if it is still wanted then."""
        match action:
            case ExecuteStep():
                await self._execute(action)
            case RecoverStep(step_id, again=True):
                await self.run(state, step_id)
            case MakePlan() | TakeTurn() | JudgeSubtask():
                await self._think(action, state)
            case _:
                await self.append(lambda now: closing.events_for(action, now) if self._wanted(action, now) else [])

    async def _think(self, action: MakePlan | TakeTurn | JudgeSubtask, state: RunState) -> None:
        """Ask the model, and append what came of it if it is still wanted; what it cost, in any case."""
        try:
            events = await self._asked(action, state)
        except CallCancelled as cancelled:
            # tried once, for whoever cancelled this may be waiting for the end of the program
            with suppress(NodError):
                billed = _failed(action, cancelled.usages)
                await self.append_once(lambda _: billed)
            raise
        except ModelError as error:
            log.warning("model_failed", run_id=state.run_id, error=type(error).__name__)
            billed, subtask_id = _failed(action, error.usages), _subtask_of(action)
            question = closing.question(Topic.MODEL, subtask_id, sentence(error, state.language))
            await self.append(lambda now: [*billed, *([question(now)] if self._wanted(action, now) else [])])
            return
        billed = [event for event in events if isinstance(event, e.ModelCalled)]
        await self.append(lambda now: events if self._wanted(action, now) else billed)

    async def _asked(self, action: MakePlan | TakeTurn | JudgeSubtask, state: RunState) -> Sequence[e.Event]:
        if state.scheduling is not None and not isinstance(action, JudgeSubtask):
            proposer = Proposer(self.executor)
            return await (
                proposer.plan(state) if isinstance(action, MakePlan) else proposer.turn(state, action.subtask_id)
            )
        match action:
            case MakePlan():
                await self.executor.toolbox.ready()
                described = self.executor.described(state)
                return [
                    *described,
                    *await propose_plan(self.executor.model, state, self.executor.toolbox.specs),
                ]
            case TakeTurn(subtask_id):
                return await self.executor.take_turn(state, subtask_id)
            case JudgeSubtask(subtask_id):
                return await self.evaluator.judge(state, subtask_id)

    async def _execute(self, action: ExecuteStep) -> None:
        """Append StepStarted if the grounds still stand, and only then run the Tool."""
        begun = False

        def start(now: RunState) -> Sequence[e.Event]:
            nonlocal begun
            begun = action in actions_of(now, self.clock)
            return [started(action, now)] if begun else []

        state = await self.append(start)
        if begun:
            await self.run(state, action.step_id)

    async def run(self, state: RunState, step_id: str) -> None:
        """Run the Tool of a Step that is recorded as started, and append what came of it."""
        try:
            observation = await self.executor.execute(state, state.steps[step_id])
        except OutcomeUncertain as error:
            doubt = self.executor.redactor.text(sentence(error, state.language))
            await self.append(lambda _: [e.StepUncertain(step_id, doubt)])
            return
        await self.append(lambda _: [e.StepFinished(step_id, observation)])

    def _wanted(self, action: Action, state: RunState) -> bool:
        """Say whether an action is still what the Run needs; a pause meanwhile does not make its outcome void."""
        return action in actions_of(state.but(paused=False) if state.paused else state, self.clock)


def actions_of(state: RunState, clock: Clock) -> tuple[Action, ...]:
    """Return what is to be done now, nothing while the Run waits."""
    actions = next_actions(state, clock())
    return () if isinstance(actions, Wait) else actions


def started(action: ExecuteStep, state: RunState) -> e.StepStarted:
    """Return the event that comes before the Tool of a Step runs."""
    return e.StepStarted(action.step_id, state.steps[action.step_id].call.digest, action.grounds)


def _failed(action: MakePlan | TakeTurn | JudgeSubtask, usages: Sequence[Usage]) -> Sequence[e.Event]:
    """Return the events of calls that gave nothing, but may be billed."""
    return [e.ModelCalled(_purpose(action), usage, _subtask_of(action), failed=True) for usage in usages]


def _subtask_of(action: MakePlan | TakeTurn | JudgeSubtask) -> str:
    return "" if isinstance(action, MakePlan) else action.subtask_id


def _purpose(action: MakePlan | TakeTurn | JudgeSubtask) -> str:
    return {MakePlan: "plan", TakeTurn: "turn", JudgeSubtask: "judge"}[type(action)]
