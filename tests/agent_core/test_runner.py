"""The runner in bad weather: full disks, lost leases, faults and cut-offs."""

import asyncio
from datetime import timedelta
from typing import Annotated

import pytest
from pydantic import Field

from agent_core.cards import Verb
from agent_core.changes import Changes
from agent_core.domain import Observation, Policy, PolicyName, Risk, RunStatus, Topic
from agent_core.errors import BasisChanged, DigestMismatch, StorageBusy, StorageError
from agent_core.forms import VerdictForm
from agent_core.journal import events as e
from agent_core.journal.state import StepStatus
from agent_core.recorder import Recorder
from agent_core.runner import LEASE
from agent_core.tools.toolbox import ToolContext, tool
from tests.agent_core.scripted import Effects, ScriptedModel, answered, call, calls, plan, report, subtask, title_of
from tests.agent_core.team import ALICE, WEB, open_team
from tests.agent_core.weather import Weather, full, impatient


def sends(messages):
    return report() if answered(messages) else calls(call("send", text="hello"))


def busy():
    return StorageBusy(where="nod.db")


@pytest.mark.parametrize("error", [full, busy])
@pytest.mark.parametrize("at", range(1, 8))
async def test_a_full_disk_at_any_append_loses_nothing_and_the_run_goes_on_when_there_is_room(tmp_path, at, error):
    effects, weather = Effects(), Weather(at, 3, error)
    model = ScriptedModel(turns=sends)
    async with open_team(tmp_path, model, tools=[effects.tool()], store=weather) as team:
        impatient(team)
        run_id = await team.submit()
        while (await team.state(run_id)).status is not RunStatus.FINISHED:
            try:
                await team.decide(run_id)
            except StorageError:
                assert effects.sent == []  # the person is told, and nothing was done
        kinds = await team.kinds(run_id)
        assert effects.sent == ["hello"]
        assert kinds.count("StepFinished") == 1
        assert "StepUncertain" not in kinds
        assert len(model.prompts) == kinds.count("ModelCalled")  # no answer that was paid for is asked for again
        await team.service.verify(run_id)


async def test_an_append_that_can_never_be_made_asks_people_and_does_not_pay_the_model_for_ever(tmp_path):
    model = ScriptedModel(turns=lambda _: report("half a character: \ud800"))
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        [question] = (await team.state(run_id)).open_questions()
        assert question.topic is Topic.FAULT
        assert len(model.prompts) == 2


@pytest.mark.parametrize("event", [e.RunPaused(ALICE), e.RunStopped(ALICE)])
async def test_a_step_whose_run_another_process_paused_or_stopped_at_that_moment_does_not_start(tmp_path, event):
    class ComesFirst(Weather):
        async def append(self, commit, hold=None):
            if commit.records[-1].kind == "StepStarted" and not self.failed.is_set():
                self.failed.set()
                other = Recorder(self.store, team.clock, Changes())
                await other.append(commit.summary.run_id, lambda _: [event])
            return await self.store.append(commit, hold)

    effects, weather = Effects(), ComesFirst()
    async with open_team(tmp_path, ScriptedModel(turns=sends), tools=[effects.tool()], store=weather) as team:
        run_id = await team.submit()
        state = await team.decide(run_id)
        assert weather.failed.is_set()
        assert state.steps["s1-1"].status is StepStatus.APPROVED
        assert effects.sent == []
        assert "StepStarted" not in await team.kinds(run_id)


async def test_a_worker_that_slept_through_its_lease_adds_nothing_and_the_step_is_uncertain(tmp_path):
    effects = Effects()
    model = ScriptedModel(turns=sends)
    async with (
        open_team(tmp_path, model, tools=[effects.tool()]) as old,
        open_team(tmp_path, ScriptedModel(turns=sends), tools=[effects.tool()], clock=old.clock) as new,
    ):
        run_id = await old.submit()
        model.gate = asyncio.Event()
        model.entered.clear()
        digest = (await old.open(run_id))["step:s1-1"]
        await old.service.decide(run_id, "step:s1-1", Verb.APPROVE, actor=ALICE, via="button", digest=digest)
        await model.entered.wait()  # the old worker waits for the model's report
        old.clock.pass_(LEASE + timedelta(seconds=1))
        await new.dispatcher.wake(run_id)
        await new.dispatcher.idle()
        over = await new.state(run_id)
        assert over.status is RunStatus.FINISHED
        model.gate.set()
        await old.dispatcher.idle()
        assert await old.state(run_id) == over
        assert effects.sent == ["hello"]
        assert await new.service.verify(run_id) == over.seq


