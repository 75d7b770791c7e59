"""What a model wrote, read as JSON and ToolCalls: repaired where that is safe, and refused in a sentence where not."""

import json
import math
import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NoReturn, cast

from agent_core.language_model.stream import Answer, RawCall
from agent_core.ports import ModelToolCall

DEPTH = 64  #: levels of JSON; deeper is no honest answer and would exhaust the stack
_ATTEMPTS = 40  #: places in a text where JSON may begin that are tried
_ID_LENGTH = 9  #: letters and digits; what Mistral's templates insist on, and everybody takes

_FENCE = re.compile(r"```[\w-]*[ \t]*\r?\n(.*?)```", re.DOTALL)
_TAG = re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>|\Z)", re.DOTALL)
_STRING_OR_TRAILING_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)


class NotJson(ValueError):
    """The text holds no JSON that can be used; the words say why, for the model."""


def cleaned_text(text: str) -> str:
    """Return `text` as valid Unicode: halves of a surrogate pair joined, lone ones replaced, NULs dropped."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "")


def cleaned(value: Any, depth: int = DEPTH) -> Any:
    """Return a JSON value with every text in it cleaned.

    Raises:
        NotJson: it is nested too deep, or holds a number that JSON cannot.
    """
    if depth < 0:
        raise NotJson(f"it is nested deeper than {DEPTH} levels")
    match value:
        case str():
            return cleaned_text(value)
        case float() if not math.isfinite(value):
            raise NotJson("it holds a number that JSON cannot hold")
        case list():
            return [cleaned(item, depth - 1) for item in cast("list[Any]", value)]
        case dict():
            members = cast("dict[str, Any]", value)
            return {cleaned_text(key): cleaned(item, depth - 1) for key, item in members.items()}
        case _:
            return value


def without_thoughts(text: str) -> str:
    """Return an answer without the `<think>` block that reasoning models write before it."""
    head, closed, tail = text.rpartition("</think>")
    if closed and (head.lstrip().startswith("<think>") or "<think>" not in head):  # some templates open it themselves
        return tail.lstrip()
    return "" if text.lstrip().startswith("<think>") else text


def parse(text: str) -> Any:
    """Return the JSON that `text` is, after safe repairs: a code fence, trailing commas, JSON quoted as a string.

    Raises:
        NotJson: it is not JSON.
    """
    fenced = _FENCE.fullmatch(text.strip())
    text = fenced[1] if fenced else text
    try:
        value = _loads(text)
    except NotJson:
        repaired = _STRING_OR_TRAILING_COMMA.sub(lambda found: "" if found[0] == "," else found[0], text)
        if repaired == text:
            raise
        value = _loads(repaired)
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        value = _loads(value)
    return cleaned(value)


def _loads(text: str) -> Any:
    try:
        # not strict: small models put real line breaks into strings
        return json.loads(text, strict=False, parse_constant=_no_constant)
    except RecursionError:
        raise NotJson(f"it is nested deeper than {DEPTH} levels") from None
    except ValueError as error:
        raise NotJson(f"it is not valid JSON ({error})") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def object_in(text: str) -> Mapping[str, Any]:
    """Return the JSON object in a model's text: all of it, a code fence in it, or what stands between words.

    Raises:
        NotJson: there is none.
    """
    text = without_thoughts(text).strip()
    problem = NotJson("there is no JSON object in it")
    for candidate in _candidates(text):
        try:
            value = parse(candidate)
        except NotJson as error:
            problem = error if candidate.startswith("{") else problem
            continue
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
    raise problem


def _candidates(text: str) -> Iterator[str]:
    yield text
    yield from (found[1].strip() for found in _FENCE.finditer(text))
    first, last = text.find("{"), text.rfind("}")
    if 0 <= first < last:
        yield text[first : last + 1]
    decoder = json.JSONDecoder(strict=False)
    for _ in range(_ATTEMPTS):
        if first < 0:
            return
        try:
            _, end = decoder.raw_decode(text, first)
            yield text[first:end]
            first = text.find("{", end)
        except (ValueError, RecursionError):
            first = text.find("{", first + 1)


# --- tool calls ---------------------------------------------------------------------------------------------------


def calls_of(answer: Answer, offered: Collection[str]) -> tuple[str, tuple[ModelToolCall, ...]]:
    """Return an answer's text and ToolCalls.

    Calls that a small model wrote into its text count when they name a Tool that was offered; the text is then
    what stands before them. Ids that are missing or used twice are made anew.
    """
    text = cleaned_text(without_thoughts(answer.text)).strip()
    if answer.calls or not offered:
        raw = answer.calls
    else:
        text, raw = _written_calls(text, offered)
    seen: set[str] = set()
    calls: list[ModelToolCall] = []
    for index, call in enumerate(raw, start=1):
        calls.append(_call_of(call, seen, cut=answer.cut and index == len(raw)))
        seen.add(calls[-1].id)
    return text, tuple(calls)


def _call_of(raw: RawCall, seen: Collection[str], *, cut: bool) -> ModelToolCall:
    call_id = cleaned_text(raw.id)
    if not call_id or call_id in seen:
        call_id = secrets.token_hex(_ID_LENGTH)[:_ID_LENGTH]
    arguments, problem = arguments_of(raw.arguments, cut=cut)
    name = cleaned_text(raw.name).strip()
    return ModelToolCall(call_id, name, arguments, problem if name else "The call names no tool.")


def arguments_of(raw: Any, *, cut: bool = False) -> tuple[Mapping[str, Any], str]:
    """Return a call's arguments and what is wrong with them; one of the two is empty. Blank means no arguments."""
    if raw is None or (isinstance(raw, str) and raw.strip() in ("", "null")):
        return {}, ""
    try:
        value = parse(raw) if isinstance(raw, str) else cleaned(raw)
    except NotJson as error:
        if cut:
            return {}, "The answer was cut off before the arguments were complete; make a shorter call, or several."
        return {}, f"The arguments cannot be used: {error}."
    if not isinstance(value, dict):
        return {}, "The arguments cannot be used: they are not a JSON object."
    return cast("dict[str, Any]", value), ""


