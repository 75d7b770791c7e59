"""People send a Plan back: by a rejection, or by what they write while it waits."""

import asyncio
from typing import Annotated

import pytest
from pydantic import Field

from agent_core.cards import CardKind, Tone, Verb
from agent_core.domain import CheckKind, Observation, Risk, RunStatus
from agent_core.errors import AlreadyDecided, NoLongerAsked
from agent_core.journal import events as e
from agent_core.journal.state import PlanStatus
from agent_core.presenter import cards_of
from agent_core.tools.toolbox import ToolContext, tool
from tests.agent_core.scripted import ScriptedModel, criterion, plan, subtask
from tests.agent_core.team import ALICE, BOB, WEB, open_team


def shorter_when_told(messages):
    """Two Subtasks at first, and one for whoever asks for less."""
    told = "one step only" in messages[-1].text
    return plan(subtask("all")) if told else plan(subtask("outline"), subtask("draft", "outline"))


async def test_whoever_rejected_a_plan_is_asked_about_the_next_one_however_small(tmp_path):
    async with open_team(tmp_path, ScriptedModel(shorter_when_told)) as team:
        run_id = await team.submit()
        state = await team.decide(run_id, "plan", Verb.REJECT, text="one step only please")
        assert [each.title for each in state.plan.subtasks] == ["Do all"]
        assert (state.status, list(await team.open(run_id))) == (RunStatus.WAITING, ["plan"])
        card = next(card for card in cards_of(state) if card.kind is CardKind.PLAN)
        assert (card.tone, [button.verb for button in card.buttons]) == (
            Tone.ASKING,
            [Verb.APPROVE, Verb.EDIT, Verb.REJECT],
        )
        await team.decide(run_id, "plan")
        assert list(await team.open(run_id)) == ["step:s3-1"]


async def test_the_loser_of_two_clicks_is_told_who_decided_the_plan_that_was_shown(tmp_path):
    async with open_team(tmp_path, ScriptedModel(shorter_when_told)) as team:
        run_id = await team.submit()
        shown = (await team.open(run_id))["plan"]
        await team.decide(run_id, "plan", Verb.REJECT, actor=BOB, text="one step only please")
        with pytest.raises(AlreadyDecided, match=r"Bob already decided this \(rejected\)"):
            await team.decide(run_id, "plan", digest=shown)
        await team.decide(run_id, "plan")  # the second one
        with pytest.raises(AlreadyDecided, match=r"Bob already decided this \(rejected\)"):
            await team.decide(run_id, "plan", digest=shown)


async def test_what_is_written_while_a_plan_waits_makes_a_new_plan_and_closes_the_old_one(tmp_path):
    async with open_team(tmp_path, ScriptedModel(shorter_when_told)) as team:
        run_id = await team.submit()
        shown = (await team.open(run_id))["plan"]
        await team.service.say(run_id, "one step only please", actor=ALICE)
        await team.dispatcher.idle()
        state = await team.state(run_id)
        assert (state.revision, [each.title for each in state.plan.subtasks]) == (2, ["Do all"])
        assert list(await team.open(run_id)) == ["plan"]  # one Subtask, and asked about all the same
        with pytest.raises(NoLongerAsked, match="a new plan with what was written since"):
            await team.decide(run_id, "plan", digest=shown)
        assert (await team.approve_all(run_id)).status is RunStatus.FINISHED


async def test_what_is_written_while_nod_plans_is_planned_with_before_anybody_is_asked(tmp_path):
    model = ScriptedModel(shorter_when_told, gate=asyncio.Event())
    async with open_team(tmp_path, model) as team:
        run_id = await team.service.submit("write a blog about AI", origin=WEB, actor=ALICE)
        await model.entered.wait()
        await team.service.say(run_id, "one step only please", actor=ALICE)
        model.gate.set()
        await team.dispatcher.idle()
        state = await team.state(run_id)
        assert [each.title for each in state.plan.subtasks] == ["Do all"]
        assert "# Plan put aside for what people wrote since\n- Do outline\n- Do draft" in model.prompts[-1][-1].text
        seen = [event.seen for event in await team.events(run_id) if isinstance(event, e.PlanProposed)]
        assert seen[-1] >= max(note.seq for note in state.notes)


async def test_a_plan_that_does_not_know_of_the_newest_words_is_never_asked_about(tmp_path):
    async with open_team(tmp_path, ScriptedModel(shorter_when_told)) as team:
        run_id = await team.submit()
        await team.service.control(run_id, Verb.PAUSE, actor=ALICE, via="button")
        await team.service.say(run_id, "one step only please", actor=ALICE)
        state = await team.state(run_id)
        assert state.plan_status is PlanStatus.WANTED
        assert await team.open(run_id) == {}


async def test_words_that_nod_has_not_read_yet_say_so_until_it_has(tmp_path):
    def status_of_note(state):
        return [card.status for card in cards_of(state) if card.kind is CardKind.NOTE]

    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()
        await team.service.say(run_id, "Mention cats.", actor=ALICE)
        assert status_of_note(await team.state(run_id)) == ["Nod reads this at its next turn"]
        state = await team.decide(run_id)
        assert status_of_note(state) == [""]


async def test_words_at_a_waiting_plan_say_that_they_make_a_new_one(tmp_path):
    async with open_team(tmp_path, ScriptedModel(shorter_when_told)) as team:
        run_id = await team.submit()
        await team.service.control(run_id, Verb.PAUSE, actor=ALICE, via="button")
        await team.service.say(run_id, "one step only please", actor=ALICE)
        notes = [card for card in cards_of(await team.state(run_id)) if card.id.startswith("note:")]
        assert notes[-1].status == "Nod makes a plan with this"


async def test_a_criterion_whose_check_counts_to_another_number_is_planned_again(tmp_path):
    def plans(messages):
        number = 800 if "but code would check for 1; make them the same" in messages[-1].text else 1
        wanted = criterion("blog.md has at least 800 words", CheckKind.MIN_WORDS, "blog.md", number)
        return plan(subtask("draft", criteria=[wanted]), subtask("check", "draft"))

    async with open_team(tmp_path, ScriptedModel(plans)) as team:
        run_id = await team.submit()
        state = await team.state(run_id)
        assert [each.check.number for each in state.plan.subtasks[0].criteria] == [800]
        assert (await team.kinds(run_id)).count("ModelCalled") == 2
        card = next(card for card in cards_of(state) if card.kind is CardKind.PLAN)
        done = "Done when: blog.md has at least 800 words (checked by code: blog.md has at least 800 words)"
        assert done in card.items[0].details


async def test_a_check_that_needs_code_to_run_is_planned_again_where_no_tool_runs_any(tmp_path):
    def plans(messages):
        told = "no tool here runs code" in messages[-1].text
        wanted = criterion("The tests pass.", None if told else CheckKind.TESTS_PASS)
        return plan(subtask("code", criteria=[wanted]), subtask("tests", "code"))

    async def _run_code(context: ToolContext, code: Annotated[str, Field(description="What")]) -> Observation:
        """Run code."""
        return Observation(code)

    runs_code = tool(risk=Risk.EXECUTE, name="run_code")(_run_code)
    for folder, tools, kind in (("without", [], None), ("with", [runs_code], CheckKind.TESTS_PASS)):
        async with open_team(tmp_path / folder, ScriptedModel(plans), tools=tools) as team:
            state = await team.state(await team.submit())
            check = state.plan.subtasks[0].criteria[0].check
            assert (check.kind if check else None) is kind
