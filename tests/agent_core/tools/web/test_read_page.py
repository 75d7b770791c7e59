"""Reading pages, as a run does it, from servers over loopback."""

import pytest

from agent_core.domain import Risk
from agent_core.errors import ToolArgumentsInvalid, ToolFailed
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.web.opening import open_page_reader
from agent_core.tools.web.read_page import CHARACTERS, read_page_tool
from agent_core.tools.web.settings import WebSettings
from agent_core.tools.workspace import Workspace
from tests.agent_core.tools.web.documents import ARTICLE, pdf
from tests.peers.web.server import page, redirect


def opened(it):
    async def open_it():
        return it

    return open_it


@pytest.fixture
def settings(web):
    return WebSettings(allowed=(f"127.0.0.2:{web.port}",), robots=False)


@pytest.fixture
async def pages(settings, time, names):
    async with open_page_reader(settings, clock=time, wait=time.wait, resolver=names.resolve) as reader:
        yield reader


@pytest.fixture
def read(pages, tmp_path):
    tool = read_page_tool(pages.client.guard, opened(pages))
    context = ToolContext("r1", Workspace(tmp_path / "r1"), frozenset(), "en")

    async def run(url, offset=0):
        return await tool.run(context, tool.validate({"url": url, "offset": offset}))

    run.tool, run.context = tool, context
    return run


async def test_an_article_is_told_with_what_is_known_of_it(web, read):
    web.pages["/a"] = page(ARTICLE)

    seen = await read(web.url("/a#part"))

    assert (seen.ok, seen.trusted, seen.sources) == (True, False, (web.url("/a"),))
    head, text = seen.text.split("\n\n", 1)
    assert head.splitlines() == [
        "On nods",
        web.url("/a"),
        "By Ann Author",
        "Dated 2025-05-01",
        "Read on 2026-03-01 12:00 UTC",
    ]
    assert "A nod is the smallest word of assent there is" in text
    assert f"[has asked for centuries]({web.url('/history#top')})" in text
    assert "“Nothing moved until the eldest nodded.”" in text
    assert "| Berlin | yes |" in text
    assert "- It is silent." in text
    assert "All rights reserved" not in text
    assert "About" not in text


async def test_the_tool_says_what_it_can_do(read):
    assert (read.tool.risk, read.tool.outside) == (Risk.READ, True)


async def test_people_see_the_host_and_path_that_will_be_asked(read):
    arguments = read.tool.validate({"url": "https://BÜCHER.example/a/../b?c=ü#d"})
    preview = await read.tool.preview(read.context, arguments)

    assert arguments["url"] == "https://xn--bcher-kva.example/b?c=%C3%BC"
    assert [(fact.label, fact.value) for fact in preview.facts] == [
        ("Host", "xn--bcher-kva.example"),
        ("Host in its letters", "bücher.example"),
        ("Path", "/b?c=%C3%BC"),
    ]


async def test_nobody_is_asked_about_what_may_not_be_reached(read):
    with pytest.raises(ToolFailed, match=r"it leads to 127\.0\.0\.1, which is not on the public web"):
        await read.tool.preview(read.context, read.tool.validate({"url": "http://2130706433/"}))


async def test_what_is_no_web_address_is_told_to_the_model(read):
    with pytest.raises(ToolArgumentsInvalid, match="only addresses that begin with http:// or https:// are read"):
        read.tool.validate({"url": "file:///etc/passwd"})


async def test_a_page_that_was_found_elsewhere_names_both_addresses(web, read):
    web.pages = {"/old": redirect("/new"), "/new": page(ARTICLE)}

    assert (await read(web.url("/old"))).sources == (web.url("/new"), web.url("/old"))


