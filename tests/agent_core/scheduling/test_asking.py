"""From what a person asks to a Schedule that is kept: always by a Card, never straight into the table."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_core.cards import Verb
from agent_core.domain import PolicyName, RunStatus
from agent_core.errors import EditRefused, NotAllowedToDecide, PolicyRefused, ScheduleUnknown
from agent_core.ports import Filled
from agent_core.presenter import chat_cards
from agent_core.recurring import Overlap, ScheduleStatus
from agent_core.schedules.model_form import ScheduleForm
from tests.agent_core.scripted import USAGE, ScriptedModel, call, calls, report
from tests.agent_core.team import ALICE, BOB, MALLORY, WEB, open_team

WEEKDAYS = '"0 9 * * 1-5" summarise what happened'


@pytest.fixture
async def team(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as opened:
        yield opened


async def proposed(team, text=WEEKDAYS, *, actor=ALICE, **more):
    run_id = await team.service.schedules.propose(text, origin=WEB, actor=actor, **more)
    await team.dispatcher.idle()
    return run_id


async def kept(team, text=WEEKDAYS, **more):
    run_id = await proposed(team, text, **more)
    await team.decide(run_id)
    return await team.service.schedules.store.schedule(run_id)


async def test_a_card_says_in_words_what_would_be_kept_and_nothing_is_until_somebody_confirms(team):
    run_id = await proposed(team, zone="Europe/Berlin")
    state = await team.state(run_id)
    assert state.status is RunStatus.WAITING
    assert await team.service.schedules.store.schedule(run_id) is None
    card = next(card for card in chat_cards(state) if card.id.startswith("step:"))
    told = "\n".join(section.text for section in card.sections)
    assert "Europe/Berlin" in told
    assert told.count("2026, 09:00") == 5
    assert "every-step" in told
    assert "skipped" in told
    assert {button.verb for button in card.buttons} >= {Verb.APPROVE, Verb.EDIT, Verb.REJECT}


async def test_a_confirmed_schedule_is_kept_and_the_result_says_when_it_comes_next(team):
    run_id = await proposed(team)
    state = await team.decide(run_id)
    assert state.status is RunStatus.FINISHED
    schedule = await team.service.schedules.store.schedule(run_id)
    assert schedule.status is ScheduleStatus.ACTIVE
    assert schedule.terms.goal == "summarise what happened"
    assert schedule.owner == ALICE
    assert "09:00" in state.result
    assert team.service.executor.model.prompts == []


async def test_a_day_in_a_goal_that_comes_again_is_one_of_the_schedules_own_zone(team):
    team.clock.now = team.clock.now.replace(hour=20)  # in Shanghai it is four in the morning of the next day
    schedule = await kept(team, zone="Asia/Shanghai")

    run_id = await team.service.schedules.run_now(schedule, ALICE, "x")
    await team.dispatcher.idle()

    assert (await team.state(run_id)).zone == "Asia/Shanghai"
    assert "# Asked on\n2026-01-06" in team.service.executor.model.prompts[-1][1].text


async def test_an_edit_on_the_card_is_what_is_kept(team):
    run_id = await proposed(team)
    edits = {"rhythm": "every day at 18:30", "zone": "Asia/Shanghai", "overlap": "queue", "grace": "5"}
    await team.decide(run_id, verb=Verb.EDIT, arguments=edits)
    terms = (await team.service.schedules.store.schedule(run_id)).terms
    assert (terms.rhythm, terms.zone, terms.overlap) == ("cron 30 18 * * *", "Asia/Shanghai", Overlap.QUEUE)
    assert terms.grace == timedelta(minutes=5)


@pytest.mark.parametrize("edits", [{"rhythm": "every 0 minutes"}, {"zone": "Mars/Olympus"}, {"grace": "-1"}])
async def test_an_edit_that_cannot_be_is_refused_and_nothing_is_kept(team, edits):
    run_id = await proposed(team)
    with pytest.raises(EditRefused):
        await team.decide(run_id, verb=Verb.EDIT, arguments=edits)
    assert await team.service.schedules.store.schedule(run_id) is None


async def test_only_an_approver_lets_the_runs_ask_less_than_is_usual(team):
    run_id = await proposed(team)
    with pytest.raises(PolicyRefused):
        await team.decide(run_id, verb=Verb.EDIT, arguments={"policy": "side-effects"})
    await team.decide(run_id, verb=Verb.EDIT, arguments={"policy": "side-effects"}, actor=BOB)
    schedule = await team.service.schedules.store.schedule(run_id)
    assert schedule.loosened
    assert schedule.owner == ALICE


async def test_a_schedule_always_asks_whatever_the_policy_of_its_channel(team):
    await team.service.set_channel_policy(WEB, PolicyName.OBSERVE, BOB)
    run_id = await proposed(team)
    assert (await team.state(run_id)).status is RunStatus.WAITING
    await team.decide(run_id)
    assert (await team.service.schedules.store.schedule(run_id)).terms.policy is PolicyName.OBSERVE


async def test_what_was_changed_meanwhile_is_asked_for_anew(team):
    schedule = await kept(team)
    terms = replace(schedule.terms, goal="something else")
    run_id = await team.service.schedules.propose_change(schedule, terms, actor=ALICE)
    await team.dispatcher.idle()
    await team.service.schedules.pause(schedule, ALICE)
    state = await team.decide(run_id)
    assert state.status is RunStatus.WAITING
    assert (await team.service.schedules.store.schedule(schedule.schedule_id)).terms.goal == "summarise what happened"
    await team.decide(run_id)
    assert (await team.service.schedules.store.schedule(schedule.schedule_id)).terms.goal == "something else"


async def test_somebody_else_may_neither_change_nor_remove_it(team):
    schedule = await kept(team)
    schedules = team.service.schedules
    for change in (schedules.pause, schedules.resume, schedules.remove):
        with pytest.raises(NotAllowedToDecide):
            await change(schedule, MALLORY)
    assert (await schedules.remove(schedule, BOB)).status is ScheduleStatus.REMOVED


async def test_one_of_another_channel_is_not_there_for_anybody_but_its_owner_not_even_for_an_approver(team):
    schedule = await kept(team)
    schedules, elsewhere = team.service.schedules, replace(WEB, channel="elsewhere")
    schedules.must_see(schedule, replace(WEB, thread="a thread"), MALLORY)
    schedules.must_see(schedule, elsewhere, ALICE)
    for actor in (BOB, MALLORY):
        with pytest.raises(ScheduleUnknown):
            schedules.must_see(schedule, elsewhere, actor)


async def test_words_that_only_a_model_knows_become_a_form_and_then_a_card(tmp_path):
    forms = []

    class Reads(ScriptedModel):
        async def fill(self, messages, form):
            forms.append(form)
            return Filled(filled(form), (USAGE,))

    async with open_team(tmp_path, Reads()) as team:
        run_id = await proposed(team, "each morning before the markets open tell me the news")
        assert forms == [ScheduleForm]
        state = await team.state(run_id)
        assert [step.call.arguments["goal"] for step in state.steps.values()] == ["tell me the news"]
        assert state.tokens > 0
        assert await team.service.schedules.store.schedule(run_id) is None


def filled(form):
    """A form whose fields say nothing but a time on weekdays."""
    empty = {
        name: [] if "list" in str(field.annotation) else "" if field.annotation is str else None
        for name, field in form.model_fields.items()
    }
    told = {"kind": "calendar", "goal": "tell me the news", "every": 1, "unit": "day", "times": ["08:00"]}
    return form.model_construct(**{**empty, **told})


async def test_a_step_that_a_model_proposes_cannot_keep_a_schedule(tmp_path):
    def turns(messages):
        return report() if len(messages) > 3 else calls(call("keep_schedule", goal="x", rhythm="* * * * *", zone="UTC"))

    async with open_team(tmp_path, ScriptedModel(turns=turns)) as team:
        run_id = await team.submit("do it")
        state = await team.state(run_id)
        assert [step.call.tool for step in state.steps.values()] == []
        assert await team.service.schedules.list() == []


async def test_under_a_minute_is_refused_unless_an_administrator_allows_it(tmp_path):
    for name, least, seconds in (("usual", 60, None), ("allowed", 10, 30)):
        async with open_team(tmp_path / name, ScriptedModel(), least=timedelta(seconds=least)) as team:
            run_id = await proposed(team, "every 30 seconds check the site")
            told = "\n".join(section.text for card in chat_cards(await team.state(run_id)) for section in card.sections)
            if seconds is None:
                assert "once in a minute is the most" in told
                continue
            assert "every 30 seconds" in told
            assert ":30\n" in told  # the next times are told to the second
            await team.decide(run_id)
            schedule = await team.service.schedules.store.schedule(run_id)
            assert schedule.terms.rhythm.startswith("every 30 seconds from")


async def test_an_edit_on_the_card_may_be_as_often_as_an_administrator_allows_and_no_more(tmp_path):
    async with open_team(tmp_path, ScriptedModel(), least=timedelta(seconds=20)) as team:
        run_id = await proposed(team)
        with pytest.raises(EditRefused, match="once in 20 seconds"):
            await team.decide(run_id, verb=Verb.EDIT, arguments={"rhythm": "every 10 seconds"})
        await team.decide(run_id, verb=Verb.EDIT, arguments={"rhythm": "every 20 seconds"})
        assert (await team.service.schedules.store.schedule(run_id)).terms.rhythm.startswith("every 20 seconds from")


async def test_without_a_real_model_words_that_nod_does_not_know_ask_and_nothing_is_guessed(tmp_path):
    model = ScriptedModel(rehearsal=True)
    async with open_team(tmp_path, model) as team:
        run_id = await proposed(team, "every 1.5 hours check the site")
        state = await team.state(run_id)
        [question] = state.questions.values()
        assert "not a rhythm Nod knows" in question.text
        assert (state.steps, model.prompts) == ({}, [])
