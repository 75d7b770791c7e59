"""The Cards of a whole Run, as they stand along its life, in both languages."""

import pytest

from agent_core.cards import Mark, Tone, Verb
from agent_core.domain import FileRef, Outcome, Plan, PolicyName, Risk, Subtask, ToolCall
from agent_core.journal import events as e
from agent_core.presenter import cards_of, controls_of, result_of
from tests.agent_core.journals import (
    ALICE,
    PLAN,
    RESEARCH,
    SMALL,
    WRITE,
    accepted,
    approved,
    called,
    decision,
    judged,
    proposed,
    ran,
    state_of,
    submitted,
)
from tests.agent_core.presenter.telling import card_of, thread, told

BLOG = FileRef("blog.md", "digest", 12)
SEARCH = proposed(call=ToolCall.of("read_file", {"path": "notes.md"}), risk=Risk.READ)
WRITING = proposed("s2", "2", preview="--- a/blog.md\n+++ b/blog.md\n@@ -0,0 +1,3 @@\n+# AI\n+\n+Hello.\n")


def whole_life(language: str = "en") -> list[e.Event]:
    """Alice asks for a blog, approves all, and the Run finishes."""
    events: list[e.Event] = [submitted(language=language), called(), *accepted(), SEARCH, approved(SEARCH)]
    events += [*ran(SEARCH, "notes"), e.SubtaskReported("1", 2, "Sources: a, b, c"), judged(RESEARCH)]
    events += [WRITING, approved(WRITING), *ran(WRITING, files=(BLOG,)), e.SubtaskReported("2", 2, "Written.")]
    events += [judged(WRITE, evidence=("s2",))]
    return [*events, e.RunFinished(result_of(state_of(*events)), (BLOG,))]


def test_cards_come_in_thread_order_and_keep_their_ids():
    events = whole_life()
    seen: list[str] = []
    for length in range(1, len(events) + 1):
        ids = [card.id for card in cards_of(state_of(*events[:length]))]
        assert ids[: len(seen)] == seen
        seen = ids
    assert seen == ["goal", "plan", "step:s1", "step:s2", "result"]


def test_the_same_state_gives_the_same_cards():
    first, second = (cards_of(state_of(*whole_life())) for _ in range(2))
    assert [card.fingerprint() for card in first] == [card.fingerprint() for card in second]


def test_a_goal_just_asked_says_that_nod_plans():
    state = state_of(submitted())
    assert told(card_of(state, "goal")) == (
        "[working] Alice asked · Making a plan\n"
        "Policy: every-step: every step asks\n"
        "May decide too: Bob\n"
        "Goal (plain): write a blog about AI"
    )


def test_a_proposed_plan_waits_and_can_be_edited_as_text():
    card = card_of(state_of(submitted(), e.PlanProposed(1, PLAN, "Sources first.")), "plan")
    assert told(card) == (
        "[asking] Plan · Waiting for a decision\n"
        "What asks next (plain): Every step, before it runs: one or more for each of the 2 subtasks. "
        "“Approve the rest of this run” ends the asking.\n"
        "Why (plain): Sources first.\n"
        "- [todo] Find sources · Not begun · \n"
        "    Find three sources.\n"
        "    Done when: Three sources are named.\n"
        "- [todo] Write the blog · Not begun · after “Find sources”\n"
        "    Write blog.md in Markdown.\n"
        "    Done when: blog.md has at least 300 words. (checked by code: blog.md has at least 300 words)\n"
        "    Done when: It is for beginners.\n"
        "<Approve>\n"
        "<Edit>\n"
        "<Reject>\n"
        "Who may decide: Alice, Bob"
    )
    assert "1. Find sources\n   Find three sources." in card.editable
    assert card.digest == PLAN.digest


def test_a_proposed_step_shows_all_that_is_decided_on():
    card = card_of(state_of(*whole_life()[:9], WRITING), "step:s2")
    assert told(card) == (
        "[asking] Write a file · Waiting for a decision\n"
        "Tool: write_file\n"
        "Step: s2\n"
        "Subtask: Write the blog\n"
        "Risk: Changes files of this run\n"
        "Why (plain): The plan asks for it.\n"
        "Changes (diff): --- a/blog.md\n+++ b/blog.md\n@@ -0,0 +1,3 @@\n+# AI\n+\n+Hello.\n\n"
        "File (plain, folded): blog.md\n"
        "Content (code, folded): # AI\n\nHello.\n\n"
        "<Approve>\n"
        "<Edit>\n"
        "<Reject>\n"
        "<Approve the rest of this run>\n"
        "Who may decide: Alice, Bob"
    )
    assert card.digest == WRITING.call.digest


