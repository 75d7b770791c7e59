"""OpenAIModel: ports.LanguageModel over the Chat Completions protocol."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from pydantic import BaseModel, SecretStr

from agent_core.language_model.client import Address, Client
from agent_core.language_model.ladder import fill_form
from agent_core.language_model.patience import Patience
from agent_core.language_model.talk import Talk
from agent_core.language_model.turns import take_turn
from agent_core.ports import Filled, LanguageModel, Message, ToolSpec, Turn

T = TypeVar("T", bound=BaseModel)


class OpenAIModel:
    """A language model at a base URL. Make one with open_language_model."""

    def __init__(self, address: Address, client: Client, patience: Patience, *, rehearsal: bool) -> None:
        self._address = address
        self._client = client
        self._patience = patience
        self._rehearsal = rehearsal

    @property
    def name(self) -> str:
        """The model's name, as in NOD_MODEL."""
        return self._address.model

    @property
    def rehearsal(self) -> bool:
        """Whether this is the rehearsal model: scripted, no model at all."""
        return self._rehearsal

    async def turn(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Turn:
        """Return the model's next turn: text, ToolCalls, or both; never neither. Raises ModelError."""
        talk = self._talk()
        with talk.accounted():
            return await take_turn(talk, messages, tools, repairs=self._patience.repairs)

    async def fill(self, messages: Sequence[Message], form: type[T]) -> Filled[T]:
        """Return an instance of `form`, validated here whatever the server promised. Raises ModelError, FormUnfit."""
        talk = self._talk()
        with talk.accounted():
            return await fill_form(talk, messages, form, repairs=self._patience.repairs)

    def _talk(self) -> Talk:
        return Talk(self._client, self._address, self._patience, rehearsal=self._rehearsal)


@asynccontextmanager
async def open_language_model(
    *,
    api_key: SecretStr,
    base_url: str,
    model: str,
    rehearsal: bool = False,
    patience: Patience | None = None,
) -> AsyncGenerator[LanguageModel]:
    """Yield the language model at `base_url` and close its connections after.

    Nothing is sent, checked or loaded before the first turn or fill; settings that are wrong are told then, as
    ModelMisconfigured. What the server turns out to take is remembered while the model is open.
    """
    address, patience = Address(base_url, model, api_key), patience or Patience()
    client = Client(address, patience)
    try:
        yield OpenAIModel(address, client, patience, rehearsal=rehearsal)
    finally:
        await client.close()
