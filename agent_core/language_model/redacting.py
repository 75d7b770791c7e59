"""A language model that is told no secret, whatever stands in a Run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel

from agent_core.ports import Filled, LanguageModel, Message, ToolSpec, Turn
from agent_core.redaction import Redactor

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class RedactingModel:
    """A ports.LanguageModel in front of another."""

    model: LanguageModel
    redactor: Redactor

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def rehearsal(self) -> bool:
        """Whether this is the rehearsal model."""
        return self.model.rehearsal

    async def turn(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Turn:
        """Return the model's next turn: text, ToolCalls, or both; never neither. Raises ModelError."""
        return await self.model.turn([self._told(each) for each in messages], tools)

    async def fill(self, messages: Sequence[Message], form: type[T]) -> Filled[T]:
        """Return an instance of `form` that the model filled in, validated here. Raises ModelError."""
        return await self.model.fill([self._told(each) for each in messages], form)

    def _told(self, message: Message) -> Message:
        calls = tuple(replace(each, arguments=self.redactor.value(dict(each.arguments))) for each in message.calls)
        return replace(message, text=self.redactor.text(message.text), calls=calls)
