"""What every route needs: the Service, who asks, the page's language, and how pages are made."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.web.failures import SignInRequired, TokenUnknown, status_of
from adapters.web.guard import bearer
from adapters.web.live import Streams
from adapters.web.sign_in import PLATFORM, Signatures
from adapters.web.views import language_of, reveal
from agent_core.cards import Card
from agent_core.domain import Actor
from agent_core.errors import NodError, StorageError
from agent_core.i18n import sentence, translator
from agent_core.journal.state import RunState
from agent_core.service import Service
from agent_core.sign_ins import SignInStore

COOKIE = "nod"
SECURE_COOKIE = "__Host-nod"  # browsers take a cookie of this name only over HTTPS, from this very host


@dataclass(frozen=True, slots=True)
class Web:
    """The parts of the web door, made once in `create_app`."""

    service: Service
    sign_ins: SignInStore
    signatures: Signatures
    templates: Environment
    streams: Streams
    public_url: str
    largest: int  #: bytes of one request
    cards_of: Callable[[RunState], Sequence[Card]]  #: of the very state that is shown, so that both agree

    @classmethod
    def of(cls, request: Request) -> "Web":
        """Return the application's parts."""
        web: Web = request.app.state.web
        return web


class Ascii(JSONResponse):
    """JSON with everything beyond ASCII escaped: text that is not valid Unicode still has a place in it."""

    def render(self, content: Any) -> bytes:
        """Return the JSON as bytes."""
        return json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")


def is_secure(request: Request) -> bool:
    """Whether people reach Nod over HTTPS, as far as a proxy or the public address says."""
    return request.url.scheme == "https" or urlsplit(Web.of(request).public_url).scheme == "https"


def is_htmx(request: Request) -> bool:
    """Whether a script of our page asks, which wants a fragment rather than a page."""
    return request.headers.get("hx-request") == "true"


def is_api(request: Request) -> bool:
    """Whether a program asks."""
    return request.url.path == "/api" or request.url.path.startswith("/api/")


async def recognised(request: Request) -> Actor | None:
    """Return whose cookie came with a request, or None: it was signed here, and its person not signed out since.

    A token in the header, which the guard lets pass from anywhere, must not bring a cookie's powers with it.

    Raises:
        StorageError: it could not be looked up.
    """
    if "authorization" in request.headers:
        return None
    web = Web.of(request)
    cookie = request.cookies.get(SECURE_COOKIE if is_secure(request) else COOKIE, "")
    sign_in = web.signatures.of_cookie(cookie) if cookie else None
    if sign_in is None or sign_in.generation != await web.sign_ins.generation(sign_in.name):
        return None
    return Actor(PLATFORM, sign_in.name)


def visitor(request: Request) -> Actor | None:
    """Return who was recognised when the request came in, or None."""
    found: Actor | None = getattr(request.state, "visitor", None)
    return found


class Recognise:
    """ASGI middleware: looks once at each request who it comes from, for `visitor`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to the application, or answer that it cannot be looked up now."""
        if scope["type"] == "http" and not scope["path"].startswith("/static/"):
            request = Request(scope)
            try:
                request.state.visitor = await recognised(request)
            except StorageError as error:
                await refuse(request, error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def signed_in(request: Request) -> Actor:
    """Return who is signed in on a page. Raises SignInRequired."""
    actor = visitor(request)
    if actor is None:
        raise SignInRequired
    return actor


async def still_in(request: Request) -> bool:
    """Whether whoever asked for something that goes on is still signed in. Raises StorageError."""
    if "authorization" not in request.headers:
        return await recognised(request) is not None
    return await _spoken_for(request) is not None


async def _spoken_for(request: Request) -> str | None:
    return await Web.of(request).sign_ins.api_name(bearer(request.headers), datetime.now(UTC))


async def api_actor(request: Request) -> Actor:
    """Return for whom a program speaks. A token in the header counts alone: the cookie is not looked at beside it.

    Raises:
        SignInRequired: there is neither a token nor a cookie that counts; TokenUnknown, when it was a token.
        StorageError: tokens could not be looked up.
    """
    if "authorization" not in request.headers:
        return signed_in(request)
    name = await _spoken_for(request)
    if not name:
        raise TokenUnknown
    return Actor(PLATFORM, name)


def page_language(request: Request) -> str:
    """Return the language of the page around the Cards; Cards keep their Run's."""
    return language_of(request.headers.get("accept-language", ""))


def words(request: Request) -> Callable[[str], str]:
    """Return the translation of the page's own words."""
    return translator(page_language(request))


def told(request: Request, error: NodError) -> str:
    """Return an error's sentence in the page's language."""
    return reveal(sentence(error, page_language(request)))


def fragment(request: Request, template: str, **context: Any) -> str:
    """Return a template filled in, with what every template may use."""
    web = Web.of(request)
    usual = {"_": words(request), "language": page_language(request), "visitor": visitor(request)}
    return web.templates.get_template(template).render(**usual, rehearsal=web.service.rehearsal, **context)


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Return a template filled in as an answer; text that is not valid Unicode shows as question marks."""
    html = fragment(request, template, **context).encode("utf-8", "replace")
    return HTMLResponse(html, status, headers={"vary": "Accept-Language, HX-Request"})


def moved(request: Request, path: str) -> Response:
    """Return the answer that leads on to `path`, whether a script or a browser asked."""
    if is_htmx(request):
        return Response(status_code=200, headers={"hx-redirect": path})
    return RedirectResponse(path, 303)


def refuse(request: Request, error: NodError, status: int | None = None) -> Response:
    """Return an error as an answer: JSON to programs, a line to our page's script, else a page of its own."""
    code = status or status_of(error)
    if is_api(request):
        content = {"error": {"kind": type(error).__name__, "message": told(request, error)}}
        return Ascii(content, code, {"www-authenticate": "Bearer"} if isinstance(error, SignInRequired) else None)
    if isinstance(error, SignInRequired) and request.url.path != "/sign-in":
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = here if request.method == "GET" and not is_htmx(request) else "/"
        return moved(request, f"/sign-in?next={quote(target, safe='/')}")
    template = "problem_line.html" if is_htmx(request) else "problem.html"
    return page(request, template, code, problem=told(request, error), code=code)
