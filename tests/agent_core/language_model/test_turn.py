import json

import pytest

from agent_core.errors import ModelGarbled, ModelRefused
from agent_core.ports import LanguageModel, Message, ModelToolCall
from tests.agent_core.language_model.opening import PROMPT, READ, WRITE, opened
from tests.peers.openai_server import OpenAIServer, Raw, Say, Status, ToolUse


async def test_text_comes_back_with_what_it_cost(server: OpenAIServer, model: LanguageModel):
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 400}}
    server.will(Say("Hello, 世界 \N{GRINNING FACE}!", usage=usage))

    turn = await model.turn(PROMPT, [])

    assert turn.text == "Hello, 世界 \N{GRINNING FACE}!"
    assert turn.calls == ()
    (used,) = turn.usages
    assert (used.model, used.prompt_tokens, used.completion_tokens, used.cached_tokens) == ("gpt-4o", 1000, 100, 400)
    assert used.cost == pytest.approx((600 * 2.5 + 400 * 1.25 + 100 * 10) / 1e6)
    assert used.seconds > 0
    assert not used.estimated


async def test_the_request_is_as_the_protocol_wants_it(server: OpenAIServer, model: LanguageModel):
    server.will(Say("ok"))
    call = ModelToolCall("call_7", "read_file", {"path": "a.md"})
    await model.turn([*PROMPT, Message("assistant", "", (call,)), Message("tool", "text", call_id="call_7")], [READ])

    (request,) = server.requests
    assert request["messages"] == [
        {"role": "system", "content": "You are Nod."},
        {"role": "user", "content": "Say hello."},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "call_7", "type": "function", "function": {"name": "read_file", "arguments": '{"path": "a.md"}'}}
            ],
        },
        {"role": "tool", "content": "text", "tool_call_id": "call_7"},
    ]
    assert request["tools"][0]["function"]["name"] == "read_file"
    assert request["stream_options"] == {"include_usage": True}
    assert server.headers[0]["authorization"].startswith("Bearer sk-")


async def test_several_calls_at_once_come_back_in_order(server: OpenAIServer, model: LanguageModel):
    server.will(
        Say("I look.", (ToolUse("read_file", {"path": "a"}, "c1"), ToolUse("write_file", {"path": "写"}, "c2")))
    )
    turn = await model.turn(PROMPT, [READ, WRITE])
    assert turn.text == "I look."
    assert turn.calls == (
        ModelToolCall("c1", "read_file", {"path": "a"}),
        ModelToolCall("c2", "write_file", {"path": "写"}),
    )


async def test_ids_that_are_missing_or_used_twice_are_made_anew(server: OpenAIServer, model: LanguageModel):
    server.will(Say("", (ToolUse("read_file"), ToolUse("read_file"), ToolUse("read_file", id=None))))
    calls = (await model.turn(PROMPT, [READ])).calls
    assert calls[0].id == "call_1"
    assert len({call.id for call in calls}) == 3
    assert all(call.id for call in calls)


async def test_calls_that_share_an_index_are_told_apart_by_id(server: OpenAIServer, model: LanguageModel):
    server.will(Say("", (ToolUse("read_file", {"path": "a"}, "x", 0), ToolUse("read_file", {"path": "b"}, "y", 0))))
    calls = (await model.turn(PROMPT, [READ])).calls
    assert [call.arguments for call in calls] == [{"path": "a"}, {"path": "b"}]


async def test_calls_without_index_and_id_are_told_apart_by_name(server: OpenAIServer, model: LanguageModel):
    server.will(Say("", (ToolUse("read_file", {"path": "a"}, None, None), ToolUse("write_file", "{}", None, None))))
    calls = (await model.turn(PROMPT, [READ, WRITE])).calls
    assert [(call.name, call.arguments) for call in calls] == [("read_file", {"path": "a"}), ("write_file", {})]


async def test_broken_arguments_are_told_and_the_good_call_beside_them_is_kept(
    server: OpenAIServer, model: LanguageModel
):
    server.will(Say("", (ToolUse("read_file", '{"path": '), ToolUse("read_file", {"path": "b"}, "c2"))))
    broken, good = (await model.turn(PROMPT, [READ])).calls
    assert broken.arguments == {}
    assert "not valid JSON" in broken.problem
    assert (good.arguments, good.problem) == ({"path": "b"}, "")


