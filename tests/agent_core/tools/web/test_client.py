"""Requests through the guard, to a hostile web server. What must not be reached is a server that counts."""

import asyncio
import gzip
import zlib

import brotli
import pytest

from agent_core.errors import AddressRefused, WebError
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.client import Limits, open_client
from agent_core.tools.web.guard import Guard
from tests.peers.web.server import open_web, page, redirect


@pytest.fixture
async def private():
    """A server that must not be reached."""
    async with open_web("127.0.0.1") as server:
        server.pages["/"] = page("secret")
        yield server


@pytest.fixture
async def client(web, names):
    # the port is open to all, so that it is the address that keeps a request from going anywhere else
    guard = Guard.of([f"{web.host}:{web.port}"], ports=range(1, 65536))
    async with open_client(guard, resolver=names.resolve) as opened:
        yield opened


async def test_a_page_comes_back_whole_with_what_it_says_of_itself(web, client):
    web.pages["/a?b=c"] = page("hello", ETag='"1"')

    reply = await client.fetch(web_address(web.url("/a?b=c#d")), headers={"X-Own": "1"})

    assert (reply.status, reply.body, reply.headers["etag"]) == (200, b"hello", '"1"')
    (asked,) = web.asked
    assert (asked.method, asked.target) == ("GET", "/a?b=c")
    assert asked.headers["host"] == f"127.0.0.2:{web.port}"
    assert asked.headers["x-own"] == "1"
    assert "Nod/" in asked.headers["user-agent"]


async def test_a_body_can_be_sent(web, client):
    web.pages["/in"] = page("got it", status="201 Created")

    reply = await client.fetch(
        web_address(web.url("/in")), method="POST", content=b"{}", headers={"content-type": "application/json"}
    )

    assert (reply.status, web.asked[0].method, web.asked[0].body) == (201, "POST", b"{}")
    assert web.asked[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "spelled",
    [
        *("http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/", "http://0x7f.1:{port}/"),
        *("http://017700000001:{port}/", "http://127.0.0.1.:{port}/", "http://[::ffff:127.0.0.1]:{port}/"),
        *("http://[::1]:{port}/", "http://0:{port}/", "http://0.0.0.0:{port}/", "http://127。0。0。1:{port}/"),
        *("http://localhost:{port}/", "http://LOCALHOST.:{port}/", "http://inside.example:{port}/"),
        *("http://mixed.example:{port}/", "http://mapped.example:{port}/", "http://nat64.example:{port}/"),
        *("http://me@127.0.0.1:{port}/", "http://127.0.0.2@127.0.0.1:{port}/", "http://127.0.0.2\\@127.0.0.1:{port}/"),
    ],
)
async def test_a_private_server_is_not_reached_by_any_spelling(spelled, private, names, client):
    names.answers = {
        "localhost": [["127.0.0.1"]],
        "inside.example": [["127.0.0.1"]],
        "mixed.example": [["127.0.0.2", "127.0.0.1"]],
        "mapped.example": [["::ffff:7f00:1"]],
        "nat64.example": [["64:ff9b::7f00:1"]],
    }

    with pytest.raises(AddressRefused):
        await client.fetch(web_address(spelled.format(port=private.port)))

    assert private.connections == 0


async def test_the_private_server_would_be_reached_without_a_guard(private, names):
    names.answers["inside.example"] = [["127.0.0.1"]]
    guard = Guard.of(["127.0.0.0/8"], ports=[private.port])

    async with open_client(guard, resolver=names.resolve) as client:
        reply = await client.fetch(web_address(private.url(host="inside.example")))

    assert (reply.body, private.connections) == (b"secret", 1)


async def test_a_name_that_changes_its_answer_is_connected_to_where_it_was_checked(web, names, client):
    web.pages["/"] = page("public", Connection="close")
    # the same port on both addresses, so that only the name's answer tells them apart
    async with open_web("127.0.0.1", web.port) as private:
        names.answers["rebind.example"] = [["127.0.0.2"], ["127.0.0.1"]]
        address = web_address(web.url(host="rebind.example"))

        reply = await client.fetch(address)
        with pytest.raises(AddressRefused, match=r"it leads to 127\.0\.0\.1, which is not on the public web"):
            await client.fetch(address)

    assert reply.body == b"public"
    assert web.asked[0].headers["host"] == f"rebind.example:{web.port}"
    assert names.asked == ["rebind.example", "rebind.example"]  # once for each connection, never twice
    assert private.connections == 0


