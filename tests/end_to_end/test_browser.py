"""The web workspace in a real browser, with Nod as its own process and the rehearsal model."""

import os
import re

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.end_to_end.browser import CHROMIUM, launch
from tests.end_to_end.nod_process import NodProcess

if not CHROMIUM:
    assert os.environ.get("CI") != "true", "Chromium is not installed; scripts/set_up_tests.sh installs it."
    pytest.skip("Chromium is not installed; scripts/set_up_tests.sh installs it.", allow_module_level=True)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def nod(tmp_path):
    process = NodProcess(tmp_path)
    yield process
    process.kill()


def sign_in(browser: Browser, link: str, **options) -> Page:
    page = browser.new_context(**options).new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What should Nod do?")).to_be_visible()
    return page


def ask(page: Page, goal: str) -> None:
    page.locator("textarea").fill(goal)
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url(re.compile(r"/runs/\w+$"))


def card(page: Page, title: str):
    """The newest Card of that title."""
    return page.locator("article", has=page.get_by_role("heading", name=title, exact=True)).last


def asking(page: Page):
    """The Card that waits for a decision."""
    return page.locator("article.asks").first


def approve(page: Page) -> None:
    waiting = asking(page)
    waiting.get_by_role("button", name="Approve", exact=True).click()


def approve_until_done(page: Page) -> None:
    done = page.get_by_role("heading", name="Result", exact=True)
    while True:
        decided = page.locator("article.asks").first.get_attribute("id")
        approve(page)
        # either the next Card asks, or the run is over
        expect(page.locator(f"article.asks:not(#{decided})").or_(done).first).to_be_visible()
        if done.is_visible():
            return


def test_a_newcomer_asks_edits_the_plan_rejects_steers_approves_and_downloads(browser, nod):
    page = sign_in(browser, nod.start(), accept_downloads=True)
    refused = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    ask(page, "write a blog about AI")

    plan = card(page, "Plan")
    expect(page.locator("#run_head")).to_contain_text("Waiting for a decision")
    expect(plan).to_contain_text("ehearsal model")
    expect(plan.get_by_text("Done when:").first).to_be_visible()
    plan.get_by_text("Edit…").click()
    text = plan.get_by_label("The plan as text")
    text.fill(text.input_value().replace("Outline in outline.md", "Sketch in outline.md"))
    plan.get_by_role("button", name="Approve as edited").click()
    expect(plan).to_contain_text("Sketch in outline.md")

    step = card(page, "Write a file")
    expect(step.get_by_text("New file outline.md")).to_be_visible()
    step.get_by_text("Reject…").click()
    step.locator("details[open] textarea").fill("make it shorter")
    step.get_by_role("button", name="Reject", exact=True).click()
    expect(step.or_(page.locator("article", has_text="make it shorter")).first).to_contain_text("make it shorter")

    page.locator("#say").fill("mention our team")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("article", has_text="mention our team").first).to_be_visible()

    expect(asking(page)).to_be_visible()
    approve_until_done(page)
    with page.expect_download() as downloading:
        card(page, "Result").get_by_role("link", name="Download").first.click()
    content = downloading.value.path().read_text()
    assert "No model wrote this" in content
    assert downloading.value.suggested_filename.endswith(".md")
    assert refused == []


def test_an_open_question_survives_the_browser_ctrl_c_and_kill_9(browser, nod):
    page = sign_in(browser, nod.start())
    ask(page, "write a blog about AI")
    expect(asking(page)).to_be_visible()
    kept, where = page.context.storage_state(), page.url
    page.context.close()
    assert nod.stop() == 0
    nod.start()
    nod.kill()
    nod.start()
    page = browser.new_context(storage_state=kept).new_page()
    page.goto(where)
    approve(page)
    expect(asking(page)).to_contain_text("outline.md")
    nod.kill()
    nod.start()
    page.reload()
    approve_until_done(page)


def test_the_page_catches_up_by_itself_when_nod_comes_back(browser, nod):
    page = sign_in(browser, nod.start())
    ask(page, "write a blog about AI")
    expect(asking(page)).to_be_visible()
    nod.kill()
    expect(page.locator("#offline")).to_be_visible()
    nod.start()
    expect(page.locator("#offline")).to_be_hidden(timeout=30_000)
    approve(page)
    expect(card(page, "Write a file")).to_be_visible()


