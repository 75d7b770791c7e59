"""A server to talk to, and a model that talks to it without waiting between tries."""

from collections.abc import AsyncIterator

import pytest

from agent_core.ports import LanguageModel
from tests.agent_core.language_model.opening import opened
from tests.peers.openai_server import OpenAIServer, open_openai_server


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with open_openai_server() as server:
        yield server


@pytest.fixture
async def model(server: OpenAIServer) -> AsyncIterator[LanguageModel]:
    async with opened(server) as model:
        yield model