async def test_an_unknown_name_is_told(client, web):
    with pytest.raises(WebError, match="no connection to its server came about"):
        await client.fetch(web_address(web.url(host="nowhere.example")))


async def test_redirects_are_followed_and_told(web, client):
    web.pages = {"/a": redirect("/b", "301 Moved"), "/b": redirect(web.url("/c")), "/c": page("there")}

    reply = await client.fetch(web_address(web.url("/a")))

    assert reply.body == b"there"
    assert str(reply.address) == web.url("/c")
    assert [str(each) for each in reply.passed] == [web.url("/a"), web.url("/b")]


@pytest.mark.parametrize(
    "onward",
    ["http://127.0.0.1:{port}/", "//127.1:{port}/", "http://inside.example:{port}/", "http://2130706433:{port}/"],
)
async def test_each_hop_of_a_redirect_is_checked(onward, web, private, names, client):
    names.answers["inside.example"] = [["127.0.0.1"]]
    web.pages["/"] = redirect(onward.format(port=private.port))

    with pytest.raises(AddressRefused):
        await client.fetch(web_address(web.url()))

    assert private.connections == 0


@pytest.mark.parametrize("onward", ["file:///etc/passwd", "ftp://127.0.0.2/", "http://me@127.0.0.2/"])
async def test_a_redirect_out_of_the_web_is_refused(onward, web, client):
    web.pages["/"] = redirect(onward)

    with pytest.raises(AddressRefused):
        await client.fetch(web_address(web.url()))


async def test_a_chain_of_redirects_ends(web, client):
    web.pages = {f"/{n}": redirect(f"/{n + 1}") for n in range(50)}

    with pytest.raises(WebError, match="it leads on and on, more than 5 times"):
        await client.fetch(web_address(web.url("/0")))

    assert len(web.asked) == 6


async def test_headers_for_one_host_are_not_told_to_another(web, names, client):
    names.answers["other.example"] = [["127.0.0.2"]]
    web.pages = {"/a": redirect("/b"), "/b": redirect(web.url("/c", host="other.example")), "/c": page("there")}

    await client.fetch(web_address(web.url("/a")), headers={"Authorization": "secret"})

    assert [each.headers.get("authorization") for each in web.asked] == ["secret", "secret", None]


async def test_what_was_posted_is_not_posted_again_elsewhere(web, client):
    web.pages["/in"] = redirect("/elsewhere", "307 Temporary Redirect")

    reply = await client.fetch(web_address(web.url("/in")), method="POST", content=b"once")

    assert (reply.status, web.targets) == (307, ["/in"])


async def test_no_cookie_is_kept(web, client):
    web.pages["/"] = page("hello", Set_Cookie="a=b")

    await client.fetch(web_address(web.url()))
    await client.fetch(web_address(web.url()))

    assert "cookie" not in web.asked[1].headers


async def test_no_proxy_of_the_environment_is_used(web, private, client, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, private.url())
    web.pages["/"] = page("direct")

    assert (await client.fetch(web_address(web.url()))).body == b"direct"
    assert private.connections == 0


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_compressed_body_is_told_as_it_is_meant(coding, web, client):
    packed = gzip.compress(b"hello") if coding == "gzip" else zlib.compress(b"hello")
    web.pages["/"] = page(packed, Content_Encoding=coding)

    assert (await client.fetch(web_address(web.url()))).body == b"hello"


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
async def test_a_bomb_is_stopped_while_it_unpacks(coding, pack, web, client):
    bomb = pack(bytes(200_000_000))
    assert len(bomb) < 200_000
    web.pages["/"] = page(bomb, Content_Encoding=coding)  # br is what nobody asked for

    with pytest.raises(WebError, match="it is larger than 10,000,000 bytes"):
        await client.fetch(web_address(web.url()))


async def test_a_bomb_within_a_bomb_is_not_unpacked(web, client):
    web.pages["/"] = page(gzip.compress(gzip.compress(b"")), Content_Encoding="gzip, gzip")

    with pytest.raises(WebError, match="it is compressed several times over"):
        await client.fetch(web_address(web.url()))


