import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_core.domain import ToolCall
from agent_core.language_model.answers import (
    NotJson,
    arguments_of,
    calls_of,
    cleaned_text,
    object_in,
    parse,
    without_thoughts,
)
from agent_core.language_model.stream import Answer, RawCall

any_text = st.text(st.characters(exclude_categories=()))
json_like = st.text(st.sampled_from('{}[]",:\\ntrue01.e-` \ud83d\udc00'), max_size=80)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('{"a": [1, 2,], }', {"a": [1, 2]}),
        ('{"a": "keep ,] this", }', {"a": "keep ,] this"}),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ('"just words"', "just words"),
    ],
)
def test_json_is_repaired_where_that_is_safe(text: str, value: object):
    assert parse(text) == value


@pytest.mark.parametrize(
    "text", ["", "{", "{'a': 1}", '{"a": NaN}', '{"a": 1e999}', "[" * 100_000, "[" * 80 + "]" * 80]
)
def test_what_cannot_be_repaired_safely_is_refused(text: str):
    with pytest.raises(NotJson):
        parse(text)


@settings(deadline=None)
@given(any_text | json_like)
def test_any_text_is_json_or_refused(text: str):
    for read in (parse, object_in):
        try:
            value = read(text)
        except NotJson:
            continue
        ToolCall.of("any", {"value": value})  # it can be digested and stored
        json.dumps(value, ensure_ascii=False).encode()


@settings(deadline=None)
@given(any_text)
def test_cleaned_text_is_unicode_and_stays_what_it_is_when_cleaned_again(text: str):
    cleaned = cleaned_text(text)
    assert cleaned.encode().decode() == cleaned
    assert "\0" not in cleaned
    assert cleaned_text(cleaned) == cleaned


@pytest.mark.parametrize("raw", [None, "", "  ", "null", "{}", {}])
def test_no_arguments_come_in_many_shapes(raw: object):
    assert arguments_of(raw) == ({}, "")


@pytest.mark.parametrize("raw", ["[1]", '"a"', "7", [1], True])
def test_arguments_are_an_object_or_a_problem(raw: object):
    arguments, problem = arguments_of(raw)
    assert arguments == {}
    assert "not a JSON object" in problem


def test_arguments_sent_as_json_instead_of_text_are_taken():
    assert arguments_of({"path": "a\0"}) == ({"path": "a"}, "")


def test_a_call_without_a_name_says_so():
    _, (call,) = calls_of(Answer(calls=(RawCall("c", " ", "{}"),)), {"read_file"})
    assert call.problem == "The call names no tool."


def test_a_name_nobody_offered_is_left_to_the_executor():
    _, (call,) = calls_of(Answer(calls=(RawCall("c", "fly", "{}"),)), {"read_file"})
    assert (call.name, call.problem) == ("fly", "")


def test_made_up_ids_are_such_as_the_strictest_templates_take():
    _, (call,) = calls_of(Answer(calls=(RawCall("", "read_file", "{}"),)), {"read_file"})
    assert len(call.id) == 9
    assert call.id.isalnum()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("<think>a</think> b", "b"),
        ("a</think>b", "b"),
        ("<think>never done", ""),
        ("the tag <think> and </think> in words", "the tag <think> and </think> in words"),
        ("plain", "plain"),
    ],
)
def test_thoughts_are_left_out(text: str, rest: str):
    assert without_thoughts(text) == rest
