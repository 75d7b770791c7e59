"""The JSON Schema that an MCP server gives for a tool's arguments: untrusted, so it is bounded before it is used."""

import json
from collections.abc import Mapping
from typing import Any, cast

from jsonschema import SchemaError
from jsonschema.validators import validator_for

from agent_core.characters import revealed
from agent_core.tools.mcp.definition import DESCRIPTION, shortened

MOST_BYTES = 32_000  # of a schema as JSON: some 8,000 tokens in every prompt
MOST_LEVELS = 24  # of nesting; a deeper one breaks what walks it

# what a keyword holds, for the walk (JSON Schema 2020-12, and what older drafts call the same)
_NAMED = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})
_WORDS = frozenset({"description", "title", "$comment"})
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
#: a server's regular expression can run for hours on a text made for it; the server itself checks such arguments
_PATTERNS = frozenset({"pattern", "patternProperties"})
#: keywords at the top that models' servers refuse (OpenAI, "Function calling": an object without a choice)
_CHOICES = frozenset({"oneOf", "anyOf", "allOf", "not", "enum", "if", "then", "else"})


class SchemaUnfit(ValueError):
    """A schema cannot be used, for the reason given."""


def checked_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema that arguments are checked against: without regular expressions.

    Raises:
        SchemaUnfit: it is too large, too deep, refers to something outside itself, or is no schema of an object.
    """
    try:
        size = len(json.dumps(schema, allow_nan=False))
    except (ValueError, RecursionError):
        raise SchemaUnfit("its schema is not JSON, or too deep") from None
    if size > MOST_BYTES:
        raise SchemaUnfit(f"its schema has {size:,} bytes, and {MOST_BYTES:,} are the most")
    made = _without_patterns(schema, 1)
    if made.get("type", "object") != "object" or not isinstance(made.get("properties", {}), dict):
        raise SchemaUnfit("its schema is not that of an object")
    try:
        validator_for(made).check_schema(made)
    except SchemaError:
        raise SchemaUnfit("its schema is not a JSON Schema") from None
    return made


def told_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked schema for a model: of an object, its words short and with nothing that cannot be seen."""
    told = {key: _told(key, value) for key, value in schema.items() if key not in _CHOICES and key != "$schema"}
    return {**told, "type": "object", "properties": told.get("properties", {})}


def _without_patterns(schema: Mapping[str, Any], level: int) -> dict[str, Any]:
    """Return a copy without what could run for long. Raises SchemaUnfit for what leads outside, or too deep."""
    if level > MOST_LEVELS:
        raise SchemaUnfit(f"its schema is nested more than {MOST_LEVELS} levels deep")
    if any(not str(schema.get(key, "#")).startswith("#") for key in _REFERENCES):
        raise SchemaUnfit("its schema refers to another document")
    loosened = "patternProperties" in schema  # what those would have let in must not be refused without them
    return {
        key: _copied(key, value, level)
        for key, value in schema.items()
        if key not in _PATTERNS and not (loosened and key in ("additionalProperties", "unevaluatedProperties"))
    }


def _copied(key: str, value: Any, level: int) -> Any:
    match value:
        case dict() if key in _NAMED:
            named = cast("dict[str, Any]", value).items()
            return {name: _copied("", each, level + 1) for name, each in named}
        case dict():
            return _without_patterns(cast("dict[str, Any]", value), level + 1)
        case list():
            return [_copied("", each, level + 1) for each in cast("list[Any]", value)]
        case _:
            return value


def _told(key: str, value: Any) -> Any:
    match value:
        case str() if key in _WORDS:
            return shortened(" ".join(revealed(value[: 2 * DESCRIPTION]).split()), DESCRIPTION)
        case dict() if key in _NAMED:
            return {name: _told("", each) for name, each in cast("dict[str, Any]", value).items()}
        case dict():
            return {name: _told(name, each) for name, each in cast("dict[str, Any]", value).items()}
        case list():
            return [_told("", each) for each in cast("list[Any]", value)]
        case _:
            return value
