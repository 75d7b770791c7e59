"""Cards as Slack's blocks: what they look like, that Slack takes them, and that nothing of them is lost."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.slack import limits
from adapters.slack.buttons import Press
from adapters.slack.deciding import TYPED
from adapters.slack.modals import Subject, decision_modal
from adapters.slack.rich import weight
from adapters.slack.troubles import TooLongForSlack
from adapters.slack.views import page
from agent_core.cards import Button, Card, CardKind, Fact, Field, Form, Item, Mark, Section, Tone, Verb
from agent_core.characters import revealed
from agent_core.presenter import lists, schedules
from agent_core.presenter.words import COMMAND_TOOL, PYTHON_TOOL
from agent_core.tools.mail.send_mail import SEND_MAIL
from agent_core.tools.post_message import POST_MESSAGE
from agent_core.tools.publishing.publish_post import PUBLISH_POST
from tests.adapters.slack import samples as sample_cards
from tests.adapters.slack import scheduled
from tests.adapters.slack.acting import SOURCES
from tests.adapters.slack.samples import samples
from tests.adapters.slack.snapshots import FOLDER, everything, written
from tests.adapters.web.samples import hostile
from tests.peers.slack import limits as theirs
from tests.peers.slack.checks import checked_blocks, checked_view
from tests.peers.slack.checks.blocks import texts

SAMPLES = {name: (language, card) for name, language, card in samples()}
SHOWN = {name: (kind, value) for name, kind, value in everything()}
DECIDING = ("approve", "edit", "reject")


@pytest.mark.parametrize("name", SHOWN)
def test_everything_that_is_shown_looks_as_it_did(name):
    _kind, value = SHOWN[name]
    assert written(value) == (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def test_there_is_no_snapshot_of_what_is_not_shown():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_every_snapshot_is_within_slacks_limits(name):
    kind, value = SHOWN[name]
    if kind == "messages":
        for message in value:
            assert checked_blocks(list(message["blocks"]))
            assert 0 < len(message["text"]) <= limits.MESSAGE_TEXT
            assert weight(message["blocks"]) <= limits.ALL_BLOCKS
    elif kind == "agent":
        assert 1 <= len(value["prompts"]) <= theirs.PROMPTS
        assert all(each["title"] and each["message"] for each in value["prompts"])
        assert value["status"]
        assert 0 < len(value["title"]) <= limits.ASSISTANT_TITLE
    else:
        assert checked_view(value, kind)
        assert len(json.dumps(value, ensure_ascii=False).encode()) <= limits.MODAL_BYTES


def test_every_card_that_a_list_or_word_is_made_into_has_a_snapshot():
    made = {name for module in (lists, schedules) for name in vars(module) if name.endswith("_card") and name[0] != "_"}
    assert made <= set(vars(sample_cards)) | set(vars(scheduled))


def test_every_tool_that_runs_code_or_sends_something_out_has_a_snapshot():
    acts = (PYTHON_TOOL, COMMAND_TOOL, PUBLISH_POST, SEND_MAIL, POST_MESSAGE)
    assert {f"step-{tool.replace('_', '-')}-{language}" for tool in acts for language in ("en", "zh")} <= set(SAMPLES)
    for language in ("en", "zh"):
        outside = [fact for fact in SAMPLES[f"step-tainted-{language}"][1].facts if SOURCES[-1] in fact.value]
        assert [fact.grave for fact in outside] == [True]


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.startswith("step-")])
def test_all_of_a_step_is_on_its_message_or_in_its_files(name):
    language, card = SAMPLES[name]
    shown = page(card, run_id="run-1", language=language)
    whole = "\n".join([*texts(list(shown.blocks)), *(spill.text for spill in shown.spills)])
    for text in (*(section.text for section in card.sections), *(fact.value for fact in card.facts)):
        assert revealed(text).strip() in whole


def test_every_verb_for_which_something_is_typed_has_a_snapshot_of_its_modal():
    assert {name.split("-")[1] for name in SHOWN if name.startswith("modal-")} >= {verb.value for verb in TYPED}


def test_the_limits_are_those_that_slack_holds_cards_to():
    # Slack's side of the tests has its own table, under its own names; what only one of them has is named here
    others = {
        "ALL_BLOCKS": "ALL_BLOCKS_TEXT",
        "ACTION_ELEMENTS": "ACTIONS_ELEMENTS",
        "CONTEXT_TEXT": "FIELD_TEXT",
        "INPUT_TEXT": "INPUT_LENGTH",
        "MODAL_TITLE": "VIEW_TITLE",
    }
    ours = {"BLOCKS_ROOM", "MODAL_BYTES", "ASSISTANT_TITLE", "UPLOADS", "PAGE", "EVENT_TYPE"}
    for name in {name for name in vars(limits) if name.isupper()} - ours:
        assert getattr(limits, name) <= getattr(theirs, others.get(name, name)), name


def test_a_card_of_very_many_texts_has_no_more_blocks_than_slack_takes():
    sections = tuple(Section(f"Part {number}", f"*{number}*", Form.MARKDOWN) for number in range(60))
    shown = page(Card("result", CardKind.RESULT, Tone.DONE, "Result", "", sections=sections))
    assert len(shown.blocks) <= limits.MESSAGE_BLOCKS
    assert checked_blocks(list(shown.blocks))
    assert all(f"Part {number}\n*{number}*" in shown.spills[0].text for number in range(60))


@pytest.mark.parametrize("modern", [True, False])
@pytest.mark.parametrize("name", SAMPLES)
def test_slack_takes_every_card(name, modern):
    language, card = SAMPLES[name]
    shown = page(card, run_id="run-1", language=language, modern=modern)
    assert checked_blocks(list(shown.blocks))
    assert ("plan" in {block["type"] for block in shown.blocks}) == (modern and bool(card.items))
    assert "None" not in json.dumps(shown.blocks)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.startswith(("plan", "step", "question", "stuck"))])
def test_what_waits_has_buttons_and_what_is_decided_has_none(name):
    language, card = SAMPLES[name]
    actions = [block for block in page(card, language=language).blocks if block["type"] == "actions"]
    values = [element["action_id"] for block in actions for element in block["elements"]]
    assert [value.removeprefix("nod.") for value in values] == [button.verb for button in card.buttons] or (
        card.id == "plan" and set(values) == {f"nod.{button.verb}" for button in card.buttons}
    )


# --- any card at all ---

NASTY = st.sampled_from(
    [
        "<!channel>",
        "```",
        "[a.com](https://b.com)",
        "\u202e",
        "\x00",
        "|---|",
        "![x](y)",
        "&amp;",
        "😀",
        "\n\n",
        "р\u0430y",
    ]
)
WORDS = st.lists(st.one_of(st.text(max_size=40), NASTY), max_size=6).map("".join)
LONG = st.builds(lambda text, times: text * times, WORDS, st.sampled_from([1, 1, 40, 400]))
SHORT = WORDS.map(lambda text: text[:60])
CARDS = st.builds(
    Card,
    id=st.sampled_from(["plan", "step:s1-1", "question:q1", "result"]),
    kind=st.sampled_from(CardKind),
    tone=st.sampled_from(Tone),
    title=SHORT.filter(bool),
    status=SHORT,
    sections=st.lists(
        st.builds(Section, label=SHORT, text=LONG, form=st.sampled_from(Form), folded=st.booleans()), max_size=12
    ).map(tuple),
    facts=st.lists(st.builds(Fact, SHORT, LONG), max_size=6).map(tuple),
    items=st.lists(
        st.builds(
            Item,
            id=st.uuids().map(str),
            mark=st.sampled_from(Mark),
            label=SHORT,
            title=LONG,
            details=st.lists(LONG, max_size=4).map(tuple),
            note=LONG,
        ),
        max_size=12,
    ).map(tuple),
    buttons=st.lists(st.sampled_from(Verb), unique=True).map(lambda verbs: tuple(Button(v, v.title()) for v in verbs)),
    digest=st.just("ab" * 32),
    footer=LONG,
    rehearsal=SHORT,
    files=st.lists(SHORT, max_size=30).map(tuple),
)


def bare(text: str) -> str:
    """A text without returns: those before a new line are no more seen than it is."""
    return text.replace("⟦U+000D⟧", "")


broad = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # cards this large take minutes to be made smaller
)


@broad
@given(card=CARDS, modern=st.booleans(), language=st.sampled_from(["en", "zh"]))
def test_slack_takes_whatever_card_there_is_and_nothing_of_it_is_lost(card, modern, language):
    shown = page(card, run_id="run-1", language=language, modern=modern)
    blocks = list(shown.blocks)
    checked_blocks(blocks)
    assert weight(blocks) <= limits.ALL_BLOCKS
    assert len(shown.text) <= limits.MESSAGE_TEXT
    whole = bare("\n".join([*texts(blocks), *(spill.text for spill in shown.spills)]))
    told = [section.text for section in card.sections if section.form is not Form.MARKDOWN]
    told += [fact.value for fact in card.facts]
    told += [text for item in card.items for text in (item.title, *item.details)]
    for text in (*told, card.footer):
        assert bare(revealed(text)) in whole
    links = {spill.key: "https://acme.slack.com/files/U1/F1/x.txt" for spill in shown.spills}
    checked_blocks(list(page(card, run_id="run-1", language=language, modern=modern, links=links).blocks))


@broad
@given(
    fields=st.lists(
        st.builds(Field, name=SHORT.filter(bool), value=LONG, is_text=st.booleans(), multiline=st.booleans()),
        max_size=8,
        unique_by=lambda field: field.name,
    ),
    language=st.sampled_from(["en", "zh"]),
)
def test_slack_takes_every_modal_that_is_not_too_long(fields, language):
    card = Card("step:s1", CardKind.STEP, Tone.ASKING, "Write", "", fields=tuple(fields), digest="ab" * 32)
    subject = Subject(Press("run-1", card.id, card.digest, Verb.EDIT), "T1", "C1", "1.0", language)
    try:
        view = decision_modal(card, subject)
    except TooLongForSlack:
        return
    checked_view(view, "modal")


def test_a_hostile_card_is_only_text():
    for card in hostile().cards:
        blocks = list(page(card, run_id="run-1").blocks)
        checked_blocks(blocks)
        assert not [block for block in blocks if block["type"] in ("section", "image")]


def test_the_buttons_of_a_card_carry_what_was_shown():
    language, card = SAMPLES["step-asks-en"]
    actions = [block for block in page(card, run_id="run-1", language=language).blocks if block["type"] == "actions"]
    [row] = actions
    assert [element["action_id"] for element in row["elements"]] == [f"nod.{verb}" for verb in DECIDING]
    value = json.loads(row["elements"][0]["value"])
    assert value == {"run": "run-1", "card": "step:s1-1", "digest": card.digest}
    assert [element.get("style") for element in row["elements"]] == ["primary", None, "danger"]
