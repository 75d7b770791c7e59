"""The executor: a ready Subtask's next turn becomes Steps, and an approved Step runs, exactly as approved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from agent_core.domain import Choice, Observation, Preview, ToolCall
from agent_core.errors import ArgumentsUnreadable, BasisChanged, NodError
from agent_core.i18n import N_, sentence, translator
from agent_core.journal.events import Event, ModelCalled, StepProposed, SubtaskReported, ToolsDescribed, TurnFaulted
from agent_core.journal.state import RunState, StepState
from agent_core.policy import Ruling, ruling
from agent_core.ports import Clock, LanguageModel, ModelToolCall, ToolSpec
from agent_core.ports import Turn as ModelTurn
from agent_core.prompts import WHY, turn_prompt
from agent_core.redaction import Redactor
from agent_core.tools.toolbox import Tool, Toolbox, ToolContext
from agent_core.tools.workspace import Workspace

MAX_CALLS = 8  # in one turn: more than people can look at together

NOT_APPROVED = N_("This is not what was approved, so it was not run.")


@dataclass(frozen=True)
class Executor:
    """Takes turns of the model and runs Tools. `workspace` gives the folder of that name.

    `redactor` takes secrets out of whatever a Tool shows or returns, before it is recorded.
    """

    model: LanguageModel
    toolbox: Toolbox
    workspace: Callable[[str], Workspace]
    clock: Clock
    redactor: Redactor = field(default_factory=Redactor)

    @property
    def specs(self) -> Sequence[ToolSpec]:
        """The Tools as the model is told of them, each with the argument `why`."""
        return tuple(_with_why(spec) for spec in self.toolbox.specs)

    def context(self, state: RunState) -> ToolContext:
        """Return where the Run's ToolCalls run."""
        return ToolContext(
            state.run_id,
            self.workspace(state.workspace),
            state.untrusted_files,
            state.language,
            state.untrusted_digests,
            origin=state.origin,
            actor=state.actor,
            zone=state.zone,
        )

    async def take_turn(self, state: RunState, subtask_id: str) -> Sequence[Event]:
        """Return the events of one turn: what it cost, and Steps, a fault, or a report.

        Raises:
            ModelError: the model could not be used; usages are in it.
        """
        await self.toolbox.ready()
        described = self.described(state)
        answer = await self.model.turn(turn_prompt(state, subtask_id), self.specs)
        billed: list[Event] = [ModelCalled("turn", usage, subtask_id) for usage in answer.usages]
        number = len(state.subtasks[subtask_id].turns) + 1
        if not answer.calls:
            return [*described, *billed, SubtaskReported(subtask_id, number, answer.text.strip(), seen=state.seq)]
        return [*described, *billed, *await self._propose(state, subtask_id, number, answer)]

    def described(self, state: RunState) -> Sequence[Event]:
        """Return the event to record of a model that is told of the Tools there are now, if one is called for."""
        new = tuple(by for by in self.toolbox.describers if by not in state.described_by)
        return [ToolsDescribed(new)] if new else []

    async def _propose(self, state: RunState, subtask_id: str, number: int, answer: ModelTurn) -> Sequence[Event]:
        proposed: list[Event] = []
        problems: list[str] = []
        sources: list[str] = []
        taken = sum(len(turn.step_ids) for turn in state.subtasks[subtask_id].turns)
        for call in answer.calls:
            if len(proposed) == MAX_CALLS:
                problems.append(f"At most {MAX_CALLS} calls in one turn; the rest was left out.")
                break
            try:
                self.toolbox.offered(call.name)
                tool, made, preview = await self.prepare(state, call)
            except NodError as error:
                problems.append(self.redactor.text(f"{call.name}: {error}"))
                sources += [f"tool {call.name}"] if error.foreign else []
                continue
            why = str(call.arguments.get(WHY) or answer.text).strip()
            proposed.append(
                StepProposed(
                    step_id=step_id_of(subtask_id, taken + len(proposed) + 1),
                    subtask_id=subtask_id,
                    turn=number,
                    call=made,
                    risk=tool.risk,
                    why=why,
                    preview=preview,
                    outside=tool.outside,
                    said=answer.text,
                    seen=state.seq,
                    expires_at=self.expiry(state),
                    described_by=tool.described_by,
                )
            )
        if problems:
            problem, known = "\n".join(problems), tuple(dict.fromkeys(sources))
            proposed.append(TurnFaulted(subtask_id, number, answer.text, problem, seen=state.seq, sources=known))
        return proposed

    async def prepare(self, state: RunState, call: ModelToolCall) -> tuple[Tool, ToolCall, Preview]:
        """Return the Tool, the valid ToolCall and its Preview.

        Raises:
            NodError: it cannot be called like that; the sentence is for the model and for people.
        """
        await self.toolbox.ready()
        tool = self.toolbox.named(call.name)
        if call.problem:
            raise ArgumentsUnreadable(reason=call.problem)
        arguments = tool.validate({name: value for name, value in call.arguments.items() if name != WHY})
        preview = await tool.preview(self.context(state), arguments)
        return tool, ToolCall.of(tool.name, arguments), self.redactor.preview(preview)

    def expiry(self, state: RunState) -> datetime:
        """Return until when a Step proposed now may be decided."""
        return self.clock() + state.policy.expires_after

    async def execute(self, state: RunState, step: StepState) -> Observation:
        """Run a started Step and return what came of it; it refuses whatever is not what was approved.

        Raises:
            OutcomeUncertain: the Tool cannot say whether it took effect.
        """
        return self.redactor.observation(await self._executed(state, step))

    async def _executed(self, state: RunState, step: StepState) -> Observation:
        refused, _ = self._refusal(state, step), translator(state.language)
        if refused:
            return Observation(_(refused), ok=False)
        await self.toolbox.ready()
        try:
            tool = self.toolbox.named(step.call.tool)
            context = await self._based(state, step, tool)
        except NodError as error:
            return Observation(sentence(error, state.language), ok=False)
        return await tool.run(context, step.call.arguments)

    async def _based(self, state: RunState, step: StepState, tool: Tool) -> ToolContext:
        """Return where the Step runs: what was shown of it is what it does, unless people said to do it again.

        That holds for what was waved through, too: those who did so could see what was shown, and nothing later.

        Raises:
            BasisChanged: it would do something else by now.
        """
        basis, again = step.preview.basis, step.resolved is Choice.AGAIN
        context = replace(self.context(state), decided=again or step.decision is not None, step_id=step.id)
        if not basis or again:
            return context
        if tool.keeps_basis:
            return replace(context, basis=basis)
        if (await tool.preview(context, step.call.arguments)).basis != basis:
            raise BasisChanged
        return context

    def _refusal(self, state: RunState, step: StepState) -> str:
        digest = ToolCall.of(step.call.tool, step.call.arguments).digest
        if step.resolved is Choice.AGAIN:  # a person's word on this very call, whatever let it run the first time
            return "" if digest == step.call.digest else NOT_APPROVED
        if step.decision is None:
            return "" if ruling(state, step) is Ruling.PASS else NOT_APPROVED
        return "" if step.decision.digest == digest == step.call.digest else NOT_APPROVED


def step_id_of(subtask_id: str, number: int) -> str:
    """Return the id of a Subtask's Step, counted from 1 over all its turns."""
    return f"s{subtask_id}-{number}"


def _with_why(spec: ToolSpec) -> ToolSpec:
    parameters: dict[str, Any] = dict(spec.parameters)
    reason = {"type": "string", "description": "Why, in one sentence, for the people who decide."}
    parameters["properties"] = {WHY: reason, **parameters.get("properties", {})}
    parameters["required"] = [WHY, *parameters.get("required", [])]
    return replace(spec, parameters=parameters)
