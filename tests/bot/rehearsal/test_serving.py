"""The rehearsal model's server, asked by the real SDK."""

import asyncio
import json
import logging
import signal
import subprocess
import sys

import httpx
import openai
import pytest

from agent_core.forms import PlanForm, VerdictForm
from agent_core.prompts import judge_prompt, plan_prompt, turn_prompt
from bot.rehearsal import serve_rehearsal
from bot.rehearsal.reading import language_of
from tests.bot.rehearsal.examples import GOALS
from tests.bot.rehearsal.talk import SPECS, Talk, body_of


@pytest.fixture
async def rehearsal():
    async with serve_rehearsal() as served:
        yield served


@pytest.fixture
async def sdk(rehearsal):
    async with openai.AsyncOpenAI(api_key=rehearsal.api_key, base_url=rehearsal.base_url, max_retries=0) as client:
        yield client


async def streamed(sdk, body):
    """Return a streamed answer put together: content, calls, finish reason, usage."""
    content, calls, reason, usage = "", {}, None, None
    async for chunk in await sdk.chat.completions.create(**body, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            content += choice.delta.content or ""
            reason = choice.finish_reason or reason
            for call in choice.delta.tool_calls or ():
                name, arguments = calls.get(call.index, ("", ""))
                calls[call.index] = name + (call.function.name or ""), arguments + call.function.arguments
    return content, [*calls.values()], reason, usage


def whole(completion):
    (choice,) = completion.choices
    calls = [(call.function.name, call.function.arguments) for call in choice.message.tool_calls or ()]
    return choice.message.content or "", calls, choice.finish_reason, completion.usage


async def test_it_lists_its_one_model(sdk, rehearsal):
    assert [model.id async for model in sdk.models.list()] == [rehearsal.model] == ["rehearsal"]


@pytest.mark.parametrize("goal", [goal for goal, *_ in GOALS])
async def test_plans_turns_and_verdicts_are_the_same_streamed_and_whole(sdk, goal):
    talk = Talk(goal, language=language_of(goal))
    body = body_of(plan_prompt(talk.state, SPECS), form=PlanForm)
    plan = whole(await sdk.chat.completions.create(**body))
    assert plan[:3] == (await streamed(sdk, body))[:3]
    talk.propose(PlanForm.model_validate_json(plan[0]))
    talk.decide_plan()

    body = body_of(turn_prompt(talk.state, "1"), tools=SPECS)
    turn = whole(await sdk.chat.completions.create(**body))
    assert turn[:3] == (await streamed(sdk, body))[:3]
    assert turn[2] == "tool_calls"
    ((name, arguments),) = turn[1]
    assert name in [spec.name for spec in SPECS]
    assert json.loads(arguments)["why"]

    report = talk.finish("1")
    assert report
    body = body_of(judge_prompt(talk.state, "1", ["It is there."]), form=VerdictForm)
    verdict = whole(await sdk.chat.completions.create(**body))
    assert verdict[:3] == (await streamed(sdk, body))[:3]
    assert VerdictForm.model_validate_json(verdict[0]).judgements[0].met


async def test_the_sdk_reads_forms_with_its_own_parser(sdk):
    messages = body_of(plan_prompt(Talk("write a blog about AI").state, SPECS))["messages"]
    parsed = await sdk.chat.completions.parse(model="rehearsal", messages=messages, response_format=PlanForm)
    assert len(parsed.choices[0].message.parsed.subtasks) == 3


async def test_usage_is_counted_by_characters(sdk):
    body = {"model": "rehearsal", "messages": [{"role": "user", "content": "x" * 41}]}
    content, _, _, usage = whole(await sdk.chat.completions.create(**body))
    assert usage.prompt_tokens == 11
    assert usage.completion_tokens == -(-len(content) // 4)
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert (await streamed(sdk, body))[3].total_tokens == (
        await sdk.chat.completions.create(**body, stream=False)
    ).usage.total_tokens


async def test_without_being_asked_a_stream_tells_no_usage(sdk):
    messages = [{"role": "user", "content": "hello"}]
    stream = await sdk.chat.completions.create(model="rehearsal", messages=messages, stream=True)
    assert [chunk.usage async for chunk in stream if chunk.usage] == []


async def test_anything_else_is_told_that_this_is_no_model(sdk):
    for words, expected in (("hello", "no model"), ("你好", "没有模型")):
        reply = await sdk.chat.completions.create(model="rehearsal", messages=[{"role": "user", "content": words}])
        assert expected in reply.choices[0].message.content


@pytest.mark.parametrize("stream", [False, True])
async def test_the_same_request_gets_the_same_bytes(rehearsal, stream):
    body = {**body_of(plan_prompt(Talk("write a blog about AI").state, SPECS), form=PlanForm), "stream": stream}
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {rehearsal.api_key}"}) as http:
        replies = [await http.post(f"{rehearsal.base_url}/chat/completions", json=body) for _ in range(2)]
    assert replies[0].status_code == 200
    assert replies[0].content == replies[1].content


@pytest.mark.parametrize("key", ["wrong", "rehearsal-", "schlüssel"])
async def test_a_wrong_key_is_refused_in_the_protocols_form(rehearsal, key):
    headers = {"Authorization": f"Bearer {key}".encode()}
    async with httpx.AsyncClient(headers=headers) as http:
        for reply in (
            await http.get(f"{rehearsal.base_url}/models"),
            await http.post(f"{rehearsal.base_url}/chat/completions"),
        ):
            assert reply.status_code == 401
            assert reply.json()["error"]["code"] == "invalid_api_key"
            assert rehearsal.api_key not in reply.text


async def test_the_sdk_takes_the_refusal_for_one(rehearsal):
    async with openai.AsyncOpenAI(api_key="wrong", base_url=rehearsal.base_url, max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            await client.models.list()


async def test_another_model_is_not_found(sdk):
    with pytest.raises(openai.NotFoundError, match="rehearsal"):
        await sdk.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "hi"}])


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"messages": []}', b'{"messages": [1]}', b"[" * 100_000, b"\xff"]
)
async def test_what_is_no_request_is_a_400_with_a_sentence(rehearsal, content):
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {rehearsal.api_key}"}) as http:
        reply = await http.post(f"{rehearsal.base_url}/chat/completions", content=content)
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"


