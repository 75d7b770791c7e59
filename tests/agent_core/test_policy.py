"""Which Steps ask because of what the Run knows from outside, and which need not: READs of what people named."""

from dataclasses import replace

import pytest

from agent_core.domain import Choice, Outcome, PolicyName, Preview, Risk, ToolCall, Topic
from agent_core.journal import events as e
from agent_core.policy import Ruling, named_by_people, ruling
from tests.agent_core.journals import ALICE, BOB, SMALL, accepted, decision, proposed, ran, state_of, submitted

GOAL = "Read https://example.com/a?b=1. Then look at www.dora-website.com and (https://x.org/y), and tell Bob."
TOLD = e.ToolsDescribed(("mcp notes",))
REST = e.RestApproved(BOB, "button")


def rulings(*events: e.Event) -> list[Ruling]:
    """What is said of the Steps among the events, under the policy that waves reading through."""
    begun = submitted(goal=GOAL, policy=PolicyName.SIDE_EFFECTS), *accepted(SMALL)
    state = state_of(*begun, *events)
    return [ruling(state, step) for step in state.steps.values()]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"url": "https://example.com/a?b=1"}, True),
        ({"url": "https://x.org/y"}, True),
        ({"url": "www.dora-website.com"}, True),
        ({"url": "https://x.org/y", "offset": 2000, "raw": False, "note": None}, True),
        ({}, True),
        ({"url": "https://example.com/a"}, False),
        ({"url": "https://example.com/a?b=12"}, False),
        ({"url": "https://x.org"}, False),
        ({"url": "dora-website.com"}, False),
        ({"url": "https://evil.example/?q=secret"}, False),
        ({"who": "Bo"}, False),
        ({"url": "https://x.org/y", "account": 20260105123456}, False),
        ({"url": "https://x.org/y", "share": 1e300}, False),
        ({"urls": ["https://x.org/y", "https://evil.example"]}, False),
        ({"headers": {"secret-in-a-name": "Bob"}}, False),
    ],
)
def test_a_target_counts_as_named_only_as_it_stands_in_what_people_wrote(arguments, named: bool) -> None:
    assert named_by_people(state_of(submitted(goal=GOAL)), arguments) is named


def test_what_people_wrote_later_counts_and_what_nod_asked_does_not() -> None:
    asked = e.QuestionAsked("q1", Topic.CLARIFY, "Do you mean https://nod.example?")
    answered = e.QuestionAnswered("q1", Choice.ANSWER, ALICE, "button", "I mean https://x.org/y")
    said = e.FeedbackGiven(BOB, "and https://z.org too")
    state = state_of(submitted(goal="read it"), asked, answered, said)

    assert named_by_people(state, {"url": "https://x.org/y"})
    assert named_by_people(state, {"url": "https://z.org"})
    assert not named_by_people(state, {"url": "https://nod.example"})


@pytest.mark.parametrize("risk", [Risk.SEND, Risk.EXECUTE, Risk.WRITE])
def test_a_run_that_was_told_of_tools_from_outside_asks_before_every_effect_whatever_was_approved(risk: Risk) -> None:
    step = proposed(risk=risk)

    assert rulings(REST, step) == [Ruling.PASS]
    assert rulings(REST, TOLD, step) == [Ruling.ASK]


@pytest.mark.parametrize(
    ("url", "described_by", "expected"),
    [
        ("https://evil.example/?q=secret", "", Ruling.ASK),
        ("https://x.org/y", "", Ruling.PASS),  # people named it
        ("https://evil.example/?q=secret", "mcp notes", Ruling.PASS),  # a READ by the word of who runs Nod
    ],
)
def test_words_from_outside_about_tools_send_a_run_to_no_address_unasked(
    url: str, described_by: str, expected: Ruling
) -> None:
    call = ToolCall.of("read", {"url": url})
    step = replace(proposed(call=call, risk=Risk.READ, outside=True), described_by=described_by)

    assert rulings(step) == [Ruling.PASS]
    assert rulings(TOLD, step) == [expected]


@pytest.mark.parametrize(
    ("ran_before", "now", "expected"),
    [
        ([("v1", True)], "v1", Ruling.PASS),
        ([("v1", True)], "v2", Ruling.ASK),
        ([("v1", False)], "v2", Ruling.ASK),
        ([("v1", True), ("v2", True)], "v2", Ruling.PASS),  # people decided on v2 by then
        ([("v1", True), ("v2", True)], "v1", Ruling.ASK),
    ],
)
def test_the_rest_of_a_run_is_no_skill_that_changed_since_the_run_read_it(
    ran_before, now: str, expected: Ruling
) -> None:
    steps = [
        replace(proposed(f"s1-{number}", turn=number), preview=Preview(basis=basis, basis_of="skill letters"))
        for number, basis in enumerate([*(basis for basis, _ in ran_before), now], start=1)
    ]
    told = [each for step, (_, ok) in zip(steps, ran_before, strict=False) for each in (step, *ran(step, ok=ok))]

    assert rulings(REST, *told, steps[-1])[-1] is expected


def test_what_rests_on_the_same_thing_counts_whatever_the_arguments() -> None:
    first = replace(proposed("s1-1"), preview=Preview(basis="v1", basis_of="tool pay"))
    other = proposed("s1-2", turn=2, call=ToolCall.of("write_file", {"path": "other.md", "content": ""}))
    second = replace(other, preview=Preview(basis="v2", basis_of="tool pay"))

    assert rulings(REST, first, *ran(first), second)[-1] is Ruling.ASK
    assert rulings(REST, first, *ran(first), replace(second, preview=Preview(basis="v2")))[-1] is Ruling.PASS


def test_a_skill_whose_new_form_was_rejected_is_asked_about_when_it_is_proposed_again() -> None:
    first, second, third = (
        replace(proposed(f"s1-{number}", turn=number), preview=Preview(basis=basis, basis_of="skill letters"))
        for number, basis in ((1, "v1"), (2, "v2"), (3, "v2"))
    )
    no = e.StepDecided("s1-2", decision(Outcome.REJECTED, digest=second.call.digest))

    assert rulings(REST, first, *ran(first), second, no, third)[-1] is Ruling.ASK


@pytest.mark.parametrize(
    ("ok", "now", "expected"),
    [
        (False, "as before", Ruling.PASS),
        (False, "otherwise", Ruling.ASK),
        (True, "otherwise", Ruling.PASS),  # a file is written again, over what the Run itself has made
    ],
)
def test_the_rest_of_a_run_is_no_call_that_failed_and_would_now_do_something_else(
    ok: bool, now: str, expected: Ruling
) -> None:
    first = replace(proposed("s1-1"), preview=Preview(basis="as before"))
    second = replace(proposed("s1-2", turn=2), preview=Preview(basis=now))

    assert rulings(REST, first, *ran(first, ok=ok), second) == [Ruling.PASS, expected]
