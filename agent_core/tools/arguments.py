"""The parameters of a Tool: their JSON Schema, and arguments checked against them; those of a function are typed."""

import dataclasses
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol, cast, get_type_hints

import pydantic.dataclasses
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from agent_core.errors import ToolArgumentsInvalid
from agent_core.i18n import N_, Phrase

_PROBLEMS = 5  # told at once; more only bury the first
_SHOWN = 40  # characters of a wrong value in a sentence
OURS = "nod"  # the type of a problem whose `reason` is words of Nod's own
_SAID: Mapping[str, str] = {  # the commonest problems as pydantic words them (pydantic, "Validation Errors")
    "string_type": N_("input should be a valid string"),
    "string_too_short": N_("string should have at least {min_length} characters"),
    "string_too_long": N_("string should have at most {max_length} characters"),
    "string_pattern_mismatch": N_("string should match pattern '{pattern}'"),
    "int_type": N_("input should be a valid integer"),
    "int_from_float": N_("input should be a valid integer, got a number with a fractional part"),
    "float_type": N_("input should be a valid number"),
    "bool_type": N_("input should be a valid boolean"),
    "list_type": N_("input should be a valid array"),
    "dict_type": N_("input should be an object"),
    "greater_than": N_("input should be greater than {gt}"),
    "greater_than_equal": N_("input should be greater than or equal to {ge}"),
    "less_than": N_("input should be less than {lt}"),
    "less_than_equal": N_("input should be less than or equal to {le}"),
    "literal_error": N_("input should be {expected}"),
    "enum": N_("input should be {expected}"),
}
_EXACT = 2**53  # floats beyond it skip integers, so they are not taken for one
_STRICT = ConfigDict(strict=True, extra="forbid")


class Parameters(Protocol):
    """What a Tool takes, whoever wrote down what that is."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema that a model is told: an object with `properties`."""
        ...

    def parse(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, as the function takes them.

        Raises:
            ToolArgumentsInvalid: with a sentence that says what is wrong and what the Tool takes.
        """
        ...

    def normalised(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments whole, as JSON values with defaults filled in. Raises as `parse` does."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TypedParameters:
    """The Parameters that a function's annotations say. `schema` is their JSON Schema; make one with `of`."""

    tool: str
    schema: Mapping[str, Any]
    _adapter: TypeAdapter[Any]

    @classmethod
    def of(cls, tool: str, function: Callable[..., object]) -> "TypedParameters":
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
            text = json.dumps(exact(dict(arguments)), allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise self._refusal(N_("they are not JSON values.")) from None
        try:
            return self._adapter.validate_json(text)
        except ValidationError as error:
            raise self._refusal(self._told(error.errors(include_url=False))) from None

    def _refusal(self, reason: str | Phrase) -> ToolArgumentsInvalid:
        return ToolArgumentsInvalid(tool=self.tool, reason=reason)

    def _told(self, problems: list[ErrorDetails]) -> Phrase:
        return told_of(self.tool, self.schema, [_problem(problem) for problem in problems])


def told_of(tool: str, schema: Mapping[str, Any], problems: Sequence[Phrase]) -> Phrase:
    """Return the sentence on arguments that a Tool does not take: the first problems, and what it takes."""
    told = list(problems[:_PROBLEMS])
    if len(problems) > _PROBLEMS:
        told.append(Phrase(N_("and {count} more"), count=len(problems) - _PROBLEMS))
    properties, required = schema["properties"], schema.get("required", [])
    takes = tuple(name if name in required else Phrase(N_("{name} (optional)"), name=name) for name in properties)
    what = reduce(lambda some, more: Phrase(N_("{some}; {more}"), some=some, more=more), told)
    return Phrase(N_("{what}. {tool} takes {takes}."), what=what, tool=tool, takes=takes or N_("no arguments"))


def _problem(problem: ErrorDetails) -> Phrase:
    where, why = ".".join(str(part) for part in problem["loc"]) or N_("they"), problem.get("ctx", {})
    value = short(problem["input"])
    match problem["type"]:
        case "missing":
            return Phrase(N_("{where} is missing"), where=where)
        case "unexpected_keyword_argument" | "extra_forbidden":
            return Phrase(N_("{where} is not known"), where=where)
        case "json_invalid":
            return Phrase(N_("a text in them holds half a character (a lone surrogate)"))
        case kind if kind == OURS:
            return Phrase(N_("{where}: {why} It was {value}"), where=where, why=why["reason"], value=value)
        case kind if kind in _SAID:
            said = Phrase(_SAID[kind], **why)
        case _:
            text = problem["msg"].rstrip(".").removeprefix("Value error, ")
            said = text[:1].lower() + text[1:]
    return Phrase(N_("{where}: {said}, not {value}"), where=where, said=said, value=value)


def exact(value: Any) -> Any:
    """Return `value` with whole floats as integers: JSON knows no difference between 3.0 and 3."""
    match value:
        case float() if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        case dict():
            return {key: exact(item) for key, item in cast("dict[str, Any]", value).items()}
        case list():
            return [exact(item) for item in cast("list[Any]", value)]
        case _:
            return value


def short(value: object) -> str:
    """Return a value as a sentence can hold it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
