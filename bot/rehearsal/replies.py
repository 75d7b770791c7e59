"""Replies of the Chat Completions protocol: a request's JSON in, the reply's JSON out. The same in, the same out."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.rehearsal.facts import words_of
from bot.rehearsal.past import past
from bot.rehearsal.plans import plan
from bot.rehearsal.reading import assignment, judge_briefing, language_of, plan_briefing
from bot.rehearsal.requests import Request, RequestUnfit
from bot.rehearsal.serving import MODEL
from bot.rehearsal.turns import Call, next_turn
from bot.rehearsal.verdicts import verdict

LETTERS_A_TOKEN = 4  # there is no tokenizer; the rule of thumb of OpenAI's help page
_PIECE = 400  # characters of a streamed piece

Reply = dict[str, Any]


class ModelUnknown(RequestUnfit):
    """The request is for another model."""


def reply_to(request: Request) -> Reply:
    """Return the `chat.completion` for a request.

    Raises:
        ModelUnknown: it is for another model.
    """
    if request.model != MODEL:
        raise ModelUnknown(f"There is no model {request.model!r} here; the only one is {MODEL!r}.", "model")
    said = _said(request)
    message: Reply = {"role": "assistant", "content": said if isinstance(said, str) else None, "refusal": None}
    written, reason = said if isinstance(said, str) else "", "stop"
    if isinstance(said, Call):
        arguments = json.dumps(dict(said.arguments), ensure_ascii=False)
        function = {"name": said.tool, "arguments": arguments}
        message["tool_calls"] = [{"id": f"call_{request.digest[:24]}", "type": "function", "function": function}]
        written, reason = said.tool + arguments, "tool_calls"
    return {
        "id": f"chatcmpl-{request.digest[:24]}",
        "object": "chat.completion",
        "created": 0,  # no time, so that the same request gets the same bytes
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
        "usage": _usage(request.size, len(written)),
    }


def chunks_of(reply: Mapping[str, Any], *, usage: bool) -> Iterator[Reply]:
    """Yield a reply as `chat.completion.chunk`s; with `usage`, a last one tells it."""
    base = {key: reply[key] for key in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    if usage:
        base["usage"] = None
    choice = reply["choices"][0]
    for delta in _deltas(choice["message"]):
        yield {**base, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]}
    yield {
        **base,
        "choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": choice["finish_reason"]}],
    }
    if usage:
        yield {**base, "choices": [], "usage": reply["usage"]}


def error_of(problem: str, kind: str, *, param: str | None = None, code: str | None = None) -> Reply:
    """Return an error as the protocol has it."""
    return {"error": {"message": problem, "type": kind, "param": param, "code": code}}


def models() -> Reply:
    """Return the list of models: the one there is."""
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "nod"}]}


def _said(request: Request) -> str | Call:
    """Return what is said to a request: a form filled in, a call, or words."""
    match _wanted(request):
        case "plan":
            return plan(plan_briefing(request.messages)).model_dump_json()
        case "verdict":
            return verdict(judge_briefing(request.messages)).model_dump_json()
        case "turn":
            given = assignment(request.messages)
            return next_turn(given, past(given.events, request.messages), request.tools)
        case _:
            said = "\n".join(message.text for message in request.messages if message.role == "user")
            return words_of(language_of(said)).turn.chat


def _wanted(request: Request) -> str:
    """Return what a request is for: by its form's name, else by what the prompt says."""
    for name in ("verdict", "plan"):
        if name in request.form:
            return name
    system = "\n".join(message.text for message in request.messages if message.role == "system")
    told = "\n".join(message.text for message in request.messages if message.role == "user")
    if "You judge whether a subtask is done" in system or '"judgements"' in told.rpartition("fits this JSON Schema")[2]:
        return "verdict"
    if "You plan work for Nod" in system or '"subtasks"' in told.rpartition("fits this JSON Schema")[2]:
        return "plan"
    return "turn" if request.tools or "You do one subtask of a plan" in system else ""


def _deltas(message: Mapping[str, Any]) -> Iterator[Reply]:
    yield {"role": "assistant", "content": None if "tool_calls" in message else "", "refusal": None}
    yield from ({"content": piece} for piece in _pieces(message["content"] or ""))
    for index, call in enumerate(message.get("tool_calls", ())):
        name = {"name": call["function"]["name"], "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": name}]}
        for piece in _pieces(call["function"]["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str) -> Iterator[str]:
    yield from (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def _usage(prompt: int, written: int) -> Reply:
    prompt_tokens, completion_tokens = -(-prompt // LETTERS_A_TOKEN), -(-written // LETTERS_A_TOKEN)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
