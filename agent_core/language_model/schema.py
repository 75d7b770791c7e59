"""Forms as JSON Schemas that strict servers take: the subset OpenAI documents for Structured Outputs."""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

Schema = dict[str, Any]

# Kept as they are. Everything else is either translated below or told to the model in the description.
_KEPT = frozenset({"type", "enum", "description", "properties", "required", "items", "anyOf", "$ref", "$defs"})
_WORDLESS = frozenset({"title", "default", "examples", "discriminator", "additionalProperties", "deprecated"})
NAME_LENGTH = 64  #: characters; OpenAI's limit of a schema's name


class FormUnfit(TypeError):
    """A form cannot be asked of a model; the developer must change it."""


@cache
def strict_schema(form: type[BaseModel]) -> Schema:
    """Return the form's JSON Schema: every object closed, every field required, no keyword strict servers refuse.

    Limits that get lost so (lengths, ranges, patterns) are put into the descriptions; pydantic checks them after.

    Raises:
        FormUnfit: the form has a free `dict`, an untyped field or a fixed-length tuple.
    """
    schema = form.model_json_schema()
    if "properties" not in schema and "$ref" in schema:  # a form that holds itself
        schema = {**_resolved(schema, schema["$ref"]), "$defs": schema["$defs"]}
    if schema.get("type") != "object":
        raise FormUnfit(f"{form.__name__} is no object; make it a BaseModel with named fields.")
    return _Walk(form.__name__, schema).strict(schema, form.__name__)


def schema_name(form: type[BaseModel]) -> str:
    """Return the form's name as a schema's name: letters, digits, _ and - only."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", form.__name__)[:NAME_LENGTH]


def _resolved(root: Mapping[str, Any], ref: str) -> Schema:
    return deepcopy(root["$defs"][ref.removeprefix("#/$defs/")])


class _Walk:
    """One way through a schema; `inlined` are the definitions it is inside of."""

    def __init__(self, form: str, root: Mapping[str, Any], inlined: frozenset[str] = frozenset()) -> None:
        self.form, self.root, self.inlined = form, root, inlined

    def strict(self, schema: Mapping[str, Any], where: str) -> Schema:
        """Return one level made strict, and all below it."""
        found = dict(schema)
        if len(cast("list[Any]", found.get("allOf", ()))) == 1:
            found.update(found.pop("allOf")[0])
        if "oneOf" in found:
            found["anyOf"] = found.pop("oneOf")
        if "const" in found:
            found["enum"] = [found.pop("const")]
        if "$ref" in found and len(found) > 1:
            return self._inline(found, where)
        self._refuse(found, where)
        return self._children(_limits_told({key: value for key, value in found.items() if key not in _WORDLESS}), where)

    def _inline(self, found: Schema, where: str) -> Schema:
        ref = cast("str", found.pop("$ref"))
        if ref in self.inlined:  # a form that holds itself, with words beside: the words go
            return {"$ref": ref}
        whole = {**_resolved(self.root, ref), **found}
        return _Walk(self.form, self.root, self.inlined | {ref}).strict(whole, where)

    def _refuse(self, found: Schema, where: str) -> None:
        if found.get("type") == "object" and ("properties" not in found or found.get("additionalProperties")):
            raise FormUnfit(
                f"{where} is a free dict, which strict schemas cannot hold; name its fields in a BaseModel."
            )
        if "prefixItems" in found or "allOf" in found:
            raise FormUnfit(f"{where} is a fixed-length tuple or an intersection; use a list or a BaseModel.")
        if not found.keys() & {"type", "anyOf", "$ref", "enum"}:
            raise FormUnfit(f"{where} has no type; strict schemas need one.")
        if found.get("type") == "array" and "items" not in found:
            raise FormUnfit(f"{where} is a list of anything; say what is in it.")

    def _children(self, found: Schema, where: str) -> Schema:
        if found.get("type") == "object":
            fields = cast("dict[str, Schema]", found["properties"])
            found["properties"] = {name: self.strict(value, f"{where}.{name}") for name, value in fields.items()}
            found["required"] = list(fields)
            found["additionalProperties"] = False
        if "items" in found:
            found["items"] = self.strict(found["items"], f"{where}[]")
        if "anyOf" in found:
            found["anyOf"] = [self.strict(value, where) for value in found["anyOf"]]
        if "$defs" in found:
            found["$defs"] = {name: self.strict(value, name) for name, value in found["$defs"].items()}
        return found


def _limits_told(found: Schema) -> Schema:
    """Move what strict servers may refuse (minItems, maximum, pattern, format …) into the description."""
    limits = {key: value for key, value in found.items() if key not in _KEPT}
    kept = {key: value for key, value in found.items() if key in _KEPT}
    if limits:
        told = ", ".join(f"{key} {json.dumps(value, ensure_ascii=False)}" for key, value in limits.items())
        kept["description"] = f"{kept.get('description', '')} ({told})".strip()
    return kept
