"""What a Run needs next, as a table of events in and Actions out."""

from datetime import timedelta

import pytest

from agent_core import rules as r
from agent_core.domain import Choice, Judgement, Outcome, PolicyName, Risk, RunStatus, ToolCall, Topic, Verdict
from agent_core.journal import events as e
from tests.agent_core.journals import (
    ALICE,
    BEGIN,
    PLAN,
    RESEARCH,
    SMALL,
    accepted,
    approved,
    decision,
    judged,
    proposed,
    state_of,
    submitted,
)

LATER = BEGIN + timedelta(days=1)
BEGUN = (submitted(), *accepted())
WAVED = (submitted(policy=PolicyName.SIDE_EFFECTS), *accepted())
SHOWN = (submitted(policy=PolicyName.OBSERVE), *accepted())
STEP = proposed("s1-1")
READ = proposed("s1-1", call=ToolCall.of("read_file", {"path": "a"}), risk=Risk.READ)
SECOND = proposed("s1-2", call=ToolCall.of("send", {"text": "b"}), risk=Risk.SEND)
STARTED = (*BEGUN, STEP, approved(STEP), e.StepStarted("s1-1", STEP.call.digest, "decision"))
RESTED = (*BEGUN, e.RestApproved(ALICE, "button"))
REPORTED = (*BEGUN, e.SubtaskReported("1", 1, "done", seen=3))
UNMET = e.SubtaskJudged("1", Verdict((Judgement("x", met=False),), 0.0))
SPENT = (*BEGUN, *[each for turn in (1, 2, 3) for each in (e.SubtaskReported("1", turn, "x", seen=99), UNMET)])
SENT_BACK = (submitted(), e.PlanProposed(1, PLAN), e.PlanDecided(1, decision(Outcome.REJECTED)))
SAID = e.FeedbackGiven(ALICE, "one step only please")
WAIT = r.Wait()


def asked(topic: Topic, subtask_id: str = "") -> e.QuestionAsked:
    return e.QuestionAsked("q1", topic, "?", subtask_id)


def told(choice: Choice) -> e.QuestionAnswered:
    return e.QuestionAnswered("q1", choice, ALICE, "button", "text")


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ((submitted(),), (r.MakePlan(),)),
        ((submitted(), asked(Topic.CLARIFY)), WAIT),
        ((submitted(), asked(Topic.CLARIFY), told(Choice.ANSWER)), (r.MakePlan(),)),
        ((submitted(), asked(Topic.CLARIFY), told(Choice.END)), (r.Fail(),)),
        ((submitted(), e.PlanProposed(1, PLAN)), WAIT),
        ((submitted(), e.PlanProposed(1, SMALL)), (r.WavePlan(),)),
        ((submitted(policy=PolicyName.OBSERVE), e.PlanProposed(1, PLAN)), (r.WavePlan(),)),
        ((*SENT_BACK, e.PlanProposed(2, SMALL)), WAIT),
        ((*SENT_BACK, e.PlanProposed(2, SMALL), e.PlanDecided(2, decision())), (r.TakeTurn("1"),)),
        ((submitted(), e.PlanProposed(1, PLAN), SAID), (r.MakePlan(),)),
        ((submitted(), e.PlanProposed(1, PLAN), SAID, e.PlanProposed(2, SMALL)), WAIT),
        ((submitted(), e.PlanProposed(1, SMALL), SAID, e.PlanProposed(2, SMALL)), (r.WavePlan(),)),
        ((submitted(), SAID, e.PlanProposed(1, PLAN, seen=1)), (r.MakePlan(),)),
        ((submitted(), SAID, e.PlanProposed(1, PLAN, seen=2)), WAIT),
        ((submitted(), e.PlanProposed(1, PLAN), e.PlanDecided(1, decision(Outcome.REJECTED))), (r.MakePlan(),)),
        (BEGUN, (r.TakeTurn("1"),)),
        ((*BEGUN, e.RunPaused(ALICE)), WAIT),
        ((*BEGUN, e.RunPaused(ALICE), e.RunResumed(ALICE)), (r.TakeTurn("1"),)),
        ((*BEGUN, e.RunStopped(ALICE)), WAIT),
        ((*BEGUN, STEP), WAIT),
        ((*BEGUN, STEP, approved(STEP)), (r.ExecuteStep("s1-1", "decision"),)),
        ((*BEGUN, STEP, approved(STEP), e.RunPaused(ALICE)), WAIT),
        ((*BEGUN, STEP, e.StepDecided("s1-1", decision(Outcome.REJECTED))), (r.TakeTurn("1"),)),
        ((*BEGUN, STEP, SECOND, approved(SECOND)), WAIT),
        ((*WAVED, READ), (r.ExecuteStep("s1-1", "policy side-effects"),)),
        ((*WAVED, STEP), WAIT),
        ((*RESTED, STEP), (r.ExecuteStep("s1-1", "rest approved by nod:alice"),)),
        ((*SHOWN, STEP), (r.SkipStep("s1-1"),)),
        (STARTED, (r.RecoverStep("s1-1", again=False),)),
        ((*STARTED, e.RunPaused(ALICE)), WAIT),
        ((*STARTED, e.StepUncertain("s1-1")), WAIT),
        (
            (*STARTED, e.StepUncertain("s1-1"), e.StepResolved("s1-1", Choice.AGAIN, ALICE, "button")),
            (r.ExecuteStep("s1-1", "decision"),),
        ),
        (
            (*STARTED, e.StepUncertain("s1-1"), e.StepResolved("s1-1", Choice.SKIP, ALICE, "button")),
            (r.TakeTurn("1"),),
        ),
        (
            (*WAVED, READ, e.StepStarted("s1-1", READ.call.digest, "policy side-effects")),
            (r.RecoverStep("s1-1", again=True),),
        ),
        (REPORTED, (r.JudgeSubtask("1"),)),
        ((*REPORTED, e.FeedbackGiven(ALICE, "and this")), (r.TakeTurn("1"),)),
        ((*REPORTED, judged(RESEARCH)), (r.TakeTurn("2"),)),
        ((*REPORTED, UNMET), (r.TakeTurn("1"),)),
        ((*BEGUN, asked(Topic.MODEL, "1")), WAIT),
        ((*BEGUN, asked(Topic.MODEL, "1"), told(Choice.AGAIN)), (r.TakeTurn("1"),)),
        ((*BEGUN, asked(Topic.FAULT)), WAIT),
        (SPENT, (r.MakePlan(),)),
    ],
)
def test_what_a_run_needs_next(events, wanted):
    assert r.next_actions(state_of(*events), BEGIN) == wanted


