"""What became of the Subtask's earlier turns, read from the conversation. Pure, and never fails on any text."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from agent_core.ports import Message, ModelToolCall
from bot.rehearsal.reading import events_in, unwrapped

_REJECTED = re.compile(r"\A([^\n]{1,200}?) rejected this\. Reason: (.*)\Z", re.DOTALL)
_EDITED = re.compile(r"\A([^\n]{1,200}?) changed the arguments to (\{[^\n]*\}), and that ran\.\n")
_SAID = re.compile(r"\A[^\n]{1,200}? said: [^\n]*\n")
_WROTE = re.compile(r"\A([^\n]{1,200}?) wrote: (.*)\Z", re.DOTALL)
_NOT_DONE = "Not done yet.\n"


class Fate(StrEnum):
    """What became of a call."""

    DONE = "done"  #: it ran and ended well
    REJECTED = "rejected"  #: a person said no
    FAILED = "failed"  #: it ran and failed
    SHOWN = "shown"  #: the Run only observes
    SKIPPED = "skipped"  #: it was cut off, and people left it undone
    LAPSED = "lapsed"  #: nobody decided, or the Plan changed


@dataclass(frozen=True, slots=True)
class Called:
    """A call of an earlier turn. `path` as proposed, `arguments` as run. `text` is what it returned, or why not."""

    tool: str
    path: str
    arguments: Mapping[str, Any]
    fate: Fate
    text: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Wrote:
    """A person wrote in the thread."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """The report was judged, and not everything was met: the lines that say what, and the advice."""

    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A turn was of no use; `text` says why."""

    text: str


Event = Called | Wrote | Unmet | Fault


def past(before: Sequence[str], messages: Sequence[Message]) -> tuple[Event, ...]:
    """Return what happened, oldest first: `before` is what was said before the first turn."""
    first = next((at for at, message in enumerate(messages) if message.role == "assistant"), len(messages))
    turns = messages[first:]
    outcomes = {message.call_id: message.text for message in turns if message.role == "tool"}
    return (*map(_heard, before), *_events(turns, outcomes))


def outcome(text: str) -> tuple[Fate, str, str]:
    """Return what an outcome's text says: the fate, what was returned or why not, and who decided it (may be empty)."""
    if rejected := _REJECTED.match(text):
        reason = rejected[2].strip()
        return Fate.REJECTED, "" if reason == "none given" else reason, rejected[1]
    if text.startswith("Not run: this run only observes"):
        return Fate.SHOWN, text, ""
    if text.startswith("It was cut off, and people decided to leave it undone"):
        return Fate.SKIPPED, text, ""
    if text.startswith(("Nobody decided on this in time", "This was dropped with the old plan")):
        return Fate.LAPSED, text, ""
    edited = _EDITED.match(text)
    rest = _SAID.sub("", text[edited.end() :]) if edited else text
    who = edited[1] if edited else ""
    rest = unwrapped(rest)
    if rest.startswith("It failed: "):
        return Fate.FAILED, rest.removeprefix("It failed: "), who
    return Fate.DONE, rest, who


def _events(turns: Sequence[Message], outcomes: Mapping[str, str]) -> Iterator[Event]:
    for message in turns:
        if message.role == "assistant":
            yield from (_called(call, outcomes.get(call.id, "")) for call in message.calls)
        elif message.role == "user":
            yield from map(_heard, events_in(message.text))


def _heard(text: str) -> Event:
    if text.startswith(_NOT_DONE):
        return Unmet(text.removeprefix(_NOT_DONE).strip())
    if wrote := _WROTE.match(text):
        return Wrote(wrote[1], wrote[2].strip())
    return Fault(text)


def _called(call: ModelToolCall, text: str) -> Called:
    fate, said, who = outcome(text)
    arguments = dict(call.arguments)
    if edited := _EDITED.match(text):
        arguments = _arguments(edited[2]) or arguments
    return Called(call.name, str(call.arguments.get("path", "")), arguments, fate, said, who)


def _arguments(text: str) -> dict[str, Any]:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
