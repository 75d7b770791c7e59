"""At the Service's door: who may leave something behind, who watches, and what a caller that gives up undoes."""

import asyncio
from contextlib import aclosing

import pytest

from agent_core.asking import Attachment
from agent_core.cards import Verb
from agent_core.domain import Outcome, RunStatus
from agent_core.errors import EditRefused, ModelUnavailable, NotAllowedToDecide, StorageFull
from agent_core.forms import PlanForm
from agent_core.journal import events as e
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, plan, report, subtask
from tests.agent_core.team import ALICE, BOB, MALLORY, open_team
from tests.agent_core.weather import Weather, full


async def test_files_of_people_who_have_no_say_are_not_kept(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit(attachments=[Attachment("brief.md", b"as agreed")])
        with pytest.raises(NotAllowedToDecide):
            await team.service.say(run_id, "here", actor=MALLORY, attachments=[Attachment("brief.md", b"forged")])
        assert await team.service.read_file(run_id, "brief.md") == b"as agreed"


async def test_an_edit_by_somebody_who_has_no_say_is_refused_before_it_is_looked_at(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()
        with pytest.raises(NotAllowedToDecide):
            await team.decide(run_id, verb=Verb.EDIT, actor=MALLORY, arguments={"path": "../nod.db"})


async def test_an_edit_nested_too_deep_is_refused_in_a_sentence(tmp_path):
    model = ScriptedModel(turns=lambda m: report() if answered(m) else calls(call("read_file", path="a.md")))
    async with open_team(tmp_path, model) as team:
        run_id = await team.submit()
        with pytest.raises(EditRefused, match="offset is not JSON"):
            await team.decide(run_id, verb=Verb.EDIT, arguments={"offset": "[" * 10_000})


async def test_an_edit_that_names_no_arguments_is_refused_and_one_that_changes_nothing_approves(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()
        with pytest.raises(EditRefused, match="names no arguments"):
            await team.decide(run_id, verb=Verb.EDIT)
        assert list(await team.open(run_id)) == ["step:s1-1"]
        await team.decide(run_id, verb=Verb.EDIT, arguments={"path": "one.md"})
        [decided] = [event for event in await team.events(run_id) if isinstance(event, e.StepDecided)]
        assert decided.decision.outcome is Outcome.APPROVED


async def test_files_given_with_words_that_came_too_late_are_the_follow_ups(tmp_path):
    class EndsFirst(Weather):
        async def append(self, commit, hold=None):
            if any(record.kind == "FeedbackGiven" for record in commit.records) and not self.failed.is_set():
                self.failed.set()
                await team.service.control(first, Verb.STOP, actor=ALICE, via="button")
            return await self.store.append(commit, hold)

    async with open_team(tmp_path, ScriptedModel(), store=EndsFirst()) as team:
        first = await team.submit()
        second = await team.service.say(first, "use this", actor=ALICE, attachments=[Attachment("b.txt", b"x")])
        await team.dispatcher.idle()
        state = await team.state(second)
        assert state.follows == first
        assert [file.path for file in state.attachments] == ["b.txt"]
        assert state.untrusted_files == {"b.txt"}


async def test_a_model_that_failed_uses_up_no_clarifying_question(tmp_path):
    failing = [True, True]

    def plans(messages):
        if failing:
            failing.pop()
            raise ModelUnavailable(model="scripted", reason="it is asleep.")
        if "Cats." in messages[-1].text:
            return plan(subtask("one"))
        return PlanForm(question="About what?", why="", subtasks=[])

    async with open_team(tmp_path, ScriptedModel(plans)) as team:
        run_id = await team.submit("write")
        for _ in range(2):
            await team.decide(run_id, verb=Verb.AGAIN)
        assert [each.text for each in (await team.state(run_id)).open_questions()] == ["About what?"]
        await team.service.say(run_id, "Cats.", actor=ALICE)
        await team.dispatcher.idle()
        assert list(await team.open(run_id)) == ["step:s1-1"]


async def test_a_watch_ends_with_the_run_and_leaves_nothing_behind(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()

        async def watch():
            return [state async for state in team.service.watch(run_id)]

        watching = [asyncio.create_task(watch()) for _ in range(20)]
        await team.until(run_id, lambda state: state.status is RunStatus.WAITING)
        await team.approve_all(run_id)
        for seen in await asyncio.gather(*watching):
            assert [state.seq for state in seen] == sorted({state.seq for state in seen})
            assert [state.status.over for state in seen] == [False] * (len(seen) - 1) + [True]
        assert team.recorder.changes._watching == {}


async def test_a_watch_that_is_given_up_leaves_nothing_behind(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()
        async with aclosing(team.service.watch(run_id)) as states:
            await anext(states)
            waiting = asyncio.create_task(anext(states))
            await asyncio.sleep(0)
            assert len(team.recorder.changes._watching[run_id]) == 1
            waiting.cancel()
            await asyncio.wait([waiting])
        assert team.recorder.changes._watching == {}


async def test_a_caller_that_gives_up_leaves_a_whole_decision_or_none(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit()
        digest = (await team.open(run_id))["step:s1-1"]
        for turns in range(12):  # given up a little later each time
            deciding = asyncio.create_task(
                team.service.decide(run_id, "step:s1-1", Verb.APPROVE, actor=ALICE, via="button", digest=digest)
            )
            for _ in range(turns):
                await asyncio.sleep(0)
            deciding.cancel()
            await asyncio.wait([deciding])
        await team.dispatcher.wake(run_id)
        await team.dispatcher.idle()
        kinds = await team.kinds(run_id)
        assert kinds.count("StepDecided") == kinds.count("StepStarted") <= 1
        assert (await team.approve_all(run_id)).status is RunStatus.FINISHED
        decided = [event for event in await team.events(run_id) if isinstance(event, e.StepDecided)]
        assert len(decided) == 1
        assert await team.service.verify(run_id)


async def test_what_people_and_nod_said_stands_in_the_conversation_once(tmp_path):
    def plans(messages):
        if "Cats." in messages[-1].text:
            return plan(subtask("one"))
        return PlanForm(question="About what?", why="", subtasks=[])

    async with open_team(tmp_path, ScriptedModel(plans)) as team:
        run_id = await team.submit("write")
        await team.service.say(run_id, "Cats.", actor=ALICE, attachments=[Attachment("cat.txt", b"x")])
        await team.dispatcher.idle()
        await team.service.say(run_id, "Keep it short.", actor=BOB)
        await team.dispatcher.idle()
        state = await team.approve_all(run_id)
        said = await team.service.conversations.recent(state.origin)
    assert [(each.actor, each.text) for each in said] == [
        (ALICE, "write"),
        (ALICE, "Cats."),
        (BOB, "Keep it short."),
        (None, state.result),
    ]
    assert all(each.trusted and each.run_id == run_id for each in said)


async def test_a_goal_that_is_delivered_again_leaves_nothing_behind(tmp_path):
    brief = Attachment("brief.md", b"as agreed")
    async with open_team(tmp_path, ScriptedModel()) as team:
        first = await team.submit(key="1", attachments=[brief])
        assert await team.submit(key="1", attachments=[brief]) == first
        assert [each.name for each in (tmp_path / "workspaces").iterdir()] == [first]


async def test_of_a_goal_that_comes_twice_at_once_one_run_and_one_folder_stay(tmp_path):
    class Late(Weather):
        async def run_of(self, key):
            found = await self.store.run_of(key)
            asked.append(key)
            if len(asked) == 2:
                both.set()
            await both.wait()
            return found

    asked, both = [], asyncio.Event()
    brief = Attachment("brief.md", b"as agreed")
    async with open_team(tmp_path, ScriptedModel(), store=Late()) as team:
        first, second = await asyncio.gather(*(team.submit(key="1", attachments=[brief]) for _ in range(2)))
        assert first == second
        assert [each.name for each in (tmp_path / "workspaces").iterdir()] == [first]
        assert await team.service.read_file(first, "brief.md") == b"as agreed"


async def test_a_goal_that_finds_no_room_leaves_no_files_behind(tmp_path):
    class Full(Weather):
        async def create(self, commit, key=""):
            raise full()

    async with open_team(tmp_path, ScriptedModel(), store=Full()) as team:
        with pytest.raises(StorageFull):
            await team.submit(attachments=[Attachment("brief.md", b"as agreed")])
        assert list((tmp_path / "workspaces").iterdir()) == []
