"""One call of the Web API: what was asked, as form, JSON or query; and the log of all of them."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.peers.slack.errors import SlackError

#: arguments that are JSON, which a form or query carries as text; and what Slack says if they are not
AS_JSON = {
    "attachments": "invalid_attachments",
    "blocks": "invalid_blocks_format",
    "chunks": "invalid_chunks",
    "files": "invalid_arguments",
    "loading_messages": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "prompts": "invalid_arguments",
    "view": "invalid_arguments",
}


@dataclass(frozen=True)
class Call:
    """A request of the app. `sent_as` is form, json or query."""

    method: str
    arguments: dict[str, Any]
    token: str
    sent_as: str
    basic: tuple[str, str] = ("", "")  #: client id and secret, if given by HTTP's basic authentication

    def get(self, name: str, default: Any = None) -> Any:
        return self.arguments.get(name, default)

    def text(self, name: str) -> str:
        """An argument that is text; empty if it is not given."""
        return str(self.arguments.get(name) or "")

    def flag(self, name: str) -> bool:
        """An argument that is a boolean, which forms carry as 1 or true."""
        return self.arguments.get(name) in (True, 1, "1", "true", "True")

    def decoded(self, name: str) -> Any:
        """An argument that is JSON.

        Raises:
            SlackError: it is text that is no JSON.
        """
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(AS_JSON[name]) from None

    def required(self, *names: str) -> None:
        """See that these arguments are given.

        Raises:
            SlackError: invalid_arguments, naming the first that is missing.
        """
        for name in names:
            if not self.arguments.get(name):
                messages = [f"[ERROR] missing required field: {name}"]
                raise SlackError("invalid_arguments", response_metadata={"messages": messages})


@dataclass
class Logged:
    """A call and what it was answered; `status` 0: nothing, the connection was broken off."""

    call: Call
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.call.method

    @property
    def arguments(self) -> dict[str, Any]:
        return self.call.arguments

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok"))


class Log(list[Logged]):
    """The calls so far, in order."""

    def of(self, method: str, **arguments: Any) -> list[Logged]:
        """The calls of a method with these arguments among theirs."""
        return [
            logged
            for logged in self
            if logged.method == method and all(logged.arguments.get(name) == value for name, value in arguments.items())
        ]


async def read_call(request: web.Request) -> Call:
    """What a request to /api/METHOD asks. JSON may carry no token, and reads take no JSON: that is checked later."""
    arguments: dict[str, Any] = dict(request.query)
    sent_as = "query"
    if request.content_type == "application/json" and request.can_read_body:
        sent_as = "json"
        arguments |= await _json_object(request)
    elif request.can_read_body:
        sent_as = "form"
        arguments |= dict(await request.post())
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    token = str(arguments.pop("token", "")) if sent_as != "json" else ""
    if scheme == "Bearer":
        token = credentials
    basic = _basic(request) if scheme == "Basic" else ("", "")
    return Call(request.match_info["method"], arguments, token, sent_as, basic)


async def _json_object(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _basic(request: web.Request) -> tuple[str, str]:
    credentials = request.headers["Authorization"].removeprefix("Basic ")
    login, _, password = base64.b64decode(credentials).decode().partition(":")
    return login, password
