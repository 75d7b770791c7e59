"""A small language of checks: each takes a value and its JSON pointer, and yields complaints."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

Complaints = Iterator[str]
Check = Callable[[Any, str], Complaints]


def complaint(message: str, at: str) -> str:
    return f"{message} [json-pointer:{at}]"


def string(longest: int | None = None, *, shortest: int = 1) -> Check:
    def check(value: Any, at: str) -> Complaints:
        if not isinstance(value, str):
            yield complaint("must be a string", at)
        elif len(value) < shortest:
            yield complaint(f"must be more than {shortest - 1} characters", at)
        elif longest is not None and len(value) > longest:
            yield complaint(f"must be less than {longest + 1} characters", at)

    return check


def one_of(*values: str) -> Check:
    def check(value: Any, at: str) -> Complaints:
        if value not in values:
            yield complaint(f"must be one of: {', '.join(values)}", at)

    return check


def boolean(value: Any, at: str) -> Complaints:
    if not isinstance(value, bool):
        yield complaint("must be a boolean", at)


def integer(least: int, most: int) -> Check:
    def check(value: Any, at: str) -> Complaints:
        if not isinstance(value, int) or isinstance(value, bool):
            yield complaint("must be an integer", at)
        elif value < least:
            yield complaint(f"must be greater than or equal to {least}", at)
        elif value > most:
            yield complaint(f"must be less than or equal to {most}", at)

    return check


def anything(_value: Any, _at: str) -> Complaints:
    yield from ()


def array(item: Check, *, most: int | None = None, least: int = 1) -> Check:
    def check(value: Any, at: str) -> Complaints:
        if not isinstance(value, list):
            yield complaint("must provide an array", at)
            return
        if len(value) < least:
            yield complaint(f"no fewer than {least} items allowed", at)
        if most is not None and len(value) > most:
            yield complaint(f"no more than {most} items allowed", at)
        for place, entry in enumerate(value):
            yield from item(entry, f"{at}/{place}")

    return check


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no other; `type` is the business of `typed`."""
    allowed = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Complaints:
        if not isinstance(value, dict):
            yield complaint("must provide an object", at)
            return
        for name in required:
            if name not in value:
                yield complaint(f"missing required field: {name}", at)
        for name, entry in value.items():
            if name in allowed:
                yield from allowed[name](entry, f"{at}/{name}")
            elif name != "type":
                yield complaint(f"invalid additional property: {name}", at)

    return check


def typed(kinds: Mapping[str, Check], *, only: Collection[str] | None = None) -> Check:
    """An object whose `type` says which check holds for it."""

    def check(value: Any, at: str) -> Complaints:
        if not isinstance(value, dict):
            yield complaint("must provide an object", at)
        elif "type" not in value:
            yield complaint("missing required field: type", at)
        elif value["type"] not in kinds or (only is not None and value["type"] not in only):
            yield complaint(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from kinds[value["type"]](value, at)

    return check


def text(longest: int, *kinds: str) -> Check:
    """A text object: plain_text, mrkdwn or, without kinds, either."""
    shapes = {
        "plain_text": fields({"text": string(longest)}, {"emoji": boolean}),
        "mrkdwn": fields({"text": string(longest)}, {"verbatim": boolean}),
    }
    return typed(shapes, only=kinds or None)
