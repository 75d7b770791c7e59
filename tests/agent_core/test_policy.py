"""Which READs need not ask although a Subtask has read something from outside: those of what people named."""

import pytest

from agent_core.domain import Choice, Topic
from agent_core.journal import events as e
from agent_core.policy import named_by_people
from tests.agent_core.journals import ALICE, BOB, state_of, submitted

GOAL = "Read https://example.com/a?b=1. Then look at www.dora-website.com and (https://x.org/y), and tell Bob."


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
