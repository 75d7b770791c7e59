"""Assembles the web door: routes, the guard before them, and an answer to every error."""

from collections.abc import Callable, Collection, Mapping, Sequence

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.web import api, decisions, files, pages, schedules, schedules_api, sign_in_pages
from adapters.web.failures import MethodRefused, PageUnknown, RequestMalformed, TooLarge, Unexpected, WebError
from adapters.web.faults import first_fault
from adapters.web.guard import SECURITY_HEADERS, Guard
from adapters.web.health import Ready, health_routes
from adapters.web.live import Streams
from adapters.web.sign_in import Signatures
from adapters.web.templating import STATIC, environment
from adapters.web.views import size
from adapters.web.web import Recognise, Web, refuse
from agent_core.cards import Card
from agent_core.errors import NodError
from agent_core.i18n import N_
from agent_core.journal.state import RunState
from agent_core.presenter import cards_of as presented
from agent_core.service import Service
from agent_core.sign_ins import SignInStore

LARGEST = 32_000_000  # bytes of one request, its files together


class _Static(StaticFiles):
    """Our own files, kept by browsers for good where the address carries their digest."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Return the file with its lifetime in caches."""
        answer = super().file_response(*args, **kwargs)  # pyright: ignore[reportArgumentType] - handed on as they came
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file; one asked for without its digest is looked at again each time."""
        answer = await super().get_response(path, scope)
        if not scope["query_string"].startswith(b"v="):
            answer.headers["cache-control"] = "no-cache"
        return answer


class _WebDoor(FastAPI):
    """The application, with what platforms call answered before anything else of it is asked.

    They wait for milliseconds and sign what they send; cookies, sites and browsers have no part in it.
    """

    calls: Mapping[str, ASGIApp]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in self.calls:
            await self.calls[scope["path"]](scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


async def _nothing_to_check() -> Mapping[str, str]:
    return {}


def create_app(
    service: Service,
    sign_ins: SignInStore,
    *,
    secret_key: str,
    public_url: str,
    allowed_hosts: Collection[str] = (),
    ready: Ready = _nothing_to_check,
    largest: int = LARGEST,
    cards_of: Callable[[RunState], Sequence[Card]] = presented,
    signed: Sequence[Route] = (),
) -> FastAPI:
    """Return the web door to a Service.

    `public_url` is the origin people open; its host name, those in `allowed_hosts`, `localhost` and bare IP addresses
    are answered. `ready` says for `/readyz` what works. `largest` is the size of one request in bytes.
    `cards_of` gives a Run's Cards. `signed` are routes for platforms that sign what they send, and check it themselves.
    Before the server waits for its connections, `app.state.web.streams.close()` ends the open event streams.
    """
    app = _WebDoor(title="Nod", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.calls = {route.path: route.app for route in signed if "POST" in (route.methods or ())}
    origin = public_url.rstrip("/")
    app.state.web = Web(service, sign_ins, Signatures(secret_key), environment(), Streams(), origin, largest, cards_of)
    app.add_middleware(Recognise)
    app.add_middleware(Guard, refuse=refuse, public_url=origin, hosts=allowed_hosts, signed=signed, largest=largest)
    app.router.routes.extend(signed)
    app.include_router(health_routes(ready))
    # the API's own ends with a route for whatever there is not
    for part in (sign_in_pages, pages, schedules, decisions, files, schedules_api, api):
        app.include_router(part.router)
    app.mount("/static", _Static(directory=STATIC), name="static")
    _answer_errors(app, largest)
    return app


def _answer_errors(app: FastAPI, largest: int) -> None:
    async def known(request: Request, error: Exception) -> Response:
        return refuse(request, error if isinstance(error, NodError) else Unexpected())

    async def http(request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else Unexpected.status
        kinds: dict[int, WebError] = {
            404: PageUnknown(),
            405: MethodRefused(),
            413: TooLarge(limit=size(largest)),
        }
        return refuse(request, kinds.get(code) or RequestMalformed(reason=N_("It is not what is expected here.")), code)

    async def invalid(request: Request, error: Exception) -> Response:
        reason = first_fault(error) if isinstance(error, RequestValidationError) else N_("It is not valid.")
        return refuse(request, RequestMalformed(reason=reason), 422)

    async def unexpected(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the server logs it
        answer = refuse(request, Unexpected())
        for name, value in SECURITY_HEADERS.items():  # this answer is made outside the guard
            answer.headers.setdefault(name, value)
        return answer

    app.add_exception_handler(NodError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)
