"""Requests of the Chat Completions protocol, read into values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from agent_core.domain import digest_of
from agent_core.ports import Message, ModelToolCall

_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "tool"}


class RequestUnfit(ValueError):
    """The request is not one of the protocol; `param` names the member that is wrong."""

    def __init__(self, problem: str, param: str | None = None) -> None:
        super().__init__(problem)
        self.param = param


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks: the conversation, the names of the Tools it offers, and the form it wants filled in.

    `form` is the schema's name in small letters, empty when there is none. `size` is the prompt's characters.
    `digest` is of the whole body.
    """

    model: str
    messages: tuple[Message, ...]
    tools: frozenset[str]
    form: str
    stream: bool
    stream_usage: bool
    size: int
    digest: str


def request_of(body: object) -> Request:
    """Return the request that a JSON body is.

    Raises:
        RequestUnfit: it is none.
    """
    body = cleaned(body)
    members = _object(body, "The request is not a JSON object.")
    listed = members.get("messages")
    if not isinstance(listed, list) or not listed:
        raise RequestUnfit("messages must be a list that is not empty.", "messages")
    messages = tuple(_message(each) for each in cast("Sequence[object]", listed))
    options = members.get("stream_options")
    tools = members.get("tools")
    return Request(
        model=str(members.get("model") or ""),
        messages=messages,
        tools=frozenset(_tool_name(each) for each in cast("Sequence[object]", tools))
        if _is_list(tools)
        else frozenset(),
        form=_form(members.get("response_format")),
        stream=members.get("stream") is True,
        stream_usage=isinstance(options, dict) and cast("dict[str, object]", options).get("include_usage") is True,
        digest=digest_of(json.dumps(body, sort_keys=True)),
        size=_size(messages) + (len(json.dumps(tools, ensure_ascii=False)) if tools else 0),
    )


def cleaned(value: Any) -> Any:
    """Return a JSON value whose texts can all be written as UTF-8: halves of characters become question marks."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case list():
            return [cleaned(item) for item in cast("list[Any]", value)]
        case dict():
            return {cleaned(key): cleaned(item) for key, item in cast("dict[str, Any]", value).items()}
        case _:
            return value


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _object(value: object, problem: str, param: str | None = None) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise RequestUnfit(problem, param)
    return cast("Mapping[str, object]", value)


def _message(value: object) -> Message:
    members = _object(value, "Every message must be an object.", "messages")
    role = _ROLES.get(str(members.get("role")))
    if role is None:
        raise RequestUnfit(f"There is no role {members.get('role')!r}.", "messages")
    calls = members.get("tool_calls")
    return Message(
        role,
        _text(members.get("content")),
        calls=tuple(_call(each) for each in cast("Sequence[object]", calls)) if isinstance(calls, list) else (),
        call_id=str(members.get("tool_call_id") or ""),
    )


def _text(content: object) -> str:
    match content:
        case None:
            return ""
        case str():
            return content
        case list():
            parts = [
                _object(part, "Every part of a content must be an object.", "messages") for part in cast("Any", content)
            ]
            return "".join(str(part.get("text") or "") for part in parts if part.get("type") == "text")
        case _:
            raise RequestUnfit("A message's content must be a text or a list of parts.", "messages")


def _call(value: object) -> ModelToolCall:
    members = _object(value, "Every tool call must be an object.", "messages")
    function = _object(members.get("function"), "Every tool call must name a function.", "messages")
    arguments: Any
    try:
        arguments = json.loads(str(function.get("arguments") or "{}"))
    except (ValueError, RecursionError):
        arguments = None
    usable = cast("dict[str, Any]", arguments) if isinstance(arguments, dict) else {}
    return ModelToolCall(str(members.get("id") or ""), str(function.get("name") or ""), usable)


def _tool_name(value: object) -> str:
    members = _object(value, "Every tool must be an object.", "tools")
    function = _object(members.get("function"), "Every tool must be a function.", "tools")
    return str(function.get("name") or "")


def _form(value: object) -> str:
    """Return the schema's name and title, in small letters: either may say what the form is for."""
    if not isinstance(value, dict):
        return ""
    schema = cast("dict[str, Any]", value).get("json_schema")
    if not isinstance(schema, dict):
        return ""
    described = cast("dict[str, Any]", schema)
    inner = described.get("schema")
    title = cast("dict[str, Any]", inner).get("title", "") if isinstance(inner, dict) else ""
    return f"{described.get('name', '')} {title}".strip().lower()


def _size(messages: Sequence[Message]) -> int:
    return sum(
        len(message.text)
        + sum(len(call.name) + len(json.dumps(dict(call.arguments), ensure_ascii=False)) for call in message.calls)
        for message in messages
    )
