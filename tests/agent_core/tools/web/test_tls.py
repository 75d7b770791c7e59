"""Certificates are checked against the name that was asked for, though the connection goes to an address."""

import ssl

import pytest

from agent_core.errors import WebError
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.client import open_client
from agent_core.tools.web.guard import Guard
from tests.peers.certificates import certificate
from tests.peers.web.server import open_web, page


@pytest.fixture
def path(tmp_path):
    return certificate(tmp_path, "secure.example")


@pytest.fixture
async def secure(path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    asked = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with open_web("127.0.0.2", tls=context) as web:
        web.names = asked
        web.pages["/"] = page("hello")
        yield web


async def test_a_server_is_known_by_its_name(secure, path, names):
    names.answers["secure.example"] = [["127.0.0.2"]]
    guard = Guard.of([f"127.0.0.2:{secure.port}"])

    async with open_client(guard, resolver=names.resolve, tls=ssl.create_default_context(cafile=path)) as client:
        reply = await client.fetch(web_address(secure.url(host="secure.example", scheme="https")))

    assert (reply.body, secure.names) == (b"hello", ["secure.example"])


@pytest.mark.parametrize("host", ["other.example", "127.0.0.2"])
async def test_a_server_that_has_another_name_is_not_trusted(host, secure, path, names):
    names.answers["other.example"] = [["127.0.0.2"]]
    guard = Guard.of([f"127.0.0.2:{secure.port}"])

    async with open_client(guard, resolver=names.resolve, tls=ssl.create_default_context(cafile=path)) as client:
        with pytest.raises(WebError, match="its certificate cannot be trusted"):
            await client.fetch(web_address(secure.url(host=host, scheme="https")))

    assert secure.asked == []


async def test_a_server_whom_nobody_knows_is_not_trusted(secure, names):
    names.answers["secure.example"] = [["127.0.0.2"]]

    async with open_client(Guard.of([f"127.0.0.2:{secure.port}"]), resolver=names.resolve) as client:
        with pytest.raises(WebError, match="its certificate cannot be trusted"):
            await client.fetch(web_address(secure.url(host="secure.example", scheme="https")))