@pytest.mark.parametrize("packed", [b"\x1f\x8bnot gzip at all", b"plain"])
async def test_what_cannot_be_unpacked_is_garbled(packed, web, client):
    web.pages["/"] = page(packed, Content_Encoding="gzip")

    with pytest.raises(WebError, match="what came back is garbled"):
        await client.fetch(web_address(web.url()))


async def test_a_body_that_says_it_is_too_large_is_not_read(web, client):
    async def forever(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n")
        await writer.drain()
        await asyncio.Event().wait()

    web.pages["/"] = forever

    with pytest.raises(WebError, match="it is larger than 10,000,000 bytes"):
        await client.fetch(web_address(web.url()))


async def test_a_body_without_an_end_is_stopped_at_the_limit(web, client):
    async def endless(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
            await writer.drain()

    web.pages["/"] = endless

    with pytest.raises(WebError, match="it is larger than 1,000,000 bytes"):
        await client.fetch(web_address(web.url()), limits=Limits(body=1_000_000))


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow"])
async def test_a_server_that_stalls_is_left_when_the_time_is_over(head, web, client):
    async def stalls(writer):
        writer.write(head)
        await writer.drain()
        await asyncio.Event().wait()

    web.pages["/"] = stalls

    with pytest.raises(WebError, match=r"it took longer than 0\.2 seconds"):
        await client.fetch(web_address(web.url()), limits=Limits(seconds=0.2))


async def test_time_is_counted_over_all_hops(web, client):
    web.pages["/"] = redirect("/")

    with pytest.raises(WebError, match="it took longer than 0 seconds"):
        await client.fetch(web_address(web.url()), limits=Limits(seconds=0))


async def test_headers_without_an_end_are_stopped(web, client):
    async def headers(writer):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100_000):
            writer.write(f"X-{number}: {'a' * 100}\r\n".encode())
            await writer.drain()

    web.pages["/"] = headers

    with pytest.raises(WebError, match="what came back is garbled"):
        await client.fetch(web_address(web.url()))


async def test_large_headers_are_refused(web, client):
    web.pages["/"] = page("a", **{f"X-{number}": "b" * 1000 for number in range(80)})

    with pytest.raises(WebError, match="its headers are too large"):
        await client.fetch(web_address(web.url()))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "what came back is garbled"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "what came back is garbled"),
        (b"", "what came back is garbled"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "what came back is garbled"),
    ],
)
async def test_what_is_no_http_is_garbled(said, told, web, client):
    async def says(writer):
        writer.write(said)
        await writer.drain()

    web.pages["/"] = says

    with pytest.raises(WebError, match=told):
        await client.fetch(web_address(web.url()))


async def test_a_server_that_is_not_there_is_told():
    guard = Guard.of(["127.0.0.3:1"])
    async with open_client(guard) as other:
        with pytest.raises(WebError, match="no connection to its server came about"):
            await other.fetch(web_address("http://127.0.0.3:1/"))


async def test_before_is_asked_of_each_hop_and_can_refuse_it(web, client):
    web.pages = {"/a": redirect("/b"), "/b": page("there")}
    hops = []

    async def before(address):
        hops.append(address.target)
        if address.target == "/b":
            raise WebError(url=str(address), reason="no.")

    with pytest.raises(WebError, match="no"):
        await client.fetch(web_address(web.url("/a")), before=before)

    assert (hops, web.targets) == (["/a", "/b"], ["/a"])


async def test_a_name_that_is_never_answered_is_given_up(web):
    async def silent(host, port):
        await asyncio.Event().wait()

    async with open_client(Guard(), resolver=silent) as client:
        with pytest.raises(WebError, match=r"it took longer than 0\.2 seconds"):
            await client.fetch(web_address("http://paper.example/"), limits=Limits(seconds=0.2))


@pytest.mark.parametrize("answer", [["no address"], [], ["127.0.0.2", "::1%lo"]])
async def test_what_a_resolver_answers_is_looked_at(answer, web):
    async def answering(host, port):
        return answer

    guard = Guard.of([f"127.0.0.2:{web.port}"], ports=[web.port])
    async with open_client(guard, resolver=answering) as client:
        with pytest.raises(WebError, match="no connection to its server came about|is not on the public web"):
            await client.fetch(web_address(web.url(host="paper.example")))
    assert web.connections == 0
