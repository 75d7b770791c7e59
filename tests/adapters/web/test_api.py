"""The API does what the pages do, with the real core behind it."""

import base64
import json
from datetime import timedelta, timezone

import pytest

from agent_core.domain import RunStatus
from agent_core.errors import JournalBroken, StorageBusy
from tests.adapters.web import samples
from tests.adapters.web.doors import MemorySignIns, app_of, visiting
from tests.adapters.web.fake_service import FakeService
from tests.agent_core.scripted import ScriptedModel, plan, subtask
from tests.agent_core.team import open_team


@pytest.fixture
async def team(tmp_path):
    model = ScriptedModel(plans=lambda _: plan(subtask("one"), subtask("two", "one")))
    async with open_team(tmp_path, model) as opened:
        yield opened


@pytest.fixture
async def program(team):
    """A program with alice's token, from nowhere a browser would be."""
    sign_ins = MemorySignIns()
    token = await sign_ins.mint_api("alice", now=None)
    async with visiting(app_of(team.service, sign_ins), None, authorization=f"Bearer {token}") as client:
        del client.headers["sec-fetch-site"]
        yield client


async def test_a_program_brings_a_run_from_goal_to_file(team, program):
    file = {"name": "brief.txt", "content": base64.b64encode(b"Be brief.").decode()}
    made = await program.post("/api/runs", json={"goal": "write two files", "key": "k", "files": [file]})
    run_id = made.json()["run_id"]
    assert made.status_code == 201
    assert made.json()["url"] == f"http://nod.test/runs/{run_id}"
    for _ in range(3):
        await team.dispatcher.idle()
        [waiting] = (await program.get("/api/waiting")).json()["waiting"]
        body = {"subject": waiting["subject"], "digest": waiting["digest"], "verb": "approve"}
        decided = await program.post(f"/api/runs/{run_id}/decisions", json=body)
        assert decided.status_code == 200, decided.text
    await team.dispatcher.idle()
    shown = (await program.get(f"/api/runs/{run_id}")).json()
    assert shown["run"]["status"] == "finished"
    assert shown["run"]["actor"] == "nod:alice"
    assert shown["cards"][-1]["id"] == "result"
    paths = [each["path"] for each in (await program.get(f"/api/runs/{run_id}/files")).json()["files"]]
    assert sorted(paths) == ["brief.txt", "one.md", "two.md"]
    assert (await program.get(f"/api/runs/{run_id}/files/brief.txt")).content == b"Be brief."
    assert (await team.state(run_id)).plans[0].decision.via == "api"


async def test_the_same_key_submits_one_run(program):
    first = await program.post("/api/runs", json={"goal": "x", "key": "same"})
    second = await program.post("/api/runs", json={"goal": "x", "key": "same"})
    assert first.json() == second.json()
    assert len((await program.get("/api/runs")).json()["runs"]) == 1


async def test_a_run_is_steered_controlled_and_followed_up(team, program):
    run_id = await team.submit()
    said = await program.post(f"/api/runs/{run_id}/say", json={"text": "Be brief."})
    assert said.json()["run_id"] == run_id
    assert (await program.post(f"/api/runs/{run_id}/control", json={"verb": "pause"})).json()["status"] == "paused"
    stopped = await program.post(f"/api/runs/{run_id}/control", json={"verb": "stop", "text": "enough"})
    assert stopped.json()["over"] is True
    after = (await program.post(f"/api/runs/{run_id}/say", json={"text": "Now again."})).json()["run_id"]
    assert (await program.get(f"/api/runs/{after}")).json()["run"]["follows"] == run_id


async def test_the_journal_is_exported_and_verified(team, program):
    run_id = await team.submit()
    answer = await program.get(f"/api/runs/{run_id}/events")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == (await team.state(run_id)).seq
    assert "attachment" in answer.headers["content-disposition"]
    assert (await program.get(f"/api/runs/{run_id}/verify")).json() == {"events": len(lines)}


