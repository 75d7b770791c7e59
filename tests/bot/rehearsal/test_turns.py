"""The rehearsal executor, told what the core tells an executor."""

import json

import pytest

from agent_core.checks import count_words
from agent_core.domain import (
    Choice,
    Criterion,
    Decision,
    Judgement,
    Observation,
    Outcome,
    Plan,
    Subtask,
    ToolCall,
    Verdict,
)
from agent_core.journal import events as e
from agent_core.prompts import WHY
from tests.bot.rehearsal.talk import ALICE, BOB, SPECS, Talk, spec


def begun(goal="write a blog about AI", language="en", **more):
    talk = Talk(goal, language=language, **more)
    talk.propose()
    talk.decide_plan()
    return talk


def with_subtask(title, instructions="", *criteria, goal="write a blog about AI", **more):
    talk = Talk(goal, **more)
    done = tuple(Criterion(text) for text in criteria) or (Criterion("What the instructions ask for is there."),)
    talk.add(e.PlanProposed(1, Plan((Subtask("1", title, instructions, done),))))
    talk.decide_plan()
    return talk


def reject(talk, step_id, reason=""):
    digest = talk.state.steps[step_id].call.digest
    talk.add(e.StepDecided(step_id, Decision(Outcome.REJECTED, digest, BOB, "button", reason)))


def test_every_call_has_its_reason_and_a_tool_that_is_offered():
    talk = begun()
    tool, arguments = talk.turn("1")
    assert tool == "write_file"
    assert set(arguments) == {"path", "content", WHY}
    assert arguments[WHY]


def test_the_draft_reads_the_outline_before_it_is_written():
    talk = begun()
    talk.finish("1")
    assert talk.turn("2")[1]["path"] == "outline.md"
    talk.files["outline.md"] = "1. Bees\n2. Wax\n"
    talk.finish("2")
    assert "## 1. Bees" in talk.files["blog.md"]


def test_the_check_counts_the_words_it_read():
    talk = begun()
    talk.finish("1")
    talk.finish("2")
    talk.files["blog.md"] = "one two three"
    talk.finish("3")
    assert "3 words" in list(talk.state.steps.values())[-1].call.arguments["text"]


@pytest.mark.parametrize("offered", [(), ("answer",), ("read_file",), ("write_file",), ("list_files", "answer")])
def test_only_tools_that_are_offered_are_called(offered):
    talk = begun()
    tools = tuple(spec(name) for name in offered)
    turn = talk.turn("1", tools)
    assert isinstance(turn, str) or turn[0] in offered
    assert turn


@pytest.mark.parametrize("reason", ["too long", "", "1. x\n\n# Goal\nBob wrote: no", "别写文件"])
def test_a_rejected_text_is_proposed_anew_with_the_reason(reason):
    talk = begun()
    first = talk.turn("1")
    reject(talk, talk.step("1", first), reason)
    second = talk.turn("1")
    assert second[1]["content"] != first[1]["content"]
    assert " ".join(reason.split()) in second[1]["content"]
    reject(talk, talk.step("1", second), reason)
    assert talk.turn("1")[1]["content"] not in (first[1]["content"], second[1]["content"])


def test_an_edit_counts_from_then_on():
    talk = begun()
    step_id = talk.step("1", talk.turn("1"))
    call = ToolCall.of("write_file", {"path": "plan.md", "content": "1. Mine"})
    talk.add(e.StepDecided(step_id, Decision(Outcome.EDITED, call.digest, BOB, "button", "shorter"), call))
    talk.add(e.StepStarted(step_id, call.digest, "decision"), e.StepFinished(step_id, talk.effect(call)))
    report = talk.finish("1")
    assert "plan.md is written: 2 words" in report
    assert "Bob changed" in report
    # the draft was told of outline.md, but its Subtask's result names another file
    assert talk.turn("2")[1]["path"] == "plan.md"


def test_what_was_written_before_and_after_a_text_is_taken_up_once_each():
    talk = begun()
    talk.add(e.FeedbackGiven(BOB, "first\n\nand more"))
    first = talk.turn("1")
    assert "> first\n> \n> and more" in first[1]["content"]
    talk.run(talk.step("1", first))
    assert isinstance(talk.turn("1"), str)
    talk.add(e.FeedbackGiven(BOB, "second"))
    again = talk.turn("1")
    assert "> second" in again[1]["content"]
    talk.run(talk.step("1", again))
    assert isinstance(talk.turn("1"), str)


def test_feedback_after_the_report_reopens_the_text():
    talk = begun()
    talk.finish("1")
    talk.add(e.FeedbackGiven(BOB, "wait"))
    assert "> wait" in talk.turn("1")[1]["content"]


def test_an_unmet_verdict_brings_another_text_of_the_length_asked_for():
    talk = begun()
    talk.finish("1")
    talk.finish("2")
    unmet = Judgement(
        "blog.md has at least 900 words.", met=False, note="blog.md has 300 words; at least 900 are asked for."
    )
    talk.add(e.SubtaskJudged("2", Verdict((unmet,), 0.0, "Write more.")))
    tool, arguments = talk.turn("2")
    assert tool == "write_file"
    assert count_words(arguments["content"]) >= 900
    assert "Write more." in arguments["content"]


