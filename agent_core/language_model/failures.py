"""Why a call failed, in a sentence for people, and what to do about it. Pure: no status is known to anyone else."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, cast

from agent_core.errors import ModelError, ModelMisconfigured, ModelRefused, ModelUnavailable
from agent_core.i18n import N_, Phrase
from agent_core.language_model.stream import Answer

BODY_SHOWN = 200  #: characters of a server's own words that people are shown


class Kind(Enum):
    """What to do about a Failure."""

    PASSING = ModelUnavailable  #: try again, it may pass
    REJECTED = ModelUnavailable, "rejected"  #: ask without the part it names, else give up
    MISCONFIGURED = ModelMisconfigured  #: a person must change a setting
    REFUSED = ModelRefused  #: the provider will not have it

    @property
    def error(self) -> type[ModelError]:
        """The error it ends as."""
        return self.value[0] if isinstance(self.value, tuple) else self.value


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that gave no answer.

    `reason` is for people; `said` are the server's own words, to find out what it means. `reached` tells whether a
    server got the request; `partial` is what came of an answer, which may be billed. `retry_after` in seconds.
    """

    kind: Kind
    reason: str | Phrase
    said: str = ""
    reached: bool = True
    retry_after: float | None = None
    partial: Answer | None = None
    guess: bool = False  #: parts may be left out by guess, when the server does not name what it rejects
    status: int = 0  #: of HTTP, where it was the status that said no


def redacted(text: str, secret: str) -> str:
    """Return a server's words in one line of at most BODY_SHOWN characters, without the key or anything like one."""
    text = " ".join(text.split())
    if secret:
        text = text.replace(secret, "…")
    text = re.sub(r"\b(sk|key)-[\w*-]{6,}|(?i:bearer) \S+", "…", text)
    return text if len(text) <= BODY_SHOWN else f"{text[: BODY_SHOWN - 1]}…"


def words_in(body: object) -> tuple[str, str]:
    """Return the message and the code in an error's body, whatever its shape; empty strings where there are none."""
    if not isinstance(body, dict):
        return (body if isinstance(body, str) else "", "")
    found = cast("dict[str, Any]", body)
    inner = found.get("error")
    if isinstance(inner, dict):
        found = cast("dict[str, Any]", inner)
    elif isinstance(inner, str):
        return inner, ""
    message = found.get("message") or found.get("detail") or ""
    code = f"{found.get('code') or ''} {found.get('param') or ''} {found.get('type') or ''}".strip()
    return (message if isinstance(message, str) else str(message)), code


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds a server asks to wait: `retry-after-ms`, or `Retry-After` in seconds or a date (RFC 9110)."""
    for header, seconds in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(header, "")
        if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
            return float(value) * seconds
    try:
        return max(0.0, (parsedate_to_datetime(headers.get("retry-after", "")) - now).total_seconds())
    except (ValueError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class _Cause:
    """What a status, with words in the body where `words` is given, means. The first that fits is taken."""

    statuses: Container[int]
    kind: Kind
    sentence: str
    words: re.Pattern[str] | None = None
    quoted: bool = True  #: the server's own words help

    def fits(self, status: int, said: str) -> bool:
        return status in self.statuses and (self.words is None or bool(self.words.search(said)))


_ANY, _CLIENT, _SERVER = range(300, 600), range(400, 500), range(500, 600)
_NO_CREDIT = N_("the account of OPENAI_API_KEY has no credit left; add some, or set another key.")
_BAD_KEY = N_("the key was not accepted at {where}; set OPENAI_API_KEY to a valid one.")
_REJECTED = N_("it rejected the request (HTTP {status}).")

_CAUSES = (
    _Cause(
        _ANY,
        Kind.MISCONFIGURED,
        _BAD_KEY,
        re.compile(r"invalid_api_key|api_key_invalid|(invalid|incorrect) api key|api key not valid"),
        quoted=False,
    ),
    _Cause((401, 407), Kind.MISCONFIGURED, _BAD_KEY, quoted=False),
    _Cause(
        (400, 403, 429),
        Kind.MISCONFIGURED,
        _NO_CREDIT,
        # not "billing": OpenAI's message of a mere rate limit speaks of that too
        re.compile(r"insufficient.(quota|credit|balance|funds)|current quota|billing.hard.limit|credit balance"),
        quoted=False,
    ),
    _Cause((402,), Kind.MISCONFIGURED, _NO_CREDIT, quoted=False),
    _Cause(
        _CLIENT,
        Kind.REFUSED,
        N_("the provider's content filter stopped the request; word the goal differently."),
        re.compile(r"content_filter|content_policy|content management policy|responsibleai"),
    ),
    _Cause(
        (403,),
        Kind.MISCONFIGURED,
        N_("the key may not use this model; set OPENAI_API_KEY or NOD_MODEL to one that may."),
    ),
    _Cause(
        (404,),
        Kind.MISCONFIGURED,
        N_("there is no model {model} at {where}; set NOD_MODEL to one it has."),
        re.compile(r"\bmodel\b"),
    ),
    _Cause(
        (404, 405),
        Kind.MISCONFIGURED,
        N_("there is no Chat Completions API at {where}; set OPENAI_BASE_URL to one, it mostly ends in /v1."),
    ),
    _Cause(
        (400, 413, 422),
        Kind.MISCONFIGURED,
        N_("the prompt is longer than this model can read; set NOD_MODEL to one with a larger context."),
        re.compile(r"context.(length|size|window)|maximum context|too many tokens|too (long|large)|exceed_context"),
    ),
    # llama.cpp without --jinja answers a request with tools so
    _Cause(_SERVER, Kind.REJECTED, _REJECTED, re.compile(r"jinja|tools? param|tool.call.parser")),
    _Cause((408,), Kind.PASSING, N_("the request timed out on its side (HTTP 408).")),
    _Cause((409,), Kind.PASSING, N_("it was busy with a request that stands against this one (HTTP 409).")),
    _Cause((429,), Kind.PASSING, N_("it takes no more requests just now (HTTP 429).")),
    _Cause((503,), Kind.PASSING, N_("it is overloaded or still loading (HTTP 503).")),
    _Cause(_SERVER, Kind.PASSING, N_("it failed (HTTP {status}); see whether the server is well.")),
    _Cause(_ANY, Kind.REJECTED, _REJECTED),
)


def failure_of(status: int, body: object, *, model: str, where: str, secret: str, wait: float | None = None) -> Failure:
    """Return what an error status means. `where` is the base URL; `wait` what the server asked to wait, in seconds."""
    message, code = words_in(body)
    said = f"{message} {code}".strip()
    cause = next(cause for cause in _CAUSES if cause.fits(status, said.lower()))
    reason = Phrase(cause.sentence, status=status, model=model, where=where)
    if wait and cause.kind is Kind.PASSING:
        reason = Phrase(N_("{reason} It asks to wait {seconds:.0f} seconds."), reason=reason, seconds=wait)
    shown = redacted(message, secret)
    if shown and cause.quoted:
        reason = Phrase(N_("{reason} It said: {words}"), reason=reason, words=shown)
    return Failure(
        cause.kind, reason, said, retry_after=wait, status=status, guess=status in _CLIENT and cause is _CAUSES[-1]
    )