async def test_a_run_is_watched_until_it_is_over(team, program):
    run_id = await team.submit()
    await team.approve_all(run_id)
    stream = (await program.get(f"/api/runs/{run_id}/watch")).text
    [data] = [line.removeprefix("data: ") for line in stream.splitlines() if line.startswith("data: ")]
    assert json.loads(data)["status"] == RunStatus.FINISHED


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("GET", "/api/runs/none", None, 404, "RunUnknown"),
        ("GET", "/api/runs/none/events", None, 404, "RunUnknown"),
        ("GET", "/api/runs/none/watch", None, 404, "RunUnknown"),
        ("GET", "/api/runs/none/verify", None, 404, "RunUnknown"),
        ("GET", "/api/runs/RUN/files/none.md", None, 404, "FileUnknown"),
        ("GET", "/api/nothing", None, 404, "PageUnknown"),
        ("DELETE", "/api/runs/RUN", None, 404, "PageUnknown"),
        ("POST", "/api/runs", {"goal": ""}, 422, "GoalRefused"),
        ("POST", "/api/runs", {"goal": "x" * 100_000}, 422, "GoalRefused"),
        ("POST", "/api/runs", {"goal": "x", "follows": "none"}, 404, "RunUnknown"),
        ("POST", "/api/runs", {"goal": "x", "policy": "none"}, 422, "RequestMalformed"),
        ("POST", "/api/runs", {"goal": "x", "polcy": "observe"}, 422, "RequestMalformed"),
        ("POST", "/api/runs", {"goal": "x", "files": [{"name": "a", "content": "%"}]}, 422, "RequestMalformed"),
        ("POST", "/api/runs", {}, 422, "RequestMalformed"),
        ("GET", "/api/runs?limit=0", None, 422, "RequestMalformed"),
        ("GET", "/api/runs?before=never", None, 422, "RequestMalformed"),
        ("GET", "/api/runs?before=0001-01-01T00:00:00%2B14:00", None, 422, "RequestMalformed"),
        ("GET", "/api/runs?before=9999-12-31T23:59:59-14:00", None, 422, "RequestMalformed"),
        ("POST", "/api/runs/RUN/decisions", {"subject": "plan", "verb": "approve"}, 400, "RequestMalformed"),
        ("POST", "/api/runs/RUN/decisions", {"subject": "plan", "verb": "pause"}, 400, "RequestMalformed"),
        ("POST", "/api/runs/RUN/control", {"verb": "approve"}, 400, "RequestMalformed"),
        (
            "POST",
            "/api/runs/RUN/decisions",
            {"subject": "plan", "verb": "approve", "digest": "x"},
            409,
            "DigestMismatch",
        ),
        (
            "POST",
            "/api/runs/RUN/decisions",
            {"subject": "step:x", "verb": "approve", "digest": "x"},
            404,
            "SubjectUnknown",
        ),
        ("POST", "/api/runs/RUN/say", {"text": ""}, 422, "GoalRefused"),
    ],
)
async def test_every_error_has_a_kind_a_sentence_and_its_status(team, program, *, method, path, body, status, kind):
    run_id = await team.submit()
    content = None if body is None else json.dumps(body)
    headers = {"content-type": "application/json"}
    answer = await program.request(method, path.replace("RUN", run_id), content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["kind"] == kind
    assert len(answer.json()["error"]["message"]) > 10


async def test_an_approver_sets_the_policy_of_goals_asked_here(team):
    async with visiting(app_of(team.service), "bob") as client:
        assert (await client.get("/api/policy")).json() == {"policy": "every-step", "channel": None}
        answer = await client.put("/api/policy", json={"policy": "observe"})
        assert (answer.status_code, answer.json()) == (200, {"policy": "observe", "channel": "observe"})
        run_id = (await client.post("/api/runs", json={"goal": "write"})).json()["run_id"]
        assert (await client.get(f"/api/runs/{run_id}")).json()["run"]["policy"] == "observe"
        await client.put("/api/policy", json={"policy": None})
        assert (await client.get("/api/policy")).json() == {"policy": "every-step", "channel": None}


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"policy": "observe"}, 403, "alice may not decide here; Bob may."),
        ({"policy": "never"}, 422, "policy must be 'every-step', 'side-effects' or 'observe'."),
        ({}, 422, "policy is missing."),
    ],
)
async def test_a_policy_that_cannot_be_set_is_told(team, body, status, says):
    async with visiting(app_of(team.service), "alice") as client:
        answer = await client.put("/api/policy", json=body)
        assert answer.status_code == status
        assert says in answer.json()["error"]["message"]
        assert (await client.get("/api/policy")).json()["channel"] is None