async def test_a_tool_under_way_when_the_lease_is_taken_over_is_uncertain_and_its_end_is_not_heard(tmp_path):
    gate, began, sent = asyncio.Event(), asyncio.Event(), []

    async def _send(context: ToolContext, text: Annotated[str, Field(description="What")]) -> Observation:
        """Send slowly."""
        sent.append(text)
        began.set()
        await gate.wait()
        return Observation("sent")

    slow = tool(risk=Risk.SEND, name="send")(_send)
    async with (
        open_team(tmp_path, ScriptedModel(turns=sends), tools=[slow]) as old,
        open_team(tmp_path, ScriptedModel(turns=sends), tools=[slow], clock=old.clock) as new,
    ):
        run_id = await old.submit()
        digest = (await old.open(run_id))["step:s1-1"]
        await old.service.decide(run_id, "step:s1-1", Verb.APPROVE, actor=ALICE, via="button", digest=digest)
        await began.wait()
        old.clock.pass_(LEASE)
        await new.dispatcher.wake(run_id)
        await new.dispatcher.idle()
        assert (await new.state(run_id)).steps["s1-1"].status is StepStatus.UNCERTAIN
        gate.set()
        await old.dispatcher.idle()
        assert "StepFinished" not in await new.kinds(run_id)
        for verb in (Verb.HAPPENED, Verb.AGAIN, Verb.SKIP):
            for seen in ("", "another call"):
                with pytest.raises(DigestMismatch):
                    await new.decide(run_id, "step:s1-1", verb, digest=seen)
        state = await new.decide(run_id, "step:s1-1", Verb.HAPPENED)
        assert state.status is RunStatus.FINISHED
        assert sent == ["hello"]


async def test_a_fault_lets_go_of_the_lease_even_when_another_process_wanted_it(tmp_path):
    def turns(_):
        raise ZeroDivisionError

    model = ScriptedModel(turns=turns, gate=asyncio.Event())
    async with open_team(tmp_path, model) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await model.entered.wait()
        store, clock = team.recorder.store, team.clock
        assert await store.acquire(run_id, "other", clock() + LEASE, clock()) is None
        model.gate.set()
        await team.dispatcher.idle()
        assert [each.topic for each in (await team.state(run_id)).open_questions()] == [Topic.FAULT]
        assert await store.acquire(run_id, "other", clock() + LEASE, clock()) is not None


async def test_a_fault_in_a_run_that_was_stopped_meanwhile_asks_nobody(tmp_path):
    def turns(_):
        raise ZeroDivisionError

    model = ScriptedModel(turns=turns, gate=asyncio.Event())
    weather = Weather()
    async with open_team(tmp_path, model, store=weather) as team:
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await model.entered.wait()
        other = e.RunStopped(ALICE)  # by another process: nobody here is told
        await Recorder(weather.store, team.clock, Changes()).append(run_id, lambda _: [other])
        model.gate.set()
        await team.dispatcher.idle()
        assert (await team.kinds(run_id))[-1] in ("RunStopped", "ModelCalled")


async def test_a_verdict_that_came_too_late_is_paid_for_and_not_used(tmp_path):
    model = ScriptedModel(turns=lambda _: report())
    judging = asyncio.Event()
    async with open_team(tmp_path, model) as team:
        real = model.fill

        async def fill(messages, form):
            if form is VerdictForm and not judging.is_set():
                judging.set()
                await team.service.say(run_id, "wait, also this", actor=ALICE)
            return await real(messages, form)

        model.fill = fill
        run_id = await team.service.submit("write", origin=WEB, actor=ALICE)
        await team.dispatcher.idle()
        kinds = await team.kinds(run_id)
        assert judging.is_set()
        assert kinds.count("SubtaskReported") == 2
        assert kinds.count("SubtaskJudged") == 1
        assert kinds.count("ModelCalled") == len(model.prompts)
        assert (await team.state(run_id)).cost == pytest.approx(0.001 * len(model.prompts))


