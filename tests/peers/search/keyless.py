"""The engines that ddgs asks without a key, behind a proxy that stands for the whole web: each answers in its form."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.peers.certificates import issued
from tests.peers.web.server import page

HOSTS = ("html.duckduckgo.com", "search.brave.com", "www.mojeek.com")
_FORMS = {
    "html.duckduckgo.com": '<div class="links_main body"><h2><a href="{0}">{1}</a></h2><a href="{0}">{2}</a></div>',
    "search.brave.com": (
        '<div data-type="web"><a href="{0}"><div class="title">{1}</div></a>'
        '<div class="snippet"><div class="content">{2}</div></div></div>'
    ),
    "www.mojeek.com": '<ul class="results"><li><h2><a href="{0}">{1}</a></h2><p class="s">{2}</p></li></ul>',
}


@dataclass
class Keyless:
    """`knows` is what each host finds: address, title and text. `hosts` are those that were asked for, in turn."""

    proxy: str
    authority: Path
    tls: ssl.SSLContext
    knows: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            host = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode().partition(":")[0]
            self.hosts.append(host)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.start_tls(self.tls)
            self.said.append(await _request(reader))
            found = _FORMS[host].format(*self.knows[host]) if host in self.knows else "nothing"
            writer.write(page(f"<html><body>{found}</body></html>", Connection="close"))
            await writer.drain()
        except (ConnectionError, EOFError):
            pass
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    return head + await reader.readexactly(int(fields.get(b"content-length", b"0")))


@asynccontextmanager
async def open_keyless(folder: Path) -> AsyncIterator[Keyless]:
    authority, path = issued(folder, *HOSTS)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    keyless = Keyless("", authority, tls)
    server = await asyncio.start_server(keyless.serve, "127.0.0.1", 0)
    keyless.proxy = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield keyless
