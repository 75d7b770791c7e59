"""The pages people read, over HTTP."""

import re

import pytest

from agent_core.cards import Card, CardKind, Form, Section, Tone
from agent_core.domain import PolicyName
from agent_core.errors import FileRefused, GoalRefused, StorageBusy, StorageFull
from agent_core.presenter import cards_of
from tests.adapters.web import samples
from tests.adapters.web.doors import app_of, visiting
from tests.adapters.web.fake_service import FakeService
from tests.adapters.web.reading import Reader, read
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import WEB, open_team

# the tags our templates and the sanitiser make; anything else came from somebody's text
HANDLERS = re.compile(r"^on")


@pytest.fixture
def service():
    return FakeService(*samples.every())


@pytest.fixture
def app(service):
    return app_of(service)


async def test_the_front_page_asks_and_lists(app, service):
    page = await read(app, "/")
    assert "What should Nod do?" in page.text
    for run in service.shown.values():
        assert f"run-{run.state.run_id}" in page.ids
    assert "Waiting for a decision" in page.text
    assert "Finished" in page.text
    assert "$0.0312" in page.text


async def test_an_empty_nod_says_how_to_begin():
    page = await read(app_of(FakeService()), "/")
    assert "No runs yet" in page.text


async def test_more_runs_than_a_page_holds_are_a_click_away():
    runs = [samples.Shown(samples.run(f"run{n:03}", f"Goal {n}", minutes_ago=n)) for n in range(45)]
    app = app_of(FakeService(*runs))
    async with visiting(app) as client:
        first = (await client.get("/")).text
        older = re.search(r'href="(/\?before=[^"]+)"', first)[1].replace("&amp;", "&")
        second = (await client.get(older)).text
    assert "Goal 29<" in first
    assert "Goal 30<" not in first
    assert "Goal 30<" in second
    assert "Goal 44<" in second
    assert "Goal 29<" not in second


@pytest.mark.parametrize("before", ["yesterday", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "%00"])
async def test_a_time_that_is_none_is_told(app, before):
    page = await read(app, f"/?before={before}", 400)
    assert "before is no time; write one such as 2026-03-04T09:00:00Z" in page.text


async def test_the_list_is_sent_again_only_when_it_changed(app, service):
    async with visiting(app, script=True) as client:
        listed = await client.get("/runs")
        shown = re.search(r"/runs\?shown=(\w+)", listed.text)[1]
        assert (await client.get(f"/runs?shown={shown}")).status_code == 204
        await service.change("plan01", goal="Something else")
        assert "Something else" in (await client.get(f"/runs?shown={shown}")).text


@pytest.mark.parametrize("run_id", [run.state.run_id for run in samples.every()])
async def test_a_run_shows_all_its_cards_and_ids_are_unique(app, service, run_id):
    page = await read(app, f"/runs/{run_id}")
    shown = service.shown[run_id]
    cards = shown.cards or cards_of(shown.state)
    assert page.tags.count("article") == len([card for card in cards if card.kind is not CardKind.GOAL])
    assert shown.state.goal in page.text
    assert len(page.ids) == len(set(page.ids))
    labels = {value for tag, name, value in page.attributes if tag == "label" and name == "for"}
    assert labels <= set(page.ids)


async def test_arguments_are_shown_whole(app):
    async with visiting(app) as client:
        page = (await client.get("/runs/unsure1")).text
    assert page.count("A line of a long letter.") == 60


async def test_a_text_that_begins_with_an_empty_line_keeps_it():
    card = Card("step:s", CardKind.STEP, Tone.ASKING, "t", "", sections=(Section("c", "\nx", Form.CODE),))
    app = app_of(FakeService(samples.Shown(samples.run("r", "g"), (card,))))
    async with visiting(app) as client:  # a parser drops the first line end in a pre
        assert '<pre class="code" dir="auto">\n\nx</pre>' in (await client.get("/runs/r")).text


@pytest.mark.parametrize(
    "path", ["/", "/runs/hostile", "/runs/hostile/view/page.html", "/?goal=<script>alert(1)</script>"]
)
async def test_nothing_anybody_wrote_becomes_part_of_the_page(app, path):
    page = await read(app, path)
    assert page.tags.count("script") == 3
    assert "img" not in page.tags
    assert not [found for found in page.attributes if HANDLERS.match(found[1])]
    assert not [
        value for _, name, value in page.attributes if name in ("href", "src") and "javascript" in value.lower()
    ]
    assert "<script>alert(1)</script>" in page.text or path.startswith("/?")


async def test_text_that_is_not_unicode_is_shown_and_fails_nothing(app):
    page = await read(app, "/runs/hostile")
    assert "⟦U+202E⟧" in page.text
    assert "⟦U+D83D⟧" in page.text


async def test_the_rehearsal_model_is_told_on_every_page_and_card(app, service):
    page = await read(app, "/runs/zhong01")
    assert page.text.count("Rehearsal model: a script answered in this run") == 1
    cards = [card for card in cards_of(service.shown["zhong01"].state) if card.kind is not CardKind.GOAL]
    assert page.text.count("排练模型") == len(cards)
    assert [value for _, name, value in page.attributes if name == "title" and value == cards[0].rehearsal]
    assert "Rehearsal model" not in (await read(app, "/runs/plan01")).text
    note = service.shown["done001"].state.notes[0]
    assert "Keep it friendly" in note.text
    await service.change("done001", rehearsal=True)
    async with visiting(app) as client:
        done = (await client.get("/runs/done001")).text
    for card in (f"card-note-{note.seq}", "card-result"):
        assert "Rehearsal model" in re.search(rf'<article id="{card}".*?</article>', done, re.DOTALL)[0]
    for path in ("/", "/account"):
        service.rehearsal = False
        assert "Rehearsal model" not in (await read(app, path)).text
        service.rehearsal = True
        banner = (await read(app, path)).text
        assert "set OPENAI_API_KEY in .env and start Nod again" in banner


