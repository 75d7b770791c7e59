"""What is wrong with a request that a program sent, as a sentence: pure."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi.exceptions import RequestValidationError

# by pydantic's error types (pydantic documentation, "Validation Errors"); what stands in braces is in an error's `ctx`
_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a field there is here",
    "model_attributes_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "list_type": "must be a list",
    "string_type": "must be a text",
    "string_too_short": "must have at least {min_length} character(s)",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def first_fault(error: RequestValidationError) -> str:
    """Return what is wrong first, and where, as a sentence."""
    faults = cast("Sequence[Mapping[str, Any]]", error.errors())
    if not faults:
        return "It is not valid."
    fault = faults[0]
    context: Mapping[str, Any] = fault.get("ctx") or {}
    if fault["type"] == "json_invalid":
        return f"It is not JSON: {_json_fault(context['error'], str(error.body), fault['loc'][-1])}."
    where = ".".join(str(part) for part in fault["loc"][1:]) or "the body"
    return f"{where} {_why(str(fault['type']), str(fault['msg']), context)}."


def _why(kind: str, told: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":  # of our own checks, without pydantic's words before it
        return str(context["error"]).removesuffix(".")
    if kind in _WORDS:
        return _WORDS[kind].format_map(context)
    return f"cannot be used: {told[:1].lower()}{told[1:]}".removesuffix(".")


def _json_fault(why: str, body: str, at: int) -> str:
    """Return what is wrong in a body at a character, counted from 0, with its line and column, counted from 1."""
    line = body.count("\n", 0, at) + 1
    column = at - body.rfind("\n", 0, at)
    return f"{why[:1].lower()}{why[1:]} at line {line}, column {column}"
