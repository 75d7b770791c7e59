"""Cards about Schedules, in both languages: what people confirm, what a firing's thread shows, and the lists."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent_core.cards import Card
from agent_core.domain import (
    Criterion,
    Decision,
    Origin,
    Outcome,
    Plan,
    Policy,
    PolicyName,
    Preview,
    RunStatus,
    Subtask,
    ToolCall,
)
from agent_core.i18n import translator
from agent_core.journal import events as e
from agent_core.journal.state import RunState
from agent_core.presenter import chat_cards
from agent_core.presenter.schedules import (
    change_asked_card,
    removed_card,
    run_begun_card,
    schedule_card,
    schedules_card,
    told_terms,
)
from agent_core.proposing import KEEP_TOOL, RESUME_TOOL
from agent_core.recurring import (
    Change,
    Fate,
    Firing,
    Listed,
    Matter,
    PastFiring,
    Schedule,
    ScheduleStatus,
    Scheduling,
    Terms,
)
from agent_core.schedules.rules import stored_rhythm
from agent_core.schedules.times import next_times
from agent_core.scheduling.pausing import TOO_MANY_FAILED
from tests.agent_core.journals import ALICE, BEGIN, BOB, accepted, approved, proposed, ran, state_of

GOALS = {"en": "summarise what happened in #support", "zh": "总结 #support 频道发生的事"}
ZONE = "Europe/Berlin"
DUE = datetime(2026, 3, 5, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ANN = replace(ALICE, platform="slack")


def terms_in(language: str) -> Terms:
    return Terms("cron 0 9 * * 1-5", ZONE, GOALS[language], PolicyName.SIDE_EFFECTS)


def schedule_in(language: str) -> Schedule:
    return Schedule("1a2b3c4d", terms_in(language), Origin("slack", "T1", "C1"), ANN, language, BEGIN, next_fire=DUE)


def submitted(language: str, **about: Firing | Scheduling) -> e.GoalSubmitted:
    return e.GoalSubmitted(
        goal=GOALS[language],
        origin=Origin("slack", "T1", "C1", "run-1"),
        actor=ANN,
        policy=Policy(PolicyName.EVERY_STEP, (BOB,)),
        language=language,
        workspace="run-1",
        **about,
    )


def proposal(language: str, tool: str) -> e.StepProposed:
    """The one Step of a Run about a Schedule."""
    _, terms = translator(language), terms_in(language)
    if tool == RESUME_TOOL:
        why = _("It paused itself, and goes on only when somebody says so.")
        return proposed("s1-1", call=ToolCall.of(tool, {"schedule": "1a2b3c4d"}), why=why)
    rhythm = stored_rhythm(terms.rhythm)
    text = told_terms(terms, rhythm, next_times(rhythm, ZoneInfo(ZONE), BEGIN, 5), ZONE, language)
    why = _("A schedule is kept only when somebody confirms it.")
    asked = proposed("s1-1", call=ToolCall.of(tool, terms.arguments()), why=why)
    return replace(asked, preview=Preview(text, "", markdown=True))


def settling(language: str, tool: str) -> tuple[e.Event, ...]:
    """A Run about a Schedule, up to its question."""
    matter, title = {
        KEEP_TOOL: (Matter.KEEP, "Keep the schedule"),
        RESUME_TOOL: (Matter.RESUME, "Resume the schedule"),
    }[tool]
    goal = submitted(language, scheduling=Scheduling(matter, ZONE, PolicyName.SIDE_EFFECTS))
    plan = Plan((Subtask("1", translator(language)(title), "", ()),))
    passed = Decision(Outcome.APPROVED, plan.digest, None, "policy every-step")
    return goal, e.PlanProposed(1, plan), e.PlanDecided(1, passed), proposal(language, tool)


def fired(language: str, *more: e.Event, **how: bool) -> RunState:
    """The thread of a time of a Schedule."""
    firing = Firing("1a2b3c4d", DUE, ZONE, following=DUE + DAY, **how)
    plan = Plan((Subtask("1", GOALS[language], "", (Criterion("It is a summary."),)),))
    return state_of(submitted(language, firing=firing), *accepted(plan), *more)


def states(language: str) -> Iterator[tuple[str, RunState, str]]:
    """Yield names, states, and the id of the Card that each is about."""
    asks, resumes = settling(language, KEEP_TOOL), settling(language, RESUME_TOOL)
    kept = proposal(language, KEEP_TOOL)
    yield "schedule-root", state_of(*asks), "plan"
    yield "schedule-asks", state_of(*asks), "step:s1-1"
    yield "schedule-kept", state_of(*asks, approved(kept, by=ANN), *ran(kept, "It is kept.")), "step:s1-1"
    yield "schedule-resumes", state_of(*resumes), "step:s1-1"
    yield "firing", fired(language), "plan"
    yield "firing-late", fired(language, late=True), "plan"
    yield "firing-by-hand", fired(language, by_hand=True), "plan"
    yield "firing-asks", fired(language, proposed("s1-1", why="")), "step:s1-1"
    yield "firing-skipped", fired(language, e.FiringHeld(DUE + DAY, ZONE, Fate.SKIPPED)), "note:4"
    yield "firing-queued", fired(language, e.FiringHeld(DUE + DAY, ZONE, Fate.QUEUED)), "note:4"
    yield "firing-result", fired(language, e.RunFinished("# Done", ())), "result"


def lists(language: str) -> Mapping[str, Card]:
    """Return the Cards that list and tell of Schedules, by name."""
    active = schedule_in(language)
    paused = active.but(schedule_id="5e6f7a8b", status=ScheduleStatus.PAUSED, why=TOO_MANY_FAILED)
    times = (
        PastFiring(active.schedule_id, DUE - DAY, Fate.RUN, "9c0d1e2f"),
        PastFiring(active.schedule_id, DUE - 2 * DAY, Fate.MISSED, count=3),
        PastFiring(active.schedule_id, DUE - 5 * DAY, Fate.LATE, "0a1b2c3d"),
    )
    outcomes = {"9c0d1e2f": RunStatus.FINISHED.value, "0a1b2c3d": RunStatus.FAILED.value}
    listed = Listed(active, times, outcomes)
    changes = (
        Change(BEGIN, ANN, "kept"),
        Change(BEGIN + DAY, None, "paused", paused.why),
        Change(DUE + DAY, BOB, "resumed"),
    )
    return {
        "no-schedules": schedules_card([], ZONE, language),
        "schedules": schedules_card([listed, Listed(paused)], ZONE, language, more=2),
        "schedule": schedule_card(listed, changes, ZONE, language),
        "schedule-paused": schedule_card(Listed(paused), changes[:2], ZONE, language),
        "schedule-removed": removed_card(active, language),
        "schedule-runs-now": run_begun_card(active, "9c0d1e2f", language),
        "schedule-change-asked": change_asked_card(active, language),
    }


def scheduled(language: str) -> Iterator[tuple[str, Card]]:
    """Yield names and Cards."""
    for name, state, card_id in states(language):
        yield name, next(card for card in chat_cards(state) if card.id == card_id)
    yield from lists(language).items()
