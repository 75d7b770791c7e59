"""What a server sent, put together: chunks of a stream or one whole body, whatever their shape, into an Answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens as the server counted them. `cached` and `written` (to the provider's cache) are parts of `prompt`."""

    prompt: int
    completion: int
    cached: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class RawCall:
    """A tool call as it came: nothing is checked. `arguments` is text, or JSON where a server sent that."""

    id: str
    name: str
    arguments: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's whole answer. `finish` is why it ended: stop, length, tool_calls, content_filter."""

    text: str = ""
    calls: tuple[RawCall, ...] = ()
    refusal: str = ""
    finish: str = "stop"
    counts: Counts | None = None

    @property
    def cut(self) -> bool:
        """Whether the model ran out of room before it was done."""
        return self.finish == "length"


@dataclass(slots=True)
class _Slot:
    id: str = ""
    name: str = ""
    text: list[str] = field(default_factory=list[str])
    json: Any = None

    def raw(self) -> RawCall:
        return RawCall(self.id, self.name, "".join(self.text) if self.json is None else self.json)


@dataclass(slots=True)
class Reading:
    """A stream being read. `size` is how many characters came so far."""

    size: int = 0
    finish: str = ""
    _text: list[str] = field(default_factory=list[str])
    _refusal: list[str] = field(default_factory=list[str])
    _slots: list[_Slot] = field(default_factory=list[_Slot])
    _by_index: dict[int, _Slot] = field(default_factory=dict[int, _Slot])
    _counts: Counts | None = None

    @property
    def complete(self) -> bool:
        """Whether the model said that it is done; a stream that ends before was cut off."""
        return bool(self.finish)

    def add(self, chunk: object) -> None:
        """Take in one chunk; what is not of the protocol is passed over."""
        chunk = _object(chunk)
        self._counts = _counts(chunk.get("usage")) or self._counts
        choice = _first(chunk.get("choices"))
        self._add_message(_object(choice.get("delta")))
        self.finish = _text(choice.get("finish_reason")) or self.finish

    def add_whole(self, body: object) -> None:
        """Take in the one body of an answer that is not streamed."""
        whole = _object(body)
        self._counts = _counts(whole.get("usage"))
        choice = _first(whole.get("choices"))
        if choice:
            self._add_message(_object(choice.get("message")))
            self.finish = _text(choice.get("finish_reason")) or "stop"  # a whole body needs no sign of its end

    def answer(self) -> Answer:
        """Return what came so far."""
        calls = tuple(slot.raw() for slot in self._slots)
        return Answer("".join(self._text), calls, "".join(self._refusal), self.finish, self._counts)

    def _add_message(self, message: Json) -> None:
        self._keep(self._text, _text(message.get("content")))
        self._keep(self._refusal, _text(message.get("refusal")))
        for call in _list(message.get("tool_calls")):
            self._add_call(_object(call))

    def _add_call(self, call: Json) -> None:
        function = _object(call.get("function"))
        call_id, name, arguments = _text(call.get("id")), _text(function.get("name")), function.get("arguments")
        slot = self._slot(call.get("index"), call_id, name)
        slot.id = slot.id or call_id
        if name != slot.name:  # some servers repeat the name in every chunk
            slot.name += name
        if isinstance(arguments, str):
            self._keep(slot.text, arguments)
        elif arguments is not None:
            slot.json = arguments

    def _slot(self, index: object, call_id: str, name: str) -> _Slot:
        """Return the call a chunk belongs to: by index, but a new id with a name is a new call in any case."""
        slot = self._by_index.get(index) if isinstance(index, int) else (self._slots[-1] if self._slots else None)
        begins = bool(slot and name and call_id and slot.id and call_id != slot.id)
        if index is None and not call_id:  # neither index nor id: a name begins a call
            begins = bool(slot and name and slot.name)
        if slot is None or begins:
            slot = _Slot()
            self._slots.append(slot)
        if isinstance(index, int):
            self._by_index[index] = slot
        return slot

    def _keep(self, parts: list[str], text: str) -> None:
        if text:
            parts.append(text)
            self.size += len(text)


def _object(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _first(choices: object) -> Json:
    return _object((_list(choices) or [None])[0])


def _text(value: object) -> str:
    """Return text; the text parts of a list of content parts; nothing of anything else."""
    if isinstance(value, str):
        return value
    return "".join(part["text"] for part in map(_object, _list(value)) if isinstance(part.get("text"), str))


def _count(value: Mapping[str, Any], key: str) -> int:
    number = value.get(key)
    return max(0, number) if isinstance(number, int) else 0


def _counts(value: object) -> Counts | None:
    usage = _object(value)
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if not prompt and not completion:
        return None  # missing, or zeros from a server that does not count
    details = _object(usage.get("prompt_tokens_details"))
    return Counts(prompt, completion, _count(details, "cached_tokens"), _count(details, "cache_write_tokens"))
