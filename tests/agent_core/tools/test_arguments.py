"""Arguments: strict, whole, and refused with a sentence."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from agent_core.domain import canonical_json
from agent_core.errors import ToolArgumentsInvalid
from agent_core.tools.arguments import TypedParameters

About = Field(description="About it")


async def search(
    context: Any,
    *,
    query: Annotated[str, Field(description="What to look for", min_length=2)],
    count: Annotated[int, About] = 5,
    share: Annotated[float, About] = 0.5,
    order: Annotated[Literal["new", "old"], About] = "new",
    since: Annotated[date | None, About] = None,
    schema: Annotated[list[int] | None, About] = None,
):
    """Search."""


@pytest.fixture(scope="module")
def parameters():
    return TypedParameters.of("search", search)


def test_the_schema_describes_every_parameter_and_says_nothing_twice(parameters):
    assert parameters.schema["required"] == ["query"]
    assert parameters.schema["additionalProperties"] is False
    assert parameters.schema["properties"]["query"] == {
        "description": "What to look for",
        "minLength": 2,
        "type": "string",
    }
    assert parameters.schema["properties"]["count"] == {"default": 5, "description": "About it", "type": "integer"}
    assert all("description" in each and "title" not in each for each in parameters.schema["properties"].values())
    canonical_json(parameters.schema)


def test_arguments_are_made_whole(parameters):
    whole = {"query": "AI", "count": 5, "share": 0.5, "order": "new", "since": None, "schema": None}
    assert parameters.normalised({"query": "AI"}) == whole
    assert parameters.normalised(parameters.normalised({"query": "AI"})) == whole


def test_the_function_gets_types_and_the_journal_gets_json(parameters):
    given = {"query": "AI", "since": "2025-03-01", "schema": [1, 2]}
    assert parameters.parse(given)["since"] == date(2025, 3, 1)
    assert parameters.normalised(given)["since"] == "2025-03-01"


@pytest.mark.parametrize(
    ("given", "taken"),
    [({"count": 3.0}, {"count": 3}), ({"share": 1}, {"share": 1.0}), ({"schema": [1.0]}, {"schema": [1]})],
)
def test_a_number_written_differently_is_the_same_number(parameters, given, taken):
    assert taken.items() <= parameters.normalised({"query": "AI", **given}).items()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "query is missing"),
        ({"query": "A"}, 'query: string should have at least 2 characters, not "A"'),
        ({"query": 3}, "query: input should be a valid string, not 3"),
        ({"query": "AI", "count": "3"}, 'count: input should be a valid integer, not "3"'),
        ({"query": "AI", "count": 3.5}, "count: input should be a valid integer"),
        ({"query": "AI", "count": True}, "count: input should be a valid integer, not true"),
        ({"query": "AI", "count": None}, "count: input should be a valid integer, not null"),
        ({"query": "AI", "share": "0.5"}, "share: input should be a valid number"),
        ({"query": "AI", "order": "NEW"}, "order: input should be 'new' or 'old'"),
        ({"query": "AI", "schema": [1, "2"]}, "schema.1: input should be a valid integer"),
        ({"query": "AI", "pages": 2}, "pages is not known"),
        ({"query": "AI", "share": float("nan")}, "they are not JSON values"),
        ({"query": "AI", "share": float("inf")}, "they are not JSON values"),
        ({"query": object()}, "they are not JSON values"),
        ({"query": "a\ud800b"}, "half a character"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(parameters, given, sentence):
    for use in (parameters.parse, parameters.normalised):
        with pytest.raises(ToolArgumentsInvalid) as refused:
            use(given)
        assert str(refused.value).startswith("The arguments of search cannot be used: ")
        assert sentence in str(refused.value)


def test_the_sentence_says_what_the_tool_takes_and_stays_short(parameters):
    with pytest.raises(ToolArgumentsInvalid) as refused:
        parameters.parse({f"x{n}": "y" * 10_000 for n in range(20)} | {"query": 1})
    said = str(refused.value)
    assert said.endswith(
        "search takes query, count (optional), share (optional), order (optional), since (optional), schema (optional)."
    )
    assert "more" in said
    assert len(said) < 600


async def untyped(context, query):
    """Search."""


async def undescribed(context: Any, query: str):
    """Search."""


async def variadic(context: Any, *query: Annotated[str, About]):
    """Search."""


@pytest.mark.parametrize(
    ("function", "why"),
    [(untyped, "query has no type"), (undescribed, "query has no description"), (variadic, "passed by name")],
)
def test_a_parameter_that_tells_nothing_is_a_mistake_of_its_author(function, why):
    with pytest.raises(TypeError, match=why):
        TypedParameters.of("search", function)


def test_a_tool_may_take_nothing():
    async def now(context: Any):
        """Tell the time."""

    nothing = TypedParameters.of("now", now)
    assert nothing.normalised({}) == {}
    with pytest.raises(ToolArgumentsInvalid, match="now takes no arguments"):
        nothing.parse({"zone": "UTC"})
