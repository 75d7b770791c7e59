import json

from agent_core.language_model.endpoint import Endpoint, Rung
from agent_core.language_model.wire import Ask, body_of
from agent_core.ports import Message, ModelToolCall
from tests.agent_core.language_model.opening import PROMPT, READ, WRITE, Outline


def test_neighbours_of_one_role_are_joined_but_tool_results_are_not():
    call = ModelToolCall("a", "read_file", {}), ModelToolCall("b", "read_file", {})
    messages = (
        Message("system", "one"),
        Message("system", "two"),
        Message("user", "three"),
        Message("user", "four"),
        Message("assistant", "", call),
        Message("tool", "x", call_id="a"),
        Message("tool", "y", call_id="b"),
    )
    sent = body_of(Ask(messages), Endpoint(), "m")["messages"]
    assert [message["content"] for message in sent] == ["one\n\ntwo", "three\n\nfour", "", "x", "y"]


def test_what_stays_the_same_comes_first_with_tools_in_the_prompt():
    body = body_of(Ask(tuple(PROMPT), (READ, WRITE)), Endpoint(tools=False), "m")
    assert "tools" not in body
    assert body["messages"][0]["content"].startswith("You are Nod.\n\nYou can use the tools below.")
    assert body["messages"][1] == {"role": "user", "content": "Say hello."}


def test_a_prompt_without_a_system_message_still_gets_its_tools():
    body = body_of(Ask((Message("user", "hi"),), (READ,)), Endpoint(tools=False), "m")
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def test_only_the_lower_rungs_put_the_schema_in_the_prompt():
    def last(rung: Rung) -> str:
        return body_of(Ask(tuple(PROMPT), form=Outline), Endpoint(rung=rung), "m")["messages"][-1]["content"]

    assert last(Rung.JSON_SCHEMA) == "Say hello."
    assert last(Rung.JSON_OBJECT) == last(Rung.TEXT)
    assert "JSON Schema" in last(Rung.TEXT)


def test_a_body_with_half_characters_can_be_sent():
    call = ModelToolCall("a", "read_file", {"path": "\ud83d"})
    body = body_of(Ask((Message("user", "\udc00"), Message("assistant", "", (call,)))), Endpoint(), "m")
    json.dumps(body, ensure_ascii=False).encode()


def test_an_endpoint_that_takes_nothing_gets_model_and_messages_only():
    endpoint = Endpoint(Rung.TEXT, stream=False, stream_usage=False, tools=False)
    assert body_of(Ask(tuple(PROMPT), (READ,), Outline), endpoint, "m").keys() == {"model", "messages"}
