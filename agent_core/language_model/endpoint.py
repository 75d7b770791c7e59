"""What an endpoint turned out to take: found out by being refused, remembered once it worked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any


class Rung(IntEnum):
    """How an endpoint is asked for a structured answer, the most binding way first."""

    JSON_SCHEMA = 0  #: the server holds the model to the schema
    JSON_OBJECT = 1  #: the server holds it to JSON; the schema is in the prompt
    TEXT = 2  #: nothing but the schema in the prompt

    @property
    def lower(self) -> "Rung":
        """The next rung down; the last one is its own."""
        return Rung(min(self + 1, Rung.TEXT))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What one model at one base URL takes; one that is not known yet is taken to support everything."""

    rung: Rung = Rung.JSON_SCHEMA
    stream: bool = True
    stream_usage: bool = True  #: `stream_options: {include_usage}`
    tools: bool = True  #: else tools are described in the prompt
    effortless: bool = False  #: tools are taken only beside `reasoning_effort: none`
    room: str = ""  #: the parameter that asks for longer answers, once one was cut off
    room_refused: bool = False


# What a refusal says when it means a part of the request, as OpenAI, Ollama, vLLM, llama.cpp and LM Studio word it.
_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("reasoning_effort", re.compile(r"reasoning_effort")),
    ("stream_options", re.compile(r"stream_options|include_usage")),
    ("room", re.compile(r"max_tokens|max_completion_tokens|context.length|context.size|maximum context")),
    ("response_format", re.compile(r"response_format|json_schema|json_object|json mode|grammar|guided|structured")),
    ("tools", re.compile(r"\btools?\b(?!_)|function.?call|jinja")),
    ("stream", re.compile(r"\bstream(ing)?\b")),
)
# a refusal of what the messages say is no refusal of tools
_ABOUT_MESSAGES = re.compile(r"tool_call|role '?\"?tool|\bmessages\b")
#: which parts are left out, in turn, when a refusal names none
_SUSPECTS = ("room", "stream_options", "response_format", "stream", "tools")


def lessened(endpoint: Endpoint, body: Mapping[str, Any], said: str, *, guess: bool) -> Endpoint | None:
    """Return the endpoint without the part of `body` that the refusal `said` names; None when nothing is left to try.

    `guess`: with no part named, leave out the likeliest one that is there.
    """
    said = said.lower()
    parts = [name for name, pattern in _NAMES if pattern.search(said)]
    if _ABOUT_MESSAGES.search(said):
        parts = [part for part in parts if part != "tools"]
    for part in parts or (_SUSPECTS if guess else ()):
        lesser = _without(endpoint, body, part, said)
        if lesser is not None:
            return lesser
    return None


def _without(endpoint: Endpoint, body: Mapping[str, Any], part: str, said: str) -> Endpoint | None:
    changes: dict[str, Any] = {}
    match part:
        case "reasoning_effort" if part in body:
            changes = {"effortless": False, "tools": False}
        case "reasoning_effort" if "tools" in body:
            # gpt-5.6 and gpt-6 refuse tools at their default effort: "… or set reasoning_effort to 'none'"
            changes = {"effortless": True}
        case "room" if endpoint.room == "max_tokens" and "max_completion_tokens" in said:
            # o-series: "Unsupported parameter: 'max_tokens' … Use 'max_completion_tokens' instead."
            changes = {"room": "max_completion_tokens"}
        case "room" if endpoint.room:
            changes = {"room": "", "room_refused": True}
        case "response_format" if part in body:
            changes = {"rung": endpoint.rung.lower}
        case "stream_options" | "tools" | "stream" if part in body:
            changes = {"stream_usage" if part == "stream_options" else part: False}
        case _:
            return None
    return replace(endpoint, **changes)
