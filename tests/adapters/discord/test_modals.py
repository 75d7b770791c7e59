"""Modals: what has room, how it comes back, and what does not."""

import pytest

from adapters.discord.limits import INPUT_DESCRIPTION
from adapters.discord.modals import edited_fields, modal_of
from adapters.discord.names import Named, Ref, is_snowflake, nonce_of, number_of
from agent_core.cards import Button, Card, CardKind, Field, Tone, Verb
from agent_core.presenter import chat_cards
from agent_core.presenter.words import HINTS, argument_hint
from tests.agent_core.journals import accepted, keeping, state_of, submitted
from tests.peers.discord.validation.modals import check_modal

LONG = "\n".join(f"line {number} of a text that is far too long for one input" for number in range(200))


def card(*fields, editable=""):
    buttons = (Button(Verb.EDIT, "Edit"),)
    return Card(
        "step:s1",
        CardKind.STEP,
        Tone.ASKING,
        "T",
        "S",
        buttons=buttons,
        fields=fields,
        editable=editable,
        digest="d" * 64,
    )


def text(name, value):
    return Field(name, value, is_text=True, multiline="\n" in value)


def opened(of, verb=Verb.EDIT, language="en", **more):
    modal = modal_of(Named.of(verb, "0123456789", of), of, language, **more)
    check_modal(modal)
    return modal


def inputs(modal):
    return [top["component"] for top in modal["components"] if top["type"] == 18]


def typed(modal):
    return {box["custom_id"]: box.get("value") or "" for box in inputs(modal) if box["type"] == 4}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("verb", [Verb.EDIT, Verb.REJECT, Verb.ANSWER, Verb.STOP])
def test_every_modal_is_within_the_limits(verb, language):
    opened(card(text("path", "x"), text("n" * 80, "")), verb, language)


def test_a_long_text_is_edited_in_several_inputs_and_comes_back_whole():
    of = card(text("path", "blog.md"), text("content", LONG))
    modal = opened(of)
    assert [top["label"] for top in modal["components"]][1:] == [f"content, part {n} of 3" for n in (1, 2, 3)]
    values = {name: value.strip() for name, value in typed(modal).items()}
    assert edited_fields(of, values) == {"path": "blog.md", "content": LONG}
    values["1.1"] = values["1.1"].replace("line 80 ", "LINE 80 ")
    assert edited_fields(of, values)["content"] == LONG.replace("line 80 ", "LINE 80 ")


@pytest.mark.parametrize("value", ["x" * 5000, "\n".join(["y" * 3000] * 9)])
def test_a_text_that_no_modal_holds_is_uploaded(value):
    of = card(text("path", "blog.md"), text("content", value))
    modal = opened(of)
    assert [box["type"] for box in inputs(modal)] == [4, 19]
    assert edited_fields(of, {"0.0": "new.md"}) == {"path": "new.md"}
    assert edited_fields(of, {"0.0": "new.md", "1": "uploaded"}) == {"path": "new.md", "content": "uploaded"}


def test_arguments_without_a_place_are_named_with_where_to_edit_them():
    of = card(*(text(f"argument_{number}", "x") for number in range(7)))
    modal = opened(of, address="https://nod.example.com/runs/1")
    assert len(inputs(modal)) == 4
    note = modal["components"][-1]["content"]
    assert "argument\\_4, argument\\_5, argument\\_6" in note
    assert "https://nod.example.com/runs/1" in note
    assert set(edited_fields(of, typed(modal))) == {f"argument_{number}" for number in range(4)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_terms_of_a_schedule_say_what_may_stand_in_them_and_where_the_last_are_edited(language):
    state = state_of(submitted(language=language), *accepted(), keeping(language))
    of = next(each for each in chat_cards(state) if each.kind is CardKind.STEP)
    *boxes, note = opened(of, language=language, address="https://nod.example.com/runs/1")["components"]
    hints = {field.label: field.hint for field in of.fields}
    shown = {box["label"]: box.get("description", "") for box in boxes}
    assert shown.items() <= hints.items()
    left = [label for label in hints if label not in shown]
    assert len(left) == 2
    assert all(label in note["content"] for label in [*left, "https://nod.example.com/runs/1"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_may_stand_in_an_argument_is_said_whole(language):
    for tool, name in HINTS:
        assert len(argument_hint(tool, name, language)) <= INPUT_DESCRIPTION


def test_an_empty_argument_can_be_filled_and_a_full_one_emptied():
    of = card(text("a", ""), text("b", "full"))
    modal = opened(of)
    assert edited_fields(of, {**typed(modal), "0.0": "new", "1.0": ""}) == {"a": "new", "b": ""}


def test_a_plan_is_edited_as_one_text():
    of = card(editable="1. Write\n   It is short.")
    [box] = inputs(opened(of))
    assert box["value"] == "1. Write\n   It is short."
    assert list(edited_fields(of, {"0.0": "1. Draw"}).values()) == ["1. Draw"]


def test_a_draft_is_opened_again():
    of = card(text("a", "as it was"))
    assert typed(opened(of, draft={"0.0": "as I typed it"})) == {"0.0": "as I typed it"}
    [box] = inputs(opened(of, Verb.ANSWER, draft={"words": "blue"}))
    assert box["value"] == "blue"


def test_names_lead_back_and_are_short():
    of = card(text("a", "b"))
    named = Named.of(Verb.APPROVE_REST, "0123456789", of)
    assert Named.parse(str(named)) == named
    assert len(str(named)) <= 100
    assert named.digest_on(of) == of.digest
    assert Named.parse("somebody/else/s/button") is None
    assert Named.parse("nod/fly/0123456789/plan/00") is None
    with pytest.raises(ValueError, match="too long"):
        str(Named(Verb.EDIT, "0123456789", "step:" + "x" * 90, "d" * 16))
    assert len(nonce_of("0123456789", "step:s1")) <= 25
    assert nonce_of("0123456789", "step:s1") != nonce_of("0123456789", "step:s2")
    assert 0 < number_of("0123456789", "step:s1") < 2**31
    assert Ref.parse("@me/1/2") == Ref("", "1", "2")
    assert str(Ref("", "1", "2")) == "@me/1/2"
    assert is_snowflake("1574922833262280708")
    assert not is_snowflake("0123456789")
