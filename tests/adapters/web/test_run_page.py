"""A run's page shows what matters, and to whom it matters."""

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest

from agent_core.domain import PolicyName
from agent_core.i18n import language_of
from bot.rehearsal.goals import Kind, files_named, kind_of
from tests.adapters.web import samples
from tests.adapters.web.doors import app_of, visiting
from tests.adapters.web.fake_service import FakeService
from tests.adapters.web.reading import Reader, read

# the tags our templates and the sanitiser make; anything else came from somebody's text
HANDLERS = re.compile(r"^on")


@pytest.fixture
def service():
    return FakeService(*samples.every())


@pytest.fixture
def app(service):
    return app_of(service)


def asking_card(page, card):
    """The HTML of one Card."""
    return re.search(rf'<article id="{card}".*?</article>', page, re.DOTALL)[0]


async def test_while_a_plan_asks_all_of_it_is_open_and_numbered(app, service):
    async with visiting(app) as client:
        card = asking_card((await client.get("/runs/plan01")).text, "card-plan")
    items = card.partition('<ol class="items whole">')[2].partition("</ol>")[0]
    assert "<details" not in items
    assert re.findall(r'<span class="number">(\d)</span>', items) == ["1", "2", "3"]
    for text in ("Read the notes in the workspace", "Done when: blog.md exists", "after “Gather what is known”"):
        assert text in items
    accepted = asking_card((await read_text(app, "/runs/asking1")), "card-plan")
    assert re.findall(r'<span class="number">(\d)</span>', accepted) == ["1", "2", "3"]


async def read_text(app, path):
    async with visiting(app) as client:
        return (await client.get(path)).text


async def test_what_waits_is_said_once_above_its_card(app):
    page = await read_text(app, "/runs/plan01")
    seen = re.sub(r'<[^>]*class="[^"]*unseen[^"]*"[^>]*>[^<]*<|<title>[^<]*<|="[^"]*"', "<", page)
    assert seen.count("Waiting for a decision") == 1
    assert seen.count("Write a blog about AI for people who have never programmed") == 1
    assert seen.count("Ask before every step") == 1


async def test_a_new_file_is_shown_as_it_reads_and_its_call_is_one_click_away(app, service):
    new = samples.new_file()
    service.shown["new0001"] = new
    card = asking_card(await read_text(app, "/runs/new0001"), "card-step-s3")
    seen, _, behind = card.partition("<details")
    assert "New file blog.md" in seen
    assert "<strong>examples</strong>" in seen
    assert "/dev/null" not in card
    whole = behind.partition("</details>")[0]
    assert "**examples**" in whole
    assert "Changes files of this run" in whole
    assert new.state.steps["s3"].call.digest in whole
    assert "<details" not in whole  # one click, not two


async def test_what_markdown_would_hide_is_shown_as_it_is_written(app, service):
    service.shown["new0001"] = samples.new_file("# Fine\n\n[hidden]: https://evil.example/?q=secret\n")
    seen = asking_card(await read_text(app, "/runs/new0001"), "card-step-s3").partition("<details")[0]
    assert "[hidden]: https://evil.example/?q=secret" in seen


async def test_what_must_be_read_before_deciding_is_never_folded(app):
    card = asking_card(await read_text(app, "/runs/unsure1"), "card-step-s9")
    assert "Sends something out of this machine" in card.partition("<details")[0]


async def test_a_result_shows_what_was_made_and_one_large_download(app, service):
    card = asking_card(await read_text(app, "/runs/done001"), "card-result")
    made = card.partition('<section class="made"')[2].partition("</section>")[0]
    assert "<h3>What machines can learn</h3>" in made
    assert re.findall(r'<a class="button primary" href="([^"]+)" download', card) == ["/runs/done001/files/blog.md"]
    assert 'href="/runs/done001/files/notes.md" download' in card
    assert "100%" not in card.partition("<details")[0]
    service.shown["done001"].files.clear()  # gone from the disk: the rest of the result is there all the same
    gone = asking_card(await read_text(app, "/runs/done001"), "card-result")
    assert 'class="made"' not in gone
    assert "What machines can learn" in gone


