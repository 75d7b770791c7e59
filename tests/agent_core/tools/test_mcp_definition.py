"""What an MCP server says of its tools, made fit: names, descriptions and schemas. No server needed."""

import pytest

from agent_core.errors import ToolArgumentsInvalid
from agent_core.tools.mcp.definition import Definition, told_description, tool_name
from agent_core.tools.mcp.parameters import SchemaParameters
from agent_core.tools.mcp.schema import MOST_BYTES, SchemaUnfit, checked_schema
from agent_core.tools.toolbox import TOOL_NAME


@pytest.mark.parametrize("tool", ["search", "täöl & more", "x" * 200, "", "a.b/c"])
def test_every_tool_has_a_name_that_a_model_can_call(tool):
    assert TOOL_NAME.fullmatch(tool_name("shop", tool, ["shop"], []))


def test_names_that_would_be_one_are_told_apart_whatever_is_there_first():
    servers = ["a", "a_b"]
    names = [tool_name("a", "b_c", servers, []), tool_name("a_b", "c", servers, []), tool_name("a", "b.c", servers, [])]

    assert len(set(names)) == 3
    assert names[1] == "a_b_c"
    assert tool_name("a", "b_c", [*reversed(servers)], []) == names[0]


def test_a_servers_tool_never_takes_the_name_of_one_of_nods():
    assert tool_name("read", "file", ["read"], ["read_file"]).startswith("read_file_")


def test_the_digest_is_of_name_description_schema_and_what_is_claimed():
    one = Definition("pay", "Pays.", {"type": "object"})
    others = [
        Definition("pay2", "Pays.", {"type": "object"}),
        Definition("pay", "Pays!", {"type": "object"}),
        Definition("pay", "Pays.", {"type": "object", "properties": {"a": {}}}),
        Definition("pay", "Pays.", {"type": "object"}, (("readOnly", True),)),
    ]

    assert Definition("pay", "Pays.", {"type": "object"}).digest == one.digest
    assert len({each.digest for each in (one, *others)}) == 5


def test_a_description_says_whose_words_it_is_and_hides_nothing():
    told = told_description("shop", Definition("pay", "Pays.\U000e0041\u202e\x07 " + "x" * 5_000, {}))

    assert told.startswith("Tool of the MCP server shop, in its own words: Pays.⟦U+E0041⟧⟦U+202E⟧⟦U+0007⟧")
    assert len(told) < 1_100


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}}, "refers to another document"),
        ({"type": "object", "$defs": {"a": {"$dynamicRef": "http://x/y"}}}, "refers to another document"),
        ({"type": "object", "description": "x" * MOST_BYTES}, "are the most"),
        ({"type": "string"}, "not that of an object"),
        ({"type": "object", "properties": {"a": {"type": "nonsense"}}}, "not a JSON Schema"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_with_why(schema, why):
    with pytest.raises(SchemaUnfit, match=why):
        checked_schema(schema)


def test_a_schema_deeper_than_any_in_good_faith_is_refused():
    schema = {"type": "object"}
    for _ in range(30):
        schema = {"type": "object", "properties": {"a": schema}}

    with pytest.raises(SchemaUnfit, match="levels deep"):
        checked_schema(schema)


def test_a_regular_expression_of_the_server_is_never_run_here():
    endless = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
    named = {"type": "object", "patternProperties": {"^(a+)+$": {}}, "additionalProperties": False}

    assert SchemaParameters.of("x", endless).parse({"a": "a" * 40 + "!"})
    assert SchemaParameters.of("x", named).parse({"a" * 40 + "!": 1})
    assert checked_schema({"type": "object", "properties": {"pattern": {"type": "string"}}})["properties"] == {
        "pattern": {"type": "string"}
    }


def test_references_that_double_at_each_level_are_followed_only_so_far():
    doubling = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(30)}
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": {**doubling, "d30": {}}}

    with pytest.raises(ToolArgumentsInvalid, match="cannot be followed"):
        SchemaParameters.of("x", schema).parse({"a": 1})


def test_a_reference_within_the_schema_is_followed():
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "integer"}}}

    assert SchemaParameters.of("x", schema).parse({"a": 3.0}) == {"a": 3}
    with pytest.raises(ToolArgumentsInvalid, match='a: input should fit type "integer", not "b"'):
        SchemaParameters.of("x", schema).parse({"a": "b"})


def test_an_argument_called_why_is_kept_apart_from_the_reason_people_are_shown():
    schema = {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]}
    parameters = SchemaParameters.of("x", schema)

    assert list(parameters.schema["properties"]) == ["why_"]
    assert parameters.parse({"why_": "because"}) == {"why": "because"}
    assert parameters.normalised({"why_": "because"}) == {"why_": "because"}


def test_what_a_model_is_told_is_an_object_without_a_choice_at_the_top():
    schema = {"type": "object", "anyOf": [{"required": ["a"]}], "properties": {"a": {"description": "x\u202ey"}}}
    parameters = SchemaParameters.of("x", schema)

    assert parameters.schema == {"type": "object", "properties": {"a": {"description": "x⟦U+202E⟧y"}}}
    with pytest.raises(ToolArgumentsInvalid):
        parameters.parse({})
