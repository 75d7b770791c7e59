"""The fold where the order of events matters: what is untrusted, what a new Plan keeps, what does not fit."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent_core.domain import Choice, FileRef, Risk, ToolCall
from agent_core.errors import JournalBroken
from agent_core.journal import events as e
from agent_core.journal.state import StepStatus, taint
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.workspace import Workspace
from tests.agent_core.journals import (
    ALICE,
    PLAN,
    RESEARCH,
    accepted,
    approved,
    judged,
    proposed,
    ran,
    state_of,
    submitted,
    write_call,
)

SOURCE = "http://a.example"
FETCH = proposed("s1-1", call=ToolCall.of("fetch", {"url": SOURCE}), risk=Risk.READ, outside=True)
WRITE = proposed("s1-2", turn=2)
READ = proposed("s9-1", "1", turn=3, call=ToolCall.of("read_file", {"path": "blog.md"}), risk=Risk.READ)
FETCHED = (submitted(), *accepted(), FETCH, approved(FETCH), *ran(FETCH, "page", trusted=False, sources=(SOURCE,)))
CUT_OFF = (*FETCHED, WRITE, approved(WRITE), e.StepStarted("s1-2", WRITE.call.digest, "decision"))


@pytest.mark.parametrize("choice", [None, Choice.HAPPENED, Choice.SKIP])
def test_a_file_that_a_tainted_subtask_began_to_write_stays_untrusted_whatever_became_of_it(choice):
    resolved = [e.StepResolved("s1-2", choice, ALICE, "button")] if choice else []
    state = state_of(*CUT_OFF, e.StepUncertain("s1-2"), *resolved)
    assert state.untrusted_files == {"blog.md"}


RUN_CODE = proposed("s1-2", turn=2, call=ToolCall.of("run_command", {"command": ["make"]}), risk=Risk.EXECUTE)


@pytest.mark.parametrize("choice", [None, Choice.HAPPENED, Choice.SKIP])
@pytest.mark.parametrize("before", [FETCHED, (submitted(), *accepted())], ids=["tainted", "untainted"])
def test_when_code_was_cut_off_no_file_is_trusted_any_more(before, choice):
    begun = (RUN_CODE, approved(RUN_CODE), e.StepStarted("s1-2", RUN_CODE.call.digest, "decision"))
    resolved = [e.StepResolved("s1-2", choice, ALICE, "button")] if choice else []
    state = state_of(*before, *begun, e.StepUncertain("s1-2"), *resolved)
    context = ToolContext("run-1", Workspace(Path("nowhere")), state.untrusted_files, "en", state.untrusted_digests)
    assert not context.trusts("any.md", "d" * 64)


def test_a_file_that_an_untainted_subtask_began_to_write_is_trusted():
    started = e.StepStarted("s1-2", WRITE.call.digest, "decision")
    assert state_of(submitted(), *accepted(), WRITE, approved(WRITE), started).untrusted_files == frozenset()


def test_what_was_read_while_a_tainted_subtask_wrote_it_is_untrusted():
    read = proposed("s2-1", "2", call=READ.call, risk=Risk.READ)
    state = state_of(*CUT_OFF, read, approved(read), *ran(read, "who knows"))
    assert not state.steps["s2-1"].observation.trusted
    assert "file blog.md" in taint(state, "2")


PAGE = FileRef("page.md", "d" * 64, 5)
# the second Subtask waits for nothing, so what the first one read is none of its context
FREE = type(PLAN)((RESEARCH, replace(RESEARCH, id="2", title="Also")))
SAVED = (submitted(), *accepted(FREE), *FETCHED[3:], WRITE, approved(WRITE), *ran(WRITE, "saved", files=(PAGE,)))


def test_content_from_outside_stays_untrusted_under_every_name_a_tool_gives_it():
    copy = proposed("s2-1", "2", call=ToolCall.of("copy", {"source": "page.md", "target": "mine.md"}))
    copied = ran(copy, "copied", files=(replace(PAGE, path="mine.md"),))
    state = state_of(*SAVED, copy, approved(copy), *copied)
    assert taint(state, "2") == ()
    assert {"page.md", "mine.md"} <= state.untrusted_files
    assert state.untrusted_digests == {PAGE.digest}


def test_a_file_that_an_untainted_subtask_wrote_anew_is_trusted_again_and_its_old_content_is_not():
    over = proposed("s2-1", "2", call=write_call(path="page.md"))
    written = ran(over, "written", files=(replace(PAGE, digest="e" * 64),))
    state = state_of(*SAVED, over, approved(over), *written)
    assert "page.md" not in state.untrusted_files
    assert state.untrusted_digests == {PAGE.digest}


def test_writing_over_an_untrusted_file_does_not_taint_the_writer():
    over = proposed("s2-1", "2")
    state = state_of(*CUT_OFF, over, approved(over), *ran(over, "written"))
    assert state.subtasks["2"].sources == ()


def test_a_new_plan_keeps_what_is_done_and_drops_open_steps():
    step = proposed("s2-1", "2")
    done = (submitted(), *accepted(), e.SubtaskReported("1", 1, "abc"), judged(RESEARCH), step)
    state = state_of(*done, e.PlanProposed(2, PLAN))
    assert state.subtasks["1"].report == "abc"
    assert state.steps["s2-1"].status is StepStatus.DROPPED


@pytest.mark.parametrize(
    "event",
    [
        e.StepFinished("s7-7", None),
        e.StepDecided("s7-7", None),
        e.SubtaskJudged("7", None),
        e.QuestionAnswered("q7", Choice.AGAIN, ALICE, "button"),
        e.TurnFaulted("7", 1, "", "x"),
    ],
)
def test_an_event_about_nothing_known_breaks_the_journal_and_says_where(event):
    with pytest.raises(JournalBroken, match="event 4"):
        state_of(submitted(), *accepted(), event)
