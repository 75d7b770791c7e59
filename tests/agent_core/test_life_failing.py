"""A Run in bad weather: ceilings, failing models, calls that cannot be made, unusual goals."""

import pytest

from agent_core.cards import Verb
from agent_core.domain import CheckKind, Observation, PolicyName, Preview, Risk, RunStatus, Topic
from agent_core.errors import (
    BasisChanged,
    GoalRefused,
    ModelUnavailable,
)
from agent_core.journal import events as e
from agent_core.rules import MAX_REPEATS, MAX_TURNS
from agent_core.tools.toolbox import ToolContext, tool
from tests.agent_core.scripted import (
    ScriptedModel,
    all_met,
    answered,
    call,
    calls,
    criterion,
    none_met,
    plan,
    report,
    subtask,
    writes_a_file,
)
from tests.agent_core.team import ALICE, BOB, open_team


def TWO(_):  # noqa: N802
    return plan(subtask("outline"), subtask("draft", "outline"))


async def test_too_many_turns_end_in_a_question_and_going_on_gives_more(tmp_path):
    def turns(messages):
        return calls(call("write_file", path=f"{len(answered(messages))}.md", content="x"))

    async with open_team(tmp_path, ScriptedModel(turns=turns)) as team:
        run_id = await team.submit()
        await team.service.control(run_id, Verb.APPROVE_REST, actor=ALICE, via="button")
        await team.dispatcher.idle()
        state = await team.state(run_id)
        assert [question.topic for question in state.open_questions()] == [Topic.TURNS]
        assert len(state.steps) == MAX_TURNS
        state = await team.decide(run_id, "question:q1", Verb.AGAIN)
        assert len(state.steps) == 2 * MAX_TURNS
        state = await team.decide(run_id, "question:q2", Verb.END)
        assert state.status is RunStatus.FAILED
        assert "Do one" in state.result


async def test_the_same_call_again_and_again_ends_in_a_question(tmp_path):
    model = ScriptedModel(turns=lambda _: calls(call("list_files")))
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit(policy=PolicyName.SIDE_EFFECTS, actor=BOB)
        state = await team.state(run_id)
        assert [question.topic for question in state.open_questions()] == [Topic.REPEATS]
        assert len(state.steps) == MAX_REPEATS


async def test_unmet_criteria_mean_another_attempt_with_the_advice_then_a_new_plan_then_the_people(tmp_path):
    model = ScriptedModel(verdicts=none_met)
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        await team.service.control(run_id, Verb.APPROVE_REST, actor=ALICE, via="button")
        await team.dispatcher.idle()
        state = await team.state(run_id)
        assert [question.topic for question in state.open_questions()] == [Topic.ATTEMPTS]
        assert state.revision == 3
        assert (await team.kinds(run_id)).count("SubtaskJudged") == 9
        assert any("Advice: try harder" in message.text for prompt in model.prompts for message in prompt)
        assert "The plan did not work out" in next(
            prompt[-1].text for prompt in reversed(model.prompts) if "# Tools" in prompt[-1].text
        )
        model.verdicts = all_met
        state = await team.decide(run_id, "question:q1", Verb.AGAIN)
        assert state.status is RunStatus.FINISHED


async def test_a_verdict_without_evidence_is_unmet(tmp_path):
    def from_nowhere(messages):
        form = all_met(messages)
        form.judgements[0].evidence = ["s9-9"]
        return form

    async with open_team(tmp_path, ScriptedModel(verdicts=from_nowhere)) as team:
        run_id = await team.submit()
        await team.decide(run_id)
        verdict = next(event.verdict for event in await team.events(run_id) if isinstance(event, e.SubtaskJudged))
        assert not verdict.met
        assert verdict.judgements[0].note == "No step shows it."


async def test_code_checks_what_code_can_whatever_the_model_says(tmp_path):
    exists = criterion("report.md is there", CheckKind.FILE_EXISTS, "report.md")
    model = ScriptedModel(lambda _: plan(subtask("one", criteria=[exists])))
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        await team.decide(run_id)
        verdict = next(event.verdict for event in await team.events(run_id) if isinstance(event, e.SubtaskJudged))
        assert not verdict.met
        assert verdict.judgements[0].checked


async def test_a_model_that_fails_ends_in_a_card_and_trying_again_goes_on(tmp_path):
    model = ScriptedModel()
    fails = [True]

    def turns(messages):
        if fails:
            fails.pop()
            raise ModelUnavailable(model="scripted", reason="it is asleep.")
        return writes_a_file(messages)

    model.turns = turns
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        [question] = (await team.state(run_id)).open_questions()
        assert question.topic is Topic.MODEL
        assert question.text == "The language model scripted did not answer: it is asleep."
        await team.decide(run_id, verb=Verb.AGAIN)
        assert list(await team.open(run_id)) == ["step:s1-1"]


