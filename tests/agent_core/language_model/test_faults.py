import asyncio
import socket

import pytest

from agent_core.errors import CallCancelled, ModelMisconfigured, ModelRefused, ModelUnavailable
from agent_core.ports import LanguageModel
from tests.agent_core.language_model.opening import KEY, PROMPT, READ, opened
from tests.peers.openai_server import CutStream, Drop, Hang, OpenAIServer, Raw, Say, Status, ToolUse

ENDLESS = b'data: {"choices": [{"delta": {"content": "' + b"x" * 1_000_000 + b'"}}]}\n\n'
BILLING = "Rate limit reached. You can increase your limit by adding a payment method at /account/billing."
PASSING = {
    "429 that speaks of billing": Status(429, BILLING, headers={"retry-after": "0"}),
    "429": Status(429, "slow down", headers={"retry-after": "0"}),
    "408": Status(408),
    "409": Status(409),
    "500": Status(500),
    "503 without a body": Status(503, body=b""),
    "dropped at once": Drop(),
    "dropped in the middle": Drop(after=3),
    "ended without a finish_reason": CutStream(),
    "a broken body": Raw(b'{"choices": [{"mess'),
    "a broken event": Raw(b"data: {oops\n\n", "text/event-stream"),
    "an error in the stream": Raw(b'data: {"error": {"message": "overloaded"}}\n\n', "text/event-stream"),
    "an error with status 200": Raw(b'{"error": {"message": "overloaded"}}'),
    "a body that is no object": Raw(b"[]"),
    "events that are no objects": Raw(b"data: 5\n\ndata: null\n\ndata: []\n\n", "text/event-stream"),
    "nesting without end": Raw(b"[" * 200_000),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_what_may_pass_is_tried_again_and_both_calls_are_told(server: OpenAIServer, model: LanguageModel, fault):
    server.will(fault, Say("ok"))
    turn = await model.turn(PROMPT, [])
    assert turn.text == "ok"
    assert len(turn.usages) == 2


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_what_does_not_pass_is_given_up_in_one_sentence(server: OpenAIServer, model: LanguageModel, fault):
    server.respond = lambda _: fault
    with pytest.raises(ModelUnavailable) as caught:
        await model.turn(PROMPT, [])
    assert len(server.requests) == len(caught.value.usages) == 4
    assert str(caught.value).startswith("The language model gpt-4o did not answer: ")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_what_broke_off_is_charged_by_estimate_and_what_was_turned_away_is_not(
    server: OpenAIServer, model: LanguageModel
):
    server.will(Status(500), Drop(after=5, say=Say("a good part of an answer")), Say("ok"))
    turned_away, broke_off, good = (await model.turn(PROMPT, [])).usages
    assert (turned_away.prompt_tokens, turned_away.cost, turned_away.estimated) == (0, 0.0, False)
    assert broke_off.prompt_tokens > 0
    assert broke_off.completion_tokens > 0
    assert broke_off.estimated
    assert not good.estimated


async def test_usage_that_is_missing_is_estimated_and_says_so(server: OpenAIServer, model: LanguageModel):
    server.will(Say("Eight more letters", (ToolUse("read_file", {"path": "a"}),), usage=None))
    (used,) = (await model.turn(PROMPT, [READ])).usages
    assert used.estimated
    assert used.prompt_tokens > 20
    assert used.completion_tokens > 5
    assert used.cost is not None


async def test_retry_after_is_waited_for(server: OpenAIServer, model: LanguageModel):
    server.will(Status(429, headers={"retry-after": "0.3"}), Say("ok"))
    began = asyncio.get_running_loop().time()
    await model.turn(PROMPT, [])
    assert asyncio.get_running_loop().time() - began >= 0.3


async def test_a_wait_longer_than_there_is_time_is_not_begun(server: OpenAIServer, model: LanguageModel):
    server.will(Status(429, "limit reached", headers={"retry-after": "3600"}))
    with pytest.raises(ModelUnavailable, match=r"asks to wait 3600 seconds\. It said: limit reached"):
        await model.turn(PROMPT, [])
    assert len(server.requests) == 1


@pytest.mark.parametrize("after", [0, 4])
async def test_a_server_that_falls_silent_is_given_up(server: OpenAIServer, after: int):
    server.respond = lambda _: Hang(after)
    async with opened(server, tries=2, silence=0.2) as model:
        with pytest.raises(ModelUnavailable, match="silent for too long") as caught:
            await model.turn(PROMPT, [])
    assert len(caught.value.usages) == 2


async def test_a_server_that_drips_is_given_up_when_the_time_is_over(server: OpenAIServer):
    server.respond = lambda _: Hang()
    async with opened(server, tries=9, call=0.1, total=0.25) as model:
        with pytest.raises(ModelUnavailable):
            await model.turn(PROMPT, [])
    assert len(server.requests) <= 4


async def test_a_turn_that_is_cancelled_lets_go_of_its_connection(server: OpenAIServer, model: LanguageModel):
    server.will(Hang(), Say("ok"))
    turn = asyncio.create_task(model.turn(PROMPT, []))
    await server.hanging.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert (await model.turn(PROMPT, [])).text == "ok"


async def test_a_turn_that_is_cancelled_tells_what_its_calls_took(server: OpenAIServer, model: LanguageModel):
    server.will(Say(""), Hang(after=3, say=Say("a good part of an answer")))
    turn = asyncio.create_task(model.turn(PROMPT, []))
    await server.hanging.wait()
    turn.cancel()
    with pytest.raises(CallCancelled) as caught:
        await turn
    empty, cut = caught.value.usages
    assert not empty.estimated
    assert cut.estimated
    assert cut.prompt_tokens > 0
    assert cut.cost is not None


async def test_a_whole_answer_counts_even_if_the_stream_breaks_after_it(server: OpenAIServer, model: LanguageModel):
    event = b'data: {"choices": [{"delta": {"content": "ok"}, "finish_reason": "stop"}]}\n\ndata: {broken\n\n'
    server.will(Raw(event, "text/event-stream"))
    assert (await model.turn(PROMPT, [])).text == "ok"


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
async def test_an_answer_without_end_is_cut_off(server: OpenAIServer, kind: str):
    server.will(Raw(ENDLESS * 9, kind))
    async with opened(server, tries=1) as model:
        with pytest.raises(ModelUnavailable):
            await model.turn(PROMPT, [])


async def test_a_port_where_nothing_listens_is_told_with_its_setting():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://user:pass@127.0.0.1:{unused.getsockname()[1]}/v1"
        async with opened(base_url=base_url) as model:
            with pytest.raises(
                ModelUnavailable, match="nothing answers at http://127.0.0.1.*OPENAI_BASE_URL"
            ) as caught:
                await model.turn(PROMPT, [])
    assert caught.value.usages == ()
    assert "pass" not in str(caught.value)


MISSET = {
    "a bad key": (Status(401, f"Incorrect API key provided: {KEY}."), "OPENAI_API_KEY"),
    "a bad key, as 400": (Status(400, "API key not valid.", error_code="API_KEY_INVALID"), "OPENAI_API_KEY"),
    "a key without rights": (Status(403, "no access"), "OPENAI_API_KEY or NOD_MODEL"),
    "no credit": (Status(429, "You exceeded your quota", error_code="insufficient_quota"), "no credit"),
    "an unknown model": (Status(404, "The model `gpt-4o` does not exist", error_code="model_not_found"), "NOD_MODEL"),
    "a wrong path": (Status(404, body=b"404 page not found"), "OPENAI_BASE_URL"),
    "a web page": (Raw(b"<html>hello</html>", "text/html"), "OPENAI_BASE_URL"),
    "a long prompt": (
        Status(400, "This model's maximum context length is 10", error_code="context_length_exceeded"),
        "NOD_MODEL",
    ),
}


@pytest.mark.parametrize(("fault", "setting"), MISSET.values(), ids=MISSET)
async def test_a_wrong_setting_is_named_and_not_retried(
    server: OpenAIServer, model: LanguageModel, fault, setting: str
):
    server.respond = lambda _: fault
    with pytest.raises(ModelMisconfigured, match=setting) as caught:
        await model.turn(PROMPT, [])
    assert len(server.requests) == 1
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "key", "setting"),
    [
        ("", KEY, "OPENAI_BASE_URL"),
        ("localhost:11434/v1", KEY, "OPENAI_BASE_URL"),
        ("http://[oops/v1", KEY, "OPENAI_BASE_URL"),
        ("http://\x00/v1", KEY, "OPENAI_BASE_URL"),
        ("http://127.0.0.1:99999/v1", KEY, "OPENAI_BASE_URL"),
        ("http://127.0.0.1:1/v1", "sk-schlüssel", "OPENAI_API_KEY"),
        ("http://127.0.0.1:1/v1", "sk-a\nb", "OPENAI_API_KEY"),
    ],
)
async def test_a_setting_that_cannot_be_used_is_told_before_anything_is_sent(base_url: str, key: str, setting: str):
    async with opened(base_url=base_url, key=key) as model:
        with pytest.raises(ModelMisconfigured, match=setting) as caught:
            await model.turn(PROMPT, [])
    assert caught.value.usages == ()


async def test_a_provider_that_will_not_have_the_prompt_is_a_refusal(server: OpenAIServer, model: LanguageModel):
    server.will(Status(400, "The prompt triggered the content management policy", error_code="content_filter"))
    with pytest.raises(ModelRefused, match="word the goal differently"):
        await model.turn(PROMPT, [])


async def test_a_rejection_without_end_ends(server: OpenAIServer, model: LanguageModel):
    server.respond = lambda _: Status(400, "Bad Request")
    with pytest.raises(ModelUnavailable, match=r"rejected the request \(HTTP 400\)"):
        await model.turn(PROMPT, [READ])
    assert len(server.requests) <= 6


async def test_no_key_and_no_long_body_reach_an_error_or_a_log(
    server: OpenAIServer, model: LanguageModel, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    server.respond = lambda _: Status(500, f"Authorization: Bearer {KEY} and sk-other-98765432 " + "x" * 5000)
    with pytest.raises(ModelUnavailable) as caught:
        await model.turn(PROMPT, [])
    told = f"{caught.value!s} {caught.value!r} {caught.value.fields} {model!r} {vars(model)} {caplog.text}"
    assert KEY not in told
    assert "sk-other" not in str(caught.value)
    assert len(str(caught.value)) < 400
