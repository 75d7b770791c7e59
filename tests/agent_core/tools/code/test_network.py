"""Code that may reach some hosts, and packages from an index: through the proxy, shown on the card, and no others."""

import asyncio
import contextlib
import functools
import hashlib
import http.server
import socket
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from agent_core.domain import PreviewFact
from agent_core.errors import CodeRefused, OutcomeUncertain
from agent_core.i18n import sentence
from agent_core.tools.code.finding import find_bubblewrap
from agent_core.tools.code.proxy import request, serving
from agent_core.tools.code.running import Coder
from agent_core.tools.code.sandbox import Allowed, Cut, Ended, Limits, Work
from agent_core.tools.code.tools import run_command_tool, run_python_tool
from agent_core.tools.toolbox import Toolbox


@pytest.mark.parametrize(
    ("host", "port", "admitted"),
    [
        ("api.example.com", 443, True),
        ("API.Example.com.", 80, True),
        ("api.example.com", 8080, False),
        ("evil.com", 443, False),
        ("api.example.com.evil.com", 443, False),
        ("xapi.example.com", 443, False),
        ("a.data.example", 443, True),
        ("a.b.data.example", 443, True),
        ("data.example", 443, False),
        ("evildata.example", 443, False),
    ],
)
def test_hosts_are_admitted_by_their_whole_name(host, port, admitted):
    assert Allowed(("api.example.com", "*.data.example")).admits(host, port) is admitted


def test_a_request_is_sent_on_to_its_host_without_what_was_for_the_proxy():
    head = (
        b"GET http://a.example/x?y=1 HTTP/1.1\r\nHost: of-the-same-server.example\r\nX: y\r\n"
        b"Proxy-Authorization: x\r\nConnection: keep-alive\r\n\r\n"
    )
    sent = b"GET /x?y=1 HTTP/1.1\r\nHost: a.example\r\nX: y\r\nConnection: close\r\n\r\n"
    assert request(head) == ("GET", "a.example", 80, sent)
    assert request(b"CONNECT a.example:444 HTTP/1.1\r\n\r\n") == ("CONNECT", "a.example", 444, b"")
    assert request(b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n")[1] == "::1"


@pytest.mark.parametrize(
    "head", [b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET ftp://a/ HTTP/1.1\r\n\r\n", b"CONNECT :443 HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_request_to_a_proxy_is_refused(head):
    with pytest.raises(ValueError):  # noqa: PT011  (what is wrong with it, nobody is told)
        request(head)


@pytest.fixture
def server(tmp_path):
    """A web server on this machine; gives its port and the folder that it serves."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield listening.server_port, folder
        listening.shutdown()
        thread.join()


FETCH = """
import sys, urllib.error, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=10).read().decode())
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode().strip())
    except OSError as error:
        print(type(error).__name__)