def _written_calls(text: str, offered: Collection[str]) -> tuple[str, tuple[RawCall, ...]]:
    """Return the text before the calls, and the calls, when `text` is or ends in nothing but calls."""
    tags = list(_TAG.finditer(text))
    if tags:
        found = [_calls_in(tag[1], offered) for tag in tags]
        return (text, ()) if not all(found) else (text[: tags[0].start()].strip(), tuple(sum(found, ())))
    fences = list(_FENCE.finditer(text))
    if fences and not text[fences[-1].end() :].strip():
        calls = _calls_in(fences[-1][1], offered)
        if calls:
            return text[: fences[-1].start()].strip(), calls
    if text[:1] in ("{", "["):
        calls = _calls_in(text, offered)
        return (_words_beside(text), calls) if calls else (text, ())
    return text, ()


def _calls_in(text: str, offered: Collection[str]) -> tuple[RawCall, ...]:
    """Return the calls that a JSON text is: all of them of Tools that were offered, or none."""
    try:
        value = parse(text)
    except NotJson:
        return ()
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        value = members.get("calls") or members.get("tool_calls") or [members]
    items = cast("Sequence[Any]", value) if isinstance(value, list) else ()
    calls = tuple(call for call in map(_written_call, items) if call and call.name in offered)
    return calls if len(calls) == len(items) else ()


def _written_call(item: Any) -> RawCall | None:
    """Read {"name", "arguments"}, Llama's {"name", "parameters"}, or the protocol's own {"function": {…}}."""
    if not isinstance(item, dict):
        return None
    members = cast("dict[str, Any]", item)
    function = members.get("function")
    inner = cast("dict[str, Any]", function) if isinstance(function, dict) else members
    name = inner.get("name")
    arguments = inner.get("arguments", inner.get("parameters"))
    return RawCall("", name, arguments) if isinstance(name, str) and arguments is not None else None


def _words_beside(text: str) -> str:
    """Return the `text` member beside `calls`, as asked for where tools are described in the prompt."""
    value = parse(text)
    words = cast("dict[str, Any]", value).get("text") if isinstance(value, dict) else ""
    return words.strip() if isinstance(words, str) else ""