async def test_a_tool_that_was_cancelled_from_within_has_failed_and_is_not_run_for_ever(tmp_path):
    runs = []

    async def _look(context: ToolContext) -> Observation:
        """Wait for something that was cancelled."""
        runs.append(1)
        raise asyncio.CancelledError

    look = tool(risk=Risk.READ, outside=False, name="look")(_look)
    model = ScriptedModel(turns=lambda m: report() if answered(m) else calls(call("look")))
    async with open_team(tmp_path, model, tools=[look], policy=Policy(PolicyName.SIDE_EFFECTS)) as team:
        run_id = await team.submit()
        state = await team.state(run_id)
        assert state.status is RunStatus.FINISHED
        assert not state.steps["s1-1"].observation.ok
        assert runs == [1]


async def test_what_is_asked_while_nod_met_a_fault_expires_without_waking_it_over_and_over(tmp_path):
    def turns(messages):
        if title_of(messages) == "Do b" and answered(messages):
            raise ZeroDivisionError
        return calls(call("write_file", path=f"{title_of(messages)}.md", content="x"))

    model = ScriptedModel(lambda _: plan(subtask("a"), subtask("b")), turns)
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        await team.decide(run_id)
        state = await team.decide(run_id, "step:s2-1")
        assert set(await team.open(run_id)) == {"step:s1-1", "question:q1"}
        assert state.wake_at is None
        team.clock.pass_(timedelta(days=8))
        assert await team.recorder.store.due(team.clock()) == []
        state = await team.decide(run_id, "question:q1", Verb.AGAIN)
        assert state.status is RunStatus.PAUSED
        assert state.steps["s1-1"].status is StepStatus.EXPIRED


async def test_a_fault_beside_a_tool_that_runs_lets_it_finish_and_be_recorded_first(tmp_path):
    gate, began, faulted, sent = asyncio.Event(), asyncio.Event(), asyncio.Event(), []

    async def _send(context: ToolContext, text: Annotated[str, Field(description="What")]) -> Observation:
        """Send slowly."""
        began.set()
        await gate.wait()
        sent.append(text)
        return Observation("sent")

    def turns(messages):
        if title_of(messages) == "Do b" and answered(messages):
            faulted.set()
            raise ZeroDivisionError
        name = "send" if title_of(messages) == "Do a" else "write_file"
        arguments = {"text": "hello"} if name == "send" else {"path": "b.md", "content": "x"}
        return report() if answered(messages) else calls(call(name, **arguments))

    model = ScriptedModel(lambda _: plan(subtask("a"), subtask("b")), turns)
    slow = tool(risk=Risk.SEND, outside=False, name="send")(_send)
    async with open_team(tmp_path, model, tools=[slow]) as team:
        run_id = await team.submit()
        await team.decide(run_id)
        asked = await team.open(run_id)
        for subject in ("step:s1-1", "step:s2-1"):
            digest = asked[subject]
            await team.service.decide(run_id, subject, Verb.APPROVE, actor=ALICE, via="button", digest=digest)
            await (began if subject == "step:s1-1" else faulted).wait()
        gate.set()
        await team.dispatcher.idle()
        state = await team.state(run_id)
        assert sent == ["hello"]
        assert state.steps["s1-1"].observation == Observation("sent")
        kinds = await team.kinds(run_id)
        assert "StepUncertain" not in kinds
        assert kinds[-1] == "QuestionAsked"
        assert [question.topic for question in state.open_questions()] == [Topic.FAULT]


async def test_of_two_steps_side_by_side_that_were_shown_the_same_file_one_writes_and_the_other_looks_again(tmp_path):
    def turns(messages):
        if answered(messages):
            return report()
        return calls(call("write_file", path="same.md", content=title_of(messages)))

    model = ScriptedModel(lambda _: plan(subtask("a"), subtask("b")), turns)
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        await team.decide(run_id)
        for subject, digest in (await team.open(run_id)).items():
            await team.service.decide(run_id, subject, Verb.APPROVE, actor=ALICE, via="button", digest=digest)
        await team.dispatcher.idle()
        steps = (await team.state(run_id)).steps
        [written] = [step for step in (steps["s1-1"], steps["s2-1"]) if step.observation.ok]
        [refused] = [step for step in (steps["s1-1"], steps["s2-1"]) if not step.observation.ok]
        assert refused.observation.text == str(BasisChanged())
        content = (tmp_path / "workspaces" / run_id / "same.md").read_text()
        assert content == written.call.arguments["content"]
