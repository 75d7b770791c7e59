"""Pages that work by themselves: the stream of what changed."""

import asyncio
import errno
from contextlib import asynccontextmanager

import httpx
import pytest

from adapters.web.listening import listen, why_not
from adapters.web.live import EventStream, Streams, event
from adapters.web.server import Server
from adapters.web.sign_in import Signatures
from agent_core.domain import RunStatus
from agent_core.errors import SettingsError
from agent_core.sign_ins import SignIn
from tests.adapters.web import samples
from tests.adapters.web.doors import SECRET, app_of, visiting
from tests.adapters.web.fake_service import FakeService


@asynccontextmanager
async def served(app):
    """The application on a real socket; yields a client and the server."""
    socket = listen("127.0.0.1", 0)
    server = Server(app)
    serving = asyncio.create_task(server.serve([socket]))
    address = f"http://127.0.0.1:{socket.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(
            base_url=address, cookies={"nod": Signatures(SECRET).cookie(SignIn("ada", 0))}
        ) as client:
            yield client, server
    finally:
        server.should_exit = True
        async with asyncio.timeout(5):
            await serving


@asynccontextmanager
async def streaming(service, run_id):
    """The server and the events of a run's stream, with a limit on the time it all takes."""
    async with (
        asyncio.timeout(10),
        served(app_of(service)) as (client, server),
        client.stream("GET", f"/runs/{run_id}/events") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield server, events(answer)


async def events(answer):
    """The data, kind and id of each event of a stream."""
    found = {"data": []}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if not line:
            if found["data"]:
                yield "\n".join(found["data"]), found.get("event", ""), found.get("id", "")
            found = {"data": []}
        elif name == "data":
            found["data"].append(value)
        else:
            found[name] = value


@pytest.fixture
def service():
    return FakeService(samples.asking(), samples.finished_run())


async def test_only_what_changed_is_sent_and_the_stream_ends_with_the_run(service):
    async with streaming(service, "asking1") as (_, stream):
        whole, _, first = await anext(stream)
        assert whole.count("<article") == 4
        await service.change("asking1", goal="Write it anew")
        changed, _, second = await anext(stream)
        assert "Write it anew" in changed
        assert changed.count("<article") == 0  # what was asked stands at the head
        assert first != second
        await service.change("asking1", status=RunStatus.STOPPED)
        kinds = [kind async for _, kind, _ in stream]
        assert kinds[-1] == "over"


async def test_who_comes_back_gets_nothing_they_have(service):
    async with served(app_of(service)) as (client, _), asyncio.timeout(10):
        page = (await client.get("/runs/asking1")).text
        shown = page.partition('data-shown="')[2].partition('"')[0]
        for by_header in (False, True):
            query = "" if by_header else f"?shown={shown}"
            headers = {"last-event-id": shown} if by_header else {}
            service.rested.clear()
            async with client.stream("GET", f"/runs/asking1/events{query}", headers=headers) as answer:
                await service.rested.wait()
                await service.change("asking1", tokens=service.shown["asking1"].state.tokens + 1)
                changed, _, shown = await anext(events(answer))
            assert changed.count("<article") == 0
            assert 'id="run_side"' in changed


async def test_the_page_and_the_stream_agree_on_what_is_shown(service):
    async with served(app_of(service)) as (client, _), asyncio.timeout(10):
        page = (await client.get("/runs/asking1")).text
        shown = page.partition('data-shown="')[2].partition('"')[0]
        async with client.stream("GET", "/runs/asking1/events") as answer:
            _, _, identity = await anext(events(answer))
    assert shown == identity


async def test_a_reader_who_goes_is_not_watched_for(service):
    async with served(app_of(service)) as (client, _), asyncio.timeout(10):
        async with client.stream("GET", "/runs/asking1/events") as answer:
            await anext(events(answer))
            assert service.watchers == 1
        await service.unwatched.wait()
    assert service.watchers == 0


async def test_a_server_that_stops_ends_its_streams_at_once(service):
    async with streaming(service, "asking1") as (server, stream):
        await anext(stream)
        server.should_exit = True
        async with asyncio.timeout(4):  # less than the time requests are given to end by themselves
            assert [data async for data, _, _ in stream] == []


async def test_a_run_that_is_over_says_so_at_once(service):
    async with streaming(service, "done001") as (_, stream):
        assert [kind async for _, kind, _ in stream] == ["", "over"]


async def test_a_quiet_stream_beats():
    async def nothing():
        await asyncio.Event().wait()
        yield b""

    sent: asyncio.Queue = asyncio.Queue()

    async def receive():
        await asyncio.Event().wait()

    stream = EventStream(nothing(), streams := Streams(), heartbeat=0.01)
    sending = asyncio.create_task(stream({}, receive, sent.put))
    async with asyncio.timeout(5):
        parts = [await sent.get() for _ in range(4)]
        assert [part.get("body") for part in parts[2:]] == [b": ping\n\n"] * 2
        streams.close()
        await sending


async def test_every_line_of_an_event_is_data():
    assert event("one\ntwo", identity="7") == b"data: one\ndata: two\nid: 7\n\n"
    assert event("half \ud83d") == b"data: half ?\n\n"


async def test_an_unknown_run_has_no_stream(service):
    async with visiting(app_of(service)) as client:
        assert (await client.get("/runs/none/events")).status_code == 404


def test_a_port_in_use_is_told_in_a_sentence():
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="set PORT to another") as told:
        listen("127.0.0.1", taken.getsockname()[1])
    assert "while attempting" not in str(told.value)


def test_no_host_is_every_address_of_the_machine():
    with listen("", 0) as everywhere:
        assert everywhere.getsockname()[0] == "0.0.0.0"


@pytest.mark.parametrize("host", ["nope.invalid", "203.0.113.7", "a..b", "x" * 70, "::ffff:203.0.113.7"])
def test_a_host_that_is_not_here_is_told(host):
    with pytest.raises(SettingsError, match=r"HOST must be an address of this machine, for example 127\.0\.0\.1\.$"):
        listen(host, 0)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PermissionError(errno.EACCES, "as Python says"), "(Permission denied); choose a PORT of 1024 or more."),
        (OSError(errno.EADDRNOTAVAIL, "as Python says"), "HOST must be"),
        (OSError(errno.EADDRINUSE, "as Python says"), "; end what uses that port, or set PORT to another."),
        (OverflowError("port must be 0-65535."), "set PORT to another."),
    ],
)
def test_why_a_port_cannot_be_had_is_told_with_what_to_do(error, says):
    assert says in why_not(error)
    assert "as Python says" not in why_not(error)
