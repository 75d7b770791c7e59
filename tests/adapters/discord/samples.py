"""Each kind of Card in each state, in English and Chinese; and Cards that are long, hostile or crowded."""

from agent_core.cards import Button, Card, CardKind, Fact, Field, Form, Item, Mark, Section, Tone, Verb
from agent_core.domain import Choice, FileRef, Origin, Outcome, PolicyName, Risk, RunStatus, ToolCall, Topic
from agent_core.journal import events as e
from agent_core.ports import RunSummary
from agent_core.presenter import chat_cards, result_of
from agent_core.presenter.lists import (
    help_card,
    policy_card,
    runs_card,
    stopped_card,
    unbuilt_card,
    which_run_card,
)
from tests.agent_core.journals import (
    ALICE,
    BEGIN,
    PLAN,
    RESEARCH,
    SMALL,
    WRITE,
    accepted,
    approved,
    called,
    decision,
    judged,
    keeping,
    proposed,
    ran,
    state_of,
    submitted,
)

BLOG = FileRef("blog.md", "digest", 12)
SEARCH = proposed(call=ToolCall.of("read_file", {"path": "notes.md"}), risk=Risk.READ)
DIFF = "--- a/blog.md\n+++ b/blog.md\n@@ -1,2 +1,2 @@\n # AI\n-Nothing.\n+Machines learn from examples.\n"
WRITING = proposed("s2", "2", preview=DIFF)
SEND = proposed("s3", "1", call=ToolCall.of("send_mail", {"to": ["all@example.org"], "urgent": True}), risk=Risk.SEND)
HOSTILE = "<@1> @everyone **b** [x](https://evil.example) ```\n# y \u202eevil\u200b ||hidden||"


def run(number):
    """A Run as lists have it."""
    return RunSummary(
        run_id=f"012345678{number}",
        seq=1,
        status=RunStatus.WAITING,
        goal=HOSTILE,
        origin=Origin("discord", "1", "2"),
        actor=ALICE,
        policy="every-step",
        language="en",
        workspace="",
        follows="",
        cost=0.0,
        tokens=0,
        rehearsal=False,
        created_at=BEGIN,
        updated_at=BEGIN,
    )


def life(language):
    """The events of a Run that goes well."""
    events = [submitted(language=language), called(), *accepted(), SEARCH, approved(SEARCH)]
    events += [*ran(SEARCH, "notes"), e.SubtaskReported("1", 2, "Sources: a, b, c"), judged(RESEARCH)]
    events += [WRITING, approved(WRITING), *ran(WRITING, files=(BLOG,)), e.SubtaskReported("2", 2, "Written.")]
    events += [judged(WRITE, evidence=("s2",))]
    return [*events, e.RunFinished(result_of(state_of(*events)), (BLOG,))]


