import pytest

from agent_core.language_model.endpoint import Endpoint, Rung, lessened
from agent_core.language_model.wire import Ask, body_of
from tests.agent_core.language_model.opening import PROMPT, READ, Outline

NEW = Endpoint()
TURN = Ask(tuple(PROMPT), (READ,))
FILL = Ask(tuple(PROMPT), form=Outline)


def after(said: str, ask: Ask, endpoint: Endpoint = NEW, *, guess: bool = True) -> Endpoint | None:
    return lessened(endpoint, body_of(ask, endpoint, "m"), said, guess=guess)


# wordings of Ollama, vLLM, llama.cpp, LM Studio and OpenAI
@pytest.mark.parametrize(
    ("said", "ask", "lesser"),
    [
        ("registry.ollama.ai/library/gemma:2b does not support tools", TURN, Endpoint(tools=False)),
        ('"auto" tool choice requires --enable-auto-tool-choice', TURN, Endpoint(tools=False)),
        ("tools param requires --jinja flag", TURN, Endpoint(tools=False)),
        ("'response_format.type' must be 'json_schema' or 'text'", FILL, Endpoint(rung=Rung.JSON_OBJECT)),
        ("Invalid schema for response_format 'Outline'", FILL, Endpoint(rung=Rung.JSON_OBJECT)),
        ("failed to parse grammar", FILL, Endpoint(rung=Rung.JSON_OBJECT)),
        ("Unrecognized request argument supplied: stream_options", TURN, Endpoint(stream_usage=False)),
        ("Your organization must be verified to stream this model. stream", TURN, Endpoint(stream=False)),
        ("Function tools with reasoning_effort are not supported", TURN, Endpoint(effortless=True)),
    ],
)
def test_the_part_a_server_names_is_left_out(said: str, ask: Ask, lesser: Endpoint):
    assert after(said, ask, guess=False) == lesser


def test_a_model_that_refuses_no_effort_too_gets_its_tools_in_the_prompt():
    endpoint = Endpoint(effortless=True)
    assert after("reasoning_effort does not support 'none'", TURN, endpoint) == Endpoint(tools=False)


def test_a_part_that_was_not_sent_is_not_left_out():
    assert after("tools are not supported", FILL, guess=False) is None
    assert after("max_tokens is too large", TURN, guess=False) is None


def test_a_complaint_about_messages_takes_no_tools_away():
    said = "An assistant message with 'tool_calls' must be followed by tool messages"
    assert after(said, TURN, guess=False) is None


def test_room_is_renamed_or_given_up():
    asked = Endpoint(room="max_tokens")
    assert after("Use 'max_completion_tokens' instead of 'max_tokens'", TURN, asked) == Endpoint(
        room="max_completion_tokens"
    )
    assert after("max_tokens is too large", TURN, asked) == Endpoint(room_refused=True)


@pytest.mark.parametrize("ask", [TURN, FILL])
def test_guessing_ends(ask: Ask):
    endpoint: Endpoint | None = Endpoint(room="max_tokens")
    steps = 0
    while endpoint is not None:
        endpoint = after("", ask, endpoint)
        steps += 1
    assert steps <= 6


def test_the_last_rung_is_its_own_lower_one():
    assert [rung.lower for rung in Rung] == [Rung.JSON_OBJECT, Rung.TEXT, Rung.TEXT]
