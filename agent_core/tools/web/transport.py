"""The guarded way out: an httpx2 transport that connects to the very address that was checked, and to no other."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol, cast

import httpcore2
import httpx2

from agent_core.errors import AddressRefused
from agent_core.i18n import N_
from agent_core.tools.web.addresses import literal
from agent_core.tools.web.guard import Address, Guard, address_of

CONNECTIONS = 20  # at once; a run reads eight pages at the most
KEPT_SECONDS = 5.0  # an idle connection is kept: long enough for a redirect, too short to outlive what was checked
_TRIED = 4  # addresses of a host that are tried one after the other

# its own threads: resolvers that hang must not take those that read files
_RESOLVERS = ThreadPoolExecutor(4, thread_name_prefix="nod-resolver")


class Resolver(Protocol):
    """Looks names up."""

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the IP addresses of a name, the preferred first; empty or OSError when it has none."""
        ...


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return what this machine says are the addresses of a name. Raises OSError."""
    loop = asyncio.get_running_loop()
    answers = await loop.run_in_executor(_RESOLVERS, _look_up, host, port)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _look_up(host: str, port: int) -> list[tuple[Any, ...]]:
    return cast("list[tuple[Any, ...]]", socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class GuardedNetwork(httpcore2.AsyncNetworkBackend):
    """Opens connections to what the guard admits. TLS is checked against the name, as it would be without a guard."""

    def __init__(self, guard: Guard, resolver: Resolver = system_resolver) -> None:
        self._guard = guard
        self._resolver = resolver
        self._network = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (the base's form)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to an address of the host, each of which was checked.

        Raises:
            AddressRefused: one of its addresses may not be reached.
        """
        addresses = await self.addresses(host, port)
        failed: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for ip in addresses[:_TRIED]:
            try:
                # the address, not the name: a second look-up could be answered otherwise
                return await self._network.connect_tcp(str(ip), port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore2.ConnectError(f"{host} has no address")

    async def addresses(self, host: str, port: int) -> Sequence[Address]:
        """Return the addresses of a host, all of which may be reached. Raises AddressRefused."""
        ip = literal(host)
        try:
            found = [ip] if ip else [address_of(answer) for answer in await self._resolver(host, port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise httpcore2.ConnectError(f"{host} has no address") from error
        for each in found:
            # one that may not be reached is enough: an honest name has none of these beside public ones
            if reason := self._guard.refusal(host, port, each):
                raise AddressRefused(url=f"{host}:{port}", reason=reason)
        return found

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: no web address is a socket of this machine."""
        raise AddressRefused(url=path, reason=N_("only addresses that begin with http:// or https:// are read."))

    async def sleep(self, seconds: float) -> None:
        """Sleep between tries."""
        await asyncio.sleep(seconds)


class GuardedTransport(httpx2.AsyncBaseTransport):
    """An httpx2 transport over a GuardedNetwork: give it to any httpx2.AsyncClient that must not reach further.

    It reads no proxies from the environment: a proxy would connect to whatever it likes. `tls` checks certificates.
    """

    def __init__(
        self, guard: Guard, *, resolver: Resolver = system_resolver, tls: ssl.SSLContext | None = None
    ) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or httpx2.create_ssl_context(trust_env=False),
            max_connections=CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=GuardedNetwork(guard, resolver),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and return its response, unread. Raises AddressRefused and what httpx2 raises."""
        url = request.url
        sent = httpcore2.Request(
            request.method,
            httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=cast("httpx2.AsyncByteStream", request.stream),
            extensions=request.extensions,
        )
        with _as_httpx2():
            answer = await self._pool.handle_async_request(sent)
        about = cast("dict[str, Any]", answer.extensions)  # pyright: ignore[reportUnknownMemberType]
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=about, request=request
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx2():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _as_httpx2() -> Generator[None]:
    """Raise httpcore2's errors as those of httpx2, which have the same names."""
    try:
        yield
    except (
        httpcore2.TimeoutException,
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.ProxyError,
        httpcore2.UnsupportedProtocol,
    ) as error:
        kind: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__)
        raise kind(str(error)) from error
