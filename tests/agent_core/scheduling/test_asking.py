"""From what a person asks to a Schedule that is kept: always by a Card, never straight into the table."""

import pytest

from agent_core.cards import Verb
from agent_core.domain import RunStatus
from agent_core.presenter import chat_cards
from agent_core.recurring import ScheduleStatus
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import ALICE, WEB, open_team

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