async def test_an_error_of_nods_own_ends_in_a_question_and_not_in_silence(tmp_path):
    def turns(_):
        raise ZeroDivisionError

    async with open_team(tmp_path, ScriptedModel(turns=turns)) as team:
        run_id = await team.submit()
        [question] = (await team.state(run_id)).open_questions()
        assert question.topic is Topic.FAULT
        assert "ZeroDivisionError" in question.text


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (call("no_such_tool"), "no_such_tool"),
        (call("write_file", path="a.md"), "content"),
        (call("write_file", path="/etc/passwd", content=""), "/etc/passwd"),
        (call("write_file", path="a.md", content="", mode="w"), "mode"),
    ],
)
async def test_a_call_that_cannot_be_made_is_told_to_the_model_and_nobody_is_asked(tmp_path, made, told):
    def turns(messages):
        return report() if told in messages[-1].text else calls(made)

    async with open_team(tmp_path, ScriptedModel(turns=turns)) as team:
        run_id = await team.submit()
        state = await team.state(run_id)
        assert state.steps == {}
        assert state.status is RunStatus.FINISHED
        assert "TurnFaulted" in await team.kinds(run_id)


async def test_what_changed_since_it_was_shown_does_not_run(tmp_path):
    model = ScriptedModel(
        turns=lambda m: report() if answered(m) else calls(call("write_file", path="a.md", content="new"))
    )
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        (tmp_path / "workspaces" / run_id).mkdir(parents=True)
        (tmp_path / "workspaces" / run_id / "a.md").write_text("somebody else's")
        state = await team.decide(run_id)
        assert not state.steps["s1-1"].observation.ok
        assert await team.service.read_file(run_id, "a.md") == b"somebody else's"


@pytest.mark.parametrize("goal", ["", "   ", "\x00\x07", "\u200b\u202e", "x" * 100_000])
async def test_a_goal_with_nothing_in_it_or_too_much_is_refused_with_what_to_do(tmp_path, goal):
    async with open_team(tmp_path, ScriptedModel()) as team:
        with pytest.raises(GoalRefused, match="Write in a sentence what you want done"):
            await team.submit(goal)
        assert await team.service.runs() == []


@pytest.mark.parametrize(
    "goal", ["🎉🎉", "اكتب مقالة عن الذكاء الاصطناعي", "写一篇关于人工智能的博客文章", "a\x00b\ud800c"]
)
async def test_unusual_goals_are_kept_and_planned(tmp_path, goal):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit(goal)
        assert (await team.state(run_id)).status is RunStatus.WAITING


async def test_what_changed_since_a_tool_of_others_showed_it_does_not_run(tmp_path):
    seen, runs = ["v1"], []

    async def _preview(context: ToolContext) -> Preview:
        return Preview("it replaces the page", basis=seen[-1])

    async def _publish(context: ToolContext) -> Observation:
        """Publish the page."""
        runs.append(seen[-1])
        return Observation("published")

    publish = tool(risk=Risk.SEND, name="publish", preview=_preview)(_publish)
    model = ScriptedModel(turns=lambda m: report() if answered(m) else calls(call("publish")))
    async with open_team(tmp_path, model, tools=[publish]) as team:
        first, second = await team.submit(), await team.submit()
        assert (await team.decide(first)).steps["s1-1"].observation.ok
        seen.append("v2")
        state = await team.decide(second)
        assert state.steps["s1-1"].observation == Observation(str(BasisChanged()), ok=False)
        assert runs == ["v1"]


async def test_what_changed_since_it_was_shown_is_no_part_of_the_rest_and_is_asked_about(tmp_path):
    seen, runs = ["v1"], []

    async def _preview(context: ToolContext) -> Preview:
        return Preview("it replaces the page", basis=seen[-1])

    async def _publish(context: ToolContext) -> Observation:
        """Publish the page."""
        runs.append(seen[-1])
        return Observation("published")

    publish = tool(risk=Risk.SEND, name="publish", preview=_preview)(_publish)
    model = ScriptedModel(turns=lambda m: report() if "published" in answered(m) else calls(call("publish")))
    async with open_team(tmp_path, model, tools=[publish]) as team:
        run_id = await team.submit()
        seen.append("v2")
        await team.service.control(run_id, Verb.APPROVE_REST, actor=ALICE, via="button")
        await team.dispatcher.idle()

        state = await team.state(run_id)
        assert state.steps["s1-1"].observation == Observation(str(BasisChanged()), ok=False)
        assert list(await team.open(run_id)) == ["step:s1-2"]
        await team.decide(run_id)
        assert runs == ["v2"]
