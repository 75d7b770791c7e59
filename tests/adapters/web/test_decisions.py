"""What people do on a run's page, with the real core behind it."""

import re

import pytest

from agent_core.cards import Verb
from agent_core.domain import Actor, RunStatus
from agent_core.errors import ApprovalExpired
from agent_core.forms import PlanForm
from tests.adapters.web import samples
from tests.adapters.web.doors import app_of, visiting
from tests.adapters.web.fake_service import FakeService
from tests.adapters.web.test_pages import Reader
from tests.agent_core.scripted import ScriptedModel, plan, subtask
from tests.agent_core.team import open_team


@pytest.fixture
async def team(tmp_path):
    model = ScriptedModel(plans=lambda _: plan(subtask("one"), subtask("two", "one")))
    async with open_team(tmp_path, model) as opened:
        yield opened


async def form_of(team, run_id, subject=None, **more):
    """What the page's form would send for what waits."""
    waiting = await team.open(run_id)
    subject = subject or next(iter(waiting))
    return {"subject": subject, "digest": waiting.get(subject, ""), **more}


async def test_a_run_goes_from_goal_to_file_without_a_script(team):
    async with visiting(app_of(team.service), "alice") as client:
        answer = await client.post("/runs", data={"goal": "write two files"})
        address = answer.headers["location"]
        run_id = address.rpartition("/")[2]
        for _ in range(3):
            await team.dispatcher.idle()
            decided = await client.post(f"{address}/decide", data=await form_of(team, run_id, verb="approve"))
            assert decided.status_code == 303
            assert decided.headers["location"].startswith(f"{address}#card-")
        await team.dispatcher.idle()
        page = await client.get(address)
        assert "Finished" in page.text
        assert "data-events" not in page.text
        assert (await client.get(f"{address}/files/one.md")).content == b"This is one.\n"
    state = await team.state(run_id)
    assert state.status is RunStatus.FINISHED
    assert [str(state.actor), state.plans[0].decision.via] == ["nod:alice", "web"]


async def test_the_script_gets_the_card_as_it_stands_now(team):
    run_id = await team.submit()
    async with visiting(app_of(team.service), "alice", script=True) as client:
        answer = await client.post(f"/runs/{run_id}/decide", data=await form_of(team, run_id, verb="approve"))
    page = Reader(answer.text)
    assert answer.status_code == 200
    assert {"card-plan", "run_head", "run_side", "run_hint", "run_activity"} <= set(page.ids)
    assert "Approved by alice" in page.text


async def test_the_plan_is_edited_as_text(team):
    run_id = await team.submit()
    async with visiting(app_of(team.service), "alice") as client:
        page = (await client.get(f"/runs/{run_id}")).text
        text = Reader(re.search(r'<textarea id="card-plan-edit"[^>]*>(.*?)</textarea>', page, re.DOTALL)[0]).words[0]
        edited = text.replace("Do one", "Do something else").replace("\n", "\r\n")
        form = await form_of(team, run_id, verb="edit", text=edited)
        assert (await client.post(f"/runs/{run_id}/decide", data=form)).status_code == 303
    assert (await team.state(run_id)).plan.subtasks[0].title == "Do something else"


async def test_an_edited_argument_is_what_runs_and_the_rest_stays_as_it_was(team):
    run_id = await team.submit()
    await team.decide(run_id)
    async with visiting(app_of(team.service), "alice") as client:
        page = (await client.get(f"/runs/{run_id}")).text
        assert 'name="argument.path"' in page
        values = {"argument.path": "other.md", "argument.content": "This is one.\r\n"}
        form = await form_of(team, run_id, verb="edit", **values)
        assert (await client.post(f"/runs/{run_id}/decide", data=form)).status_code == 303
        await team.dispatcher.idle()
        assert (await client.get(f"/runs/{run_id}/files/other.md")).content == b"This is one.\n"


async def test_an_edit_that_changes_nothing_is_told(team):
    run_id = await team.submit()
    await team.decide(run_id)
    values = {"argument.path": "one.md", "argument.content": "This is one.\r\n"}
    async with visiting(app_of(team.service), "alice") as client:
        answer = await client.post(f"/runs/{run_id}/decide", data=await form_of(team, run_id, verb="edit", **values))
    assert answer.status_code == 422
    assert "nothing in it was changed" in answer.text


