"""What every request passes first: the Host asked for, the site it came from, its size; and headers on every answer."""

from collections.abc import Callable, Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.web.failures import CrossSite, HostRefused, TooLarge
from adapters.web.views import size
from agent_core.errors import NodError

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    # not no-referrer: with it browsers send `Origin: null` for our own forms (Fetch standard, "append a request
    # Origin header"), and on plain HTTP, where they send no Sec-Fetch-Site, the Origin is all there is to go by
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def host_name(host: str) -> str:
    """Return the name in a Host header: lower case, no port, no brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def host_allowed(host: str, names: Collection[str]) -> bool:
    """Whether a Host header may be answered. A bare IP address may: no other site's name can lead to it."""
    name = host_name(host)
    if name in names or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def comes_from_here(method: str, headers: Headers, public_url: str) -> bool:
    """Whether a request that changes something was made by our own pages, or by a program with a token of its own.

    Sec-Fetch-Site decides where the browser sends it; else the Origin must be the address asked for.
    """
    if method in _SAFE_METHODS or bearer(headers):
        return True
    site = headers.get("sec-fetch-site", "")
    if site:
        return site in ("same-origin", "none")
    origin = headers.get("origin", "")
    if not origin or origin == "null":
        return False
    return origin == public_url or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def bearer(headers: Headers) -> str:
    """Return the token of an Authorization header, or an empty string."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class Guard:
    """ASGI middleware. `refuse` turns an error into the answer people or programs get.

    What comes to a `signed` route may come from anywhere: its signature is checked there, and browsers have no part.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        refuse: Callable[[Request, NodError], Response],
        public_url: str,
        hosts: Collection[str],
        signed: Collection[Route],
        largest: int,
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._public_url = public_url
        self._hosts = frozenset({host_name(urlsplit(public_url).netloc), *(host_name(host) for host in hosts)} - {""})
        self._signed = frozenset(route.path for route in signed)
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on to the application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem = self._problem(scope)
        if problem is not None:
            await self._refuse(Request(scope), problem)(scope, receive, _with_headers(send))
            return
        await self._app(scope, self._measured(receive), _with_headers(send))

    def _problem(self, scope: Scope) -> NodError | None:
        headers = Headers(scope=scope)
        if not host_allowed(headers.get("host", ""), self._hosts):
            return HostRefused(host=headers.get("host", "")[:100])
        here = scope["path"] in self._signed or comes_from_here(scope["method"], headers, self._public_url)
        if not here:
            return CrossSite()
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._largest:
            return TooLarge(limit=size(self._largest))
        return None

    def _measured(self, receive: Receive) -> Receive:
        """Return `receive` that stops a body longer than it said it would be."""
        taken = 0

        async def measured() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._largest:
                raise HTTPException(TooLarge.status)  # the one kind of error every body parser lets through
            return message

        return measured


def _with_headers(send: Send) -> Send:
    """Return `send` that adds the security headers an answer does not set itself."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
