import json
from enum import StrEnum

import pytest
from pydantic import BaseModel, Field, field_validator

from agent_core.errors import ModelGarbled, ModelRefused, ModelUnavailable
from agent_core.language_model.schema import FormUnfit
from agent_core.ports import LanguageModel
from tests.agent_core.language_model.opening import OUTLINE, PROMPT, Outline, opened
from tests.peers.openai_server import OpenAIServer, Say, Status, as_json


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Paint(BaseModel):
    colour: Colour
    litres: int = Field(ge=1, le=9)

    @field_validator("litres")
    @classmethod
    def odd(cls, value: int) -> int:
        if value % 2 == 0:
            raise ValueError("litres must be odd")
        return value


class Loose(BaseModel):
    anything: dict[str, str]


def rung_of(request: dict) -> str:
    return request.get("response_format", {}).get("type", "text")


async def test_a_form_is_filled_by_strict_schema(server: OpenAIServer, model: LanguageModel):
    server.will(as_json(OUTLINE))
    filled = await model.fill(PROMPT, Outline)
    assert filled.value == Outline(title="AI", parts=["what", "why"])
    assert len(filled.usages) == 1
    sent = server.requests[0]["response_format"]["json_schema"]
    assert (sent["name"], sent["strict"]) == ("Outline", True)
    assert sent["schema"]["required"] == ["title", "parts", "note"]
    assert server.requests[0]["messages"][-1]["content"] == "Say hello."


async def test_rejected_rungs_are_stepped_down_and_the_one_that_worked_is_remembered(
    server: OpenAIServer, model: LanguageModel
):
    server.rejects |= {"json_schema", "json_object"}
    server.respond = lambda _: as_json(OUTLINE)
    await model.fill(PROMPT, Outline)
    await model.fill(PROMPT, Outline)
    assert [rung_of(request) for request in server.requests] == ["json_schema", "json_object", "text", "text"]
    assert '"parts"' in server.requests[-1]["messages"][-1]["content"]


async def test_what_one_model_takes_is_not_believed_of_another(server: OpenAIServer):
    server.rejects.add("json_schema")
    server.respond = lambda _: as_json(OUTLINE)
    async with opened(server, model="a") as one, opened(server, model="b") as other:
        for model in (one, other, one):
            await model.fill(PROMPT, Outline)
    assert [rung_of(request) for request in server.requests] == [*("json_schema", "json_object") * 2, "json_object"]


async def test_a_server_that_says_only_bad_request_is_still_found_out(server: OpenAIServer, model: LanguageModel):
    server.rejects |= {"response_format"}
    server.says_what_it_rejects = False
    server.respond = lambda _: as_json(OUTLINE)
    assert (await model.fill(PROMPT, Outline)).value.title == "AI"
    assert rung_of(server.requests[-1]) == "text"


async def test_a_server_that_passes_over_the_schema_is_told_it_in_the_prompt(
    server: OpenAIServer, model: LanguageModel
):
    server.will(Say("Sure! Title: AI"), as_json({"heading": "AI"}), as_json(OUTLINE))
    filled = await model.fill(PROMPT, Outline)
    assert filled.value.title == "AI"
    assert len(filled.usages) == 3
    assert [rung_of(request) for request in server.requests] == ["json_schema", "json_object", "text"]
    last = server.requests[-1]["messages"]
    assert last[-2] == {"role": "assistant", "content": '{"heading": "AI"}'}
    assert "title: Field required" in last[-1]["content"]
    server.will(as_json(OUTLINE))
    await model.fill(PROMPT, Outline)
    assert rung_of(server.requests[-1]) == "text"


async def test_a_rule_no_schema_can_hold_is_fed_back_on_the_same_rung(server: OpenAIServer, model: LanguageModel):
    server.will(as_json({"colour": "red", "litres": 4}), as_json({"colour": "red", "litres": 5}))
    assert (await model.fill(PROMPT, Paint)).value == Paint(colour=Colour.RED, litres=5)
    assert [rung_of(request) for request in server.requests] == ["json_schema", "json_schema"]
    assert "litres must be odd" in server.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "text",
    [
        "```json\n%s\n```",
        "Here you are:\n%s\nAnything else?",
        "<think>{not this}</think>%s",
        '{"Outline": %s}',
        "Two: {broken, and %s",
    ],
)
async def test_json_is_found_where_small_models_put_it(server: OpenAIServer, model: LanguageModel, text: str):
    server.will(Say(text % json.dumps(OUTLINE)))
    assert (await model.fill(PROMPT, Outline)).value.parts == ["what", "why"]


async def test_a_cut_off_answer_is_asked_for_again_with_more_room(server: OpenAIServer, model: LanguageModel):
    server.will(Say('{"title": "A', finish="length"), as_json(OUTLINE))
    assert (await model.fill(PROMPT, Outline)).value.title == "AI"
    assert rung_of(server.requests[1]) == "json_schema"
    assert server.requests[1]["max_tokens"] == 16_384


async def test_a_form_never_filled_right_is_given_up_with_the_first_problem(server: OpenAIServer, model: LanguageModel):
    server.respond = lambda _: as_json({"colour": "green", "litres": 5})
    with pytest.raises(ModelGarbled, match=r"after 3 tries: - colour: Input should be 'red' or 'blue'") as caught:
        await model.fill(PROMPT, Paint)
    assert len(caught.value.usages) == len(server.requests) == 3


async def test_a_refusal_is_told(server: OpenAIServer, model: LanguageModel):
    server.will(Say(refusal="No."))
    with pytest.raises(ModelRefused, match="declined to answer: No\\."):
        await model.fill(PROMPT, Outline)


async def test_a_free_dict_is_the_developers_error(server: OpenAIServer, model: LanguageModel):
    with pytest.raises(FormUnfit, match=r"Loose\.anything is a free dict"):
        await model.fill(PROMPT, Loose)
    assert server.requests == []


async def test_a_rung_is_not_remembered_when_nothing_good_came_of_it(server: OpenAIServer, model: LanguageModel):
    server.will(Say("prose"), Status(400, "no idea what you mean", body=b"{}"))
    server.respond = lambda _: Status(400, "still no idea")
    with pytest.raises(ModelUnavailable, match="rejected the request"):
        await model.fill(PROMPT, Outline)
    server.respond = lambda _: as_json(OUTLINE)
    await model.fill(PROMPT, Outline)
    assert rung_of(server.requests[-1]) == "json_schema"