async def test_a_rejection_carries_its_reason(team):
    run_id = await team.submit()
    await team.decide(run_id)
    async with visiting(app_of(team.service), "alice") as client:
        form = await form_of(team, run_id, verb="reject", text="Not that one.")
        assert (await client.post(f"/runs/{run_id}/decide", data=form)).status_code == 303
    steps = (await team.state(run_id)).steps
    assert "Not that one." in [step.decision.reason for step in steps.values() if step.decision]


async def test_who_may_not_decide_is_told_who_may_and_keeps_what_was_typed(team):
    run_id = await team.submit()
    async with visiting(app_of(team.service), "mallory") as client:
        form = await form_of(team, run_id, verb="reject", text="My own reason")
        answer = await client.post(f"/runs/{run_id}/decide", data=form)
    page = Reader(answer.text)
    assert answer.status_code == 403
    assert "mallory may not decide here" in page.text
    assert "My own reason" in page.text
    assert "card-plan-problem" in page.ids


async def test_what_was_typed_is_kept_in_its_box_when_it_is_refused(team):
    run_id = await team.submit()
    async with visiting(app_of(team.service), "alice") as client:
        form = await form_of(team, run_id, verb="reject", text="My own reason") | {"digest": "0" * 64}
        answer = await client.post(f"/runs/{run_id}/decide", data=form)
    assert answer.status_code == 409
    assert re.search(r'<details class="choice"[^>]* data-key="choice-reject" open>', answer.text)
    assert "My own reason" in answer.text


async def test_the_second_to_decide_is_told_who_was_first(team):
    run_id = await team.submit()
    form = await form_of(team, run_id, verb="approve")
    await team.decide(run_id)
    async with visiting(app_of(team.service), "bob", script=True) as client:
        answer = await client.post(f"/runs/{run_id}/decide", data=form)
    assert answer.status_code == 409
    assert "already decided this" in answer.text


async def test_a_decision_on_what_is_not_asked_any_more_is_refused(team):
    run_id = await team.submit()
    async with visiting(app_of(team.service), "alice", script=True) as client:
        other = await client.post(
            f"/runs/{run_id}/decide", data={"subject": "plan", "digest": "0" * 64, "verb": "approve"}
        )
        no_digest = await client.post(f"/runs/{run_id}/decide", data={"subject": "plan", "verb": "approve"})
        no_card = await client.post(f"/runs/{run_id}/decide", data={"subject": "step:none", "verb": "approve"})
        no_verb = await client.post(f"/runs/{run_id}/decide", data={"subject": "plan", "verb": "pause"})
        no_run = await client.post("/runs/none/decide", data={"subject": "plan", "verb": "approve"})
    assert [each.status_code for each in (other, no_digest, no_card, no_verb, no_run)] == [409, 409, 404, 400, 404]
    assert "What you saw is not what is asked now" in other.text
    assert (await team.state(run_id)).status is RunStatus.WAITING


@pytest.mark.parametrize("subject", ["step:none", ""])
async def test_a_decision_on_no_card_is_told_beside_the_controls(team, subject):
    run_id = await team.submit()
    async with visiting(app_of(team.service), "alice") as client:
        answer = await client.post(f"/runs/{run_id}/decide", data={"subject": subject, "verb": "approve"})
    assert answer.status_code == 404
    told = re.search(r'<p id="controls-problem"[^>]*>(.*?)</p>', answer.text, re.DOTALL)[1]
    assert "to decide; open the run to see what is waiting" in told


async def test_no_answer_is_suggested_where_nobody_knows_what_happened():
    async with visiting(app_of(FakeService(samples.uncertain()))) as client:
        page = (await client.get("/runs/unsure1")).text
    card = re.search(r'<article id="card-step-s9".*?</article>', page, re.DOTALL)[0]
    assert card.count('type="submit"') == 3
    assert "primary" not in card
    assert "danger" not in card


async def test_an_approval_that_expired_is_gone():
    service = FakeService(samples.asking())
    service.refuses = ApprovalExpired()
    async with visiting(app_of(service), script=True) as client:
        answer = await client.post(
            "/runs/asking1/decide", data={"subject": "step:s3", "verb": "approve", "digest": "x"}
        )
    assert answer.status_code == 410
    assert "Nobody decided this in time" in answer.text


