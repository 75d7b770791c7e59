"""Journals told event by event, at fixed times, for tests that begin with a RunState."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent_core.domain import (
    Actor,
    Check,
    CheckKind,
    Criterion,
    Decision,
    Judgement,
    Observation,
    Origin,
    Outcome,
    Plan,
    Policy,
    PolicyName,
    Preview,
    Risk,
    Subtask,
    ToolCall,
    Usage,
    Verdict,
)
from agent_core.journal import events as e
from agent_core.journal.fold import fold
from agent_core.journal.records import Entry
from agent_core.journal.state import RunState
from agent_core.presenter.schedules import told_terms
from agent_core.proposing import KEEP_TOOL
from agent_core.recurring import Terms
from agent_core.rules import settled
from agent_core.schedules.rules import stored_rhythm
from agent_core.schedules.times import next_times

ALICE = Actor("nod", "alice", "Alice")
BOB = Actor("nod", "bob", "Bob")
BEGIN = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

RESEARCH = Subtask("1", "Find sources", "Find three sources.", (Criterion("Three sources are named."),))
WRITE = Subtask(
    "2",
    "Write the blog",
    "Write blog.md in Markdown.",
    (
        Criterion("blog.md has at least 300 words.", Check(CheckKind.MIN_WORDS, "blog.md", 300)),
        Criterion("It is for beginners."),
    ),
    after=("1",),
)
PLAN = Plan((RESEARCH, WRITE))
SMALL = Plan((RESEARCH,))


def state_of(*events: e.Event, run_id: str = "run-1") -> RunState:
    """Return the settled state after these events, each a minute after the one before it."""
    entries = (
        Entry(run_id, seq, BEGIN + (seq - 1) * MINUTE, f"digest-{seq}", event)
        for seq, event in enumerate(events, start=1)
    )
    state = fold(entries)
    return settled(state, state.updated_at)


def submitted(
    goal: str = "write a blog about AI",
    *,
    language: str = "en",
    policy: PolicyName = PolicyName.EVERY_STEP,
    approvers: Iterable[Actor] = (BOB,),
    platform: str = "web",
    rehearsal: bool = False,
    follows: str = "",
) -> e.GoalSubmitted:
    """Alice asks; Bob may decide too."""
    return e.GoalSubmitted(
        goal=goal,
        origin=Origin(platform, channel="general"),
        actor=ALICE,
        policy=Policy(policy, tuple(approvers)),
        language=language,
        workspace="workspace-1",
        follows=follows,
        rehearsal=rehearsal,
    )


def decision(outcome: Outcome = Outcome.APPROVED, *, by: Actor = ALICE, digest: str = "", reason: str = "") -> Decision:
    """Return a Decision by button."""
    return Decision(outcome, digest, by, "button", reason)


def accepted(plan: Plan = PLAN, revision: int = 1) -> tuple[e.Event, ...]:
    """The Plan is proposed and approved by Alice."""
    return e.PlanProposed(revision, plan, "Sources first."), e.PlanDecided(revision, decision(digest=plan.digest))


def write_call(content: str = "# AI\n\nHello.\n", path: str = "blog.md") -> ToolCall:
    """Return a call that writes a file."""
    return ToolCall.of("write_file", {"path": path, "content": content})


def proposed(
    step_id: str = "s1",
    subtask_id: str = "1",
    *,
    turn: int = 1,
    call: ToolCall | None = None,
    risk: Risk = Risk.WRITE,
    why: str = "The plan asks for it.",
    preview: str = "",
    outside: bool = False,
    expires: datetime | None = None,
) -> e.StepProposed:
    """A Step is proposed."""
    return e.StepProposed(
        step_id, subtask_id, turn, call or write_call(), risk, why, Preview(preview), outside, expires_at=expires
    )


def keeping(language: str = "en", subtask_id: str = "1") -> e.StepProposed:
    """A Schedule is to be kept."""
    terms = Terms("cron 0 9 * * 1-5", "Europe/Berlin", "summarise the news", PolicyName.SIDE_EFFECTS)
    rhythm = stored_rhythm(terms.rhythm)
    text = told_terms(terms, rhythm, next_times(rhythm, ZoneInfo(terms.zone), BEGIN, 2), terms.zone, language)
    step = proposed("s1", subtask_id, call=ToolCall.of(KEEP_TOOL, terms.arguments()))
    return replace(step, preview=Preview(text, markdown=True))


def approved(step: e.StepProposed, *, by: Actor = ALICE) -> e.StepDecided:
    """The Step is approved as it was proposed."""
    return e.StepDecided(step.step_id, decision(by=by, digest=step.call.digest))


def ran(step: e.StepProposed, text: str = "written", grounds: str = "decision", **seen: object) -> tuple[e.Event, ...]:
    """The Step runs and returns."""
    return (
        e.StepStarted(step.step_id, step.call.digest, grounds),
        e.StepFinished(step.step_id, Observation(text, **seen)),
    )


def judged(subtask: Subtask, *, met: bool = True, evidence: tuple[str, ...] = ("s1",), advice: str = "") -> e.Event:
    """The Subtask is judged, every Criterion alike."""
    judgements = tuple(Judgement(criterion.text, met, evidence) for criterion in subtask.criteria)
    return e.SubtaskJudged(subtask.id, Verdict(judgements, 1.0 if met else 0.0, advice))


def called(cost: float | None = 0.0123, *, estimated: bool = False) -> e.ModelCalled:
    """A model was called."""
    return e.ModelCalled("turn", Usage("gpt-test", 1000, 234, cost=cost, estimated=estimated))