async def test_a_call_that_was_cut_off_says_so_and_more_room_is_asked_for(server: OpenAIServer, model: LanguageModel):
    server.will(Say("", (ToolUse("write_file", '{"path": "a", "con'),), finish="length"), Say("ok"))
    (call,) = (await model.turn(PROMPT, [WRITE])).calls
    assert "cut off" in call.problem

    await model.turn(PROMPT, [WRITE])
    assert "max_tokens" not in server.requests[0]
    assert server.requests[1]["max_tokens"] == 16_384


async def test_a_server_that_wants_the_other_name_for_room_gets_it(server: OpenAIServer, model: LanguageModel):
    server.will(
        Say("half", finish="length"), Status(400, "Use 'max_completion_tokens' instead of max_tokens."), Say("whole")
    )
    assert (await model.turn(PROMPT, [])).text == "whole"
    assert server.requests[-1]["max_completion_tokens"] == 16_384


@pytest.mark.parametrize("says_so", [True, False])
async def test_a_server_that_gives_no_more_room_is_not_asked_again(
    server: OpenAIServer, model: LanguageModel, says_so: bool
):
    server.will(Say("half", finish="length"), Say("half", finish="length"), Say("whole"))
    server.rejects.add("max_tokens")
    server.says_what_it_rejects = says_so
    assert (await model.turn(PROMPT, [])).text == "whole"
    assert ["max_tokens" in request for request in server.requests] == [False, True, False, False]


async def test_an_empty_answer_is_sent_back_with_a_nudge(server: OpenAIServer, model: LanguageModel):
    server.will(Say(""), Say("<think>I am done</think>"), Say("Here."))
    turn = await model.turn(PROMPT, [READ])
    assert turn.text == "Here."
    assert len(turn.usages) == 3
    assert "empty" in server.requests[1]["messages"][-1]["content"]


async def test_a_model_that_stays_silent_is_given_up_with_all_it_cost(server: OpenAIServer, model: LanguageModel):
    server.will(Say(""), Say(" \n"), Say(""))
    with pytest.raises(ModelGarbled, match=r"gave no usable answer after 3 tries: its answers were empty\.") as caught:
        await model.turn(PROMPT, [READ])
    assert len(caught.value.usages) == 3


async def test_text_that_was_cut_off_is_asked_for_again(server: OpenAIServer, model: LanguageModel):
    server.will(Say("Once upon a", finish="length"), Say("Short."))
    assert (await model.turn(PROMPT, [])).text == "Short."
    assert "cut off" in server.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("said", "words"),
    [(Say(refusal="I can't help with that."), "I can't help"), (Say("Par", finish="content_filter"), "content filter")],
)
async def test_a_refusal_is_told_and_not_retried(server: OpenAIServer, model: LanguageModel, said: Say, words: str):
    server.will(said)
    with pytest.raises(ModelRefused, match=words) as caught:
        await model.turn(PROMPT, [])
    assert len(caught.value.usages) == len(server.requests) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "read_file", "arguments": {"path": "a"}}',
        'Let me see.\n```json\n{"name": "read_file", "parameters": {"path": "a"}}\n```',
        'Let me see. <tool_call>{"name": "read_file", "arguments": "{\\"path\\": \\"a\\"}"}</tool_call>',
        '{"text": "Let me see.", "calls": [{"name": "read_file", "arguments": {"path": "a"}}]}',
        '<think>hm</think>[{"function": {"name": "read_file", "arguments": {"path": "a"}}}]',
    ],
)
async def test_a_call_written_as_text_counts(server: OpenAIServer, model: LanguageModel, text: str):
    server.will(Say(text))
    turn = await model.turn(PROMPT, [READ])
    assert [(call.name, call.arguments) for call in turn.calls] == [("read_file", {"path": "a"})]
    assert turn.text in ("", "Let me see.")


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "delete_everything", "arguments": {}}',
        'The page says {"name": "read_file", "arguments": {}} and goes on.',
        '```json\n{"name": "read_file", "arguments": {}}\n```\nThat is what the page says.',
    ],
)
async def test_text_that_only_looks_like_a_call_stays_text(server: OpenAIServer, model: LanguageModel, text: str):
    server.will(Say(text))
    turn = await model.turn(PROMPT, [READ])
    assert (turn.text, turn.calls) == (text, ())


