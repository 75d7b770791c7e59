"""The Tool `http_request`: one request to a host of the allow-list, with its secrets filled in after the approval."""

import re
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import Field

from agent_core.domain import Observation, Preview, PreviewFact, Risk
from agent_core.errors import ToolFailed, ToolUncertain, WebAnswerLost, WebError
from agent_core.i18n import N_, Phrase, translator
from agent_core.redaction import Redactor
from agent_core.tools.http.placeholders import filled, in_json, in_url, malformed, names_in
from agent_core.tools.http.settings import HttpSettings, Secrets
from agent_core.tools.toolbox import Tool, ToolContext, tool
from agent_core.tools.web.addresses import WebAddress, web_address
from agent_core.tools.web.client import Limits, Reply, WebAnswerCut, WebClient
from agent_core.tools.web.facts import address_facts

HTTP_REQUEST = "http_request"
SECONDS = 90.0
LIMITS = Limits(seconds=60.0, body=2_000_000, redirects=0)  # a redirect would carry secrets elsewhere
CHARACTERS = 40_000  # of an answer that are told
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: what the transport says itself, or what would let a request be read as two
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect"})
_UNFIT = N_(
    "the secret {names} cannot stand in the header {header}: it holds a line break or another letter that no header "
    "may have; whoever runs Nod must mend it."
)
_CUT = N_("[The answer was cut here: {why} The request was answered, so it need not be sent again.]")
_TOLD = ("content-type", "location", "retry-after", "etag", "last-modified", "link")

Method = Annotated[Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], Field(description="The request's method")]
Url = Annotated[str, Field(max_length=4096, description="The whole address, with its query")]
Headers = Annotated[dict[str, str] | None, Field(max_length=40, description="Headers by name")]
Body = Annotated[str, Field(max_length=1_000_000, description="What is sent with it, in the form its type says")]


@dataclass(frozen=True, slots=True)
class _Wanted:
    method: str
    url: str
    headers: Mapping[str, str]
    body: str

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.url, *self.headers, *self.headers.values(), self.body)


def http_request_tool(client: WebClient, settings: HttpSettings, secrets: Secrets, limits: Limits = LIMITS) -> Tool:
    """Return the Tool that sends requests to the hosts of `settings`. `secrets` go to their own hosts alone."""
    redactor = Redactor.of(each.value.get_secret_value() for each in secrets.values())

    async def _http_request(
        context: ToolContext,
        method: Method,
        url: Url,
        headers: Headers = None,
        body: Body = "",
    ) -> Observation:
        """Send a request to an allowed host.

        Write {{secret:NAME}} where a secret belongs, {{basic:NAME}} for one of user:password in base64: it is filled
        in when the request is sent.
        """
        wanted = _Wanted(method, url, headers or {}, body)
        _checked(settings, secrets, wanted)
        values = {name: secrets[name].value.get_secret_value() for name in names_in(*wanted.texts)}
        sent = {name: filled(value, values) for name, value in wanted.headers.items()}
        for name, value in sent.items():
            if _CONTROLS.search(value) or not value.isascii():
                raise _refused(_UNFIT, names=", ".join(names_in(wanted.headers[name])), header=name)
        return await _answer(context, redactor, _fetched(client, wanted, values, sent, limits))

    async def _preview(
        context: ToolContext, method: str, url: str, headers: dict[str, str] | None, body: str
    ) -> Preview:
        """Show where it goes, and which secrets go with it."""
        wanted = _Wanted(method, url, headers or {}, body)
        address = _checked(settings, secrets, wanted)
        return Preview(facts=tuple(_facts(context.language, wanted, address)))

    made = tool(risk=Risk.SEND, timeout=SECONDS, preview=_preview)(_http_request)
    known = f" Hosts: {', '.join(settings.hosts)}. Secrets: {', '.join(sorted(secrets)) or 'none'}."
    return replace(made, description=made.description + known)


async def _fetched(
    client: WebClient, wanted: _Wanted, values: Mapping[str, str], headers: Mapping[str, str], limits: Limits
) -> Reply:
    address, content = web_address(filled(wanted.url, values, in_url)), _content(wanted, values)
    return await client.fetch(address, method=wanted.method, headers=headers, content=content, limits=limits)


