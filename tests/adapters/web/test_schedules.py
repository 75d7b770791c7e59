"""Schedules on the web page and over the API, with the real core behind them."""

import httpx
import pytest

from adapters.web.application import create_app
from agent_core.recurring import ScheduleStatus
from storage.sign_in_store import SqlSignInStore
from tests.adapters.web.doors import HOST, SECRET, MemorySignIns, visiting
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import ALICE, WEB, open_team

PHRASE = "every weekday at 9:00 summarise the news"


@pytest.fixture
async def team(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as opened:
        yield opened


@pytest.fixture
async def client(team):
    sign_ins = SqlSignInStore(team.database)
    app = create_app(team.service, sign_ins, secret_key="k" * 32, public_url="http://localhost")
    token = await sign_ins.mint_api("alice", now=team.clock(), expires_at=None)
    transport = httpx.ASGITransport(app=app)
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as opened:
        yield opened


async def kept(team, client, **more):
    answer = await client.post("/api/schedules", json={"text": PHRASE, **more})
    assert answer.status_code == 201, answer.text
    await team.dispatcher.idle()
    run_id = answer.json()["run_id"]
    await team.decide(run_id)
    return run_id


async def test_a_schedule_is_proposed_confirmed_and_shown_over_the_api(team, client):
    run_id = await kept(team, client, zone="Europe/Berlin", overlap="queue", grace=5)
    [listed] = (await client.get("/api/schedules")).json()["schedules"]
    assert listed["schedule_id"] == run_id
    assert (listed["rhythm"], listed["zone"]) == ("cron 0 9 * * 1-5", "Europe/Berlin")
    assert (listed["overlap"], listed["grace"], listed["goal"]) == ("queue", 5, "summarise the news")
    assert listed["next_fire"] == "2026-01-06T08:00:00Z"


async def test_it_is_paused_resumed_run_edited_and_removed_over_the_api(team, client):
    run_id = await kept(team, client)
    assert (await client.post(f"/api/schedules/{run_id}/pause")).json()["status"] == "paused"
    assert (await client.post(f"/api/schedules/{run_id}/resume")).json()["status"] == "active"
    ran = await client.post(f"/api/schedules/{run_id}/run", json={"key": "once"})
    again = await client.post(f"/api/schedules/{run_id}/run", json={"key": "once"})
    assert ran.json()["run_id"] == again.json()["run_id"]

    edited = await client.patch(f"/api/schedules/{run_id}", json={"text": "every day at 8:00"})
    await team.dispatcher.idle()
    await team.decide(edited.json()["run_id"])
    assert (await client.get(f"/api/schedules/{run_id}")).json()["rhythm"] == "cron 0 8 * * *"

    assert (await client.delete(f"/api/schedules/{run_id}")).json()["status"] == "removed"
    assert (await client.get(f"/api/schedules/{run_id}")).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"text": PHRASE, "zone": "Mars/Olympus"}, {"text": PHRASE, "grace": -1}]
)
async def test_what_cannot_be_is_refused_with_a_sentence(client, wrong):
    answer = await client.post("/api/schedules", json=wrong)
    assert answer.status_code in (400, 409, 422)
    assert answer.json()["error"]["message"]


async def test_the_front_page_takes_a_phrase_and_the_page_of_schedules_does_what_its_buttons_say(team):
    app = create_app(team.service, MemorySignIns(), secret_key=SECRET, public_url=HOST)
    async with visiting(app, "alice") as browser:
        sent = await browser.post("/runs", data={"goal": PHRASE, "zone": "Asia/Shanghai", "key": "k"})
        await team.dispatcher.idle()
        run_id = sent.headers["location"].rpartition("/")[2]
        assert "Asia/Shanghai" in (await browser.get(f"/runs/{run_id}")).text
        await team.decide(run_id)

        page = (await browser.get("/schedules")).text
        assert "summarise the news" in page
        assert "every weekday at 09:00" in page
        await browser.post(f"/schedules/{run_id}", data={"verb": "pause"})
        assert (await team.service.schedules.store.schedule(run_id)).status is ScheduleStatus.PAUSED
        assert "Resume" in (await browser.get(f"/schedules/{run_id}")).text
        ran = await browser.post(f"/schedules/{run_id}", data={"verb": "run_now", "key": "once"})
        await team.dispatcher.idle()
        assert (await team.state(ran.headers["location"].rpartition("/")[2])).firing.by_hand


async def test_who_may_not_is_told_so_on_the_page(team):
    run_id = await team.service.schedules.propose(PHRASE, origin=WEB, actor=ALICE)
    await team.dispatcher.idle()
    await team.decide(run_id)
    app = create_app(team.service, MemorySignIns(), secret_key=SECRET, public_url=HOST)
    async with visiting(app, "mallory") as browser:
        answer = await browser.post(f"/schedules/{run_id}", data={"verb": "remove"})
        assert answer.status_code == 403
        assert "mallory may not decide here" in answer.text
