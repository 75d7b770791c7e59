import json
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel

from agent_core.language_model.endpoint import Endpoint
from agent_core.language_model.schema import FormUnfit, schema_name, strict_schema
from agent_core.language_model.wire import Ask, body_of


class Kind(StrEnum):
    A = "a"
    B = "b"


class Check(BaseModel):
    kind: Kind = Field(description="which")
    number: int = 0
    when: Literal["now"] = "now"


class Other(BaseModel):
    when: Literal["later"]


class Form(BaseModel):
    """What is wanted."""

    title: str = Field(min_length=3, pattern="^A")
    check: Check | None = Field(None, description="if code can check it")
    either: Annotated[Check | Other, Field(discriminator="when")]
    parts: list[Check] = Field(min_length=1, max_length=12, description="the parts")
    after: tuple[str, ...] = ()


class Tree(BaseModel):
    name: str
    children: list["Tree"]


def levels(schema: Any):
    """Every schema in a schema."""
    if isinstance(schema, dict):
        yield schema
        inner = {**schema.get("properties", {}), **schema.get("$defs", {})}
        for value in (*inner.values(), schema.get("items"), *schema.get("anyOf", ())):
            yield from levels(value)


@pytest.mark.parametrize("form", [Form, Tree])
def test_every_object_is_closed_and_every_field_required(form: type[BaseModel]):
    objects = [level for level in levels(strict_schema(form)) if level.get("type") == "object"]
    assert objects
    for level in objects:
        assert level["additionalProperties"] is False
        assert level["required"] == list(level["properties"])


def test_only_keywords_that_strict_servers_take_are_left():
    taken = {"type", "enum", "description", "properties", "required", "items", "anyOf", "$ref", "$defs"}
    for level in levels(strict_schema(Form)):
        assert not level.keys() - taken - {"additionalProperties"}
        assert "$ref" not in level or len(level) == 1


def test_limits_are_told_in_words():
    fields = strict_schema(Form)["properties"]
    assert fields["parts"]["description"] == "the parts (maxItems 12, minItems 1)"
    assert fields["title"]["description"] == '(minLength 3, pattern "^A")'


def test_a_field_with_words_of_its_own_keeps_them_beside_the_definition():
    kind = strict_schema(Form)["$defs"]["Check"]["properties"]["kind"]
    assert kind == {"description": "which", "enum": ["a", "b"], "type": "string"}


def test_what_fits_the_schema_fits_the_form():
    check = {"kind": "a", "number": 1, "when": "now"}
    Form.model_validate_json(
        json.dumps({"title": "Abc", "check": None, "either": check, "parts": [check], "after": ["x"]})
    )


class Free(BaseModel):
    where: dict[str, int]


class Nested(BaseModel):
    inner: list[Free]


class Untyped(BaseModel):
    value: Any


class Pair(BaseModel):
    pair: tuple[int, str]


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int


class Items(BaseModel):
    items: list


@pytest.mark.parametrize(
    ("form", "where"),
    [
        (Free, "Free.where is a free dict"),
        (Nested, "Free.where is a free dict"),
        (Untyped, "Untyped.value has no type"),
        (Pair, "Pair.pair is a fixed-length tuple"),
        (Open, "Open is a free dict"),
        (Items, "has no type"),
        (RootModel[list[int]], "is no object"),
    ],
)
def test_a_form_that_strict_schemas_cannot_hold_is_named(form: type[BaseModel], where: str):
    with pytest.raises(FormUnfit, match=where):
        strict_schema(form)


def test_a_name_has_only_letters_that_servers_take():
    assert schema_name(RootModel[list[int]]) == "RootModel_list_int__"


def test_asking_leaves_the_schema_as_it_was():
    before = json.dumps(strict_schema(Form))
    body_of(Ask((), form=Form), Endpoint(), "m")
    assert json.dumps(strict_schema(Form)) == before