async def test_tools_go_into_the_prompt_where_the_server_takes_none(server: OpenAIServer, model: LanguageModel):
    server.rejects.add("tools")
    server.respond = lambda _: Say(
        json.dumps({"text": "I read.", "calls": [{"name": "read_file", "arguments": {"path": "a"}}]})
    )
    turn = await model.turn(PROMPT, [READ])
    assert (turn.text, turn.calls[0].arguments) == ("I read.", {"path": "a"})

    result = Message("tool", "contents", call_id=turn.calls[0].id)
    await model.turn([*PROMPT, Message("assistant", "I read.", turn.calls), result], [READ])
    assert len(server.requests) == 3  # remembered: the second turn is not refused first
    messages = server.requests[-1]["messages"]
    assert "read_file" in messages[0]["content"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert "Result of read_file" in messages[-1]["content"]


async def test_tools_are_taken_beside_no_reasoning_effort_where_the_model_wants_that(server: OpenAIServer):
    # the wording of gpt-5.6 and gpt-6 on Chat Completions
    words = "Function tools with reasoning_effort are not supported for gpt-6-sol in /v1/chat/completions."
    server.respond = lambda request: (
        Say("ok")
        if request.get("reasoning_effort") == "none" or "tools" not in request
        else Raw(json.dumps({"error": {"message": words, "code": "400"}}).encode())
    )
    async with opened(server, model="gpt-6-sol") as model:
        assert (await model.turn(PROMPT, [READ])).text == "ok"
        assert (await model.turn(PROMPT, [READ])).text == "ok"
    assert [request.get("reasoning_effort") for request in server.requests] == [None, "none", "none"]


@pytest.mark.parametrize("part", ["stream", "stream_options"])
async def test_a_server_that_rejects_streaming_is_asked_without(server: OpenAIServer, model: LanguageModel, part: str):
    server.rejects.add(part)
    server.respond = lambda _: Say("ok", (ToolUse("read_file", {"path": "a"}),))
    for _ in range(2):
        turn = await model.turn(PROMPT, [READ])
        assert (turn.text, turn.calls[0].arguments) == ("ok", {"path": "a"})
    assert len(server.requests) == 3
    assert part not in server.requests[-1]


async def test_a_server_that_answers_a_stream_in_one_piece_is_understood(server: OpenAIServer, model: LanguageModel):
    body = {"choices": [{"message": {"content": [{"type": "text", "text": "Hello"}]}, "finish_reason": "stop"}]}
    server.will(Raw(json.dumps(body).encode()))
    turn = await model.turn(PROMPT, [])
    assert turn.text == "Hello"
    assert turn.usages[0].estimated


async def test_halves_of_characters_are_joined_and_lone_ones_replaced(server: OpenAIServer, model: LanguageModel):
    server.will(Say("ab \ud83d\ude00 \ud83d end\0", (ToolUse("read_file", {"pa\udc00th": ["\ud83d"]}),)))
    turn = await model.turn([*PROMPT, Message("user", "lone \ud83d")], [READ])
    assert turn.text == "ab \N{GRINNING FACE} \N{REPLACEMENT CHARACTER} end"
    assert turn.calls[0].arguments == {"pa\N{REPLACEMENT CHARACTER}th": ["\N{REPLACEMENT CHARACTER}"]}


async def test_the_rehearsal_model_costs_nothing_and_says_what_it_is(server: OpenAIServer):
    server.will(Say("ok"))
    async with opened(server, rehearsal=True, key="") as model:
        (used,) = (await model.turn(PROMPT, [])).usages
        assert model.rehearsal
        assert model.name == "gpt-4o"
    assert used.rehearsal
    assert used.cost == 0.0
    assert server.headers[0]["authorization"] == "Bearer not-needed"
