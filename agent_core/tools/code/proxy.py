"""A filtering proxy for code: HTTP and CONNECT on a Unix socket, to the hosts that people saw, and to no others.

It runs while the code does, in threads of its own, and everything through it ends with it.
"""

import selectors
import socket
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from agent_core.tools.code.sandbox import Allowed
from agent_core.tools.web.guard import address_of, is_public

_HEAD = 16 * 1024  # bytes of a request's head
_AT_ONCE = 32  # connections
_CHUNK = 64 * 1024
_PATIENCE = 20.0  # seconds for a head, for a name, and for a connection

Resolve = Callable[[str, int], Iterable[str]]


def resolved(host: str, port: int) -> Iterable[str]:
    """Return the addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@contextmanager
def serving(allowed: Allowed, resolve: Resolve = resolved) -> "Generator[Proxy]":
    """Yield a proxy to whose socket anybody of this machine who knows it can connect, while this is entered."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nod-code-")))
        folder.chmod(0o711)
        path = folder / "proxy"
        server = stack.enter_context(socket.socket(socket.AF_UNIX))
        server.bind(str(path))
        path.chmod(0o666)
        server.listen(_AT_ONCE)
        proxy = Proxy(path, server, allowed, resolve)
        stack.callback(proxy.end)
        yield proxy


class Proxy:
    """The threads of a proxy: one that accepts, and one for each connection. Its socket is at `path`."""

    def __init__(self, path: Path, server: socket.socket, allowed: Allowed, resolve: Resolve) -> None:
        self.path = path
        self._reached: set[str] = set()
        self._server = server
        self._allowed = allowed
        self._resolve = resolve
        self._places = threading.Semaphore(_AT_ONCE)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._accepting = threading.Thread(target=self._accept, name="code-proxy", daemon=True)
        self._accepting.start()

    def end(self) -> Sequence[str]:
        """End every connection, accept no more, and return the hosts to which any byte can have gone."""
        with self._lock:
            self._closed = True
            opened = [*self._open]
        for each in (self._server, *opened):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        with self._lock:
            return sorted(self._reached)

    def _accept(self) -> None:
        while True:
            self._places.acquire()
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), name="code-proxy", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with suppress(OSError, ValueError), self._held(client):
                self._carry(client)
        finally:
            self._places.release()

    def _carry(self, client: socket.socket) -> None:
        client.settimeout(_PATIENCE)
        method, host, port, first = request(_head(client))
        if not self._allowed.admits(host, port):
            client.sendall(_answer(f"403 Forbidden\r\n\r\n{host}:{port} is not a host that this code may reach.\n"))
            return
        try:
            upstream = self._connected(host, port)
        except OSError:
            client.sendall(_answer(f"502 Bad Gateway\r\n\r\n{host} cannot be reached.\n"))
            return
        with self._held(upstream):
            with self._lock:
                self._reached.add(host)
            if method == "CONNECT":
                client.sendall(_answer("200 Connection established\r\n\r\n"))
            upstream.sendall(first)
            _relay(client, upstream)

    @contextmanager
    def _held(self, connection: socket.socket) -> Generator[None]:
        with self._lock:
            self._open.add(connection)
            closed = self._closed
        try:
            if closed:
                raise OSError  # it came in the moment of the end
            yield
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _connected(self, host: str, port: int) -> socket.socket:
        """Connect to the very address that was looked at. Raises OSError."""
        for address in self._resolve(host, port):
            if self._allowed.inner or is_public(address_of(address)):
                with suppress(OSError):
                    return socket.create_connection((address, port), _PATIENCE)
        raise OSError


def request(head: bytes) -> tuple[str, str, int, bytes]:
    """Return the method, host and port of a request to a proxy, and what to send on. Raises ValueError."""
    line, _, rest = head.partition(b"\r\n")
    method, target, version = line.decode("ascii").split(" ")
    if method == "CONNECT":
        parts = urlsplit(f"//{target}")
        _, _, early = head.partition(b"\r\n\r\n")
        return method, _host(parts.hostname), parts.port or 443, early
    parts = urlsplit(target)
    if parts.scheme != "http":
        raise ValueError
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers, _, body = rest.partition(b"\r\n\r\n")
    kept = [each for each in headers.split(b"\r\n") if not _is_ours(each)]
    # RFC 9112, 3.2.2: the host is the target's, or a server of many could be asked for one that nobody allowed
    host = f"Host: {parts.netloc.rpartition('@')[2]}"
    made = b"\r\n".join((f"{method} {path} {version}\r\n{host}".encode("ascii"), *kept, b"Connection: close"))
    return method, _host(parts.hostname), parts.port or 80, made + b"\r\n\r\n" + body


def _is_ours(header: bytes) -> bool:
    name = header.partition(b":")[0].strip().lower()
    return name in {b"host", b"connection"} or name.startswith(b"proxy-")


def _host(name: str | None) -> str:
    if not name:
        raise ValueError
    return name


def _head(client: socket.socket) -> bytes:
    """Return what comes until the head of a request is whole. Raises ValueError, OSError."""
    said = b""
    while b"\r\n\r\n" not in said:
        chunk = client.recv(_CHUNK)
        if not chunk or len(said) > _HEAD:
            raise ValueError
        said += chunk
    return said


def _answer(rest: str) -> bytes:
    return f"HTTP/1.1 {rest}".encode()


def _relay(client: socket.socket, upstream: socket.socket) -> None:
    """Carry bytes both ways until both sides have ended."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, upstream)
        selector.register(upstream, selectors.EVENT_READ, client)
        while selector.get_map():
            for key, _ in selector.select():
                target: socket.socket = key.data
                source = client if target is upstream else upstream
                chunk = source.recv(_CHUNK)
                if chunk:
                    target.sendall(chunk)
                else:
                    selector.unregister(key.fd)
                    target.shutdown(socket.SHUT_WR)
