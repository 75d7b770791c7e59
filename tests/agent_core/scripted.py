"""A language model that does what a test says, and a Tool whose effects can be counted."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from agent_core.domain import CheckKind, Observation, Risk, Usage
from agent_core.errors import CallCancelled
from agent_core.forms import CriterionForm, JudgementForm, PlanForm, SubtaskForm, VerdictForm
from agent_core.ports import Filled, Message, ModelToolCall, Turn
from agent_core.tools.toolbox import ToolContext, tool

USAGE = Usage("scripted", 100, 20, cost=0.001)
CUT = Usage("scripted", 100, 5, cost=0.0005, estimated=True)  # of a call whose caller was cancelled


def criterion(text: str, check: CheckKind | None = None, path: str = "", number: int = 0) -> CriterionForm:
    return CriterionForm(text=text, check=check or "none", path=path, number=number, needle="")


def subtask(key: str, *after: str, criteria: Sequence[CriterionForm] = ()) -> SubtaskForm:
    return SubtaskForm(
        key=key,
        title=f"Do {key}",
        instructions=f"Please do {key}.",
        criteria=list(criteria) or [criterion(f"{key} is done")],
        after=list(after),
    )


def plan(*subtasks: SubtaskForm) -> PlanForm:
    return PlanForm(question="", why="because", subtasks=list(subtasks))


def call(tool_name: str, **arguments: object) -> ModelToolCall:
    return ModelToolCall("c1", tool_name, {"why": "to get on", **arguments})


def calls(*made: ModelToolCall, text: str = "") -> Turn:
    return Turn(text, made, (USAGE,))


def report(text: str = "It is done.") -> Turn:
    return Turn(text, (), (USAGE,))


def all_met(messages: Sequence[Message]) -> VerdictForm:
    """Judge every criterion listed as met, on the evidence of the result."""
    listed = messages[-1].text.split("# Criteria\n")[1].splitlines()
    judgements = [
        JudgementForm(criterion=number, met=True, evidence=["result"], note="seen")
        for number in range(1, len(listed) + 1)
    ]
    return VerdictForm(judgements=judgements, advice="")


def none_met(messages: Sequence[Message]) -> VerdictForm:
    form = all_met(messages)
    for judgement in form.judgements:
        judgement.met, judgement.note = False, "missing"
    form.advice = "try harder"
    return form


def title_of(messages: Sequence[Message]) -> str:
    """The title of the Subtask that an executor's prompt is about; empty for other prompts."""
    told = next((m.text for m in messages if "# Your subtask: " in m.text), "")
    return told.partition("# Your subtask: ")[2].partition("\n")[0]


def answered(messages: Sequence[Message]) -> list[str]:
    """What the Tools returned so far in this Subtask."""
    return [message.text for message in messages if message.role == "tool"]


def writes_a_file(messages: Sequence[Message]) -> Turn:
    """One write_file a Subtask, then a report."""
    if answered(messages):
        return report()
    name = title_of(messages).removeprefix("Do ")
    return calls(call("write_file", path=f"{name}.md", content=f"This is {name}.\n"))


@dataclass
class ScriptedModel:
    """Plans, turns and verdicts from functions of the prompt; the prompts are kept."""

    plans: Callable[[Sequence[Message]], PlanForm] = lambda _: plan(subtask("one"))
    turns: Callable[[Sequence[Message]], Turn] = writes_a_file
    verdicts: Callable[[Sequence[Message]], VerdictForm] = all_met
    name: str = "scripted"
    rehearsal: bool = False
    prompts: list[Sequence[Message]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    async def turn(self, messages, tools):
        self.prompts.append(messages)
        await self._pass()
        return self.turns(messages)

    async def fill(self, messages, form):
        self.prompts.append(messages)
        await self._pass()
        made = self.plans(messages) if form is PlanForm else self.verdicts(messages)
        return Filled(made, (USAGE,))

    async def _pass(self) -> None:
        self.entered.set()
        if self.gate is None:
            return
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            cancelled = CallCancelled()
            cancelled.usages = (CUT,)
            raise cancelled from None


@dataclass
class Effects:
    """Counts what a SEND Tool did to the world."""

    sent: list[str] = field(default_factory=list)

    def tool(self):
        async def _send(context: ToolContext, text: Annotated[str, Field(description="What")]) -> Observation:
            """Send a text into the world."""
            self.sent.append(text)
            return Observation(f"sent {text}")

        return tool(risk=Risk.SEND, name="send")(_send)


def reads_outside(text: str):
    """Return a READ Tool that brings `text` from outside."""

    async def _fetch(context: ToolContext, url: Annotated[str, Field(description="Where")]) -> Observation:
        """Fetch a page."""
        return Observation(text, trusted=False, sources=(url,))

    return tool(risk=Risk.READ, outside=True, name="fetch")(_fetch)
