"""What the server can be told to do with a request: answers and faults, and what they look like on the wire."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

USAGE: Mapping[str, Any] = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
PIECE = 7  # characters in one chunk of a stream: small, so that words, escapes and surrogates are split


@dataclass(frozen=True)
class ToolUse:
    """A tool call in an answer. `arguments` is JSON text as a model writes it, or a value to be written as JSON."""

    name: str
    arguments: Any = "{}"
    id: str | None = "call_1"
    index: int | None = -1  # -1: its place among the calls

    @property
    def text(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True)
class Say:
    """A good answer: text, tool calls or a refusal. `usage` None: the server does not count."""

    text: str = ""
    calls: tuple[ToolUse, ...] = ()
    refusal: str = ""
    finish: str = ""
    usage: Mapping[str, Any] | None = field(default_factory=lambda: USAGE)

    @property
    def finish_reason(self) -> str:
        return self.finish or ("tool_calls" if self.calls else "stop")


@dataclass(frozen=True)
class Status:
    """An error status, with OpenAI's body or another."""

    code: int
    message: str = "it went wrong"
    error_code: str | None = None
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def encoded(self) -> bytes:
        error = {"message": self.message, "type": "error", "param": self.param, "code": self.error_code}
        return json.dumps({"error": error}).encode() if self.body is None else self.body


@dataclass(frozen=True)
class Hang:
    """Says nothing (or `after` chunks of an answer, then nothing) until the server is released or closed."""

    after: int = 0
    say: Say = Say("never finished")


@dataclass(frozen=True)
class Drop:
    """Breaks the connection off: at once, or after some chunks of an answer."""

    after: int = 0
    say: Say = Say("never finished")


@dataclass(frozen=True)
class CutStream:
    """Ends the stream cleanly, `[DONE]` included, without a finish_reason."""

    say: Say = Say("half an ans")


@dataclass(frozen=True)
class Raw:
    """Sends just these bytes."""

    body: bytes
    content_type: str = "application/json"


Reply = Say | Status | Hang | Drop | CutStream | Raw


def as_json(value: object) -> Say:
    """An answer that is this JSON."""
    return Say(json.dumps(value))


def whole_body(say: Say, model: str) -> bytes:
    """The answer in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": say.text or None, "refusal": say.refusal or None}
    if say.calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.text}}
            for call in say.calls
        ]
    body = _envelope("chat.completion", model)
    body["choices"] = [{"index": 0, "message": message, "finish_reason": say.finish_reason, "logprobs": None}]
    if say.usage is not None:
        body["usage"] = say.usage
    return json.dumps(body).encode()


def chunks(say: Say, model: str, *, with_usage: bool, finished: bool = True) -> Iterator[bytes]:
    """The answer as server-sent events, without `[DONE]`."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in _pieces(say.text)]
    deltas += [{"refusal": piece} for piece in _pieces(say.refusal)]
    for place, call in enumerate(say.calls):
        head: dict[str, Any] = {"type": "function", "function": {"name": call.name, "arguments": ""}}
        if call.id is not None:
            head["id"] = call.id
        for part in (head, *({"function": {"arguments": piece}} for piece in _pieces(call.text))):
            index = place if call.index == -1 else call.index
            deltas.append({"tool_calls": [part if index is None else {"index": index, **part}]})
    for delta in deltas:
        yield _event(model, [{"index": 0, "delta": delta, "finish_reason": None}])
    if finished:
        yield _event(model, [{"index": 0, "delta": {}, "finish_reason": say.finish_reason}])
        if with_usage and say.usage is not None:
            yield _event(model, [], usage=say.usage)


def _pieces(text: str) -> list[str]:
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def _envelope(kind: str, model: str) -> dict[str, Any]:
    return {"id": "chatcmpl-test", "object": kind, "created": 1, "model": model}


def _event(model: str, choices: list[Any], **more: Any) -> bytes:
    body = {**_envelope("chat.completion.chunk", model), "choices": choices, **more}
    return b"data: " + json.dumps(body).encode() + b"\n\n"