@pytest.mark.parametrize(
    ("content", "shows"),
    [
        (b"\x89PNG\r\n\x1a\n", '<img class="document" src="/runs/done001/picture/blog.md"'),
        (b"\x00\x01", ">Download<"),
        (b"<script>alert(1)</script>" * 1000, "data-framed"),
    ],
)
async def test_what_was_made_is_shown_by_what_is_in_it(app, service, content, shows):
    service.shown["done001"].files["blog.md"] = content
    card = asking_card(await read_text(app, "/runs/done001"), "card-result")
    assert shows.strip("><") in card
    assert "<script" not in card


async def test_who_may_not_decide_sees_no_buttons_and_who_may(app):
    for path in ("/runs/plan01", "/runs/asking1", "/runs/asks001", "/runs/unsure1", "/runs/stuck01"):
        async with visiting(app, "mallory") as client:
            text = (await client.get(path)).text
        page = Reader(text)
        run = text.partition('<div class="run"')[2].partition("<dialog")[0]
        assert "<form" not in run
        assert "waits for you" not in page.text
        assert "You are looking on. Who may decide and steer this run: Ada Lovelace." in page.text
        assert "button" not in page.tags[: page.tags.index("dialog")]
    async with visiting(app, "mallory") as client:
        over = await client.get("/runs/done001")
        cards = (await client.get("/api/runs/asking1")).json()["cards"]
    assert 'action="/runs/done001/say"' in over.text  # anybody may follow up, in a run of their own
    assert not [card for card in cards if card["buttons"] or card["fields"]]


async def test_a_long_goal_is_whole_one_click_away(app, service):
    goal = "Write about " + "machines and what they learn, " * 20
    await service.change("plan01", goal=goal)
    page = await read_text(app, "/runs/plan01")
    assert page.partition("<h1")[2].partition("</h1>")[0].endswith("…")
    assert goal in page.partition("The whole goal</summary>")[2]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_starters_need_nothing_that_is_not_there(language):
    page = await read(app_of(FakeService()), "/", **{"accept-language": language})
    ideas = [unquote(value.partition("goal=")[2]) for _, _, value in page.attributes if value.startswith("/?goal=")]
    assert len(ideas) == 3
    for idea in ideas:
        assert kind_of(idea) is not Kind.UNCLEAR
        assert files_named(idea) == ()
        assert language_of(idea) == language
        assert not re.search(r"\b(our|attached|my)\b|附件|我们的", idea)


async def test_a_run_that_only_showed_is_no_success(app, service):
    observed = replace(service.shown["done001"].state.policy, name=PolicyName.OBSERVE)
    await service.change("done001", policy=observed)
    page = await read(app, "/runs/done001")
    assert "Only shown, nothing was run" in page.text
    assert "Finished" not in page.text
    rows = (await read(app, "/")).text
    assert "Only shown, nothing was run" in rows


@pytest.mark.parametrize(("run_id", "hint"), [("recurs1", "0 for never late."), ("recurs2", "0 表示迟到就不再运行。")])
async def test_an_input_says_what_may_stand_in_it_also_to_who_does_not_see_it(app, run_id, hint):
    card = asking_card(await read_text(app, f"/runs/{run_id}"), "card-step-s1")
    [grace] = re.findall(r'<textarea[^>]*name="argument.grace"[^>]*>', card)
    [described_by] = re.findall('aria-describedby="([^"]+)"', grace)
    [told] = re.findall(f'<p class="hint" id="{described_by}">([^<]+)</p>', card)
    assert told.endswith(hint)
    ids = re.findall('id="([^"]+)"', card)
    assert set(re.findall('aria-describedby="([^"]+)"', card)) <= set(ids)
    [goal] = re.findall(r'<(?:textarea|input)[^>]*name="argument.goal"[^>]*>', card)
    assert "aria-describedby" not in goal


async def test_what_is_announced_of_a_card_has_the_colon_of_its_language(app):
    english, chinese = await read_text(app, "/runs/recurs1"), await read_text(app, "/runs/recurs2")
    assert 'data-announce="Keep a schedule summarise the news: Waiting for a decision"' in english
    assert 'data-announce="保存定时任务 summarise the news：等待决定"' in chinese
