"""The typed parameters of a Tool's function: their JSON Schema, and arguments checked against them."""

import dataclasses
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_type_hints

import pydantic.dataclasses
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from agent_core.errors import ToolArgumentsInvalid

_PROBLEMS = 5  # told at once; more only bury the first
_SHOWN = 40  # characters of a wrong value in a sentence
_EXACT = 2**53  # floats beyond it skip integers, so they are not taken for one
_STRICT = ConfigDict(strict=True, extra="forbid")


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """What a Tool takes. `schema` is its JSON Schema; make one with `of`."""

    tool: str
    schema: Mapping[str, Any]
    _adapter: TypeAdapter[Any]

    @classmethod
    def of(cls, tool: str, function: Callable[..., object]) -> "Parameters":
        """Return the parameters of `function` after its first, which is the context.

        Raises:
            TypeError: a parameter is without type or description, or cannot be passed by name.
        """
        hints = get_type_hints(function, include_extras=True)
        fields: list[tuple[str, Any, Any]] = []
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                raise TypeError(f"{tool}: parameter {parameter.name} cannot be passed by name.")
            if parameter.name not in hints:
                raise TypeError(f"{tool}: parameter {parameter.name} has no type.")
            given = dataclasses.field(
                **({} if parameter.default is parameter.empty else {"default": parameter.default})
            )
            fields.append((parameter.name, hints[parameter.name], given))
        # a dataclass, not a model: a parameter may then be called `json` or `schema`
        form = pydantic.dataclasses.dataclass(dataclasses.make_dataclass(tool, fields, kw_only=True), config=_STRICT)
        adapter = TypeAdapter[Any](form)
        schema = adapter.json_schema()
        properties = cast("dict[str, dict[str, Any]]", schema["properties"])
        for name, described in properties.items():
            if not described.get("description"):
                raise TypeError(
                    f"{tool}: parameter {name} has no description; write Annotated[…, Field(description=…)]."
                )
            described.pop("title", None)  # says the name again, in tokens
        schema.pop("title", None)
        schema.pop("description", None)
        return cls(tool, schema, adapter)

    def parse(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, as the function takes them.

        Raises:
            ToolArgumentsInvalid: with a sentence that says what is wrong and what the Tool takes.
        """
        value = self._parsed(arguments)
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}

    def normalised(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments whole, as JSON values with defaults filled in. Raises as `parse` does."""
        return self._adapter.dump_python(self._parsed(arguments), mode="json")

    def _parsed(self, arguments: Mapping[str, Any]) -> Any:
        try:
            text = json.dumps(_exact(dict(arguments)), allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise self._refusal("they are not JSON values.") from None
        try:
            return self._adapter.validate_json(text)
        except ValidationError as error:
            raise self._refusal(self._told(error.errors(include_url=False))) from None

    def _refusal(self, reason: str) -> ToolArgumentsInvalid:
        return ToolArgumentsInvalid(tool=self.tool, reason=reason)

    def _told(self, problems: list[ErrorDetails]) -> str:
        told = [self._problem(problem) for problem in problems[:_PROBLEMS]]
        if len(problems) > _PROBLEMS:
            told.append(f"and {len(problems) - _PROBLEMS} more")
        properties, required = self.schema["properties"], self.schema.get("required", [])
        takes = ", ".join(name if name in required else f"{name} (optional)" for name in properties) or "no arguments"
        return f"{'; '.join(told)}. {self.tool} takes {takes}."

    def _problem(self, problem: ErrorDetails) -> str:
        where = ".".join(str(part) for part in problem["loc"]) or "they"
        match problem["type"]:
            case "missing":
                return f"{where} is missing"
            case "unexpected_keyword_argument" | "extra_forbidden":
                return f"{where} is not known"
            case "json_invalid":
                return "a text in them holds half a character (a lone surrogate)"
            case _:
                said = problem["msg"].rstrip(".").removeprefix("Value error, ")
                return f"{where}: {said[:1].lower()}{said[1:]}, not {_short(problem['input'])}"


def _exact(value: Any) -> Any:
    """Return `value` with whole floats as integers: JSON knows no difference between 3.0 and 3."""
    match value:
        case float() if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        case dict():
            return {key: _exact(item) for key, item in cast("dict[str, Any]", value).items()}
        case list():
            return [_exact(item) for item in cast("list[Any]", value)]
        case _:
            return value


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