async def test_a_run_is_paused_resumed_and_stopped(team):
    run_id = await team.submit()
    seen = []
    async with visiting(app_of(team.service), "alice") as client:
        for verb in ("pause", "resume", "stop"):
            assert (await client.post(f"/runs/{run_id}/control", data={"verb": verb})).status_code == 303
            seen.append((await team.state(run_id)).status)
        over = await client.post(f"/runs/{run_id}/control", data={"verb": "pause"})
    assert seen == [RunStatus.PAUSED, RunStatus.WAITING, RunStatus.STOPPED]
    assert over.status_code == 409
    assert "is over" in Reader(over.text).text


async def test_the_rest_is_approved_at_once(team):
    run_id = await team.submit()
    await team.decide(run_id)
    async with visiting(app_of(team.service), "alice", script=True) as client:
        page = (await client.get(f"/runs/{run_id}")).text
        assert 'commandfor="ask-approve_rest"' in page
        answer = await client.post(f"/runs/{run_id}/control", data={"verb": "approve_rest"})
        assert answer.status_code == 200
    await team.dispatcher.idle()
    assert (await team.state(run_id)).status is RunStatus.FINISHED


async def test_a_question_is_answered_in_words(tmp_path):
    asked = []

    def plans(messages):
        if not asked:
            asked.append(True)
            return PlanForm(question="Which one?", why="", subtasks=[])
        return plan(subtask("one"))

    async with open_team(tmp_path, ScriptedModel(plans=plans)) as team:
        run_id = await team.submit("do it")
        async with visiting(app_of(team.service), "alice") as client:
            page = Reader((await client.get(f"/runs/{run_id}")).text)
            assert "Which one?" in page.text
            [subject] = [f"question:{name}" for name in (await team.state(run_id)).questions]
            form = await form_of(team, run_id, subject, verb="answer", text="The second.")
            assert (await client.post(f"/runs/{run_id}/decide", data=form)).status_code == 303
        [question] = (await team.state(run_id)).questions.values()
        assert (question.answer, question.actor) == ("The second.", Actor("nod", "alice"))


async def test_what_is_written_steers_the_run(team):
    run_id = await team.submit()
    async with visiting(app_of(team.service), "alice") as client:
        answer = await client.post(f"/runs/{run_id}/say", data={"text": "Keep it short."})
        assert answer.headers["location"] == f"/runs/{run_id}"
        assert "Keep it short." in (await client.get(f"/runs/{run_id}")).text


async def test_what_is_written_to_a_run_that_is_over_begins_another(team):
    run_id = await team.submit()
    await team.approve_all(run_id)
    async with visiting(app_of(team.service), "alice") as client:
        page = Reader((await client.get(f"/runs/{run_id}")).text)
        assert "Follow up: a new run" in page.text
        address = (await client.post(f"/runs/{run_id}/say", data={"text": "And now in Chinese."})).headers["location"]
        assert address != f"/runs/{run_id}"
        assert f'href="/runs/{run_id}"' in (await client.get(address)).text
    async with visiting(app_of(team.service), "alice", script=True) as client:
        answer = await client.post(f"/runs/{run_id}/say", data={"text": "And in French."})
        assert answer.headers["hx-redirect"].startswith("/runs/")


async def test_what_cannot_be_said_is_kept_in_its_box(team):
    run_id = await team.submit()
    async with visiting(app_of(team.service), "alice") as client:
        empty = await client.post(f"/runs/{run_id}/say", data={"text": "  "})
        long = await client.post(f"/runs/{run_id}/say", data={"text": "long " * 30_000})
    assert [empty.status_code, long.status_code] == [422, 422]
    assert "long long" in long.text


async def test_each_verb_reaches_the_service_as_it_was_pressed():
    service = FakeService(samples.asking())
    async with visiting(app_of(service)) as client:
        for verb in (Verb.AGAIN, Verb.END, Verb.HAPPENED, Verb.SKIP):
            await client.post("/runs/asking1/decide", data={"subject": "step:s3", "digest": "d", "verb": verb.value})
    assert [asked[3] for asked in service.asked] == [Verb.AGAIN, Verb.END, Verb.HAPPENED, Verb.SKIP]
    assert {(asked[4]["digest"], asked[4]["via"]) for asked in service.asked} == {("d", "web")}