async def test_the_page_speaks_chinese_to_who_asks_for_it(app):
    page = await read(app, "/runs/zhong01", **{"accept-language": "zh-CN,zh;q=0.9"})
    assert ("html", "lang", "zh-Hans") in page.attributes
    assert "计划" in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/runs/nothing", 404),
        ("/runs/nothing/events", 404),
        ("/runs/nothing/view/a", 404),
        ("/runs/asking1/view/nothing.md", 404),
        ("/runs/asking1/files/../../etc/passwd", 404),
        ("/runs/%00", 404),
        ("/nowhere", 404),
        ("/static/nothing.css", 404),
        ("/runs/asking1/decide", 405),
    ],
)
async def test_what_there_is_not_gets_a_page_with_a_sentence(app, path, status):
    page = await read(app, path, status)
    assert "That did not work" in page.text
    assert "Traceback" not in page.text


async def test_a_goal_is_submitted_with_its_files_and_policy(app, service):
    files = [("files", ("notes.txt", b"abc")), ("files", ("图.png", b"\x89PNG")), ("files", ("", b""))]
    form = {"goal": "Do it\r\nwell", "policy": "side-effects", "key": "k1"}
    async with visiting(app) as client:
        answer = await client.post("/runs", data=form, files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs/plan01")
    [(_, goal, more)] = service.asked
    assert goal == "Do it\nwell"
    assert (more["policy"], more["key"], str(more["actor"])) == (PolicyName.SIDE_EFFECTS, "k1", "nod:ada")
    assert [(each.name, each.content) for each in more["attachments"]] == [
        ("notes.txt", b"abc"),
        ("图.png", b"\x89PNG"),
    ]


async def test_the_script_is_led_to_the_new_run(app):
    async with visiting(app, script=True) as client:
        answer = await client.post("/runs", data={"goal": "x"})
        assert answer.headers["hx-redirect"] == "/runs/plan01"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (GoalRefused(reason="The goal is empty."), 422),
        (FileRefused(path="a.exe", reason="it is too large."), 422),
        (StorageBusy(where="nod.db", reason=""), 503),
        (StorageFull(where="nod.db", reason=""), 503),
    ],
)
async def test_a_goal_that_is_refused_keeps_what_was_typed(app, service, refusal, status):
    service.refuses = refusal
    async with visiting(app) as client:
        answer = await client.post("/runs", data={"goal": "My long goal", "policy": "observe"})
        page = Reader(answer.text)
        assert answer.status_code == status
        assert str(refusal) in page.text
        assert "My long goal" in page.text
        assert '<option value="observe" selected>' in answer.text
    async with visiting(app, script=True) as client:
        line = await client.post("/runs", data={"goal": "My long goal"})
        assert line.status_code == status
        assert Reader(line.text).text == str(refusal)


async def test_a_form_that_cannot_be_read_is_told(app, service):
    async with visiting(app) as client:
        broken = await client.post("/runs", content=b"--x", headers={"content-type": "multipart/form-data"})
        policy = await client.post("/runs", data={"goal": "x", "policy": "none"})
        many = await client.post("/runs", data={f"field{n}": "x" for n in range(300)})
    assert [answer.status_code for answer in (broken, policy, many)] == [400, 400, 400]
    assert "could not be read" in broken.text
    assert service.asked == []


async def test_a_forms_size_in_files_is_limited(app, service):
    async with visiting(app) as client:
        answer = await client.post("/runs", data={"goal": "x"}, files=[("files", (f"{n}", b"x")) for n in range(60)])
    assert answer.status_code == 400
    assert service.asked == []


async def test_static_files_are_kept_by_their_digest(app):
    async with visiting(app, None) as client:
        page = (await client.get("/sign-in")).text
        address = re.search(r'href="(/static/nod\.css\?v=\w+)"', page)[1]
        assert "immutable" in (await client.get(address)).headers["cache-control"]
        assert (await client.get("/static/nod.css")).headers["cache-control"] == "no-cache"


async def test_an_approver_sets_the_policy_of_goals_asked_here_and_others_are_not_offered_it(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        async with visiting(app_of(team.service), "bob") as client:
            page = Reader((await client.get("/")).text)
            assert "Unless a run says otherwise: Ask before every step" in page.text
            answer = await client.post("/policy", data={"policy": "observe"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            page = (await client.get("/")).text
            assert page.count('<option value="observe" selected>') == 2  # of this channel, and of the goal to be asked
            wrong = await client.post("/policy", data={"policy": "never"})
            assert wrong.status_code == 400
            assert "It names a policy there is not." in Reader(wrong.text).text
        async with visiting(app_of(team.service), "alice") as client:
            assert 'action="/policy"' not in (await client.get("/")).text
            refused = await client.post("/policy", data={"policy": ""})
            assert refused.status_code == 403
            assert "alice may not decide here; Bob may." in Reader(refused.text).text
        async with visiting(app_of(team.service), "bob", script=True) as client:
            answer = await client.post("/policy", data={"policy": ""})
            assert answer.headers["hx-redirect"] == "/"
        assert await team.service.channel_policy(WEB) is None
