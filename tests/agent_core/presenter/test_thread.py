"""Questions, notes and the goal as Cards."""

from datetime import UTC, datetime

import pytest

from agent_core.cards import Tone, Verb
from agent_core.domain import Choice, FileRef, Topic
from agent_core.journal import events as e
from agent_core.recurring import Fate
from tests.agent_core.journals import ALICE, BOB, SMALL, accepted, state_of, submitted
from tests.agent_core.presenter.telling import card_of, told

BEGUN = (submitted(), *accepted())


def asked(topic: Topic, subtask_id: str = "") -> e.QuestionAsked:
    return e.QuestionAsked("q1", topic, "Something is open.", subtask_id)


@pytest.mark.parametrize(
    ("topic", "title", "labels"),
    [
        (Topic.CLARIFY, "Nod needs to know something first", ["Answer"]),
        (Topic.TURNS, "This takes longer than expected", ["Go on", "End the run here"]),
        (Topic.REPEATS, "Nod is repeating itself", ["Go on", "End the run here"]),
        (Topic.ATTEMPTS, "Nod could not finish this", ["Go on", "End the run here"]),
        (Topic.MODEL, "The language model could not be used", ["Try again", "End the run here"]),
        (Topic.FAULT, "Nod met an error of its own", ["Try again", "End the run here"]),
    ],
)
def test_a_question_says_why_it_is_asked_and_what_can_be_done(topic, title, labels):
    card = card_of(state_of(*BEGUN, asked(topic)), "question:q1")
    assert (card.tone, card.title, card.status) == (Tone.ASKING, title, "Waiting for an answer")
    assert [button.label for button in card.buttons] == labels
    assert "Something is open." in told(card)
    assert card.footer == "Who may decide: Alice, Bob"


def test_a_clarifying_question_is_answered_in_words():
    state = state_of(submitted(), asked(Topic.CLARIFY))
    (button,) = card_of(state, "question:q1").buttons
    assert (button.verb, button.needs_text) == (Verb.ANSWER, True)
    answered = e.QuestionAnswered("q1", Choice.ANSWER, BOB, "reply", "For beginners.")
    card = card_of(state_of(submitted(), asked(Topic.CLARIFY), answered), "question:q1")
    assert told(card) == (
        "[done] Nod needs to know something first · Answered\n"
        "Question (plain): Something is open.\n"
        "Answer (plain): For beginners.\n"
        "Answered by Bob by reply, 4 Mar 2026, 09:02 UTC"
    )


@pytest.mark.parametrize(
    ("choice", "footer"),
    [
        (Choice.AGAIN, "Alice said to go on in the terminal, 4 Mar 2026, 09:04 UTC"),
        (Choice.END, "Alice ended the run here in the terminal, 4 Mar 2026, 09:04 UTC"),
    ],
)
def test_an_answered_question_says_who_chose_what(choice, footer):
    state = state_of(*BEGUN, asked(Topic.TURNS, "1"), e.QuestionAnswered("q1", choice, ALICE, "terminal"))
    card = card_of(state, "question:q1")
    assert (card.buttons, card.footer) == ((), footer)


def test_a_question_about_a_subtask_names_it_and_marks_it_in_the_plan():
    state = state_of(*BEGUN, asked(Topic.TURNS, "1"))
    assert "Subtask: Find sources" in told(card_of(state, "question:q1"))
    assert card_of(state, "plan").items[0].label == "Waiting for a decision"


@pytest.mark.parametrize(
    ("then", "status"),
    [
        (e.RunPaused(ALICE), "Waiting: the run is paused"),
        (e.RunStopped(ALICE), "No longer asked"),
        (e.PlanProposed(2, SMALL), "No longer asked"),
    ],
)
def test_a_question_nobody_can_answer_now_has_no_buttons(then, status):
    card = card_of(state_of(*BEGUN, asked(Topic.TURNS, "2"), then), "question:q1")
    assert (card.tone, card.status, card.buttons) == (Tone.QUIET, status, ())


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            e.FeedbackGiven(BOB, "Make it *short*."),
            (
                "[quiet] Bob wrote · Nod reads this at its next turn\n"
                "What was written (markdown): Make it *short*.\n4 Mar 2026, 09:03 UTC"
            ),
        ),
        (
            e.RestApproved(ALICE, "button"),
            "[quiet] Alice approved the rest of this run · \n4 Mar 2026, 09:03 UTC",
        ),
        (
            e.RunPaused(ALICE, "Lunch."),
            "[quiet] Alice paused the run · \nReason given (plain): Lunch.\n4 Mar 2026, 09:03 UTC",
        ),
        (
            e.RunPaused(None, "Nobody decided in time. Resume the run to be asked again."),
            (
                "[quiet] Nod paused the run · \n"
                "Reason given (plain): Nobody decided in time. Resume the run to be asked again.\n"
                "4 Mar 2026, 09:03 UTC"
            ),
        ),
        (e.RunResumed(BOB), "[quiet] Bob resumed the run · \n4 Mar 2026, 09:03 UTC"),
        (
            e.RunStopped(BOB, "Wrong goal."),
            "[bad] Bob stopped the run · \nReason given (plain): Wrong goal.\n4 Mar 2026, 09:03 UTC",
        ),
    ],
)
def test_what_happens_in_between_is_a_note(event, expected):
    assert told(card_of(state_of(*BEGUN, event), "note:4")) == expected


@pytest.mark.parametrize("fate", [Fate.SKIPPED, Fate.QUEUED])
def test_nobody_gave_a_reason_for_what_becomes_of_a_time_of_a_schedule(fate):
    held = e.FiringHeld(datetime(2026, 3, 5, 8, tzinfo=UTC), "Europe/Berlin", fate)
    [section] = card_of(state_of(*BEGUN, held), "note:4").sections
    assert section.label == "What becomes of it"
    assert section.text.startswith("Thu 5 Mar 2026, 09:00 (Europe/Berlin): ")


def test_notes_are_in_the_run_s_language():
    state = state_of(submitted(language="zh"), e.RunPaused(ALICE, "午饭"))
    assert told(card_of(state, "note:2")).startswith("[quiet] Alice 暂停了运行 · \n理由 (plain): 午饭")


def test_the_goal_is_shown_as_it_was_written():
    goal = "  write\n\n<b>a blog</b> " + "about AI " * 2000
    assert card_of(state_of(submitted(goal)), "goal").sections[0].text == goal


def test_the_goal_names_what_it_follows_and_offers_its_files():
    event = submitted(follows="run-0")
    event = e.GoalSubmitted(
        event.goal,
        event.origin,
        event.actor,
        event.policy,
        "en",
        "w",
        follows="run-0",
        persona="Writer",
        attachments=(FileRef("notes.md", "digest", 3),),
    )
    text = told(card_of(state_of(event), "goal"))
    assert "Follows run: run-0\nPersona: Writer\n" in text
    assert "\nfile notes.md" in text
