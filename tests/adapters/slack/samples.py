"""Cards of every kind and state, in both languages, as the core makes them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent_core.cards import Card
from agent_core.domain import (
    Choice,
    Criterion,
    FileRef,
    Origin,
    Outcome,
    Plan,
    Policy,
    PolicyName,
    Risk,
    RunStatus,
    Subtask,
    ToolCall,
    Topic,
)
from agent_core.journal import events as e
from agent_core.journal.state import RunState
from agent_core.ports import RunSummary
from agent_core.presenter import chat_cards
from agent_core.presenter.lists import (
    MOST_LISTED,
    help_card,
    policy_card,
    runs_card,
    stopped_card,
    unbuilt_card,
    which_run_card,
    which_thread_card,
)
from tests.adapters.slack.acting import acting
from tests.adapters.slack.scheduled import scheduled
from tests.agent_core.journals import (
    ALICE,
    BEGIN,
    BOB,
    accepted,
    approved,
    called,
    decision,
    judged,
    proposed,
    ran,
    state_of,
    write_call,
)

DIFF = "--- a/blog.md\n+++ b/blog.md\n@@ -1 +1 @@\n-# AI\n+# What AI is\n"
GOALS = {"en": "write a blog about AI", "zh": "写一篇关于人工智能的博客"}
ENGLISH = Plan(
    (
        Subtask("1", "Find sources", "Find three sources.", (Criterion("Three sources are named."),)),
        Subtask("2", "Write the blog", "Write blog.md.", (Criterion("It is for beginners."),), after=("1",)),
    )
)
CHINESE = Plan(
    (
        Subtask("1", "收集资料", "找三个来源。", (Criterion("列出了三个来源。"),)),
        Subtask("2", "撰写博客", "写 blog.md。", (Criterion("面向初学者。"),), after=("1",)),
    )
)
PLANS = {"en": ENGLISH, "zh": CHINESE}
WRITE = proposed("s1-1", call=write_call(), preview=DIFF)
SEND = proposed("s1-1", call=ToolCall.of("send_mail", {"to": ["all@example.org"], "urgent": True}), risk=Risk.SEND)
FILES = (FileRef("blog.md", "b" * 64, 13),)


def told(language: str, *events: e.Event, rehearsal: bool = False, follows: str = "") -> RunState:
    """The state of a Run in Slack after these events."""
    goal = e.GoalSubmitted(
        goal=GOALS[language],
        origin=Origin("slack", "T1", "C1", "run-1"),
        actor=replace(ALICE, platform="slack"),
        policy=Policy(PolicyName.EVERY_STEP, (BOB,)),
        language=language,
        workspace="run-1",
        follows=follows,
        rehearsal=rehearsal,
    )
    return state_of(goal, *events)


def states(language: str) -> Iterator[tuple[str, RunState, str]]:
    """Yield names, states, and the id of the Card that each is about."""
    plan = PLANS[language]
    begun, step = accepted(plan), (*accepted(plan), WRITE)
    wrong = decision(Outcome.REJECTED, digest=WRITE.call.digest, reason="Shorter, please.")
    edited = write_call("# AI\n\nEdited.\n")
    edit = e.StepDecided("s1-1", decision(Outcome.EDITED, by=BOB, digest=edited.digest), edited)
    done = (*step, approved(WRITE), *ran(WRITE, "Wrote blog.md.", files=FILES))
    started = e.StepStarted("s1-1", SEND.call.digest, "decision")
    rejected = e.PlanDecided(1, decision(Outcome.REJECTED, digest=plan.digest, reason="Too long."))
    asked = e.QuestionAsked("q1", Topic.CLARIFY, "For whom?")
    ended = judged(plan.subtasks[0])
    yield "asked", told(language), "plan"
    yield "plan-asks", told(language, e.PlanProposed(1, plan, "Sources first.")), "plan"
    yield "plan-accepted", told(language, *begun, called()), "plan"
    yield (
        "plan-again",
        told(language, e.PlanProposed(1, plan, ""), rejected, e.PlanProposed(2, plan, "Shorter.")),
        "plan",
    )
    yield "paused", told(language, *begun, e.RunPaused(BOB, "Wait for Monday.")), "plan"
    yield "progress", told(language, *done, e.SubtaskReported("1", 2, "Found."), ended), "plan"
    yield "step-asks", told(language, *step), "step:s1-1"
    yield "step-rest-approved", told(language, *begun, e.RestApproved(BOB, "button"), WRITE), "step:s1-1"
    yield (
        "step-runs",
        told(language, *step, approved(WRITE), e.StepStarted("s1-1", WRITE.call.digest, "d")),
        "step:s1-1",
    )
    yield "step-done", told(language, *done), "step:s1-1"
    yield "step-rejected", told(language, *step, e.StepDecided("s1-1", wrong)), "step:s1-1"
    yield "step-edited", told(language, *step, edit), "step:s1-1"
    yield (
        "step-from-outside",
        told(language, *step, approved(WRITE), *ran(WRITE, "A page.", trusted=False, sources=("https://a.example",))),
        "step:s1-1",
    )
    yield "step-failed", told(language, *step, approved(WRITE), *ran(WRITE, "No room.", ok=False)), "step:s1-1"
    yield "step-expired", told(language, *step, e.StepExpired("s1-1")), "step:s1-1"
    yield "step-skipped", told(language, *step, e.StepSkipped("s1-1")), "step:s1-1"
    for name, events in acting(language).items():
        yield name, told(language, *begun, *events), "step:s1-1"
    yield "step-uncertain", told(language, *begun, SEND, approved(SEND), started, e.StepUncertain("s1-1")), "step:s1-1"
    yield "question", told(language, asked), "question:q1"
    answer = e.QuestionAnswered("q1", Choice.ANSWER, BOB, "button", "Children.")
    yield "question-answered", told(language, asked, answer), "question:q1"
    stuck = e.QuestionAsked("q1", Topic.MODEL, "The language model did not answer.")
    yield "stuck", told(language, *begun, stuck), "question:q1"
    for topic in (Topic.TURNS, Topic.REPEATS, Topic.ATTEMPTS, Topic.FAULT):
        ceiling = e.QuestionAsked("q1", topic, "It got no further.")
        yield f"stuck-{topic}", told(language, *begun, ceiling), "question:q1"
    yield "note", told(language, *begun, e.FeedbackGiven(BOB, "Mind **the style**.")), "note:4"
    yield "result", told(language, *done, e.RunFinished("# Done\n\nSee `blog.md`.", FILES)), "result"
    yield "failed", told(language, *step, e.RunFailed("**Not done**\n\n- Find sources")), "result"
    yield "stopped", told(language, *step, e.RunStopped(BOB, "Not needed.")), "result"
    yield "rehearsal", told(language, *step, rehearsal=True, follows="run-0"), "step:s1-1"


def samples() -> Iterator[tuple[str, str, Card]]:
    """Yield names, languages and Cards."""
    for language in GOALS:
        for name, state, card_id in states(language):
            yield f"{name}-{language}", language, next(card for card in chat_cards(state) if card.id == card_id)
        for name, card in (*_lists(language), *scheduled(language)):
            yield f"{name}-{language}", language, card


def _lists(language: str) -> Sequence[tuple[str, Card]]:
    runs = [_run("1a2b", language, RunStatus.WAITING), _run("3c4d", language, RunStatus.RUNNING)]
    return (
        ("help", help_card(language)),
        ("no-runs", runs_card([], language)),
        ("runs", runs_card(runs, language)),
        ("many-runs", runs_card([replace(runs[0], goal=GOALS[language] * 20)] * (MOST_LISTED + 1), language)),
        ("which-run", which_run_card(runs, language)),
        ("which-thread", which_thread_card(runs, language)),
        ("run-stopped", stopped_card(runs[0], language)),
        ("policy", policy_card(PolicyName.OBSERVE, language, own=True)),
        ("unbuilt", unbuilt_card("memory", language)),
    )


def _run(run_id: str, language: str, status: RunStatus) -> RunSummary:
    origin = Origin("slack", "T1", "C1", run_id)
    return RunSummary(
        run_id=run_id,
        seq=3,
        status=status,
        goal=GOALS[language],
        origin=origin,
        actor=ALICE,
        policy="every-step",
        language=language,
        workspace=run_id,
        follows="",
        cost=0.0,
        tokens=0,
        rehearsal=False,
        created_at=BEGIN,
        updated_at=BEGIN,
    )
