"""Pages made by scripts, read by the Chromium that is installed, from servers over loopback."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent_core.errors import WebError
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.browser import browser_for
from agent_core.tools.web.guard import Guard
from agent_core.tools.web.opening import open_page_reader
from agent_core.tools.web.settings import WebSettings
from agent_core.tools.web.transport import GuardedNetwork
from tests.peers.web.server import open_web, page

SHOWS = "<html><head><title>Of scripts</title></head><body><div id=r></div><script src=/a.js></script></body></html>"
SCRIPT = "r.innerHTML = '<article><p>' + 'This text was made by a script. '.repeat(9) + '</p></article>'"
REACHES = """<html><body><p id=r></p><img src="{private}/image"><iframe src="{private}/frame"></iframe>
<iframe src="file:///etc/passwd"></iframe><link rel=stylesheet href="{private}/style">
<script src="{private}/script"></script><script>
const into = (text) => {{ r.textContent += text + ' ' }}
fetch('{private}/fetch').then((a) => a.text()).then(into, () => into('refused'))
fetch('{rebound}/rebound').then((a) => a.text()).then(into, () => into('refused'))
fetch('{public}/public').then((a) => a.text()).then(into, () => into('refused'))
try {{ new WebSocket('{private}/socket'.replace('http', 'ws')) }} catch (e) {{}}
navigator.sendBeacon('{private}/beacon', 'carried out')
</script></body></html>"""


@pytest.fixture
async def private():
    async with open_web("127.0.0.1") as server:
        server.answering = lambda asked: page("secret", Access_Control_Allow_Origin="*")
        yield server


async def test_a_page_that_its_scripts_make_is_read(web, time, names):
    web.pages = {"/": page(SHOWS), "/a.js": page(SCRIPT, kind="text/javascript")}
    settings = WebSettings(allowed=(f"127.0.0.2:{web.port}",), robots=False, javascript=True)

    async with open_page_reader(settings, clock=time, wait=time.wait, resolver=names.resolve) as pages:
        read = await pages.page(web_address(web.url()))

    assert read.text.startswith("This text was made by a script. This text")
    assert (read.title, read.remark) == ("Of scripts", "Its scripts were run in a browser to read it.")
    assert "Nod/" in web.asked[-1].headers["user-agent"]


async def test_a_page_that_can_be_read_without_scripts_runs_none(web, time, names):
    words = "Whoever can read this needs no script, and so none is run. " * 9
    web.pages = {"/": page(f"<html><body><p>{words}</p><script src=/a.js></script></body></html>")}
    settings = WebSettings(allowed=(f"127.0.0.2:{web.port}",), robots=False, javascript=True)

    async with open_page_reader(settings, clock=time, wait=time.wait, resolver=names.resolve) as pages:
        assert not (await pages.page(web_address(web.url()))).remark

    assert web.targets == ["/"]


async def test_a_page_with_little_text_is_read_without_its_scripts_where_they_cannot_be_run(web, time, names):
    web.pages = {
        "/": page("<html><body><p>Closed today.</p><script src=/a.js></script></body></html>"),
        "/empty": page(SHOWS),
    }
    settings = WebSettings(allowed=(f"127.0.0.2:{web.port}",), robots=False, javascript=True)

    async with open_page_reader(settings, clock=time, wait=time.wait, resolver=names.resolve) as pages:
        broken = replace(pages, browser=replace(pages.browser, bubblewrap="/nowhere/bwrap"))
        read = await broken.page(web_address(web.url()))
        with pytest.raises(WebError, match="the browser could not be started"):
            await broken.page(web_address(web.url("/empty")))

    assert read.text == "Closed today."
    assert read.remark == "Its scripts could not be run, so that whatever they show is missing."


@pytest.fixture
async def sites(web):
    """The page's own and another."""
    async with open_web("127.0.0.3") as other:
        yield web, other


def robots(text):
    return page(text, kind="text/plain")


@pytest.mark.parametrize(
    ("rules", "loaded"),
    [
        ("User-agent: *\nDisallow: /private", ["/robots.txt", "/a.js"]),
        ("User-agent: Nod\nDisallow: /", ["/robots.txt"]),
    ],
)
async def test_what_scripts_load_from_another_site_is_held_to_its_robots_txt(rules, loaded, sites, time, names):
    web, other = sites
    document = f"<html><body><div id=r></div><script>{SCRIPT}</script><script src={other.url('/a.js')}></script>"
    web.pages = {"/": page(document), "/robots.txt": robots("User-agent: *\nDisallow: /elsewhere")}
    another = "document.querySelector('p').append('And by another.')"
    other.pages = {"/a.js": page(another, kind="text/javascript"), "/robots.txt": robots(rules)}

    async with open_page_reader(scripted(*sites), clock=time, wait=time.wait, resolver=names.resolve) as pages:
        read = await pages.page(web_address(web.url()))

    assert asked(other) == loaded
    assert ("And by another." in read.text) is ("/a.js" in loaded)
    assert read.remark_fields == (() if "/a.js" in loaded else (("count", 1),))
    assert asked(web) == ["/robots.txt", "/", "/"]
    assert time.waits == [1.0]  # the browser asks for the page when it is its turn


