"""What the app talks to as SLACK_API_URL: it checks, logs, spoils on demand, and passes on to the methods."""

import json
import traceback
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.peers.slack import responding
from tests.peers.slack.calls import Call, Logged, read_call
from tests.peers.slack.errors import RateLimited, SlackError
from tests.peers.slack.faults import Cut, Hold, Say
from tests.peers.slack.methods import METHODS, UNSIGNED, Asked
from tests.peers.slack.slack import Slack
from tests.peers.slack.sockets import Sockets

LARGEST = 64 * 1024 * 1024


def front(slack: Slack, sockets: Sockets) -> web.Application:
    """The web application of Slack's front."""
    app = web.Application(client_max_size=LARGEST)
    handlers = Front(slack)
    app.router.add_route("*", "/api/{method}", handlers.api)
    app.router.add_post("/upload/v1/{file}", handlers.upload)
    app.router.add_get("/files-pri/{file}/{name}", handlers.download)
    app.router.add_get("/sign-in", handlers.sign_in)
    app.router.add_get("/oauth/v2/authorize", handlers.authorize)
    app.router.add_post("/actions/{team}/{number}/{secret}", handlers.response_url)
    app.router.add_get("/link/", sockets.serve)
    return app


class Front:
    """The handlers."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack

    async def api(self, request: web.Request) -> web.StreamResponse:
        """A call of the Web API."""
        logged = Logged(await read_call(request))
        return await self._spoilt(request, logged, lambda: self._carried_out(logged.call, logged))

    async def _spoilt(
        self, request: web.Request, logged: Logged, carry_out: Callable[[], Awaitable[web.Response]]
    ) -> web.Response:
        """Log a call and answer it, with the fault that was planned for it."""
        self.slack.requests.append(logged)
        fault = self.slack.faults.take(logged.call)
        if isinstance(fault, Hold) and not fault.stored:
            self.slack.changed()
            await fault.wait()
        is_lost = isinstance(fault, Say | Cut) and not fault.stored
        response = web.Response() if is_lost else await carry_out()
        if isinstance(fault, Hold) and fault.stored:
            self.slack.changed()
            await fault.wait()
        match fault:
            case Say(status, body, _stored, headers):
                logged.status, logged.answer = status, _object(body)
                kind = "application/json" if logged.answer else "text/plain"
                response = web.Response(status=status, text=body, headers=headers, content_type=kind)
            case Cut():
                logged.status, logged.answer = 0, {}
                _break_off(request)
        self.slack.changed()
        return response

    async def _carried_out(self, call: Call, logged: Logged) -> web.Response:
        headers: dict[str, str] = {"x-slack-req-id": self.slack.id("req")}
        logged.status = 200
        try:
            logged.answer = {"ok": True, **await self._answer(call, headers)}
        except RateLimited as limited:
            logged.status, logged.answer = 429, limited.body()
            headers["Retry-After"] = str(limited.seconds)
        except SlackError as refused:
            logged.answer = refused.body()
        except Exception:
            self.slack.problems.append(f"{call.method}: {traceback.format_exc()}")
            raise
        return web.json_response(logged.answer, status=logged.status, headers=headers)

    async def _answer(self, call: Call, headers: dict[str, str]) -> dict[str, Any]:
        if call.method in UNSIGNED:
            return await UNSIGNED[call.method](self.slack, call)
        if call.method not in METHODS:
            self.slack.problems.append(f"The app called {call.method}, which this Slack does not know.")
            raise SlackError("unknown_method", req_method=call.method)
        method = METHODS[call.method]
        if call.token == self.slack.app.app_token:
            raise SlackError("not_allowed_token_type")
        asked = Asked(self.slack, call, self.slack.app.allowed(call.token))
        headers["x-oauth-scopes"] = ",".join(sorted(asked.installation.scopes))
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        if call.sent_as == "json" and not method.json:
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": ["[ERROR] JSON is not supported here"]}
            )
        asked.need(*method.scopes)
        return await method.handler(asked)

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes of a file, to the URL that files.getUploadURLExternal gave; faults call it `upload`."""
        file_id, content = request.match_info["file"], await _uploaded(request)
        logged = Logged(Call("upload", {"file": file_id, "length": len(content)}, "", "form"), 200, {"ok": True})

        async def stored() -> web.Response:
            for workspace in self.slack.workspaces:
                if file_id in workspace.uploads:
                    await workspace.store.upload(file_id, content)
                    return web.Response(text=f"OK - {len(content)}")
            logged.status, logged.answer = 404, {"ok": False, "error": "file_not_found"}
            return web.Response(status=404, text="file_not_found")

        return await self._spoilt(request, logged, stored)

    async def download(self, request: web.Request) -> web.Response:
        """A file's `url_private`; without a good token Slack leads to its sign-in page instead."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            installation = self.slack.app.allowed(token)
        except SlackError:
            raise web.HTTPFound("/sign-in") from None
        if "files:read" not in installation.scopes:
            raise web.HTTPFound("/sign-in")
        workspace = installation.workspace
        status, content, kind = await workspace.store.download(request.path_qs, workspace.bot.token)
        return web.Response(status=status, body=content, content_type=kind)

    async def sign_in(self, _request: web.Request) -> web.Response:
        return web.Response(text="<!DOCTYPE html><title>Slack</title>Sign in to Slack", content_type="text/html")

    async def authorize(self, request: web.Request) -> web.Response:
        """The page where a person allows the app; here the first person of the first workspace does at once."""
        if request.query.get("client_id") != self.slack.app.client_id:
            return web.Response(status=400, text="invalid_client_id")
        workspace, redirect_uri = self.slack.workspaces[0], request.query.get("redirect_uri", "")
        code = self.slack.app.code(workspace, next(iter(workspace.users.values())).id, redirect_uri)
        raise web.HTTPFound(f"{redirect_uri}?{urlencode({'code': code, 'state': request.query.get('state', '')})}")

    async def response_url(self, request: web.Request) -> web.Response:
        """An answer to a command or a click by its response URL; faults call it `response_url`."""
        key = "/".join(request.match_info[part] for part in ("team", "number", "secret"))
        body = await request.json() if request.content_type == "application/json" else dict(await request.post())
        logged = Logged(Call("response_url", body, "", "json"), 200, {"ok": True})

        async def said() -> web.Response:
            try:
                await responding.respond(self.slack, key, body)
            except SlackError as refused:
                logged.status = 404 if refused.code in ("used_url", "expired_url") else 400
                logged.answer = refused.body()
                return web.json_response(logged.answer, status=logged.status)
            return web.Response(text="ok")

        return await self._spoilt(request, logged, said)


def _object(body: str) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


async def _uploaded(request: web.Request) -> bytes:
    if request.content_type == "multipart/form-data":
        for value in (await request.post()).values():
            return value.encode() if isinstance(value, str) else value.file.read()
    return await request.read()


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
