"""Installing Nod in a workspace by link: `/slack/install`, Slack's page, and back at `/slack/oauth_redirect`.

Whoever installs Nod may ask it in their workspace, so only who was given a link by those who run Nod gets there.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.slack.installations import ClientNotTaken, Installations, NotInstalled, OnlyWorkspaces
from adapters.slack.manifest import SCOPES
from agent_core.errors import NodError
from agent_core.i18n import sentence, translator

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
LINK_LASTS = 24 * 3600  # seconds
STATE_LASTS = 600  # seconds; a code of Slack's is good for as long
COOKIE = "nod_slack_install"

First = Callable[[str], Awaitable[bool]]


class LinkNotGood(NodError):
    """This link is not good, or no longer. Ask those who run Nod for a new one: nod slack install."""


class NotAskedFor(NodError):
    """This was not begun in this browser within the last ten minutes. Open the link to install Nod again."""


class Tickets:
    """Signs who may install Nod, and which browser is installing it."""

    def __init__(self, secret_key: str) -> None:
        self._links = _signer(secret_key, "nod.slack.install")
        self._states = _signer(secret_key, "nod.slack.state")

    def link(self, public_url: str) -> str:
        """Return a link that lets whoever opens it install Nod, for a day."""
        ticket = str(self._links.dumps(secrets.token_urlsafe(8)))
        return f"{public_url.rstrip('/')}{INSTALL}?{urlencode({'ticket': ticket})}"

    def check_link(self, ticket: str) -> None:
        """Raise LinkNotGood unless the ticket is of a link that was made here within a day."""
        try:
            self._links.loads(ticket, max_age=LINK_LASTS)
        except BadData:
            raise LinkNotGood from None

    def state(self) -> tuple[str, str]:
        """Return a new state for Slack, and what the browser must bring with it."""
        nonce = secrets.token_urlsafe(32)
        return str(self._states.dumps(nonce)), nonce

    def check_state(self, state: str, nonce: str) -> None:
        """Raise NotAskedFor unless the state was made here, for this browser, within ten minutes."""
        try:
            expected = str(self._states.loads(state, max_age=STATE_LASTS))
        except BadData:
            raise NotAskedFor from None
        if not secrets.compare_digest(expected.encode(), nonce.encode()):
            raise NotAskedFor


def install_routes(
    installations: Installations, tickets: Tickets, first: First, *, client_id: str, authorize_url: str, public_url: str
) -> list[Route]:
    """Return the routes people install Nod by. `first` says whether something is asked for the first time."""
    redirect_uri = public_url.rstrip("/") + REDIRECT

    async def install(request: Request) -> Response:
        try:
            tickets.check_link(request.query_params.get("ticket", ""))
        except LinkNotGood as error:
            return _said(sentence(error, _language(request)), HTTPStatus.FORBIDDEN)
        state, nonce = tickets.state()
        asked = {"client_id": client_id, "scope": ",".join(SCOPES), "state": state, "redirect_uri": redirect_uri}
        answer = RedirectResponse(f"{authorize_url}?{urlencode(asked)}", HTTPStatus.FOUND)
        # Lax: it is brought along when Slack's page leads back here
        answer.set_cookie(
            COOKIE,
            nonce,
            max_age=STATE_LASTS,
            path=REDIRECT,
            secure=public_url.startswith("https:"),
            httponly=True,
            samesite="lax",
        )
        return answer

    async def redirected(request: Request) -> Response:
        language, given = _language(request), request.query_params
        state = given.get("state", "")
        try:
            tickets.check_state(state, request.cookies.get(COOKIE, ""))
            if not await first(f"install:{hashlib.sha256(state.encode()).hexdigest()}"):
                raise NotAskedFor  # noqa: TRY301  (the one place that answers)
            if "code" not in given:
                raise NotInstalled(reason=given.get("error", "no code")[:50])  # noqa: TRY301
            installed = await installations.install(given["code"], redirect_uri)
        except (NotAskedFor, NotInstalled, ClientNotTaken, OnlyWorkspaces) as error:
            answer = _said(sentence(error, language), HTTPStatus.BAD_REQUEST)
        else:
            _ = translator(language)
            done = _("Nod is installed in {workspace}. Write /agent and what you want done, there.")
            answer = _said(done.format(workspace=installed.name or installed.team), HTTPStatus.OK)
        answer.delete_cookie(COOKIE, path=REDIRECT)
        return answer

    return [Route(INSTALL, install, methods=["GET"]), Route(REDIRECT, redirected, methods=["GET"])]


def authorize_url_of(api_url: str) -> str:
    """Return where Slack asks people whether an app may be installed, beside its Web API."""
    return f"{api_url.rstrip('/').removesuffix('/api')}/oauth/v2/authorize"


def _signer(secret_key: str, salt: str) -> URLSafeTimedSerializer:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(secret_key, salt=salt, signer_kwargs=how)


def _language(request: Request) -> str:
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"


def _said(words: str, status: HTTPStatus) -> Response:
    return PlainTextResponse(words, status)
