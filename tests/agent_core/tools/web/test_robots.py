"""What a robots.txt says is obeyed, wherever a page leads."""

import pytest

from agent_core.errors import WebError
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.opening import open_page_reader
from agent_core.tools.web.settings import WebSettings
from tests.peers.web.server import open_web, page, redirect

RULES = "User-agent: Nod\nDisallow: /private\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n"
EVIL = "User-agent: *\nDisallow: /" + "a*" * 40 + "b$\n"


@pytest.fixture
async def pages(web, time, names):
    settings = WebSettings(allowed=("127.0.0.0/8",), ports=tuple(range(1024, 65536)))
    async with open_page_reader(settings, clock=time, wait=time.wait, resolver=names.resolve) as reader:
        yield reader


def robots(text, **more):
    return page(text, kind="text/plain", **more)


async def read(pages, url):
    return (await pages.page(web_address(url))).text


async def test_rules_for_nod_are_obeyed_and_asked_for_once_an_hour(web, pages, time):
    web.pages = {"/robots.txt": robots(RULES), "/a": page("a", kind="text/plain"), "/private/b": page("b")}

    assert await read(pages, web.url("/a")) == "a"
    with pytest.raises(WebError, match=r"its robots\.txt says that programs such as Nod are not to read this page"):
        await read(pages, web.url("/private/b"))
    assert web.targets == ["/robots.txt", "/a"]

    time.pass_by(3600)
    await read(pages, web.url("/a"))
    assert web.targets == ["/robots.txt", "/a", "/robots.txt", "/a"]


async def test_the_pause_that_a_host_wants_is_kept(web, pages, time):
    web.pages = {"/robots.txt": robots(RULES)} | {f"/{n}": page(f"{n}", kind="text/plain") for n in range(3)}

    for n in range(3):
        await read(pages, web.url(f"/{n}"))

    assert time.waits == [7.0, 7.0]


async def test_a_pause_that_is_too_long_is_told(web, pages):
    web.pages = {
        "/robots.txt": robots("User-agent: *\nCrawl-delay: 600"),
        "/a": page("a", kind="text/plain"),
        "/b": page("b", kind="text/plain"),
    }
    await read(pages, web.url("/a"))

    with pytest.raises(WebError, match="it would be 600 seconds; try again later"):
        await read(pages, web.url("/b"))


async def test_where_a_page_leads_is_looked_up_as_well(web, pages):
    async with open_web("127.0.0.3") as other:
        other.pages = {"/robots.txt": robots("User-agent: *\nDisallow: /"), "/b": page("b")}
        web.pages = {"/a": redirect(other.url("/b"))}

        with pytest.raises(WebError, match=r"its robots\.txt says"):
            await read(pages, web.url("/a"))

        assert other.targets == ["/robots.txt"]


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone"])
async def test_where_there_are_no_rules_everything_may_be_read(status, web, pages):
    web.pages = {"/robots.txt": page("", status=status), "/a": page("a", kind="text/plain")}

    assert await read(pages, web.url("/a")) == "a"


@pytest.mark.parametrize(
    "answer",
    [
        page("", status="500 Oops"),
        page("", status="429 Too Many Requests"),
        page(b"#" * 600_000, kind="text/plain"),
        redirect("/robots.txt"),
    ],
)
async def test_where_the_rules_cannot_be_read_nothing_is_for_a_minute(answer, web, pages, time):
    web.pages = {"/robots.txt": [answer], "/a": page("a", kind="text/plain")}

    with pytest.raises(WebError, match=r"its robots\.txt could not be read"):
        await read(pages, web.url("/a"))
    assert "/a" not in web.targets

    web.pages["/robots.txt"] = robots("")
    time.pass_by(60)
    assert await read(pages, web.url("/a")) == "a"


async def test_rules_that_hold_their_reader_are_given_up(web, pages):
    web.pages = {"/robots.txt": robots(EVIL), f"/{'a' * 200}": page("a", kind="text/plain")}

    try:
        assert await read(pages, web.url("/" + "a" * 200)) == "a"
    except WebError as error:
        assert "taking it apart took longer than" in str(error)  # noqa: PT017  (either is well; it ends)
