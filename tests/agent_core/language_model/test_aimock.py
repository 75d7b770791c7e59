"""The same client against a server that is not ours: CopilotKit's aimock."""

from collections.abc import AsyncIterator, Iterator

import pytest

from agent_core.errors import ModelUnavailable
from agent_core.ports import LanguageModel, Message
from tests.agent_core.language_model.opening import OUTLINE, READ, Outline, opened
from tests.peers.aimock import Aimock, run_aimock

FIXTURES = [
    {"match": {"userMessage": "greet me"}, "response": {"content": "Hello, 世界 \N{GRINNING FACE}"}},
    {
        "match": {"userMessage": "look at a.md", "hasToolResult": False},
        "response": {
            "content": "I look.",
            "toolCalls": [
                {"name": "read_file", "arguments": {"path": "a.md"}},
                {"name": "read_file", "arguments": {"path": "b.md"}},
            ],
        },
    },
    {"match": {"userMessage": "look at a.md", "hasToolResult": True}, "response": {"content": "It is empty."}},
    {"match": {"userMessage": "outline", "responseFormat": "json_schema"}, "response": {"content": OUTLINE}},
    {
        "match": {"userMessage": "overload", "sequenceIndex": 0},
        "response": {"error": {"message": "busy"}, "status": 503},
    },
    {"match": {"userMessage": "overload", "sequenceIndex": 1}, "response": {"content": "Better."}},
    {"match": {"userMessage": "always busy"}, "response": {"error": {"message": "busy"}, "status": 429}},
]


@pytest.fixture(scope="module")
def aimock() -> Iterator[Aimock]:
    with run_aimock(FIXTURES) as aimock:
        yield aimock


@pytest.fixture
async def model(aimock: Aimock) -> AsyncIterator[LanguageModel]:
    async with opened(base_url=aimock.base_url) as model:
        yield model


async def test_text_is_streamed_whole(model: LanguageModel):
    turn = await model.turn([Message("user", "greet me")], [])
    assert turn.text == "Hello, 世界 \N{GRINNING FACE}"
    assert turn.usages[0].completion_tokens > 0
    assert not turn.usages[0].estimated


async def test_tool_calls_go_there_and_back(model: LanguageModel):
    prompt = [Message("user", "look at a.md")]
    turn = await model.turn(prompt, [READ])
    assert turn.text == "I look."
    assert [(call.name, call.arguments["path"]) for call in turn.calls] == [
        ("read_file", "a.md"),
        ("read_file", "b.md"),
    ]

    results = [Message("tool", "", call_id=call.id) for call in turn.calls]
    done = await model.turn([*prompt, Message("assistant", turn.text, turn.calls), *results], [READ])
    assert done.text == "It is empty."


async def test_a_form_is_filled(model: LanguageModel):
    assert (await model.fill([Message("user", "outline")], Outline)).value == Outline(**OUTLINE)


async def test_a_fault_that_passes_is_waited_out(model: LanguageModel):
    turn = await model.turn([Message("user", "overload")], [])
    assert turn.text == "Better."
    assert len(turn.usages) == 2


async def test_a_fault_that_stays_is_told(aimock: Aimock):
    async with opened(base_url=aimock.base_url, tries=2, total=5.0) as model:
        with pytest.raises(ModelUnavailable, match="no more requests just now.*busy"):
            await model.turn([Message("user", "always busy")], [])
