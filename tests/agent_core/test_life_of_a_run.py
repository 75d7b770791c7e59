"""A Run from Goal to result, through the Service, on a real database."""

import asyncio

import pytest

from agent_core.cards import Verb
from agent_core.domain import CheckKind, Outcome, RunStatus
from agent_core.errors import (
    DigestMismatch,
    EditRefused,
)
from agent_core.forms import PlanForm
from agent_core.journal import events as e
from agent_core.journal.state import StepStatus
from agent_core.presenter import cards_of
from tests.agent_core.scripted import (
    CUT,
    Effects,
    ScriptedModel,
    answered,
    call,
    calls,
    criterion,
    plan,
    report,
    subtask,
    title_of,
)
from tests.agent_core.team import ALICE, WEB, open_team


def TWO(_):  # noqa: N802
    return plan(subtask("outline"), subtask("draft", "outline"))


async def test_a_goal_goes_in_and_an_approved_result_comes_out(tmp_path):
    exists = criterion("draft.md is there", CheckKind.FILE_EXISTS, "draft.md")
    model = ScriptedModel(lambda _: plan(subtask("outline"), subtask("draft", "outline", criteria=[exists])))
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        assert list(await team.open(run_id)) == ["plan"]
        state = await team.approve_all(run_id)
        assert state.status is RunStatus.FINISHED
        assert [file.path for file in state.files] == ["outline.md", "draft.md"]
        assert await team.service.read_file(run_id, "draft.md") == b"This is draft.\n"
        assert await team.service.verify(run_id) == state.seq
        assert state.cost == pytest.approx(0.001 * (await team.kinds(run_id)).count("ModelCalled"))
        assert [verdict.score for each in state.subtasks.values() for verdict in each.verdicts] == [1.0, 1.0]


