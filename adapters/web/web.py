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

from adapters.web.failures import SignInRequired, TokenUnknown, status_of
from adapters.web.guard import bearer
from adapters.web.live import Streams
from adapters.web.sign_in import PLATFORM, Signatures
from adapters.web.views import language_of, reveal
from agent_core.cards import Card
from agent_core.domain import Actor
from agent_core.errors import NodError
from agent_core.i18n import sentence, translator
from agent_core.journal.state import RunState
from agent_core.ports import SignInStore
from agent_core.service import Service

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


def visitor(request: Request) -> Actor | None:
    """Return whose cookie came with a request, or None.

    A token in the header, which the guard lets pass from anywhere, must not bring a cookie's powers with it.
    """
    if "authorization" in request.headers:
        return None
    cookie = request.cookies.get(SECURE_COOKIE if is_secure(request) else COOKIE, "")
    return Web.of(request).signatures.of_cookie(cookie) if cookie else None


def signed_in(request: Request) -> Actor:
    """Return who is signed in on a page. Raises SignInRequired."""
    actor = visitor(request)
    if actor is None:
        raise SignInRequired
    return actor


async def api_actor(request: Request) -> Actor:
    """Return for whom a program speaks. A token in the header counts alone: the cookie is not looked at beside it.

    Raises:
        SignInRequired: there is neither a token nor a cookie that counts; TokenUnknown, when it was a token.
        StorageError: tokens could not be looked up.
    """
    if "authorization" not in request.headers:
        return signed_in(request)
    name = await Web.of(request).sign_ins.api_name(bearer(request.headers), datetime.now(UTC))
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
