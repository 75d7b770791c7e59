"""Requests through the guard: each hop of a redirect checked, and sizes and time capped while a body streams."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from agent_core.errors import WebAnswerLost, WebError
from agent_core.i18n import N_, Phrase
from agent_core.tools.web.addresses import WebAddress, web_address
from agent_core.tools.web.guard import Guard
from agent_core.tools.web.transport import GuardedTransport, Resolver, system_resolver

USER_AGENT = "Mozilla/5.0 (compatible; Nod/0.1; reads a page when a person of a team asked for it)"
REDIRECTS = 5
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_REPEATED = frozenset({"GET", "HEAD"})  # redirects of other methods are for whoever asked to look at

Before = Callable[[WebAddress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a request may take: seconds of network in all, bytes of a body as it comes out of compression."""

    seconds: float = 30.0
    body: int = 10_000_000
    headers: int = 64 * 1024
    redirects: int = REDIRECTS


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from `address`, the last hop; `passed` are the hops before it. `body` is out of compression."""

    address: WebAddress
    status: int
    headers: httpx2.Headers
    body: bytes
    passed: tuple[WebAddress, ...] = ()


class WebAnswerCut(WebAnswerLost):
    """{url}: {reason} Its answer had begun."""

    reply: Reply  #: as much of it as came


@dataclass(slots=True)
class _Going:
    """What is known of a request under way: whether any of it has left, the head of its answer, and its body so far."""

    address: WebAddress
    left: bool = False
    answered: httpx2.Response | None = None
    parts: list[bytes] = field(default_factory=list[bytes])

    async def trace(self, happened: str, _: Mapping[str, object]) -> None:
        """Take note of what the connection tells (httpx2, "trace" extension)."""
        self.left = self.left or happened.endswith(".send_request_headers.started")

    @property
    def reply(self) -> Reply | None:
        """As much of the answer as came, None before its head."""
        head = self.answered
        return Reply(self.address, head.status_code, head.headers, b"".join(self.parts)) if head is not None else None

    def failed(self, reason: str | Phrase) -> WebError:
        """Return what to raise: only of what never left is it known that it was not done."""
        if (reply := self.reply) is not None:
            cut = WebAnswerCut(url=str(self.address), reason=reason)
            cut.reply = reply
            return cut
        return (WebAnswerLost if self.left else WebError)(url=str(self.address), reason=reason)


class _Refused(Exception):
    """An answer is more than the limits allow. The argument says what."""


async def _at_once(_address: WebAddress) -> None:
    pass


@dataclass(frozen=True)
class WebClient:
    """Sends requests that the guard admits. No cookies, no credentials, nothing that one request leaves to the next."""

    guard: Guard
    transport: GuardedTransport = field(repr=False)

    async def fetch(
        self,
        address: WebAddress,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        limits: Limits = LIMITS,
        before: Before = _at_once,
    ) -> Reply:
        """Send a request and return its whole reply, whatever its status. GET and HEAD follow redirects.

        `headers` are for the first host alone. `before` is awaited before each hop, and its time is not counted.

        Raises:
            AddressRefused: a hop may not be reached.
            WebAnswerCut: no whole reply came within the limits, and what came of it.
            WebAnswerLost: no reply came, and it may have been done.
            WebError: it never left, or leads nowhere.
        """
        left, passed, given = limits.seconds, (), dict(headers or {})
        while True:
            self.guard.check(address)
            await before(address)
            started = asyncio.get_running_loop().time()
            request = httpx2.Request(method, str(address), headers=_headers(given, content), content=content)
            reply = await self._hop(address, request, limits, left)
            left -= asyncio.get_running_loop().time() - started
            onward = reply.headers.get("location") if reply.status in _REDIRECTING and method in _REPEATED else None
            if not onward or not limits.redirects:
                return Reply(address, reply.status, reply.headers, reply.body, passed)
            passed = (*passed, address)
            if len(passed) > limits.redirects:
                reason = Phrase(N_("it leads on and on, more than {most} times."), most=limits.redirects)
                raise WebError(url=str(passed[0]), reason=reason)
            following = web_address(onward, address)
            given = given if following.origin == address.origin else {}
            address = following

    async def _hop(self, address: WebAddress, request: httpx2.Request, limits: Limits, seconds: float) -> Reply:
        going = _Going(address)
        request.extensions = {**request.extensions, "trace": going.trace}
        try:
            async with asyncio.timeout(max(seconds, 0)):
                going.answered = response = await self.transport.handle_async_request(request)
                try:
                    await _read(request, response, limits, going.parts)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise going.failed(Phrase(N_("it took longer than {seconds:g} seconds."), seconds=limits.seconds)) from None
        except _Refused as error:
            raise going.failed(error.args[0]) from None
        except (httpx2.TransportError, httpx2.DecodingError, UnicodeError) as error:
            raise going.failed(_words_for(error)) from error
        return Reply(address, response.status_code, response.headers, b"".join(going.parts))


@asynccontextmanager
async def open_client(
    guard: Guard, *, resolver: Resolver = system_resolver, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[WebClient]:
    """Yield a client behind the guard. `tls` checks certificates in the place of the usual authorities."""
    transport = GuardedTransport(guard, resolver=resolver, tls=tls)
    try:
        yield WebClient(guard, transport)
    finally:
        await transport.aclose()


def _headers(given: Mapping[str, str], content: bytes) -> dict[str, str]:
    usual = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
    named = {name.title() for name in given}
    length = {"Content-Length": str(len(content))} if content else {}
    return {**{name: value for name, value in usual.items() if name not in named}, **given, **length}


async def _read(request: httpx2.Request, response: httpx2.Response, limits: Limits, parts: list[bytes]) -> None:
    """Read the body into `parts`. Raises _Refused as soon as it is more than the limits allow; the rest is not read."""
    if sum(len(name) + len(value) for name, value in response.headers.raw) > limits.headers:
        raise _Refused(N_("its headers are too large."))
    codings = [each for each in response.headers.get("content-encoding", "").split(",") if each.strip()]
    if len(codings) > 1:
        # each layer can blow up what the next one then throws away, so their product is not bounded by what comes out
        raise _Refused(N_("it is compressed several times over."))
    too_large = Phrase(N_("it is larger than {most:,} bytes."), most=limits.body)
    declared = response.headers.get("content-length", "")
    if request.method != "HEAD" and declared.isdecimal() and int(declared) > limits.body:
        raise _Refused(too_large)
    size = 0
    async for part in response.aiter_bytes():
        parts.append(part[: limits.body - size])
        size += len(part)
        if size > limits.body:
            raise _Refused(too_large)


def _words_for(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return N_("its certificate cannot be trusted.")
        if isinstance(cause, ssl.SSLError):
            return N_("no secure connection came about.")
        cause = cause.__cause__ or cause.__context__
    match error:
        case httpx2.ConnectError() | httpx2.ConnectTimeout():
            return N_("no connection to its server came about.")
        case httpx2.DecodingError() | httpx2.ProtocolError() | UnicodeError():
            return N_("what came back is garbled.")
        case _:
            return N_("the connection broke off.")