async def test_a_pdf_is_read_with_its_title(web, read):
    web.pages["/a"] = page(pdf("First page", "Second page", title="A paper"), kind="application/octet-stream")

    head, *text = (await read(web.url("/a"))).text.split("\n\n")

    assert head.splitlines()[0] == "A paper"
    assert head.splitlines()[2:4] == ["By Bob Writer", "Dated 2025-01-02"]
    assert text == ["First page", "Second page"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (pdf("secret", password="x"), "it is protected by a password"),
        (b"%PDF-1.7 and then nothing", "it is damaged, or not what it says it is"),
        (pdf(""), "no text was found on it"),
    ],
)
async def test_a_pdf_that_cannot_be_read_is_told(body, told, web, read):
    web.pages["/a"] = page(body, kind="application/pdf")

    seen = await read(web.url("/a"))

    assert (seen.ok, told in seen.text) == (False, True), seen.text


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain", "plain ü", "plain ü"),
        ("text/plain; charset=iso-8859-1", "plain ü".encode("latin-1"), "plain ü"),
        ("text/plain; charset=nonsense", "plain ü", "plain ü"),
        ("application/json", '{"a": 1}', '{"a": 1}'),
        ("application/atom+xml", "<feed/>", "<feed/>"),
        ("text/html; charset=GB18030", "<p>一个简短的页面，足够说明问题。</p>".encode("gb18030"), "一个简短的页面"),
        ("text/html", '<meta charset="gbk"><p>一个简短的页面。</p>'.encode("gbk"), "一个简短的页面"),
        ("", "<html><p>It says nothing of itself.</p></html>", "It says nothing of itself."),
    ],
)
async def test_text_is_read_in_its_own_characters(kind, body, text, web, read):
    web.pages["/a"] = page(body, kind=kind)

    assert text in (await read(web.url("/a"))).text


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (page("", status="404 Not Found"), "its server answered: 404 Not Found."),
        (page("", status="999 Whatever"), "its server answered: 999."),
        (page("", status="429 Too Many Requests", Retry_After="120"), "says to ask again later (120)"),
        (page("", status="304 Not Modified"), "its server answered: 304 Not Modified."),
        (page(b"\x89PNG", kind="image/png"), "it is no text but image/png, 4 bytes."),
        (page("<div id=root></div><script>draw()</script>"), "no text was found on it"),
        (page(""), "no text was found on it"),
    ],
)
async def test_what_is_no_page_is_told_in_a_sentence(answer, told, web, read):
    web.pages["/a"] = answer

    seen = await read(web.url("/a"))

    assert (seen.ok, seen.trusted, told in seen.text) == (False, False, True), seen.text


async def test_a_long_page_is_read_on_from_where_it_stopped_without_asking_again(web, read):
    text = "".join(f"{number:07} " for number in range(6000))
    web.pages["/a"] = [page(text, kind="text/plain", Cache_Control="no-cache"), page("changed", kind="text/plain")]

    first = await read(web.url("/a"))
    second = await read(web.url("/a"), CHARACTERS)
    beyond = await read(web.url("/a"), 60_000)

    assert first.text.endswith(f"[28,000 more characters; read on with offset={CHARACTERS}]")
    assert second.text.split("\n\n")[1] == text[CHARACTERS : 2 * CHARACTERS]
    assert (beyond.ok, beyond.text) == (
        False,
        f"{web.url('/a')} has 48,000 characters; read it with an offset below that.",
    )
    assert web.targets == ["/a"]


async def test_a_page_is_asked_for_again_only_when_it_is_not_fresh_and_sent_again_only_when_it_changed(web, read, time):
    web.pages["/a"] = [
        page("old", kind="text/plain", ETag='"1"', Last_Modified="Sun, 01 Mar 2026 00:00:00 GMT"),
        page("", status="304 Not Modified"),
        page("new", kind="text/plain"),
    ]

    await read(web.url("/a"))
    time.pass_by(299)
    assert "Read on 2026-03-01 12:00 UTC\n\nold" in (await read(web.url("/a"))).text
    time.pass_by(1)
    assert "Read on 2026-03-01 12:05 UTC\n\nold" in (await read(web.url("/a"))).text
    time.pass_by(300)
    assert "Read on 2026-03-01 12:10 UTC\n\nnew" in (await read(web.url("/a"))).text

    assert [each.headers.get("if-none-match") for each in web.asked] == [None, '"1"', '"1"']
    assert web.asked[1].headers["if-modified-since"] == "Sun, 01 Mar 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "again"),
    [("max-age=60", [False, True]), ("no-store", [True, True]), ("max-age=99999999999", [False, False])],
)
async def test_how_long_a_page_is_fresh_is_for_its_server_to_say(said, again, web, read, time):
    web.pages["/a"] = page("text", kind="text/plain", Cache_Control=said)
    await read(web.url("/a"))

    for expected in again:
        before = len(web.asked)
        time.pass_by(50)
        await read(web.url("/a"))
        assert (len(web.asked) > before) is expected


async def test_one_host_is_asked_slowly_and_others_meanwhile(web, names, pages, read, time):
    names.answers["other.example"] = [["127.0.0.2"]]
    web.pages = {f"/{n}": page(f"{n}", kind="text/plain") for n in range(4)}

    for n in range(3):
        await read(web.url(f"/{n}"))
    assert time.waits == [1.0, 1.0]
    await read(web.url("/3", host="other.example"))

    assert time.waits == [1.0, 1.0]


async def test_what_names_its_address_says_where_it_failed(web, read):
    assert (await read(web.url("/a"))).sources == (web.url("/a"),)
