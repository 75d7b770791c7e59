"""The rehearsal planner, told what the core tells a planner."""

import pytest

from agent_core.domain import Choice, Judgement, Outcome, Topic, Verdict
from agent_core.forms import PlanForm
from agent_core.journal import events as e
from agent_core.ports import Message
from agent_core.prompts import plan_prompt
from bot.rehearsal.goals import Kind
from bot.rehearsal.reading import language_of
from tests.bot.rehearsal.examples import GOALS, UNCLEAR
from tests.bot.rehearsal.talk import ALICE, SPECS, Talk, body_of, said

COUNT = {Kind.WRITE: 3, Kind.RESEARCH: 3, Kind.CODE: 2}


def talk_of(goal, **more):
    return Talk(goal, language=language_of(goal), **more)


@pytest.mark.parametrize(("goal", "kind"), [(goal, kind) for goal, kind, *_ in GOALS])
@pytest.mark.parametrize("rung", ["json_schema", "json_object", "text"])
def test_a_plan_suits_its_goal_on_every_rung(goal, kind, rung):
    form = talk_of(goal).plan_form(rung)
    assert not form.question
    assert len(form.subtasks) == COUNT.get(kind, 1)
    assert all(each.criteria and each.title and each.instructions for each in form.subtasks)
    assert all(len(each.title.split()) <= 8 for each in form.subtasks)
    assert any(criterion.check != "none" for each in form.subtasks for criterion in each.criteria)


def test_research_looks_at_two_things_side_by_side():
    subtasks = talk_of("research bees").plan_form().subtasks
    assert [each.after for each in subtasks] == [[], [], ["background", "examples"]]


def test_a_draft_is_checked_by_code():
    draft = talk_of("write a blog about AI").plan_form().subtasks[1]
    assert [(each.check, each.path, each.number, each.needle) for each in draft.criteria] == [
        ("file_exists", "blog.md", 0, ""),
        ("min_words", "blog.md", 150, ""),
        ("contains", "blog.md", 0, "AI"),
    ]


@pytest.mark.parametrize("goal", UNCLEAR)
def test_an_unclear_goal_gets_one_question(goal):
    talk = talk_of(goal)
    form = talk.plan_form()
    assert form.question
    assert form.subtasks == []
    talk.add(e.QuestionAsked("q1", Topic.CLARIFY, form.question))
    talk.add(e.QuestionAnswered("q1", Choice.ANSWER, ALICE, "reply", "write a blog about bees"))
    assert talk.plan_form().subtasks[1].title.endswith("blog.md")


def test_a_question_that_was_refused_is_not_asked_again():
    talk = talk_of("help")
    prompt = [*plan_prompt(talk.state, SPECS), Message("assistant", "{}"), Message("user", "No more questions.")]
    form = PlanForm.model_validate_json(said(body_of(prompt, form=PlanForm)))
    assert form.subtasks


@pytest.mark.parametrize(("goal", "kind"), [(goal, kind) for goal, kind, *_ in GOALS])
def test_every_rejection_brings_a_different_plan_that_names_the_reason(goal, kind):
    talk = talk_of(goal)
    seen = []
    for number in range(6):
        form = talk.propose()
        seen.append(tuple(each.title for each in form.subtasks))
        if number:
            assert f"reason {number}" in form.why
            assert f"reason {number}" in form.subtasks[0].instructions
        talk.decide_plan(Outcome.REJECTED, f"reason {number + 1}")
    assert len(set(seen)) == len(seen)


def test_what_people_wrote_is_acknowledged():
    talk = talk_of("write a blog about AI")
    talk.add(e.FeedbackGiven(ALICE, "hurry"))
    assert "written meanwhile" in talk.plan_form().why


@pytest.mark.parametrize("goal", ["write a blog about AI", "写一篇关于茶的博客"])
def test_a_plan_that_did_not_work_out_is_planned_for_the_rest(goal):
    talk = talk_of(goal)
    talk.propose()
    talk.decide_plan()
    talk.finish("1")
    talk.add(e.SubtaskJudged("1", Verdict((Judgement("there", met=True),), 1.0)))
    unmet = Judgement("blog.md has at least 150 words.", met=False, note="It has 3.")
    for _ in range(3):
        talk.finish("2")
        talk.add(e.SubtaskJudged("2", Verdict((unmet,), 0.0, "Write more.")))
    form = talk.propose()
    assert [each.after for each in form.subtasks] == [[talk.state.plan.subtasks[0].title], ["again1"]]
    assert "It has 3." in form.subtasks[0].instructions
    assert [(each.check, each.number) for each in form.subtasks[0].criteria] == [("file_exists", 0), ("min_words", 150)]
    assert form.subtasks[1].criteria[0].check == "answered"
    titles = [each.title for each in form.subtasks]
    talk.decide_plan(Outcome.REJECTED, "no")
    assert [each.title for each in talk.plan_form().subtasks] != titles


def test_files_that_are_attached_are_read_first():
    for goal in ("write a report about it", "what is in it?", "summarise it", "research it"):
        (first, *_) = talk_of(goal, attachments=("data.csv",)).plan_form().subtasks
        assert "Read data.csv" in first.instructions