async def test_a_small_goal_has_one_subtask_and_no_plan_to_approve(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()
        assert list(await team.open(run_id)) == ["step:s1-1"]


async def test_everything_survives_a_restart_and_goes_on_where_it_was(tmp_path):
    model = ScriptedModel(TWO)
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        clock = team.clock
    for _ in range(3):
        async with open_team(tmp_path, model, clock=clock) as team:
            await team.decide(run_id)
            before = await team.state(run_id)
        async with open_team(tmp_path, model, clock=clock) as team:
            assert await team.state(run_id) == before
    assert before.status is RunStatus.FINISHED


async def test_what_was_approved_is_what_runs(tmp_path):
    effects = Effects()
    model = ScriptedModel(turns=lambda m: report() if answered(m) else calls(call("send", text="hello")))
    async with open_team(tmp_path, model, tools=[effects.tool()]) as team:
        run_id = await team.submit()
        with pytest.raises(DigestMismatch):
            await team.decide(run_id, digest="0" * 64)
        with pytest.raises(DigestMismatch):
            await team.decide(run_id, digest="")
        assert effects.sent == []
        await team.decide(run_id)
        assert effects.sent == ["hello"]


async def test_an_edit_makes_a_new_digest_in_the_same_decision_and_runs_as_edited(tmp_path):
    effects = Effects()
    model = ScriptedModel(turns=lambda m: report() if answered(m) else calls(call("send", text="hello")))
    async with open_team(tmp_path, model, tools=[effects.tool()]) as team:
        run_id = await team.submit()
        asked = (await team.open(run_id))["step:s1-1"]
        state = await team.decide(run_id, verb=Verb.EDIT, arguments={"text": "good day"})
        step = state.steps["s1-1"]
        assert effects.sent == ["good day"]
        assert step.decision.outcome is Outcome.EDITED
        assert step.decision.digest == step.call.digest != asked == step.proposed.digest
        assert any("changed the arguments" in message.text for message in model.prompts[2])


async def test_an_edit_that_cannot_be_used_changes_nothing(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()
        with pytest.raises(EditRefused):
            await team.decide(run_id, verb=Verb.EDIT, arguments={"path": "../../etc/passwd"})
        with pytest.raises(EditRefused):
            await team.decide(run_id, verb=Verb.EDIT, arguments={"nonsense": "x"})
        assert list(await team.open(run_id)) == ["step:s1-1"]


async def test_a_rejections_reason_reaches_the_next_turn(tmp_path):
    def turns(messages):
        if any("too informal" in text for text in answered(messages)):
            return report("Taken back.")
        return calls(call("write_file", path="a.md", content="hey"))

    async with open_team(tmp_path, ScriptedModel(turns=turns)) as team:
        run_id = await team.submit()
        state = await team.decide(run_id, verb=Verb.REJECT, text="too informal")
        assert state.status is RunStatus.FINISHED
        assert state.files == ()


async def test_what_people_write_reaches_the_next_turn_while_the_step_stays_open(tmp_path):
    model = ScriptedModel()
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        assert await team.service.say(run_id, "please in French", actor=ALICE) == run_id
        assert list(await team.open(run_id)) == ["step:s1-1"]
        await team.decide(run_id)
        turn = next(prompt for prompt in reversed(model.prompts) if title_of(prompt))
        assert turn[-1].text == "Alice wrote: please in French"


async def test_what_is_written_after_a_report_is_heard_before_it_is_judged(tmp_path):
    heard = []

    def turns(messages):
        if any("wait, also this" in message.text for message in messages):
            heard.append(True)
        return report() if answered(messages) else calls(call("write_file", path="a.md", content="a"))

    model = ScriptedModel(turns=turns)
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        model.gate = asyncio.Event()
        model.entered.clear()
        await team.service.decide(
            run_id, "step:s1-1", Verb.APPROVE, actor=ALICE, via="button", digest=(await team.open(run_id))["step:s1-1"]
        )
        await model.entered.wait()  # the model is being asked for its report
        await team.service.say(run_id, "wait, also this", actor=ALICE)
        model.gate.set()
        await team.dispatcher.idle()
        assert heard
        assert (await team.state(run_id)).status is RunStatus.FINISHED


async def test_a_plan_is_edited_as_text(tmp_path):
    async with open_team(tmp_path, ScriptedModel(TWO)) as team:
        run_id = await team.submit()
        card = next(card for card in cards_of(await team.state(run_id)) if card.id == "plan")
        edited = card.editable.replace("Do outline", "Do a better outline") + "\n3. Do more\n   And more of it.\n"
        state = await team.decide(run_id, verb=Verb.EDIT, text=edited)
        assert [each.title for each in state.plan.subtasks] == ["Do a better outline", "Do draft", "Do more"]
        assert (await team.approve_all(run_id)).status is RunStatus.FINISHED


async def test_a_rejected_plan_is_planned_again_with_the_reason(tmp_path):
    model = ScriptedModel(TWO)
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        state = await team.decide(run_id, verb=Verb.REJECT, text="too long")
        assert state.revision == 2
        assert list(await team.open(run_id)) == ["plan"]
        assert "Reason: too long" in model.prompts[-1][-1].text


async def test_a_goal_that_cannot_be_planned_asks_and_the_reply_is_the_answer(tmp_path):
    def plans(messages):
        if "About cats." in messages[-1].text:
            return plan(subtask("one"))
        return PlanForm(question="About what?", why="", subtasks=[])

    async with open_team(tmp_path, ScriptedModel(plans)) as team:
        run_id = await team.submit("write something")
        assert list(await team.open(run_id)) == ["question:q1"]
        await team.service.say(run_id, "About cats.", actor=ALICE)
        await team.dispatcher.idle()
        assert list(await team.open(run_id)) == ["step:s1-1"]


async def test_independent_subtasks_run_side_by_side(tmp_path):
    model = ScriptedModel(lambda _: plan(subtask("a"), subtask("b"), subtask("c", "a", "b")))
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        await team.decide(run_id)
        assert set(await team.open(run_id)) == {"step:s1-1", "step:s2-1"}  # whichever came first
        await team.decide(run_id, "step:s2-1")
        assert list(await team.open(run_id)) == ["step:s1-1"]
        assert (await team.approve_all(run_id)).status is RunStatus.FINISHED


async def test_a_subtask_is_told_results_and_not_transcripts(tmp_path):
    model = ScriptedModel(TWO)
    async with open_team(tmp_path, model) as team:
        await team.approve_all(await team.submit())
        prompt = next(prompt for prompt in model.prompts if title_of(prompt) == "Do draft")
        text = "\n".join(message.text for message in prompt)
        assert "# Result of: Do outline\nIt is done." in text
        assert "This is outline." not in text


async def test_a_paused_run_does_nothing_until_it_is_resumed(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()
        await team.service.control(run_id, Verb.PAUSE, actor=ALICE, via="button")
        state = await team.decide(run_id)
        assert state.status is RunStatus.PAUSED
        assert state.steps["s1-1"].status is StepStatus.APPROVED
        await team.service.control(run_id, Verb.RESUME, actor=ALICE, via="button")
        await team.dispatcher.idle()
        assert (await team.state(run_id)).status is RunStatus.FINISHED


async def test_stopping_ends_a_model_call_and_the_run(tmp_path):
    model = ScriptedModel(gate=asyncio.Event())
    async with open_team(tmp_path, model) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await model.entered.wait()
        await team.service.control(run_id, Verb.STOP, actor=ALICE, via="button")
        await team.dispatcher.idle()
        assert (await team.state(run_id)).status is RunStatus.STOPPED
        assert await team.open(run_id) == {}


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.STOP])
async def test_a_model_call_that_is_given_up_is_charged_all_the_same(tmp_path, verb):
    model = ScriptedModel(gate=asyncio.Event())
    async with open_team(tmp_path, model) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await model.entered.wait()
        await team.service.control(run_id, verb, actor=ALICE, via="button")
        await team.dispatcher.idle()
        assert (await team.events(run_id))[-1] == e.ModelCalled("plan", CUT, failed=True)
        state = await team.state(run_id)
        assert (state.cost, state.estimated) == (CUT.cost, True)
        assert await team.service.verify(run_id)


async def test_a_model_call_that_the_end_of_the_program_cuts_short_is_charged_too(tmp_path):
    model = ScriptedModel(gate=asyncio.Event())
    async with open_team(tmp_path, model) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await model.entered.wait()
    async with open_team(tmp_path, ScriptedModel()) as team:
        assert (await team.state(run_id)).cost == CUT.cost


async def test_a_reply_to_a_run_that_is_over_follows_it_up_with_its_result_and_files(tmp_path):
    model = ScriptedModel()
    async with open_team(tmp_path, model) as team:
        first = await team.submit()
        await team.approve_all(first)
        second = await team.service.say(first, "now make it shorter", actor=ALICE)
        await team.dispatcher.idle()
        state = await team.state(second)
        assert second != first
        assert state.follows == first
        assert [file.path for file in await team.service.files(second)] == ["one.md"]
        assert "Its result: It is done." in model.prompts[-1][1].text


async def test_one_key_gives_one_run(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        ids = await asyncio.gather(*(team.submit(key="event-1") for _ in range(5)))
        assert len(set(ids)) == 1
        assert len(await team.service.runs()) == 1
