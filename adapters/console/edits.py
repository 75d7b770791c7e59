"""The arguments of a call as YAML that people edit, and back. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import yaml

from agent_core.cards import Field
from agent_core.errors import EditRefused
from agent_core.i18n import labelled, translator

PROBLEM = "# ! "  # begins the line that says what is wrong; a comment in YAML and in a plan


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML folds the rarer line breaks away unless they are escaped
    rare = any(not char.isprintable() and char != "\n" for char in text)
    style = '"' if rare else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


_Dumper.add_representer(str, _text)  # pyright: ignore[reportUnknownMemberType]


def arguments_text(fields: Sequence[Field], language: str) -> str:
    """Return arguments as YAML, below lines that say what to do with it, and what may stand where no value tells."""
    values = {field.name: field.value if field.is_text else json.loads(field.value) for field in fields}
    hints = (f"{labelled(field.name, language)}{field.hint}" for field in fields if field.hint)
    head = "".join(f"# {line}\n" for line in (translator(language)("Change the values, save and close."), *hints))
    return head + yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


def with_problem(text: str, problem: str) -> str:
    """Return an edited text with what is wrong with it in its first line, in place of what was wrong before."""
    lines = text.split("\n")
    while lines[0].startswith(PROBLEM):
        lines.pop(0)
    return "\n".join([PROBLEM + " ".join(problem.split()), *lines])


def edited_arguments(text: str, fields: Sequence[Field], language: str) -> Mapping[str, str]:
    """Return the arguments that the YAML `text` changes, as `Service.decide` takes them.

    Raises:
        EditRefused: it is not YAML, or its names are not those of the arguments.
    """
    _ = translator(language)
    as_texts, as_values = _loaded(text, yaml.BaseLoader, _), _loaded(text, yaml.SafeLoader, _)
    known = {field.name: field for field in fields}
    for name in as_texts:
        if name not in known:
            raise EditRefused(reason=_("there is no argument {name}.").format(name=name))
    changed: dict[str, str] = {}
    for name, field in known.items():
        if name not in as_texts:
            raise EditRefused(reason=_("{name} is missing; keep every argument.").format(name=name))
        value = as_texts[name] if field.is_text else as_values[name]
        if field.is_text and not isinstance(value, str):
            raise EditRefused(reason=_("{name} must be a text; put quotes around it.").format(name=name))
        if value != (field.value if field.is_text else json.loads(field.value)):
            changed[name] = value if field.is_text else _json(name, value, _)
    return changed


def _json(name: str, value: Any, _: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:  # dates, for example, are values in YAML and not in JSON
        raise EditRefused(reason=_("{name} holds a value that cannot be used.").format(name=name)) from error


def _loaded(text: str, loader: Any, _: Any) -> dict[str, Any]:
    try:
        loaded: object = yaml.load(text, Loader=loader)  # noqa: S506  (only the two loaders that make plain values)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _("line {line}: ").format(line=mark.line + 1) if mark else ""
        problem = getattr(error, "problem", None) or _("it is not YAML")
        raise EditRefused(reason=f"{where}{problem}.") from error
    if not isinstance(loaded, dict):
        raise EditRefused(reason=_("write each argument as name: value."))
    return {str(name): value for name, value in cast("dict[object, Any]", loaded).items()}
