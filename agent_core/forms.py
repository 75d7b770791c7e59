"""The forms a language model fills in: a Plan and a Verdict. Strict-schema friendly: every field is required."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agent_core.domain import Check, CheckKind, Criterion


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore")


class CriterionForm(_Form):
    """One criterion of a subtask."""

    text: str = Field(description="A sentence that is true only when this is done, and that can be checked.")
    check: CheckKind | Literal["none"] = Field(description="How code can check it, or 'none' when it takes judgement.")
    path: str = Field(description="The workspace file the check looks at; empty when it needs none.")
    number: int = Field(description="The number of words for min_words and max_words, else 0.")
    needle: str = Field(description="The text that 'contains' looks for, else empty.")

    def criterion(self) -> Criterion:
        """Return the Criterion that was meant."""
        if self.check == "none":
            return Criterion(self.text)
        return Criterion(self.text, Check(CheckKind(self.check), self.path, self.number, self.needle))


class SubtaskForm(_Form):
    """One subtask of a plan."""

    key: str = Field(description="A short name for this subtask, unique in the plan, such as 'draft'.")
    title: str = Field(description="What it does, in at most eight words.")
    instructions: str = Field(description="All that whoever does it needs to know, without reading the other subtasks.")
    criteria: list[CriterionForm] = Field(description="When it is done: one to five criteria.")
    after: list[str] = Field(description="The keys of the subtasks whose results it needs; empty when none.")


class PlanForm(_Form):
    """A plan for a goal, or the question that must be answered first."""

    question: str = Field(description="Empty, or one question if the goal cannot be planned without its answer.")
    why: str = Field(description="One sentence: why this plan.")
    subtasks: list[SubtaskForm] = Field(
        description="One subtask for a small goal, at most twelve; none with a question."
    )


class JudgementForm(_Form):
    """One criterion judged."""

    criterion: int = Field(description="The criterion's number, as listed.")
    met: bool = Field(description="Whether the steps show that it is met.")
    evidence: list[str] = Field(
        description="The ids of the steps that show it, such as 's2-1'; 'result' for the reported result."
    )
    note: str = Field(description="One sentence: what shows it, or what is missing.")


class VerdictForm(_Form):
    """A subtask judged against its criteria."""

    judgements: list[JudgementForm] = Field(description="One for each criterion listed.")
    advice: str = Field(description="If any is unmet: what to do next to meet it. Else empty.")