async def test_other_paths_and_methods_are_refused_in_the_protocols_form(rehearsal):
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {rehearsal.api_key}"}) as http:
        assert (await http.get(f"{rehearsal.base_url}/nothing")).json()["error"]["message"]
        assert (await http.get(f"{rehearsal.base_url}/chat/completions")).status_code == 405


async def test_half_characters_do_no_harm(rehearsal):
    body = b'{"model": "rehearsal", "messages": [{"role": "user", "content": "\\ud83d"}]}'
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {rehearsal.api_key}"}) as http:
        assert (await http.post(f"{rehearsal.base_url}/chat/completions", content=body)).status_code == 200


async def test_two_starts_have_two_keys_and_two_ports():
    async with serve_rehearsal() as one, serve_rehearsal() as two:
        assert one.api_key != two.api_key
        assert one.base_url != two.base_url
        assert one.api_key not in repr(one)


async def test_it_leaves_signals_and_logs_alone_and_the_port_when_it_ends():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    levels = [logging.getLogger(name).level for name in ("uvicorn", "uvicorn.error", "uvicorn.access")]
    async with serve_rehearsal() as rehearsal:
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert [logging.getLogger(name).level for name in ("uvicorn", "uvicorn.error", "uvicorn.access")] == levels
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"{rehearsal.base_url}/models")


async def test_it_ends_promptly_with_connections_open_and_when_what_uses_it_fails():
    async def fail(http):
        async with serve_rehearsal() as rehearsal:
            await http.get(f"{rehearsal.base_url}/models")
            raise LookupError

    async with asyncio.timeout(5), httpx.AsyncClient() as http:
        with pytest.raises(LookupError):
            await fail(http)
    assert [task.get_name() for task in asyncio.all_tasks() if task.get_name() == "rehearsal model"] == []


def test_importing_it_loads_no_server():
    code = (
        "import sys, bot.rehearsal; print([name for name in ('uvicorn', 'starlette', 'openai') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