def test_independent_subtasks_come_in_the_plans_order():
    free = (submitted(), *accepted(type(PLAN)((RESEARCH, type(RESEARCH)("2", "Also", "x", RESEARCH.criteria)))))
    assert r.next_actions(state_of(*free), BEGIN) == (r.TakeTurn("1"), r.TakeTurn("2"))


def test_what_nobody_decides_expires_in_a_paused_run_too():
    state = state_of(*BEGUN, proposed("s1-1", expires=LATER), proposed("s1-2"), e.RunPaused(ALICE))
    assert r.next_actions(state, BEGIN) == r.Wait(LATER)
    assert r.next_actions(state, LATER) == (r.ExpireStep("s1-1"),)


def test_what_nobody_decides_expires_and_until_then_is_waited_for():
    state = state_of(*BEGUN, proposed("s1-1", expires=LATER), proposed("s1-2", expires=LATER))
    assert r.next_actions(state, BEGIN) == r.Wait(LATER)
    assert r.next_actions(state, LATER) == (r.ExpireStep("s1-1"), r.ExpireStep("s1-2"))
    assert r.settled(state, BEGIN).wake_at == LATER


def test_a_run_that_waits_for_an_answer_as_a_whole_waits_for_no_time():
    state = state_of(*BEGUN, proposed("s1-1", expires=LATER), asked(Topic.FAULT))
    assert r.next_actions(state, BEGIN) == r.next_actions(state, LATER) == WAIT


def test_no_new_plan_hides_a_step_that_may_have_had_an_effect():
    free = type(PLAN)((RESEARCH, type(RESEARCH)("2", "Also", "x", RESEARCH.criteria)))
    other = proposed("s2-1", "2")
    begun = (submitted(), *accepted(free), other, approved(other), e.StepStarted("s2-1", other.call.digest, "decision"))
    uncertain = state_of(*begun, *SPENT[3:], e.StepUncertain("s2-1"))
    assert r.next_actions(uncertain, BEGIN) == WAIT


def test_people_are_asked_when_replans_are_used_up_and_may_grant_another():
    spent = SPENT
    for revision in range(2, 2 + r.MAX_REPLANS):
        plan = type(PLAN)((type(RESEARCH)(f"{revision}0", "Again", "x", RESEARCH.criteria),))
        again = [e.SubtaskReported(f"{revision}0", 1, "x", seen=999), e.SubtaskJudged(f"{revision}0", UNMET.verdict)]
        spent = (*spent, *accepted(plan, revision), *again * 3)
    assert r.next_actions(state_of(*spent), BEGIN) == (r.Ask(Topic.ATTEMPTS, ""),)
    assert r.next_actions(state_of(*spent, asked(Topic.ATTEMPTS), told(Choice.AGAIN)), BEGIN) == (r.MakePlan(),)
    assert r.next_actions(state_of(*spent, asked(Topic.ATTEMPTS), told(Choice.END)), BEGIN) == (r.Fail(),)


@pytest.mark.parametrize("more", [(), (e.RunPaused(ALICE),), (approved(STEP),)])
def test_what_is_next_does_not_depend_on_what_was_asked_of_the_state_before(more):
    def state():
        return state_of(*BEGUN, proposed("s1-1", expires=LATER), *more)

    asked_often = state()
    for now in (BEGIN, LATER, BEGIN, LATER + timedelta(days=1), BEGIN):
        assert r.next_actions(asked_often, now) == r.next_actions(state(), now)
        assert r.settled(asked_often, now) == r.settled(state(), now)
        assert r.asking(asked_often) == r.asking(state())
    over = asked_often.but(status=RunStatus.STOPPED)
    assert r.next_actions(over, BEGIN) == WAIT
    assert r.next_actions(r.settled(asked_often, BEGIN), LATER) == r.next_actions(state(), LATER)