def test_words_that_the_criteria_quote_are_in_the_text():
    talk = with_subtask("Write blog.md", "Write blog.md.", "blog.md mentions “penguins”.", "It has at least 400 words.")
    content = talk.turn("1")[1]["content"]
    assert "- penguins" in content
    assert count_words(content) >= 400


@pytest.mark.parametrize(
    ("what", "goes_on"),
    [
        (e.StepSkipped("s1"), True),
        (e.StepResolved("s1", Choice.SKIP, BOB, "button"), True),
        (e.StepResolved("s1", Choice.HAPPENED, BOB, "button"), True),
        (e.StepExpired("s1"), False),
    ],
)
def test_steps_that_did_not_run_are_left_or_proposed_again(what, goes_on):
    talk = begun()
    first = talk.turn("1")
    talk.step("1", first)
    talk.add(what)
    assert isinstance(talk.turn("1"), str) is goes_on
    assert goes_on or talk.turn("1")[1]["path"] == first[1]["path"]


def test_a_call_that_fails_is_tried_twice_and_then_told():
    talk = begun()
    for _ in range(2):
        step_id = talk.step("1", talk.turn("1"))
        digest = talk.state.steps[step_id].call.digest
        talk.add(
            e.StepDecided(step_id, Decision(Outcome.APPROVED, digest, ALICE, "button")),
            e.StepStarted(step_id, digest, "decision"),
            e.StepFinished(step_id, Observation("the disk is full", ok=False)),
        )
    assert "outline.md failed: the disk is full" in talk.turn("1")


def test_turns_of_no_use_end_with_a_result():
    talk = begun()
    for number in (1, 2):
        talk.add(e.TurnFaulted("1", number, "I tried.", "write_file: no such thing"))
    assert isinstance(talk.turn("1"), str)


@pytest.mark.parametrize(
    ("title", "instructions", "expected"),
    [
        ("Paint a fence", "", [("write_file", "notes-1.md")]),
        ("Tell the team", "", [("answer", "")]),
        ("Save a list in pets.md", "", [("write_file", "pets.md")]),
        ("Read the plan.md", "", [("read_file", "plan.md")]),
        ("画一幅画", "", [("write_file", "notes-1.md")]),
        ("检查 blog.md 并回答", "", [("read_file", "blog.md"), ("answer", "")]),
        ("x", "Put numbers into data.json and answer.", [("write_file", "data.json"), ("answer", "")]),
        ("Write a.md and b.md", "", [("write_file", "a.md"), ("write_file", "b.md")]),
    ],
)
def test_subtasks_in_peoples_words_are_done_by_those_words(title, instructions, expected):
    talk = with_subtask(title, instructions)
    talk.finish("1")
    calls = [step.call for step in talk.state.steps.values()]
    assert [(call.tool, call.arguments.get("path", "")) for call in calls] == expected


def test_json_files_hold_json():
    talk = with_subtask("Write data.json")
    talk.finish("1")
    assert "No model wrote this" in json.loads(talk.files["data.json"])["notice"]


@pytest.mark.parametrize(
    ("goal", "source", "tests"),
    [
        ("write a function that adds “two” numbers", "solution.py", "test_solution.py"),
        ("implement sorting in my-sort.js", "my-sort.js", "my_sort.test.js"),
    ],
)
def test_code_and_its_tests_are_written_and_nothing_is_run(goal, source, tests):
    talk = begun(goal)
    talk.finish("1")
    talk.finish("2")
    assert set(talk.files) == {source, tests}
    for text in talk.files.values():
        lines = text.strip().splitlines()
        assert "No model wrote this" in lines[0]
        assert "No model wrote this" in lines[-1]
    assert "Nothing was run" in list(talk.state.steps.values())[-1].call.arguments["text"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_python_samples_are_python_and_pass_their_tests(tmp_path, language):
    talk = begun("write a function that says \"hi\\\" ''' to people", language)
    talk.add(e.FeedbackGiven(BOB, "two\nlines"))
    talk.finish("1")
    talk.finish("2")
    names = {"__name__": "solution"}
    exec(compile(talk.files["solution.py"], "solution.py", "exec"), names)
    assert names["described"]()
    compile(talk.files["test_solution.py"], "test_solution.py", "exec")


def test_the_persona_is_named():
    assert "Writer, editor" in begun(persona="Writer, editor").turn("1")[1]["content"]


def test_texts_keep_to_the_language_of_the_run():
    talk = begun("写一篇关于茶的博客", "zh")
    for name in ("1", "2", "3"):
        talk.finish(name)
    texts = [*talk.files.values(), *(each.report for each in talk.state.subtasks.values())]
    assert all("模型" in text and "No model" not in text for text in texts)
    cjk = [character for character in talk.files["blog.md"] if "\u4e00" <= character <= "\u9fff"]
    assert len(cjk) >= 200


@pytest.mark.parametrize("goal", ["help", "🎉"])
def test_an_unclear_goal_that_people_planned_is_done(goal):
    talk = with_subtask("Write text.md and answer", goal=goal)
    talk.finish("1")
    assert "text.md" in talk.files


def test_no_turn_is_ever_empty_with_no_tools():
    talk = begun()
    assert talk.turn("1", ())
    assert len(SPECS) == 4
