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

    html = (await browser_of(guard, names).render(web_address(web.url()))).decode()

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

    html = (await browser_of(guard, names).render(web_address(web.url()))).decode()

    assert "secret" in html
    assert {"/frame", "/script", "/style", "/fetch", "/rebound"} <= set(private.targets)


async def test_a_redirect_or_a_script_that_leads_elsewhere_leads_nowhere(web, private, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"], ports=range(1, 65536))
    web.pages = {"/": page(f"<html><body>here<script>location = '{private.url()}'</script></body></html>")}

    html = (await browser_of(guard, names).render(web_address(web.url()))).decode()

    assert "secret" not in html
    assert private.connections == 0


async def test_a_script_that_never_ends_is_ended(web, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"])
    web.pages = {"/": page("<html><body><script>for (;;) {}</script></body></html>")}
    browser = replace(browser_of(guard, names), seconds=3.0)
    before = running()

    with pytest.raises(WebError, match="running its scripts took longer than 3 seconds"):
        await browser.render(web_address(web.url()))

    assert running() <= before


async def test_a_browser_that_cannot_be_started_is_told(web, names):
    guard = Guard.of([f"127.0.0.2:{web.port}"])
    browser = replace(browser_of(guard, names), bubblewrap="/nowhere/bwrap")

    with pytest.raises(WebError, match="the browser could not be started"):
        await browser.render(web_address(web.url()))


def running():
    """The processes whose command names a browser's profile of ours."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"--user-data-dir=/tmp/profile" in command and b"/run/nod/relay.py" in command:
            found.add(folder.name)
    return found