"""


CONNECT = b"CONNECT localhost:%d HTTP/1.1\r\n\r\n"


def fetched(network, *urls):
    work = Work(("python", "fetch.py", *urls), [("fetch.py", FETCH.encode())], Limits(seconds=40.0), network=network)
    ended = find_bubblewrap("nobody", []).run(work, threading.Event())
    assert ended.code == 0, ended.err.text
    return ended.out.text.splitlines()


def test_code_reaches_the_hosts_it_may_and_no_others(server):
    port, folder = server
    (folder / "hello").write_text("hello from outside")
    here, there = f"http://localhost:{port}/hello", f"http://127.0.0.1:{port}/hello"
    assert fetched(Allowed(("localhost",), inner=True), here, there) == [
        "hello from outside",
        f"403 127.0.0.1:{port} is not a host that this code may reach.",
    ]
    assert fetched(None, here) == ["URLError"]


def cut(code, stop, seconds):
    """Run code until it is stopped or its time is up; return how it was cut, and what it had reached."""
    work = Work(("python", "-c", code), limits=Limits(seconds=seconds), network=Allowed(("localhost",), inner=True))
    ended = find_bubblewrap("nobody", []).run(work, stop)
    return ended.cut, ended.reached


def test_what_code_has_reached_is_known_when_it_is_ended_in_the_middle():
    waits, stop = "import threading\nthreading.Event().wait()\n", threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as threads:
        asks = f"import socket\nsocket.create_connection(('127.0.0.1', 3128)).sendall({CONNECT!r} % {{}})\n"
        ending = threads.submit(cut, asks.format(listening.getsockname()[1]) + waits, stop, 60.0)
        upstream, _ = listening.accept()
        with upstream:
            stop.set()
            assert ending.result() == (Cut.STOPPED, ["localhost"])
    assert cut(waits, threading.Event(), 0.2) == (Cut.TIME, [])


def test_a_name_that_leads_to_this_machine_is_not_followed(server):
    assert fetched(Allowed(("localhost",)), "http://localhost/x") == ["502 localhost cannot be reached."]


def test_a_tunnel_leads_to_the_address_that_was_looked_at():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        asked = []

        def resolve(host, _port):
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

        with serving(Allowed(("a.example",), inner=True), resolve) as proxy, socket.socket(socket.AF_UNIX) as client:
            client.connect(str(proxy.path))
            client.sendall(f"CONNECT a.example:{port} HTTP/1.1\r\n\r\n".encode())
            upstream, _ = listening.accept()
            with upstream:
                assert client.recv(100).startswith(b"HTTP/1.1 200 ")
                client.sendall(b"ping")
                assert upstream.recv(10) == b"ping"
                upstream.sendall(b"pong")
                assert client.recv(10) == b"pong"
        assert asked == ["a.example"]
        assert not proxy.path.exists()


def test_the_end_of_the_proxy_ends_every_connection():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with socket.socket(socket.AF_UNIX) as client:
            with serving(Allowed(("localhost",), inner=True)) as proxy:
                client.connect(str(proxy.path))
                client.sendall(f"CONNECT localhost:{port} HTTP/1.1\r\n\r\n".encode())
                assert client.recv(100)
                assert proxy.end() == ["localhost"]
            assert client.recv(10) == b""


def test_who_was_only_asked_for_was_not_reached():
    with socket.socket(socket.AF_UNIX) as client, serving(Allowed(("localhost",))) as proxy:
        client.connect(str(proxy.path))
        client.sendall(b"CONNECT localhost:443 HTTP/1.1\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 502 ")
        assert proxy.end() == []


# --- as a run sees it -------------------------------------------------------------------------------------------------


async def test_hosts_that_code_asks_for_stand_on_the_card_or_are_refused(opened, context):
    async with opened(hosts=["api.example.com", "*.data.example"]) as box:
        call = {"path": "a.py", "code": "print(1)", "hosts": ["a.data.example"]}
        shown = await box["run_python"].preview(context, call)
        assert PreviewFact("Network", "a.data.example", grave=True) in shown.facts
        seen = await box["run_python"].run(context, call)
        assert (seen.ok, seen.trusted, seen.sources) == (True, False, ("a.data.example",))
        with pytest.raises(CodeRefused, match="may not reach evil.example; `hosts` in .code."):
            await box["run_python"].preview(context, {**call, "hosts": ["evil.example"]})
        refused = await box["run_command"].run(context, {"command": ["true"], "hosts": ["evil.example"]})
        assert not refused.ok


class Cutting:
    """A sandbox whose code is always ended in the middle, when it has reached these hosts."""

    name = "cutting"
    commands = connects = True

    def __init__(self, *reached):
        self.reached = reached

    def run(self, work, stop):
        list(work.files)
        return Ended(137, cut=Cut.TIME, reached=self.reached)


@pytest.mark.parametrize("name", ["run_python", "run_command"])
async def test_code_that_was_ended_when_it_had_reached_a_host_is_for_people_to_look_at(name, context):
    calls = {"run_python": {"path": "a.py", "code": "print(1)"}, "run_command": {"command": ["true"]}}
    for sandbox, uncertain in ((Cutting("a.example"), True), (Cutting(), False)):
        coder = Coder(sandbox, Limits(seconds=9), asyncio.Semaphore(1), hosts=("a.example",))
        tool = Toolbox.of([run_python_tool(coder), run_command_tool(coder)])[name]
        call = {**calls[name], "hosts": ["a.example"]}
        if uncertain:
            with pytest.raises(OutcomeUncertain) as doubt:
                await tool.run(context, call)
            assert sentence(doubt.value, "en") == (
                "It was ended after 9 seconds, which is the most. It had reached a.example by then, "
                "and nobody knows whether that took effect."
            )
        else:
            seen = await tool.run(context, call)
            assert (seen.ok, seen.text.splitlines()[0]) == (False, "It was ended after 9 seconds, which is the most.")


@pytest.mark.parametrize(("hosts", "error"), [(["a.example"], OutcomeUncertain), ([], None)])
async def test_a_tool_that_gives_up_on_code_asks_people_where_the_code_could_reach_a_host(hosts, error, context):
    never = asyncio.Semaphore(0)
    coder = Coder(Cutting(), Limits(), never, hosts=("a.example",))
    hurried = replace(run_command_tool(coder), timeout=0.01)
    with pytest.raises(error) if error else contextlib.nullcontext():
        seen = await hurried.run(context, {"command": ["true"], "hosts": hosts})
        assert seen.text.endswith("What it did until then may have taken effect.")


async def test_packages_are_refused_where_no_index_is_set(opened, context):
    async with opened() as box:
        with pytest.raises(CodeRefused, match="no packages are installed here"):
            await box["run_python"].preview(context, {"path": "a.py", "code": "1", "packages": ["greeting"]})


def index_of(folder):
    """Make an index with one package, whose module greets."""
    wheel = folder / "greeting-1.0-py3-none-any.whl"
    info = "greeting-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("greeting.py", "def greet():\n    return 'Hello from a package'\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    page = folder / "simple" / "greeting"
    page.mkdir(parents=True)
    (page / "index.html").write_text(f'<a href="/{wheel.name}#sha256={digest}">{wheel.name}</a>')


async def test_packages_come_from_the_index_and_are_the_run_s_own(opened, context, server):
    port, folder = server
    await asyncio.to_thread(index_of, Path(folder))
    call = {"path": "a.py", "code": "import greeting\nprint(greeting.greet())", "packages": ["greeting==1.0"]}
    async with opened(packages=f"http://localhost:{port}/simple") as box:
        shown = await box["run_python"].preview(context, call)
        assert PreviewFact("Packages wanted", "greeting==1.0", grave=True) in shown.facts
        seen = await box["run_python"].run(context, call)
        assert (seen.ok, seen.text.rpartition("\n")[2]) == (True, "Hello from a package")
        assert (seen.trusted, seen.sources) == (False, ("greeting==1.0",))
        without = await box["run_python"].run(context, {**call, "packages": []})
        assert "No module named 'greeting'" in without.text
        missing = await box["run_python"].run(context, {**call, "packages": ["no-such-package"]})
        assert not missing.ok
        assert "no-such-package could not be installed" in missing.text


@pytest.mark.parametrize("name", ["-r", "--index-url=x", "a @ file:///x", "git+https://x", "../x", "a b", ""])
async def test_what_is_no_package_s_name_is_refused(name, opened, context):
    async with opened(packages="https://packages.example/simple") as box:
        seen = await box["run_python"].run(context, {"path": "a.py", "code": "1", "packages": [name]})
        assert not seen.ok
        assert context.workspace.paths() == ()