def test_what_is_decided_elsewhere_shows_without_a_reload_and_the_second_is_told(browser, nod):
    first = sign_in(browser, nod.start())
    ask(first, "write a blog about AI")
    expect(asking(first)).to_be_visible()
    second = first.context.new_page()
    second.route(re.compile("/events"), lambda route: route.abort())  # a page that has not caught up
    second.goto(first.url)
    approve(first)
    expect(card(first, "Write a file")).to_be_visible()
    approve(second)
    expect(second.locator("article").filter(has_text="already decided").first).to_be_visible()


def test_the_keyboard_alone_is_enough(browser, nod):
    page = sign_in(browser, nod.start())
    page.keyboard.type("what is a journal?")  # the field has the focus
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/runs/\w+$"))
    button = asking(page).get_by_role("button", name="Approve", exact=True)
    expect(button).to_be_visible()
    expect(asking(page)).to_be_focused()
    for _ in range(4):
        if button.evaluate("it => it === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Result", exact=True)).to_be_visible()
    expect(page.locator("#card-result")).to_be_focused()


def on_screen(page: Page, selector: str) -> bool:
    """Whether all of an element is seen now, above the line to write in."""
    return page.locator(selector).evaluate(
        """(it) => {
            const box = it.getBoundingClientRect();
            const dock = document.querySelector(".dock").getBoundingClientRect();
            return box.top >= 0 && box.bottom <= dock.top + 1;
        }"""
    )


APPROVE = "article.asks .card-foot button.primary >> nth=0"


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_what_asks_and_what_came_out_are_in_view_with_the_focus_and_the_buttons(browser, nod, size):
    view = {"width": size[0], "height": size[1]}
    page = sign_in(browser, nod.start(), viewport=view, reduced_motion="reduce")
    ask(page, "write a blog about AI")
    done = page.locator("#card-result")
    while True:
        expect(asking(page).or_(done).first).to_be_focused()
        if done.is_visible():
            break
        assert on_screen(page, "article.asks .card-head")
        assert on_screen(page, APPROVE)
        decided = asking(page).get_attribute("id")
        approve(page)
        expect(page.locator(f"article.asks:not(#{decided})").or_(done).first).to_be_visible()
    assert on_screen(page, "#card-result .made-head")
    page.evaluate("scrollTo(0, 0)")
    page.reload()
    expect(done).to_be_focused()
    assert on_screen(page, "#card-result .made-head")


def test_who_writes_or_reads_elsewhere_is_left_in_peace(browser, nod):
    page = sign_in(browser, nod.start(), viewport={"width": 1280, "height": 500})
    ask(page, "write a blog about AI")
    expect(asking(page)).to_be_visible()
    other = page.context.new_page()  # where somebody else decides
    other.goto(page.url)
    page.bring_to_front()
    page.locator("#say").fill("Half a sen")
    approve(other)
    expect(card(page, "Write a file")).to_be_visible()
    expect(page.locator("#say")).to_be_focused()
    expect(page.locator("#say")).to_have_value("Half a sen")
    page.locator("#say").fill("")
    page.mouse.move(400, 200)
    page.mouse.wheel(0, -5000)
    page.wait_for_function("scrollY === 0")
    approve(other)
    expect(card(page, "Read a file")).to_be_attached()
    jump = page.get_by_role("link", name="1 decision waits for you")
    expect(jump).to_be_visible()
    assert page.evaluate("scrollY") == 0
    jump.click()
    expect(card(page, "Read a file")).to_be_focused()
    expect(card(page, "Read a file")).to_be_in_viewport()
    expect(jump).to_be_hidden()


def test_it_works_without_javascript(browser, nod):
    page = sign_in(browser, nod.start(), java_script_enabled=False)
    ask(page, "what is a journal?")
    while not page.locator("article.asks").count():
        page.reload()  # nothing updates by itself here
    approve(page)
    while not page.get_by_role("heading", name="Result", exact=True).count():
        page.reload()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(browser, nod, scheme):
    page = sign_in(browser, nod.start(), viewport={"width": 360, "height": 740}, color_scheme=scheme)
    ask(page, "写一篇关于人工智能的博客文章")
    expect(asking(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    asking(page).get_by_role("button", name="批准", exact=True).click()
    expect(card(page, "写文件")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_sign_in_link_works_once(browser, nod):
    link = nod.start()
    sign_in(browser, link)
    page = browser.new_context().new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What should Nod do?")).to_be_hidden()
    page.goto(nod.address + "/")
    expect(page.get_by_role("heading", name="What should Nod do?")).to_be_hidden()
