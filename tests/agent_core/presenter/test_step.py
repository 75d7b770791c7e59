"""Step Cards: whole, honest, and asking only when a Decision counts."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_core.cards import Fact, Form, Section, Tone, Verb
from agent_core.domain import Choice, Outcome, PolicyName, Preview, PreviewFact, Risk, ToolCall
from agent_core.journal import events as e
from agent_core.presenter import cards_of
from agent_core.proposing import KEEP_TOOL
from agent_core.recurring import LEAST, Overlap, Terms
from agent_core.schedules.phrases import read_rhythm
from agent_core.tools.diffs import diff
from tests.agent_core.journals import (
    ALICE,
    BEGIN,
    BOB,
    PLAN,
    accepted,
    approved,
    decision,
    proposed,
    ran,
    state_of,
    submitted,
    write_call,
)
from tests.agent_core.presenter.telling import card_of, told

BEGUN = (submitted(), *accepted())
STEP = proposed()
STARTED = e.StepStarted("s1", STEP.call.digest, "decision")
REPLANNED = (e.StepExpired("s1"), e.PlanProposed(2, PLAN))


def card(*events, begun=BEGUN):
    return card_of(state_of(*begun, *events), "step:s1")


def section(card, label):
    return next(section for section in card.sections if section.label == label)


@pytest.mark.parametrize(
    ("events", "tone", "status"),
    [
        ([STEP], Tone.ASKING, "Waiting for a decision"),
        ([STEP, approved(STEP)], Tone.WORKING, "Approved; about to run"),
        ([STEP, e.StepDecided("s1", decision(Outcome.REJECTED))], Tone.BAD, "Rejected"),
        ([STEP, approved(STEP), STARTED], Tone.WORKING, "Running"),
        ([STEP, approved(STEP), *ran(STEP)], Tone.DONE, "Done"),
        ([STEP, approved(STEP), *ran(STEP, "no such file", ok=False)], Tone.BAD, "Ran, and failed"),
        ([STEP, e.StepSkipped("s1")], Tone.QUIET, "Not run: this is what would have run"),
        (
            [STEP, approved(STEP), STARTED, e.StepUncertain("s1")],
            Tone.ASKING,
            "Cut off while it ran: did it take effect?",
        ),
        ([STEP, e.StepExpired("s1")], Tone.QUIET, "Expired: nobody decided in time"),
        ([STEP, e.PlanProposed(2, PLAN)], Tone.QUIET, "Dropped: a new plan took its place"),
        ([STEP, approved(STEP), e.RunPaused(ALICE)], Tone.QUIET, "Approved; it runs when the run is resumed"),
        ([STEP, e.RunStopped(ALICE)], Tone.QUIET, "Not decided: the run is over"),
        ([STEP, approved(STEP), e.RunStopped(ALICE)], Tone.QUIET, "Approved, but not run: the run is over"),
        (
            [STEP, approved(STEP), STARTED, e.RunStopped(ALICE)],
            Tone.BAD,
            "The run ended while this ran; look whether it took effect",
        ),
    ],
)
def test_a_step_says_where_it_is(events, tone, status):
    shown = card(*events)
    assert (shown.tone, shown.status) == (tone, status)


def test_a_step_that_passes_asks_nobody_and_says_why_it_ran():
    begun = (submitted(policy=PolicyName.SIDE_EFFECTS), *accepted())
    reading = proposed(risk=Risk.READ)
    assert card(reading, begun=begun).status == "Passes without asking; about to run"
    assert card(reading, begun=begun).buttons == ()
    after = card(reading, *ran(reading, grounds="policy side-effects"), begun=begun)
    assert "Ran without asking, because: the policy is side-effects" in told(after)


def test_a_step_of_an_approved_rest_names_who_approved_it():
    after = card(e.RestApproved(BOB, "button"), STEP, *ran(STEP, grounds="rest approved by nod:bob"))
    assert "Ran without asking, because: Bob approved the rest of this run" in told(after)


def test_an_observed_step_is_only_shown():
    begun = (submitted(policy=PolicyName.OBSERVE), *accepted())
    assert card(STEP, begun=begun).status == "Only shown: the policy runs nothing"
    assert card(STEP, begun=begun).buttons == ()
    assert card(STEP, e.StepSkipped("s1"), begun=begun).status == "Not run: this is what would have run"


def test_a_step_behind_another_of_its_turn_can_be_decided_already_and_then_waits():
    second = replace(STEP, step_id="s2")
    state = state_of(*BEGUN, STEP, second)
    assert card_of(state, "step:s2").buttons
    decided = card_of(state_of(*BEGUN, STEP, second, approved(second)), "step:s2")
    assert (decided.status, decided.buttons) == ("Approved; it runs after the step before it", ())


def test_the_buttons_are_gone_once_it_is_decided():
    assert [button.verb for button in card(STEP).buttons] == [
        Verb.APPROVE,
        Verb.EDIT,
        Verb.REJECT,
        Verb.APPROVE_REST,
    ]
    decided = card(STEP, approved(STEP, by=BOB))
    assert (decided.buttons, decided.fields) == ((), ())
    assert decided.footer == "Approved by Bob by button, 4 Mar 2026, 09:04 UTC"


def test_the_rest_is_not_offered_again_once_it_is_approved():
    read_page = proposed("s1", turn=1, risk=Risk.READ, outside=True)
    asked = proposed("s2", turn=2, risk=Risk.SEND)
    events = [e.RestApproved(ALICE, "button"), read_page, *ran(read_page, trusted=False, sources=("evil.example",))]
    shown = card_of(state_of(*BEGUN, *events, asked), "step:s2")
    assert [button.verb for button in shown.buttons] == [Verb.APPROVE, Verb.EDIT, Verb.REJECT]
    assert "Has read from outside: evil.example" in told(shown)


def test_what_came_from_outside_is_said_to_be():
    shown = card(STEP, approved(STEP), *ran(STEP, "buy now", trusted=False, sources=("a.example", "b.example")))
    assert section(shown, "What it returned, from outside (a.example, b.example)").text == "buy now"


def test_a_target_that_can_carry_data_out_is_said_to():
    assert "Beware: its target can carry data out of this machine" in told(card(proposed(outside=True)))


def test_characters_that_cannot_be_seen_are_named():
    tricky = proposed(call=write_call("safe\u202etxt\x1b[2K\u200b 👩‍🚀"))
    assert "Beware: it contains characters that cannot be seen: U+001B, U+200B, U+202E" in told(card(tricky))
    assert "Beware" not in told(card(STEP))


def test_an_edit_shows_what_was_proposed_and_what_runs():
    edited = write_call("# AI\n\nBetter.\n")
    shown = card(STEP, e.StepDecided("s1", decision(Outcome.EDITED, digest=edited.digest), edited))
    assert section(shown, "Content").text == "# AI\n\nBetter.\n"
    assert section(shown, "Content, as it was proposed").text == "# AI\n\nHello.\n"
    assert not any(section.label == "File, as it was proposed" for section in shown.sections)
    assert shown.digest == edited.digest
    assert shown.footer.startswith("Edited and approved by Alice")


def test_a_rejection_shows_its_reason():
    shown = card(STEP, e.StepDecided("s1", decision(Outcome.REJECTED, reason="Wrong file.")))
    assert section(shown, "Reason given").text == "Wrong file."


def test_an_uncertain_step_explains_itself_and_asks_what_became_of_it():
    cut_off = [STEP, approved(STEP), STARTED, e.StepUncertain("s1")]
    shown = card(*cut_off)
    assert [(button.verb, button.label) for button in shown.buttons] == [
        (Verb.HAPPENED, "It happened"),
        (Verb.AGAIN, "Do it again"),
        (Verb.SKIP, "Leave it undone"),
    ]
    assert "nobody knows whether it took effect" in section(shown, "What happened").text
    assert shown.footer == "Who may decide: Alice, Bob"
    assert card(*cut_off, e.RunPaused(ALICE)).buttons == ()


@pytest.mark.parametrize(
    ("choice", "status", "footer"),
    [
        (Choice.HAPPENED, "It took effect, a person said", "Bob said by button that it happened"),
        (Choice.AGAIN, "Approved; about to run", "Bob said by button to do it again"),
        (Choice.SKIP, "Left undone, a person said", "Bob said by button to leave it undone"),
    ],
)
def test_a_resolved_step_says_who_said_what(choice, status, footer):
    shown = card(STEP, approved(STEP), STARTED, e.StepUncertain("s1"), e.StepResolved("s1", choice, BOB, "button"))
    assert shown.status == status
    assert f" · {footer}, 4 Mar 2026, 09:0" in shown.footer


def test_it_says_when_the_approval_expires():
    assert "Expires: 4 Mar 2026, 09:00 UTC" in told(card(proposed(expires=BEGIN)))


def test_an_answer_is_shown_as_it_will_look():
    answer = proposed(call=ToolCall.of("answer", {"text": "**Yes**"}), risk=Risk.READ)
    shown = card(answer)
    assert shown.title == "Answer"
    assert (section(shown, "Text").form, section(shown, "Text").text) == (Form.MARKDOWN, "**Yes**")
    done = card(answer, approved(answer), *ran(answer, "shown", answer="**Yes**"))
    assert [section.label for section in done.sections] == ["Why", "Text", "What it returned"]


def test_the_arguments_of_nod_s_own_tools_are_told_in_words():
    begun = (submitted(language="zh"), *accepted())
    reading = ToolCall.of("read_file", {"path": "a.md", "offset": 5, "limit": 10})
    shown = card(proposed(call=reading, risk=Risk.READ), begun=begun)
    assert [each.label for each in shown.sections[1:]] == ["文件", "从第几个字符开始", "最多字符数"]
    assert [(field.name, field.label) for field in shown.fields][:1] == [("path", "文件")]
    answer = card(proposed(call=ToolCall.of("answer", {"text": "好"}), risk=Risk.READ), begun=begun)
    assert "风险: 在此对话中回答，不改动任何东西" in told(answer)
    assert (answer.about, shown.about) == ("", "a.md")
    other = card(proposed(call=ToolCall.of("mail", {"path": "x"})), begun=begun)
    assert (other.sections[-1].label, other.fields[0].label) == ("path", "")


def test_fields_hold_texts_as_they_are_and_all_else_as_json():
    call = ToolCall.of("search", {"query": "AI", "limits": {"most": 3}, "body": "a\nb", "deep": True})
    fields = {field.name: field for field in card(proposed(call=call)).fields}
    assert (fields["query"].value, fields["query"].is_text, fields["query"].multiline) == ("AI", True, False)
    assert (fields["limits"].value, fields["limits"].is_text) == ('{\n  "most": 3\n}', False)
    assert (fields["body"].value, fields["body"].multiline) == ("a\nb", True)
    assert (fields["deep"].value, fields["deep"].is_text) == ("true", False)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_terms_of_a_schedule_say_what_may_stand_in_them(language):
    terms = Terms("cron 0 9 * * 1-5", "Europe/Berlin", "tidy up", PolicyName.EVERY_STEP)
    begun = (submitted(language=language), *accepted())
    hints = {
        field.name: field.hint
        for field in card(proposed(call=ToolCall.of(KEEP_TOOL, terms.arguments())), begun=begun).fields
    }
    assert {name for name, hint in hints.items() if not hint} == {"goal"}
    assert all(policy.value in hints["policy"] for policy in PolicyName)
    assert all(overlap.value in hints["overlap"] for overlap in Overlap)
    examples = re.findall("“([^”]+)”", hints["rhythm"])
    read = [read_rhythm(text, now=BEGIN, zone=ZoneInfo("UTC"), least=LEAST) for text in examples]
    assert [str(each.rhythm) for each in read] == ["cron 0 9 * * 1-5"] * 2
    assert all(ZoneInfo(zone) for zone in re.findall("[A-Z][a-z]+/[A-Z][a-z]+", hints["zone"]))


def test_a_call_without_arguments_says_so_and_cannot_be_edited():
    shown = card(proposed(call=ToolCall.of("list_files", {})))
    assert section(shown, "Arguments").text == "none"
    assert Verb.EDIT not in {button.verb for button in shown.buttons}


def test_a_long_text_starts_folded_beside_its_diff_and_is_whole():
    content = "line\n" * 5000
    shown = card(proposed(call=write_call(content), preview="--- a\n+++ b\n@@ -0,0 +1 @@\n+line\n"))
    assert section(shown, "Content") == Section("Content", content, Form.CODE, folded=True)
    assert not section(card(proposed(call=write_call(content))), "Content").folded


@pytest.mark.parametrize(
    ("path", "form"), [("blog.md", Form.MARKDOWN), ("BLOG.MD", Form.MARKDOWN), ("notes.txt", Form.CODE)]
)
def test_a_new_file_is_shown_by_its_content_and_the_arguments_stay_whole_behind_it(path, form):
    shown = card(proposed(call=write_call(path=path), preview=diff(path, None, "# AI\n\nHello.\n")))
    assert shown.about == path
    assert shown.sections[1:] == (
        Section(f"New file {path}", "# AI\n\nHello.\n", form),
        Section("File", path, folded=True),
        Section("Content", "# AI\n\nHello.\n", Form.CODE, folded=True),
    )


def test_a_new_file_that_was_edited_shows_what_will_be_written():
    new = proposed(preview=diff("blog.md", None, "# AI\n\nHello.\n"))
    edited = write_call("# AI\n\nBetter.\n")
    shown = card(new, e.StepDecided("s1", decision(Outcome.EDITED, digest=edited.digest), edited))
    assert section(shown, "New file blog.md").text == "# AI\n\nBetter.\n"


def test_a_new_file_without_content_says_so():
    shown = card(proposed(call=write_call(""), preview=diff("blog.md", None, "")))
    assert section(shown, "New file blog.md").text == "(an empty text)"


def test_what_must_be_read_before_deciding_is_grave():
    tricky = proposed(call=write_call("safe\u202etxt"), risk=Risk.SEND, outside=True)
    assert [fact.label for fact in card(tricky).facts if fact.grave] == ["Risk", "Beware", "Beware"]
    assert not [fact for fact in card(STEP).facts if fact.grave]


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.text(min_size=1, max_size=3000) | st.integers() | st.lists(st.text(), max_size=3),
        max_size=4,
    )
)
def test_every_argument_is_on_the_card_whole(arguments):
    shown = card(proposed(call=ToolCall.of("anything", arguments)))
    texts = {section.label: section.text for section in shown.sections}
    for name, value in arguments.items():
        if isinstance(value, str) and name not in {"Why", "Arguments"}:
            assert texts[name] == value
    assert [field.name for field in shown.fields] == list(arguments)


def test_every_status_has_its_words_in_chinese():
    begun = (submitted(language="zh"), *accepted())
    shown = [card(STEP, begun=begun), card(STEP, approved(STEP), *ran(STEP), begun=begun)]
    assert [each.status for each in shown] == ["等待决定", "完成"]
    assert [button.label for button in shown[0].buttons] == ["批准", "修改", "拒绝", "批准本次运行余下的步骤"]
    assert all("Waiting" not in told(each) for each in cards_of(state_of(*begun, STEP)))


def test_what_a_tool_found_in_the_arguments_is_among_the_facts_of_its_card() -> None:
    found = PreviewFact("Goes to", "alice@example.com", grave=True)
    step = replace(STEP, preview=Preview("**Hello**", facts=(found,), markdown=True))
    shown = card(step)

    assert Fact("Goes to", "alice@example.com", grave=True) in shown.facts
    assert section(shown, "What it would do") == Section("What it would do", "**Hello**", Form.MARKDOWN)