async def test_runs_are_listed_before_a_time_in_utc(team, program):
    run_id = await team.submit()
    created = (await team.state(run_id)).created_at
    for before, count in (
        (created + timedelta(seconds=1), 1),
        (created - timedelta(seconds=1), 0),
        ((created + timedelta(seconds=1)).replace(tzinfo=None), 1),
        ((created - timedelta(seconds=1)).replace(tzinfo=None), 0),
        ((created - timedelta(seconds=1)).astimezone(timezone(timedelta(hours=14))), 0),
        ("0001-01-01T00:00:00Z", 0),
        ("9999-12-31T23:59:59Z", 1),
    ):
        answer = await program.get("/api/runs", params={"before": str(before)})
        assert len(answer.json()["runs"]) == count, before


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"subject": "", "verb": "approve"}', "subject must be the id of one of the run's cards."),
        ('{\n  "subject": "plan",\n  oops\n}', "It is not JSON: expecting property name enclosed in double quotes "),
        ('{\n  "subject": "plan",\n  oops\n}', " at line 3, column 3."),
        ("{", " at line 1, column 2."),
        ("{}", "The request cannot be used: subject is missing."),
        ('"plan"', "the body must be a JSON object."),
        ("", "the body is missing."),
        ('{"subject": 5, "verb": "approve"}', "subject must be a text."),
        ('{"subject": "plan", "verb": "nod"}', "verb must be 'approve', 'edit', "),
        ('{"subject": "plan", "verb": "approve", "digets": "x"}', "digets is not a field there is here."),
        ('{"subject": "plan", "verb": "approve", "arguments": {"a": 1}}', "arguments.a must be a text."),
    ],
)
async def test_a_body_that_cannot_be_used_is_told_where(program, team, body, says):
    run_id = await team.submit()
    answer = await program.post(
        f"/api/runs/{run_id}/decisions", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert says in answer.json()["error"]["message"]
    assert "Reload the page" not in answer.text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("before=never", "before is no time; write one such as 2026-03-04T09:00:00Z, which is in UTC when it names no"),
        ("limit=0", "limit must be at least 1."),
        ("limit=1000", "limit must be at most 200."),
        ("limit=many", "limit must be a whole number."),
    ],
)
async def test_a_query_that_cannot_be_used_is_told_in_a_sentence(program, query, says):
    answer = await program.get(f"/api/runs?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith(f"The request cannot be used: {says}")


@pytest.mark.parametrize(
    ("subject", "verb"),
    [
        *(("plan", verb) for verb in ("approve", "edit", "reject")),
        *(("step:s1-1", verb) for verb in ("approve", "edit", "reject", "happened", "again", "skip")),
    ],
)
async def test_nothing_is_decided_without_the_digest_that_was_seen(program, team, subject, verb):
    run_id = await team.submit()
    answer = await program.post(f"/api/runs/{run_id}/decisions", json={"subject": subject, "verb": verb})
    assert answer.status_code == 400
    assert "without the digest" in answer.json()["error"]["message"]
    assert (await team.state(run_id)).status is RunStatus.WAITING


async def test_who_may_not_decide_is_refused_here_too(team):
    run_id = await team.submit()
    [(subject, digest)] = (await team.open(run_id)).items()
    async with visiting(app_of(team.service), "mallory") as client:
        body = {"subject": subject, "digest": digest, "verb": "approve"}
        answer = await client.post(f"/api/runs/{run_id}/decisions", json=body)
        again = await client.post(f"/api/runs/{run_id}/control", json={"verb": "stop"})
    assert (answer.status_code, again.status_code) == (403, 403)
    assert answer.json()["error"]["kind"] == "NotAllowedToDecide"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (StorageBusy(where="nod.db", reason=""), 503),
        (JournalBroken(run_id="r", seq=1, reason="changed"), 500),
        (OSError("secret"), 500),
    ],
)
async def test_what_breaks_below_is_told_without_its_insides(refusal, status):
    service = FakeService(samples.asking())
    service.refuses = refusal
    async with visiting(app_of(service)) as client:
        answer = await client.post("/api/runs", json={"goal": "x"})
    assert answer.status_code == status
    assert "secret" not in answer.text
    assert answer.json()["error"]["message"]


async def test_a_program_without_a_token_is_told_so(team):
    async with visiting(app_of(team.service), None) as client:
        for path in ("/api/me", "/api/runs", "/api/nothing"):
            answer = await client.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["error"]["kind"] == "SignInRequired"


async def test_a_program_with_a_token_that_does_not_count_is_told_where_to_get_one(team):
    async with visiting(app_of(team.service), None) as client:
        answer = await client.get("/api/me", headers={"authorization": "Bearer nobody's"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"]["kind"] == "TokenUnknown"
    assert "`nod signin --api`" in answer.json()["error"]["message"]


async def test_the_api_describes_itself(team):
    async with visiting(app_of(team.service)) as client:
        described = (await client.get("/api/openapi.json")).json()
    assert described["info"]["title"] == "Nod"
    paths = described["paths"]
    assert {"/api/runs", "/api/runs/{run_id}/decisions", "/api/runs/{run_id}/say", "/api/runs/{run_id}/events"} <= set(
        paths
    )
    assert all(path.startswith("/api/") for path in paths)
    for operation in (each for path in paths.values() for each in path.values()):
        assert operation["security"] == [{"token": []}, {"cookie": []}]  # one of the two is enough
        for status in ("400", "401", "403", "404", "409", "410", "413", "422", "500", "503"):
            answer = operation["responses"][status]
            assert answer["content"]["application/json"]["schema"]["$ref"].endswith("Failure"), status
            assert len(answer["description"]) > 10
    schemes = described["components"]["securitySchemes"]
    assert (schemes["token"]["type"], schemes["token"]["scheme"]) == ("http", "bearer")
    assert (schemes["cookie"]["type"], schemes["cookie"]["in"]) == ("apiKey", "cookie")


async def test_a_goal_that_is_not_unicode_makes_a_run_that_can_be_looked_at(team, program):
    made = await program.post(
        "/api/runs", content='{"goal": "half \\ud83d"}', headers={"content-type": "application/json"}
    )
    assert made.status_code == 201
    run_id = made.json()["run_id"]
    assert (await program.get(f"/api/runs/{run_id}")).status_code == 200
    async with visiting(app_of(team.service)) as client:
        assert (await client.get(f"/runs/{run_id}")).status_code == 200
        assert (await client.get("/")).status_code == 200


async def test_text_that_is_not_unicode_is_given_all_the_same():
    async with visiting(app_of(FakeService(samples.hostile()))) as client:
        cards = (await client.get("/api/runs/hostile")).json()["cards"]
    assert "\ud83d" in cards[1]["sections"][0]["text"]