async def _answer(context: ToolContext, redactor: Redactor, fetching: Awaitable[Reply]) -> Observation:
    """Return what came back.

    Raises:
        ToolUncertain: it was sent, and nobody knows what became of it.
        ToolFailed: it never left.
    """
    try:
        return _told(context, redactor, await fetching)
    except WebAnswerCut as error:
        return _told(context, redactor, error.reply, cut=error.fields["reason"])
    except WebAnswerLost as error:
        # whatever the method: what a host does at a GET is for it to say
        raise ToolUncertain(tool=HTTP_REQUEST, reason=error.fields["reason"]) from None
    except WebError as error:
        # the address in it is the one with the secrets in their place
        raise ToolFailed(tool=HTTP_REQUEST, reason=error.fields["reason"]) from None


def _checked(settings: HttpSettings, secrets: Secrets, wanted: _Wanted) -> WebAddress:
    """Return the address of a request that may be sent, without its secrets.

    Raises:
        ToolFailed: it may not be sent, or not with these secrets.
    """
    if wrong := malformed(*wanted.texts):
        raise _refused(N_("{wrong} names no secret; write {form}."), wrong=wrong, form="{{secret:NAME}}")
    if names_in(wanted.url.partition("?")[0], *wanted.headers):
        # in the host or a name it would choose where things go, in a path it stands in every log on the way
        raise _refused(N_("a secret can stand in the query, in a header's value or in the body."))
    address = web_address(filled(wanted.url, _Named()))
    if not settings.admits(address):
        hosts = ", ".join(settings.hosts) or "-"
        raise _refused(
            N_("{host} is not among the hosts that may be reached: {hosts}."), host=address.origin, hosts=hosts
        )
    for name in names_in(*wanted.texts):
        if name not in secrets:
            raise _refused(
                N_("there is no secret {name}; there are: {known}."), name=name, known=", ".join(sorted(secrets)) or "-"
            )
        if not secrets[name].may_go_to(address):
            hosts = ", ".join(secrets[name].hosts) or "-"
            pattern = N_("the secret {name} may not go to {host}; it may go to: {hosts}.")
            raise _refused(pattern, name=name, host=address.origin, hosts=hosts)
    for name, value in wanted.headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _OURS or _CONTROLS.search(value) or not value.isascii():
            raise _refused(N_("the header {name} cannot be sent so."), name=name)
    return address


class _Named(dict[str, str]):
    """Stands in for values: each is its own name."""

    def __missing__(self, name: str) -> str:
        return name


def _content(wanted: _Wanted, values: Mapping[str, str]) -> bytes:
    kind = next((value for name, value in wanted.headers.items() if name.lower() == "content-type"), "")
    written = in_json if "json" in kind else in_url if "x-www-form-urlencoded" in kind else str
    return filled(wanted.body, values, written).encode()


def _facts(language: str, wanted: _Wanted, address: WebAddress) -> Iterator[PreviewFact]:
    _ = translator(language)
    yield PreviewFact(_("Method"), wanted.method, grave=wanted.method not in ("GET", "HEAD"))
    yield from address_facts(address, language)
    if address.scheme == "http":
        yield PreviewFact(_("Beware"), _("it is sent without encryption"), grave=True)
    for name in names_in(*wanted.texts):
        yield PreviewFact(_("Secret"), name, grave=True)


def _told(context: ToolContext, redactor: Redactor, reply: Reply, cut: str | Phrase = "") -> Observation:
    """Return an answer as a model reads it: a server may send back what it was sent. `cut`: why there is no more of it.

    One that broke off is an answer all the same: its status says what became of the request.
    """
    _ = translator(context.language)
    text = redactor.text(reply.body.decode("utf-8", "replace"))
    if "\0" in text:
        text = _("(not a text: {size:,} bytes)").format(size=len(reply.body))
    if len(text) > CHARACTERS:
        more = _("[{count:,} more characters]").format(count=len(text) - CHARACTERS)
        text = f"{text[:CHARACTERS]}\n{more}"
    if cut:
        text = f"{text}\n{Phrase(_CUT, why=cut).told(context.language)}"
    lines = [f"{reply.status}", *(f"{name}: {reply.headers[name]}" for name in _TOLD if name in reply.headers)]
    said = "\n".join([*(redactor.text(line) for line in lines), "", text])
    place = reply.address.place
    return Observation(said, ok=reply.status < 400, trusted=False, sources=(f"host {place}",))  # noqa: PLR2004


def _refused(pattern: str, **fields: str) -> ToolFailed:
    return ToolFailed(tool=HTTP_REQUEST, reason=Phrase(pattern, **fields))
