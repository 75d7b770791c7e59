"""The ladder: a form filled in by a strict schema, by JSON mode or by the prompt alone, and always checked here."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from agent_core.i18n import Phrase
from agent_core.language_model.answers import NotJson, cleaned_text, object_in
from agent_core.language_model.schema import strict_schema
from agent_core.language_model.stream import Answer
from agent_core.language_model.talk import Talk
from agent_core.language_model.turns import CUT, TRY_ANOTHER, refusal_in
from agent_core.language_model.wire import Ask
from agent_core.ports import Filled, Message

T = TypeVar("T", bound=BaseModel)

PROBLEMS_SHOWN = 12  #: of one answer; a model mends a few at a time
PROBLEM_LENGTH = 200  #: characters
ECHO_LENGTH = 8_000  #: characters of a useless answer that are shown back to the model
AGAIN = "Your answer could not be used:\n{problems}\nAnswer again, with only the corrected JSON object."


class Unfit(ValueError):
    """An answer that does not fit the form. `broken` when the server did not hold the model to the schema at all."""

    def __init__(self, problems: str, *, broken: bool) -> None:
        super().__init__(problems)
        self.broken = broken


async def fill_form(talk: Talk, messages: Sequence[Message], form: type[T], *, repairs: int) -> Filled[T]:
    """Return an instance of `form` that the model filled in.

    An answer that breaks the schema's shape shows that the server does not hold to it: one rung down, with the
    problems fed back. One that only breaks the form's own rules stays on its rung.

    Raises:
        ModelError: it refused, could not be used, or filled the form wrongly `repairs` + 1 times.
        FormUnfit: the form cannot be asked of a model.
    """
    strict_schema(form)  # a developer's error is told whatever the rung
    ask = first = Ask(tuple(messages), form=form)
    problems = ""
    for _ in range(repairs + 1):
        answer = await talk.ask(ask)
        refusal = refusal_in(answer)
        if refusal:
            raise talk.refused(refusal)
        try:
            value = read_form(answer, form)
        except Unfit as unfit:
            problems = str(unfit)
            if unfit.broken:
                talk.step_down()
            echo = Message("assistant", cleaned_text(answer.text)[:ECHO_LENGTH])
            ask = first.followed_by(echo, Message("user", AGAIN.format(problems=problems)))
            continue
        talk.keep_rung()
        return Filled(value, tuple(talk.usages))
    raise talk.garbled(Phrase(TRY_ANOTHER, reason=problems.splitlines()[0]))


def read_form(answer: Answer, form: type[T]) -> T:
    """Return the form in an answer.

    Raises:
        Unfit: there is none; the words say why, for the model.
    """
    if answer.cut:
        raise Unfit(CUT, broken=False)
    try:
        value = object_in(answer.text)
    except NotJson as error:
        raise Unfit(f"- {error}.", broken=True) from None
    try:
        return form.model_validate_json(json.dumps(value))
    except ValidationError as error:
        inner = _unwrapped(value, form)
        if inner is not None:
            return inner
        raise Unfit(_problems(error), broken=_is_broken(error)) from None


def _unwrapped(value: Mapping[str, Any], form: type[T]) -> T | None:
    """Return the form when the answer wraps it in one more object, as small models do: {"Plan": {…}}."""
    inner = next(iter(value.values())) if len(value) == 1 else None
    if not isinstance(inner, dict) or next(iter(value)) in form.model_fields:
        return None
    try:
        return form.model_validate_json(json.dumps(cast("dict[str, Any]", inner)))
    except ValidationError:
        return None


def _problems(error: ValidationError) -> str:
    lines: list[str] = []
    for found in error.errors(include_url=False, include_context=False, include_input=False)[:PROBLEMS_SHOWN]:
        where = ".".join(str(part) for part in found["loc"])
        lines.append(f"- {where}: {found['msg']}"[:PROBLEM_LENGTH] if where else f"- {found['msg']}"[:PROBLEM_LENGTH])
    return cleaned_text("\n".join(lines))


def _is_broken(error: ValidationError) -> bool:
    """Whether the shape is wrong, which a strict schema rules out; lengths, ranges and validators it does not."""
    shape = ("missing", "extra_forbidden", "enum", "literal_error")
    return any(found["type"] in shape or found["type"].endswith(("_type", "_parsing")) for found in error.errors())
