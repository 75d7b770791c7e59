"""What a browser asks for through the proxy goes through the guard."""

import asyncio

import pytest

from agent_core.tools.web.guard import Guard
from agent_core.tools.web.proxy import open_proxy
from agent_core.tools.web.transport import GuardedNetwork
from tests.peers.web.server import open_web, page


@pytest.fixture
async def private():
    async with open_web("127.0.0.1") as server:
        server.pages["/"] = page("secret")
        yield server


@pytest.fixture
async def proxy(web, names, tmp_path):
    guard = Guard.of([f"{web.host}:{web.port}"], ports=range(1, 65536))
    async with open_proxy(guard, GuardedNetwork(guard, names.resolve)) as (opened, port):
        opened.port = port
        yield opened


async def said(proxy, *lines):
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def test_a_request_is_told_to_its_server_as_if_there_were_no_proxy(web, proxy):
    web.pages["/a?b"] = page("hello")

    answer = await said(
        proxy, f"GET {web.url('/a?b')} HTTP/1.1", f"Host: 127.0.0.2:{web.port}", "Proxy-Connection: keep-alive", "X: y"
    )

    assert answer.endswith("\r\n\r\nhello")
    (asked,) = web.asked
    assert (asked.method, asked.target, asked.headers["x"], asked.headers["connection"]) == (
        "GET",
        "/a?b",
        "y",
        "close",
    )
    assert "proxy-connection" not in asked.headers


async def test_a_tunnel_carries_both_ways(web, proxy):
    web.pages["/"] = page("hello", Connection="close")
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)

    writer.write(f"CONNECT 127.0.0.2:{web.port} HTTP/1.1\r\n\r\n".encode())
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    answer = await reader.readuntil(b"hello")
    writer.close()

    assert answer.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "first",
    [
        *(
            "CONNECT 127.0.0.1:{port}",
            "CONNECT localhost:{port}",
            "CONNECT inside.example:{port}",
            "CONNECT [::1]:{port}",
        ),
        *("GET http://127.0.0.1:{port}/", "GET http://2130706433:{port}/", "GET http://inside.example:{port}/"),
        *("GET http://me@127.0.0.1:{port}/", "POST http://[::ffff:7f00:1]:{port}/", "GET file:///etc/passwd", "GET /"),
        "CONNECT 127.0.0.2:{port}@127.0.0.1:{port}",
    ],
)
async def test_what_may_not_be_reached_is_refused(first, private, names, proxy):
    names.answers = {"inside.example": [["127.0.0.1"]], "localhost": [["127.0.0.1"]]}

    answer = await said(proxy, f"{first.format(port=private.port)} HTTP/1.1", "Host: x")

    assert answer.startswith("HTTP/1.1 403 Forbidden")
    assert len(proxy.refused) == 1
    assert private.connections == 0


async def test_a_name_that_changes_its_answer_gains_nothing(web, names, proxy):
    web.pages["/"] = page("public", Connection="close")
    async with open_web("127.0.0.1", web.port) as private:
        names.answers["rebind.example"] = [["127.0.0.2"], ["127.0.0.1"]]
        url = web.url(host="rebind.example")

        assert (await said(proxy, f"GET {url} HTTP/1.1", "Host: x")).endswith("public")
        assert (await said(proxy, f"GET {url} HTTP/1.1", "Host: x")).startswith("HTTP/1.1 403")

    assert private.connections == 0


@pytest.mark.parametrize("first", ["GARBAGE", "GET  HTTP/1.1", "A" * 100_000])
async def test_what_is_no_request_ends_the_connection(first, web, proxy):
    answer = await said(proxy, first)

    assert not answer or answer.startswith("HTTP/1.1 403 Forbidden\r\n")


async def test_a_server_that_is_not_there_is_told(web, names):
    guard = Guard.of(["127.0.0.3:1", "nowhere.example:1"])
    async with open_proxy(guard, GuardedNetwork(guard, names.resolve)) as (proxy, port):
        proxy.port = port
        for host in ("127.0.0.3", "nowhere.example"):
            assert (await said(proxy, f"GET http://{host}:1/ HTTP/1.1", "Host: x")).startswith("HTTP/1.1 502")


async def test_a_page_can_make_a_browser_load_only_so_much(web, proxy):
    proxy.left = 100_000

    async def endless(writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"a" * 10_000)
            await writer.drain()

    web.pages["/"] = endless

    assert len(await said(proxy, f"GET {web.url()} HTTP/1.1", "Host: x")) < 300_000
    assert proxy.left <= 0
