"""`POST /slack/events`: what Slack calls when there is no socket. Nothing is read before its signature is checked."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qsl

import structlog
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from adapters.slack.receiving import Receiver

PATH = "/slack/events"
LARGEST = 4_000_000  # bytes; a modal of 100 inputs of 3,000 Chinese characters, written as a form, has 2.7 million
_SECONDS = re.compile(r"[0-9]{1,12}")
NOT_OURS = (
    "A request came that is signed as Slack's are, but not with SLACK_SIGNING_SECRET, or with another clock: compare "
    "it with the Signing Secret under Basic Information, App Credentials, on the app's page at "
    "https://api.slack.com/apps, and look with nod doctor whether this machine's clock is right."
)

log = structlog.get_logger(__name__)


class NotAsSlackWrites(ValueError):
    """A signed body is none that Slack would send."""


def events_route(receiver: Receiver, signing_secret: str) -> Route:
    """Return the route that takes what Slack signed, and refuses everything else with 4xx."""
    verifier = SignatureVerifier(signing_secret)
    told = False

    async def events(request: Request) -> Response:
        nonlocal told
        body = await _read(request)
        if body is None:
            return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is more than Slack sends.")
        if not is_signed(verifier, request.headers, body):
            if "x-slack-signature" in request.headers and not told:
                told = True  # once: anybody can send such requests, and who mends the secret starts Nod again
                log.warning("slack_request_refused", why=NOT_OURS)
            return _refused(HTTPStatus.UNAUTHORIZED, "Slack did not sign this, or not within the last five minutes.")
        try:
            sent = parsed(body.decode(), request.headers.get("content-type", ""))
        except (NotAsSlackWrites, UnicodeDecodeError):
            return _refused(HTTPStatus.BAD_REQUEST, "This is not what Slack sends.")
        if sent.get("type") == "url_verification":
            return JSONResponse({"challenge": sent.get("challenge")})
        if "ssl_check" in sent:
            return Response()
        return _answered(await receiver.take(sent))

    return Route(PATH, events, methods=["POST"])


def is_signed(verifier: SignatureVerifier, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether Slack signed this body within five minutes of now."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not _SECONDS.fullmatch(timestamp) or not signature.isascii():  # the verifier would fail on these
        return False
    try:
        return verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        return False


def parsed(body: str, content_type: str) -> dict[str, Any]:
    """Return what a body says: events are JSON, interactions JSON in a form, commands a form.

    Raises:
        NotAsSlackWrites: it says nothing that Slack would.
    """
    if content_type.partition(";")[0].strip().lower() == "application/json":
        return _object(body)
    try:
        form: dict[str, Any] = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
    except ValueError:
        raise NotAsSlackWrites from None
    if not form:
        raise NotAsSlackWrites
    return _object(form["payload"]) if "payload" in form else form


def _object(text: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAsSlackWrites from None
    if not isinstance(found, dict):
        raise NotAsSlackWrites
    found = cast("dict[str, Any]", found)
    if found.get("type") == "event_callback" and not isinstance(found.get("event"), dict):
        raise NotAsSlackWrites
    return found


async def _read(request: Request) -> bytes | None:
    """Return the body, None when it is larger than anything Slack sends."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > LARGEST:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _answered(said: Mapping[str, Any] | None) -> Response:
    if said is None:
        return Response(status_code=HTTPStatus.INTERNAL_SERVER_ERROR)
    return JSONResponse(said) if said else Response()


def _refused(status: HTTPStatus, why: str) -> Response:
    return PlainTextResponse(why, status)