def states(language):
    """States of Runs by what they show."""
    begin = [submitted(language=language)]
    planned = [*begin, called(), e.PlanProposed(1, PLAN, "Facts first.")]
    at_work = [*begin, called(), *accepted(), SEARCH]
    rejected = e.StepDecided(
        "s1", decision(Outcome.REJECTED, digest=SEARCH.call.digest, reason="That file is private.")
    )
    other = ToolCall.of("read_file", {"path": "public.md"})
    edited = e.StepDecided("s1", decision(Outcome.EDITED, digest=other.digest), other)
    clarifying = [*begin, e.QuestionAsked("q1", Topic.CLARIFY, "Which blog?")]
    sent = [*begin, called(), *accepted(), SEND, approved(SEND), e.StepStarted("s3", SEND.call.digest, "decision")]
    return {
        "goal": begin,
        "plan_asks": planned,
        "step_asks": at_work,
        "step_approved": [*at_work, approved(SEARCH)],
        "step_done": [*at_work, approved(SEARCH), *ran(SEARCH, "the notes")],
        "step_edited": [*at_work, edited],
        "step_expired": [*at_work, e.StepExpired("s1")],
        "rest_approved": [*at_work, e.RestApproved(ALICE, "button")],
        "written": [*at_work, e.FeedbackGiven(ALICE, "Shorter, **please**.")],
        "step_rejected": [*at_work, rejected],
        "step_uncertain": [*sent, e.StepUncertain("s3")],
        "diff_asks": life(language)[:11],
        "paused": [*at_work, e.RunPaused(ALICE)],
        "clarify": clarifying,
        "answered": [*clarifying, e.QuestionAnswered("q1", Choice.ANSWER, ALICE, "reply", "The public one.")],
        "model": [*begin, called(), *accepted(SMALL), e.QuestionAsked("q1", Topic.MODEL, "No answer.", "1")],
        **{
            f"question_{topic}": [*begin, called(), *accepted(SMALL), e.QuestionAsked("q1", topic, "It went on.", "1")]
            for topic in (Topic.TURNS, Topic.REPEATS, Topic.ATTEMPTS, Topic.FAULT)
        },
        "schedule_asks": [*begin, called(), *accepted(), keeping(language)],
        "stopped": [*at_work, e.RunStopped(ALICE, "wrong channel")],
        "failed": [*at_work, rejected, e.RunFailed("**Not done**\n\n- Find sources")],
        "finished": life(language),
    }


def cards(language):
    """Cards by name: all of every state, and those beside Runs."""
    found = {}
    for name, events in states(language).items():
        for card in chat_cards(state_of(*events)):
            found[f"{name}/{card.id}"] = card
    found["help"] = help_card(language)
    found["policy"] = policy_card(PolicyName.EVERY_STEP, language, own=False)
    found["policy_own"] = policy_card(PolicyName.OBSERVE, language, own=True)
    found["no_runs"] = runs_card([], language)
    found["runs"] = runs_card([run(1), run(2)], language)
    found["which_run"] = which_run_card([run(1), run(2)], language)
    found["stopped_run"] = stopped_card(run(1), language)
    found["memory"] = unbuilt_card("memory", language)
    return found


def long_card(language="en"):
    """A Step whose arguments are far longer than a message."""
    text = "一段很长的文字。\n" * 900 if language == "zh" else "A line of a long text.\n" * 900
    return Card(
        "step:s1",
        CardKind.STEP,
        Tone.ASKING,
        "Write a file",
        "Waiting for a decision",
        sections=(
            Section("Why", "Because." * 90),
            Section("Changes", f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-{text}", Form.DIFF),
            Section("content", text, Form.CODE, folded=True),
            Section("path", "x"),
        ),
        buttons=(Button(Verb.APPROVE, "Approve"), Button(Verb.EDIT, "Edit"), Button(Verb.REJECT, "Reject")),
        fields=(
            Field("path", "x", is_text=True, multiline=False),
            Field("content", text, is_text=True, multiline=True),
        ),
        digest="d" * 64,
        footer="Who may decide: ada",
    )


def hostile_card():
    """A Card in which all that can be written was written by somebody who means harm."""
    return Card(
        "step:bad",
        CardKind.STEP,
        Tone.ASKING,
        HOSTILE,
        HOSTILE,
        sections=tuple(Section(HOSTILE, HOSTILE, form) for form in Form),
        facts=(Fact(HOSTILE, HOSTILE),),
        items=(Item(HOSTILE, Mark.FAILED, HOSTILE, HOSTILE, (HOSTILE,), HOSTILE),),
        buttons=(Button(Verb.APPROVE, HOSTILE * 3),),
        footer=HOSTILE,
        rehearsal=HOSTILE,
        digest="d" * 64,
    )


def crowded_card():
    """A Card with more texts than a message has room and files for."""
    sections = tuple(Section(f"argument {number}", f"{number} " * 1_000) for number in range(30))
    facts = tuple(Fact("Has read from outside", "x" * 300) for _ in range(20))
    return Card("step:s1", CardKind.STEP, Tone.QUIET, "Call it", "Done", sections=sections, facts=facts, footer="Done")