async def test_a_browser_opens_nothing_but_the_page_and_what_it_loads(web, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"])
    web.pages = {"/": page(SHOWS), "/a.js": page(SCRIPT, kind="text/javascript")}
    opened = []

    async def may(address):
        opened.append(address.place)

    rendered = await browser_of(guard, names).render(web_address(web.url()), may)

    assert rendered.refused == 0
    assert set(opened) == {f"127.0.0.2:{web.port}"}
    assert not names.asked


async def test_a_script_cannot_lead_a_browser_to_a_page_that_nod_may_not_read(sites, time, names):
    web, other = sites
    web.pages = {"/": page(f"<html><body><script>location = '{other.url('/private')}'</script></body></html>")}
    other.pages = {"/private": page("<p>secret"), "/robots.txt": robots("User-agent: *\nDisallow: /private")}

    async with open_page_reader(scripted(*sites), clock=time, wait=time.wait, resolver=names.resolve) as pages:
        with pytest.raises(WebError, match="1 of the addresses that its scripts opened may not be read"):
            await pages.page(web_address(web.url()))

    assert asked(other) == ["/robots.txt"]


def asked(server):
    """What was asked of a server, but for the picture that a browser wants of every site."""
    return [target for target in server.targets if target != "/favicon.ico"]


def scripted(*servers):
    allowed = tuple(f"{server.host}:{server.port}" for server in servers)
    return WebSettings(allowed=allowed, javascript=True)


def browser_of(guard, names):
    return browser_for(guard, GuardedNetwork(guard, names.resolve))


async def test_what_a_page_opens_goes_through_the_guard(web, private, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"], ports=range(1, 65536))
    names.answers["rebind.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    names.answers["public.example"] = [["127.0.0.2"]]
    web.answering = lambda asked: page("may-be-read", Access_Control_Allow_Origin="*", Connection="close")
    reaches = REACHES.format(
        private=private.url(""),
        rebound=f"http://rebind.example:{private.port}",
        public=web.url("", host="public.example"),
    )
    web.pages = {"/": page(reaches)}

    html = (await browser_of(guard, names).render(web_address(web.url()))).html.decode()

    assert "may-be-read" in html
    assert "refused" in html
    assert "secret" not in html
    assert "root:" not in html
    assert private.connections == 0


async def test_the_same_page_would_reach_all_of_it_if_it_were_let(web, private, names):
    guard = Guard.of(["127.0.0.0/8"], ports=range(1, 65536))
    names.answers = {"rebind.example": [["127.0.0.1"]], "public.example": [["127.0.0.2"]]}
    web.answering = lambda asked: page("may-be-read", Access_Control_Allow_Origin="*")
    rebound, public = f"http://rebind.example:{private.port}", web.url("", host="public.example")
    web.pages = {"/": page(REACHES.format(private=private.url(""), rebound=rebound, public=public))}

    html = (await browser_of(guard, names).render(web_address(web.url()))).html.decode()

    assert "secret" in html
    assert {"/frame", "/script", "/style", "/fetch", "/rebound"} <= set(private.targets)


async def test_a_redirect_or_a_script_that_leads_elsewhere_leads_nowhere(web, private, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"], ports=range(1, 65536))
    web.pages = {"/": page(f"<html><body>here<script>location = '{private.url()}'</script></body></html>")}

    html = (await browser_of(guard, names).render(web_address(web.url()))).html.decode()

    assert "secret" not in html
    assert private.connections == 0


async def test_what_a_browser_says_of_a_page_that_it_could_not_open_is_not_taken_for_the_page(web, private, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"], ports=range(1, 65536))
    nowhere = private.url().replace("http:", "https:")
    web.pages = {"/": page(f"<html><body>here<script>location = '{nowhere}'</script></body></html>")}

    with pytest.raises(WebError, match="the browser that ran its scripts gave nothing"):
        await browser_of(guard, names).render(web_address(web.url()))


async def test_a_script_that_never_ends_is_ended(web, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"])
    web.pages = {"/": page("<html><body><script>for (;;) {}</script></body></html>")}
    browser = replace(browser_of(guard, names), seconds=3.0)

    with pytest.raises(WebError, match="running its scripts took longer than 3 seconds"):
        await browser.render(web_address(web.url()))

    assert not running(web.url())


async def test_a_browser_that_cannot_be_started_is_told(web, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"])
    browser = replace(browser_of(guard, names), bubblewrap="/nowhere/bwrap")

    with pytest.raises(WebError, match="the browser could not be started"):
        await browser.render(web_address(web.url()))


def running(url):
    """The processes whose command names a page."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if url.encode() in command:
            found.add(folder.name)
    return found
