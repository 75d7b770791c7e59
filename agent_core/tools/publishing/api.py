"""Requests to a site's own interface: JSON there and back, and what went wrong in a sentence."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from agent_core.errors import AddressRefused, SiteAnswerLost, SiteError, WebAnswerLost, WebError
from agent_core.i18n import N_, Phrase
from agent_core.tools.web.addresses import WebAddress, web_address
from agent_core.tools.web.client import Limits, Reply, WebClient
from agent_core.tools.web.guard import Guard

LIMITS = Limits(redirects=0)
_TOLD = 300  # characters of what a site says of an error
_SERVER = 500  # statuses from here on may come after it was done


def guard_of(address: WebAddress) -> Guard:
    """Return the guard that lets a connection's own host be reached, and it alone where that is not public."""
    return Guard.of([address.place if ":" in address.place else f"{address.place}:{address.port}"], [address.port])


@dataclass(frozen=True)
class Api:
    """The interface of one site. `sign` returns the headers that sign a request in, anew for each."""

    name: str
    url: str
    client: WebClient = field(repr=False)
    sign: Callable[[], Mapping[str, str]] = field(repr=False)

    @property
    def address(self) -> WebAddress:
        """Where the site is."""
        return web_address(self.url)

    async def ask(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """Send JSON and return the JSON that comes back. Raises as `send` and `read` do."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if content else {}
        return self.read(method, await self.send(method, path, query, content, headers))

    async def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request and return its reply if that says it is well.

        Raises:
            SiteError: with what the site says of it.
            SiteAnswerLost: it may have been done, and nobody knows.
        """
        address = web_address(f"{self.url}{path}{'?' + urlencode(query) if query else ''}")
        given = {**self.sign(), "Accept": "application/json", **(headers or {})}
        try:
            reply = await self.client.fetch(address, method=method, headers=given, content=content, limits=LIMITS)
        except AddressRefused as error:
            raise SiteError(site=self.name, reason=error) from None
        except WebAnswerLost as error:
            kind = SiteError if method == "GET" else SiteAnswerLost
            raise kind(site=self.name, reason=error.fields["reason"]) from None
        except WebError as error:
            raise SiteError(site=self.name, reason=error.fields["reason"]) from None
        if 200 <= reply.status < 300:  # noqa: PLR2004
            return reply
        kind = SiteAnswerLost if reply.status >= _SERVER and method != "GET" else SiteError
        raise kind(site=self.name, reason=_reason(reply))

    def read(self, method: str, reply: Reply) -> Any:
        """Return the JSON of a reply to such a request.

        Raises:
            SiteError: it is none.
            SiteAnswerLost: it is none, and what was asked may have been done all the same.
        """
        try:
            return json.loads(reply.body)
        except ValueError:
            kind = SiteError if method == "GET" else SiteAnswerLost
            reason = N_("what came back is not JSON; look whether the url is right.")
            raise kind(site=self.name, reason=reason) from None


@dataclass(frozen=True)
class OnSite:
    """What every kind of site has: its interface, and with that a name and a place."""

    api: Api

    @property
    def name(self) -> str:
        """What the connection is called."""
        return self.api.name

    @property
    def place(self) -> str:
        """Its host, and its port where that is unusual."""
        return self.api.address.place


def _reason(reply: Reply) -> str | Phrase:
    """Return what to do about a refusal, by its status, and the site's own words of it."""
    said = _said(reply.body)
    match reply.status:
        case 401:
            pattern = N_("it does not accept the credentials of this connection; make new ones. It says: {said}")
        case 403:
            pattern = N_("the user of this connection may not do that. It says: {said}")
        case 404:
            pattern = N_("there is nothing at that address; look whether the url is right. It says: {said}")
        case 429:
            pattern = N_("it wants fewer requests; try again in a while. It says: {said}")
        case _:
            pattern = N_("it answered {status}. It says: {said}")
    return Phrase(pattern, status=reply.status, said=said)


def _said(body: bytes) -> str:
    """Return a site's words of what is wrong: WordPress has a `message`, Ghost `errors` that have one each."""
    try:
        told: Any = json.loads(body)
        if "errors" in told:
            return " ".join(f"{each.get('message', '')} {each.get('context') or ''}".strip() for each in told["errors"])
        return str(told["message"])[:_TOLD]
    except (ValueError, TypeError, KeyError, AttributeError):
        return body[:_TOLD].decode("utf-8", "replace") or "-"
