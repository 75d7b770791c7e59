"""The Parameters of a tool whose arguments a JSON Schema describes."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend, validator_for  # pyright: ignore[reportUnknownVariableType]
from referencing import Registry
from referencing.exceptions import Unresolvable

from agent_core.errors import ToolArgumentsInvalid
from agent_core.i18n import N_, Phrase
from agent_core.tools.arguments import exact, short, told_of
from agent_core.tools.mcp.schema import checked_schema, told_schema

WHY = "why"  # the argument that every Tool is given beside its own
_OWN_WHY = "why_"  # what a server's argument of that name is called here
_MOST_REFERENCES = 10_000  # followed in one check: references can lead to references, twice as many at each level
_MOST_PROBLEMS = 20


class _TooManyReferences(Exception):
    """A check followed more references than a schema in good faith has."""


@dataclass(frozen=True, slots=True, eq=False)
class SchemaParameters:
    """What a tool takes, as its server's schema says; make one with `of`. `schema` is what a model is told of it."""

    tool: str
    schema: Mapping[str, Any]
    _checked: Mapping[str, Any]

    @classmethod
    def of(cls, tool: str, schema: Mapping[str, Any]) -> Self:
        """Return the parameters. Raises SchemaUnfit when the schema cannot be used."""
        checked = checked_schema(schema)
        return cls(tool, _renamed(told_schema(checked)), checked)

    def parse(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments as the server takes them.

        Raises:
            ToolArgumentsInvalid: with a sentence that says what is wrong and what the tool takes.
        """
        given = {
            WHY if name == _OWN_WHY and self._has_why else name: each for name, each in self._json(arguments).items()
        }
        try:
            problems = [_problem(error) for error, _ in zip(self._errors(given), range(_MOST_PROBLEMS), strict=False)]
        except (RecursionError, Unresolvable, _TooManyReferences):
            raise self._refusal(N_("its schema cannot be followed; the server's author must mend that.")) from None
        if problems:
            raise self._refusal(told_of(self.tool, self.schema, problems))
        return given

    def normalised(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments as JSON values; defaults are the server's to fill in. Raises as `parse` does."""
        self.parse(arguments)
        return self._json(arguments)

    @property
    def _has_why(self) -> bool:
        return WHY in self._checked.get("properties", {})

    def _json(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            text = json.dumps(exact(dict(arguments)), allow_nan=False, ensure_ascii=False)
            text.encode("utf-8")  # a lone surrogate has no place in a message
        except (TypeError, ValueError, RecursionError):
            raise self._refusal(N_("they are not JSON values.")) from None
        return json.loads(text)

    def _errors(self, arguments: Mapping[str, Any]) -> Iterator[ValidationError]:
        """Yield what is wrong, following a bounded number of references, none of them out of the schema."""
        usual: Any = validator_for(self._checked, default=Draft202012Validator)
        left = iter(range(_MOST_REFERENCES))

        def bounded(keyword: Any) -> Any:
            def follow(*args: Any) -> Iterator[ValidationError]:
                if next(left, None) is None:
                    raise _TooManyReferences
                yield from keyword(*args) or ()

            return follow

        followed = {key: bounded(usual.VALIDATORS[key]) for key in ("$ref", "$dynamicRef") if key in usual.VALIDATORS}
        make = cast("Callable[..., Any]", extend)  # the library has no types
        nothing: Any = cast("Callable[[], Any]", Registry)()
        yield from make(usual, followed)(self._checked, registry=nothing).iter_errors(arguments)

    def _refusal(self, reason: str | Phrase) -> ToolArgumentsInvalid:
        return ToolArgumentsInvalid(tool=self.tool, reason=reason)


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with a property `why` under another name: that one is the reason people are shown."""
    if WHY not in schema["properties"]:
        return schema
    properties = {_OWN_WHY if name == WHY else name: each for name, each in schema["properties"].items()}
    required = [_OWN_WHY if name == WHY else name for name in schema.get("required", [])]
    return {**schema, "properties": properties, "required": required}


def _problem(error: ValidationError) -> Phrase:
    where = ".".join(str(part) for part in error.absolute_path) or N_("they")
    value: Any = error.instance
    if error.validator == "required":
        return Phrase(N_("{where}: {said}"), where=where, said=error.message)
    said = Phrase(
        N_("input should fit {keyword} {wanted}"), keyword=error.validator, wanted=short(error.validator_value)
    )
    return Phrase(N_("{where}: {said}, not {value}"), where=where, said=said, value=short(value))