def test_a_finished_run_shows_its_result_and_what_it_took():
    state = state_of(*whole_life())
    assert thread(state) == [
        "[done] Alice asked · Finished",
        "[done] Plan · Finished",
        "[done] Read a file · Done",
        "[done] Write a file · Done",
        "[done] Result · Finished",
    ]
    assert told(card_of(state, "result")) == (
        "[done] Result · Finished\n"
        "Cost: $0.0123\n"
        "Tokens: 1,234\n"
        "Time: 16 minutes\n"
        " (markdown): Written.\n"
        "Criteria met (plain, folded): 1. Find sources: 100%\n2. Write the blog: 100%\n"
        "file blog.md"
    )
    assert "    Met: It is for beginners. (shown by s2)" in told(card_of(state, "plan"))


def test_a_chinese_run_speaks_chinese():
    state = state_of(*whole_life("zh"))
    assert thread(state) == [
        "[done] Alice 提出 · 已完成",
        "[done] 计划 · 已完成",
        "[done] 读文件 · 完成",
        "[done] 写文件 · 完成",
        "[done] 结果 · 已完成",
    ]
    assert told(card_of(state, "step:s2")) == (
        "[done] 写文件 · 完成\n"
        "工具: write_file\n"
        "步骤: s2\n"
        "子任务: Write the blog\n"
        "风险: 修改本次运行的文件\n"
        "原因 (plain): The plan asks for it.\n"
        "改动 (diff): --- a/blog.md\n+++ b/blog.md\n@@ -0,0 +1,3 @@\n+# AI\n+\n+Hello.\n\n"
        "文件 (plain, folded): blog.md\n"
        "内容 (code, folded): # AI\n\nHello.\n\n"
        "返回内容 (plain): written\n"
        "file blog.md\n"
        "Alice 通过按钮批准，2026年3月4日 09:11 UTC"
    )
    assert "    达标：It is for beginners.（依据：s2）" in told(card_of(state, "plan"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_card_says_when_no_model_is_at_work(language):
    state = state_of(submitted(language=language, rehearsal=True), *accepted(), SEARCH)
    words = {card.rehearsal for card in cards_of(state)}
    assert len(words) == 1
    assert words != {""}
    assert {card.rehearsal for card in cards_of(state_of(*whole_life()))} == {""}


def test_a_rejected_plan_is_kept_with_its_reason_when_a_new_one_comes():
    rejected = decision(Outcome.REJECTED, digest=PLAN.digest, reason="Too long.")
    events = [submitted(), e.PlanProposed(1, PLAN), e.PlanDecided(1, rejected)]
    between = card_of(state_of(*events), "plan")
    assert between.status == "Making a new plan"
    assert between.footer.startswith("Rejected by Alice by button")
    card = card_of(state_of(*events, e.PlanProposed(2, SMALL, "Shorter.")), "plan")
    (earlier,) = (section for section in card.sections if section.folded)
    assert card.title == "Plan, revision 2"
    assert earlier.label == "Revision 1, rejected by Alice"
    assert "Reason given: Too long." in earlier.text
    assert "2. Write the blog" in earlier.text
    assert "#" in card.editable
    assert "#" not in earlier.text  # how to edit is said where one edits


def test_an_edited_plan_shows_what_was_proposed_too():
    events = [submitted(), e.PlanProposed(1, PLAN), e.PlanDecided(1, decision(Outcome.EDITED), SMALL)]
    card = card_of(state_of(*events), "plan")
    assert [item.title for item in card.items] == ["Find sources"]
    (proposed_plan,) = (section for section in card.sections if section.folded)
    assert (proposed_plan.label, "2. Write the blog" in proposed_plan.text) == ("As it was proposed", True)
    assert "#" not in proposed_plan.text
    assert card.footer == "Edited and approved by Alice by button, 4 Mar 2026, 09:02 UTC"


def test_a_plan_of_one_subtask_asks_nobody():
    card = card_of(state_of(submitted(), e.PlanProposed(1, SMALL)), "plan")
    assert (card.buttons, card.editable) == ((), "")


def test_a_plan_shows_what_nod_is_at():
    events = whole_life()
    statuses = [card_of(state_of(*events[:length]), "plan").status for length in range(3, len(events) + 1)]
    assert list(dict.fromkeys(statuses)) == [
        "Waiting for a decision",
        "Working on: Find sources",
        "Waiting for a decision on a step or question",
        "Running: read_file",
        "Checking: Find sources",
        "Working on: Write the blog",
        "Running: write_file",
        "Checking: Write the blog",
        "At work",
        "Finished",
    ]


def test_a_subtask_that_waits_for_many_says_which_by_number():
    titles = [f"Look at source number {number} of four" for number in range(1, 5)]
    many = [Subtask(str(number), title, "", ()) for number, title in enumerate(titles, start=1)]
    plan = Plan(
        (*many, Subtask("5", "Write", "", (), after=("1", "2", "3", "4")), Subtask("6", "Check", "", (), after=("5",)))
    )
    items = card_of(state_of(submitted(), e.PlanProposed(1, plan)), "plan").items
    assert [item.note for item in items[-2:]] == ["after 1, 2, 3, 4", "after “Write”"]


@pytest.mark.parametrize(
    ("policy", "asks"), [(PolicyName.EVERY_STEP, "Every step, before"), (PolicyName.SIDE_EFFECTS, "Of the steps of")]
)
def test_a_plan_says_how_much_asks_after_it_and_only_while_it_asks(policy, asks):
    events = [submitted(policy=policy), e.PlanProposed(1, PLAN)]
    first = card_of(state_of(*events), "plan").sections[0]
    assert first.label == "What asks next"
    assert first.text.startswith(asks)
    approved_plan = card_of(state_of(*events, e.PlanDecided(1, decision(digest=PLAN.digest))), "plan")
    assert "What asks next" not in told(approved_plan)


def test_what_is_done_well_needs_no_score():
    assert "score" not in told(card_of(state_of(*whole_life()), "plan"))


def test_a_run_that_only_shows_claims_nothing():
    skipped = [each for each in whole_life() if not isinstance(each, e.StepDecided | e.StepStarted | e.StepFinished)]
    events = [submitted(policy=PolicyName.OBSERVE), *skipped[1:-1]]
    at = events.index(SEARCH) + 1
    events.insert(at, e.StepSkipped("s1"))
    events.insert(events.index(WRITING) + 1, e.StepSkipped("s2"))
    state = state_of(*events, e.RunFinished("Nothing was run."))
    shown = {card.id: card for card in cards_of(state)}
    for name in ("goal", "plan", "result"):
        assert (shown[name].tone, shown[name].status) == (Tone.QUIET, "Only shown, nothing was run")
    assert [(item.mark, item.label) for item in shown["plan"].items] == [(Mark.TODO, "Only shown")] * 2
    assert shown["result"].title == "What it would do"
    everything = "\n".join(map(told, shown.values()))
    assert not [word for word in ("Met:", "%", "score", "Finished", "Criteria met") if word in everything]


def test_an_unmet_subtask_says_what_is_missing_and_goes_on():
    events = [*whole_life()[:-2], judged(WRITE, met=False, evidence=(), advice="Make it longer.")]
    text = told(card_of(state_of(*events), "plan"))
    assert "- [active] Write the blog · Under way · after “Find sources” · attempt 2 of 3 · score 0%" in text
    assert "    Not met: It is for beginners.\n" in text
    assert "    Advice for the next attempt: Make it longer." in text


def test_the_run_s_buttons_are_those_that_make_sense_now():
    def verbs(*events):
        return [button.verb for button in controls_of(state_of(*events))]

    begun = (submitted(), *accepted())
    assert verbs(submitted()) == [Verb.PAUSE, Verb.STOP]
    assert verbs(*begun) == [Verb.PAUSE, Verb.APPROVE_REST, Verb.STOP]
    assert verbs(*begun, e.RestApproved(ALICE, "button")) == [Verb.PAUSE, Verb.STOP]
    assert verbs(*begun, e.RunPaused(ALICE)) == [Verb.RESUME, Verb.APPROVE_REST, Verb.STOP]
    assert verbs(*begun, e.RunStopped(ALICE)) == []
    assert verbs(submitted(policy=PolicyName.OBSERVE), *accepted()) == [Verb.PAUSE, Verb.STOP]


def test_a_paused_run_asks_nothing():
    state = state_of(submitted(), *accepted(), SEARCH, e.RunPaused(ALICE, "lunch"))
    assert all(card.buttons == () and card.tone is not Tone.ASKING for card in cards_of(state))
    assert thread(state)[-2:] == [
        "[quiet] Read a file · Waiting: the run is paused",
        "[quiet] Alice paused the run · ",
    ]
