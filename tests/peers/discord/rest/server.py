"""What happens to every request: route, faults, token, limits, body, handler, answer."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web

from tests.peers.discord.errors import ApiError, unauthorized
from tests.peers.discord.faults import Fault, Faults, Hold
from tests.peers.discord.filenames import stored
from tests.peers.discord.messages import File
from tests.peers.discord.rest import (
    applications,
    channels,
    guilds,
    interactions,
    messages,
    reactions,
    threads,
    webhooks,
)
from tests.peers.discord.rest.calls import Call, Route, Status
from tests.peers.discord.rest.ratelimits import RateLimits, TooMany
from tests.peers.discord.world import World

PREFIX = "/api/v10"
ROUTES = [
    *applications.routes.all,
    *channels.routes.all,
    *guilds.routes.all,
    *interactions.routes.all,
    *messages.routes.all,
    *reactions.routes.all,
    *threads.routes.all,
    *webhooks.routes.all,
]


@dataclass(frozen=True)
class Request:
    """A request as it came, for tests to look at. `name` is "POST /channels/1/messages"."""

    name: str
    status: int
    body: Any = None
    code: int = 0  # the error's


@dataclass
class Counts:
    """What a bot is judged by (docs, Invalid Request Limit)."""

    too_many: int = 0  #: 429s
    invalid: int = 0  #: 401s, 403s and 429s that were not for a shared resource
    by_status: dict[int, int] = field(default_factory=dict)


class RestServer:
    """Serves the API for a world."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world, self.faults = world, faults
        self.limits = RateLimits()
        self.counts = Counts()
        self.requests: list[Request] = []

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        path = request.rel_url.raw_path.removeprefix(PREFIX)
        name = f"{request.method} {path}"
        headers: dict[str, str] = {}
        body: Any = None
        try:
            route, parts = self._route(request, path)
            await self._befall(name, request, after_commit=False)
            if not route.open and request.headers.get("Authorization") != f"Bot {self.world.app.token}":
                raise unauthorized()
            headers = self.limits.count(name, route, parts)
            body, files = await _read(request)
            words = {key: value for key, value in parts.items() if "{" + key + ":str}" in route.template}
            ids = {key: int(value) for key, value in parts.items() if key not in words}
            answer = await route.handler(Call(self.world, ids, words, dict(request.query), body, files))
            await self._befall(name, request, after_commit=True)
            code, told = _status(answer)
        except ApiError as error:
            code, told = error.status, error.json()
        except TooMany as error:
            code, told, headers = 429, error.body, {**headers, **error.headers}
        self._record(name, code, body, told)
        return _response(code, told, headers)

    def _route(self, request: web.BaseRequest, path: str) -> tuple[Route, dict[str, str]]:
        versioned = request.rel_url.raw_path.startswith(PREFIX)
        for route in ROUTES if versioned else ():
            if route.method == request.method and (match := route.pattern.fullmatch(path)):
                return route, {key: unquote(value) for key, value in match.groupdict().items()}
        self.world.problems.append(f"no such route: {request.method} {request.rel_url}")
        raise ApiError(404, 0, "404: Not Found")

    async def download(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request to the CDN, which has faults and needs no token."""
        path = request.rel_url.path
        try:
            await self._befall(f"{request.method} {path}", request, after_commit=False)
        except ApiError as error:
            return web.Response(status=error.status)
        _, _, channel, own, name = path.split("/", 4)
        content = self.world.cdn.get((int(channel), int(own), name))
        return web.Response(status=404) if content is None else web.Response(body=content)

    async def _befall(self, name: str, request: web.BaseRequest, *, after_commit: bool) -> None:
        fault = self.faults.take(name, after_commit=after_commit)
        if isinstance(fault, Hold):
            await fault.wait()
        elif fault is not None:
            _fail(fault, request)

    def _record(self, name: str, code: int, body: Any, told: Any) -> None:
        error = told.get("code", 0) if isinstance(told, dict) and code >= 400 else 0
        self.requests.append(Request(name, code, body, error))
        shared = code == 429 and "resource" in told["message"]
        self.counts.too_many += code == 429
        self.counts.invalid += code in (401, 403, 429) and not shared
        self.counts.by_status[code] = self.counts.by_status.get(code, 0) + 1
        self.world.bell.ring()


def _fail(fault: Fault, request: web.BaseRequest) -> None:
    if fault.kind == "throttle":
        raise TooMany(fault.retry_after, fault.scope)
    if fault.kind == "lose":
        if request.transport is not None:
            request.transport.abort()
        raise ApiError(500, 0, "lost")
    raise ApiError(fault.status, 0, f"{fault.status}: a fault of the server's")


async def _read(request: web.BaseRequest) -> tuple[Any, dict[int, File]]:
    """The body, with its files if it is multipart (docs, Uploading Files)."""
    if not request.can_read_body:
        return {}, {}
    try:
        if not request.content_type.startswith("multipart/"):
            return await request.json(), {}
        body: Any = {}
        files: dict[int, File] = {}
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            assert isinstance(part, BodyPartReader), "multipart in multipart"
            content = await part.read(decode=True)
            if part.name == "payload_json":
                body = json.loads(content)
            elif match := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
                name = part.filename or "file"
                files[int(match[1])] = stored(File(name, bytes(content), _media_type(name)))
    except (ValueError, AssertionError):
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
    return body, files


def _media_type(name: str) -> str:
    known = {"txt": "text/plain", "md": "text/markdown", "png": "image/png", "json": "application/json"}
    return known.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _status(answer: Any) -> tuple[int, Any]:
    if isinstance(answer, Status):
        return answer.code, answer.body
    return (204, None) if answer is None else (200, answer)


def _response(code: int, told: Any, headers: dict[str, str]) -> web.Response:
    if told is None:
        return web.Response(status=code, headers=headers)
    # discord.py takes only this exact type for JSON, and 429s only from behind a proxy
    headers = {**headers, "Content-Type": "application/json", "Via": "1.1 peer"}
    return web.Response(status=code, body=json.dumps(told).encode(), headers=headers)
