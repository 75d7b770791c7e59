"""One call of a server: the `openai` SDK inside, an Answer or a Failure out. No type of the SDK leaves this file."""

import asyncio
import importlib
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from agent_core.i18n import N_, Phrase
from agent_core.language_model.endpoint import Endpoint
from agent_core.language_model.failures import Failure, Kind, failure_of, redacted, retry_after, words_in
from agent_core.language_model.patience import Patience
from agent_core.language_model.stream import Answer, Reading

if TYPE_CHECKING:
    from openai import AsyncOpenAI

ANSWER_LIMIT = 8_000_000  #: characters; a server that sends without end is cut off here
_SERVER_ERROR = 500
_STATUS = re.compile(r"[45]\d\d\b")
NO_KEY = "not-needed"  # local servers take no key, and an empty Authorization header is no valid one
CUT_OFF = N_("the connection broke off in the middle of its answer; try again, or see whether the server is well.")
UNFIT_URL = N_("OPENAI_BASE_URL is no address; write one such as http://localhost:11434/v1.")
NOT_THE_API = N_(
    "what answers at {where} is no Chat Completions API; set OPENAI_BASE_URL to one, it mostly ends in /v1."
)


def place(base_url: str) -> str:
    """Return a base URL as people may see it: without a user, a password or a query in it."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")


def is_loopback(base_url: str) -> bool:
    """Whether the server is on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is, and the key to it."""

    base_url: str
    model: str
    api_key: SecretStr

    @property
    def where(self) -> str:
        """The base URL as people may see it."""
        return place(self.base_url)


class Client:
    """Sends one request at a time or many; the SDK is loaded by the first one.

    `endpoint` is what was found out about the server, for as long as the client lives.
    """

    def __init__(self, address: Address, patience: Patience) -> None:
        self._address = address
        self._patience = patience
        self._secret = address.api_key.get_secret_value().strip()
        self.endpoint = Endpoint()
        self._sdk: AsyncOpenAI | None = None
        self._loading = asyncio.Lock()

    async def ready(self) -> Failure | None:
        """Load the SDK, once; a Failure says which setting it cannot be used with. To be called before `send`."""
        reason = self._unfit_settings()
        if not reason:
            async with self._loading:
                # off the event loop: importing the SDK takes the better part of a second
                self._sdk = self._sdk or await asyncio.to_thread(_load, self._address, self._secret, self._patience)
            reason = "" if self._sdk else UNFIT_URL
        return Failure(Kind.MISCONFIGURED, reason, reached=False) if reason else None

    async def close(self) -> None:
        """Close the connections."""
        if self._sdk is not None:
            await self._sdk.close()

    async def send(self, body: Mapping[str, Any], reading: Reading, *, seconds: float) -> Answer | Failure:
        """Send one request and return its answer or why there is none, within `seconds`. Raises nothing of its own.

        `reading` is empty, and is filled with what comes: a caller that is cancelled still has that.
        """
        failure = await self._exchange(body, reading, seconds)
        if reading.complete:  # the answer was whole, whatever happened after it
            return reading.answer()
        failure = failure or Failure(Kind.PASSING, CUT_OFF)
        return replace(failure, partial=reading.answer()) if failure.reached else failure

    def _unfit_settings(self) -> str:
        if not (self._secret.isascii() and self._secret.isprintable()):
            return N_("OPENAI_API_KEY holds characters that no key has; copy it again.")
        try:
            parts = urlsplit(self._address.base_url)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        return "" if usable else UNFIT_URL

    async def _exchange(self, body: Mapping[str, Any], reading: Reading, seconds: float) -> Failure | None:
        """Fill `reading`; a Failure says why it may be incomplete. Nothing of the SDK's errors is kept or chained."""
        openai, http = importlib.import_module("openai"), importlib.import_module("httpx2")
        # json.JSONDecodeError and UnicodeDecodeError are ValueErrors, and the SDK lets them through
        foreseen = (openai.OpenAIError, http.HTTPError, http.StreamError, http.InvalidURL)
        try:
            async with asyncio.timeout(seconds):
                return await self._read(body, reading, seconds)
        except (*foreseen, TimeoutError, ValueError, RecursionError) as error:
            return self._explained(error, openai, http)

    def _explained(self, error: Any, openai: Any, http: Any) -> Failure:
        where, cause = self._address.where, error.__cause__
        if isinstance(error, openai.APIStatusError):
            failure = self._turned_away(error)
        elif isinstance(cause, (http.ConnectError, http.ConnectTimeout, http.PoolTimeout)):
            silent = N_("nothing answers at {where}; see whether the server runs, and check OPENAI_BASE_URL.")
            reason = Phrase(silent, where=where)
            failure = Failure(Kind.PASSING, reason, reached=False)
        elif isinstance(error, (openai.APITimeoutError, TimeoutError)):
            silent = N_("it was silent for too long at {where}; see whether the server is well.")
            failure = Failure(Kind.PASSING, Phrase(silent, where=where))
        elif isinstance(error, (openai.APIConnectionError, http.HTTPError, http.StreamError)):
            failure = Failure(Kind.PASSING, CUT_OFF)
        elif isinstance(error, openai.APIError):
            failure = self._failed_midway(error.body or error.message)
        elif isinstance(error, (openai.OpenAIError, http.InvalidURL)):
            reason = N_("the SDK cannot use OPENAI_API_KEY or OPENAI_BASE_URL; check both.")
            failure = Failure(Kind.MISCONFIGURED, reason, reached=False)
        else:
            no_json = N_("{where} sent what is not JSON; see whether the server is well.")
            failure = Failure(Kind.PASSING, Phrase(no_json, where=where))
        return failure

    async def _read(self, body: Mapping[str, Any], reading: Reading, seconds: float) -> Failure | None:
        if self._sdk is None:
            raise RuntimeError("ready() comes before send()")
        openai = importlib.import_module("openai")
        limits: dict[str, Any] = {}
        if not body.get("stream"):  # the first byte of a whole answer comes when the answer is done
            limits["timeout"] = openai.Timeout(seconds, connect=self._patience.connect)
        create: Any = self._sdk.chat.completions.with_streaming_response.create
        async with create(**body, **limits) as response:
            kind = response.headers.get("content-type", "").lower()
            if "html" in kind:
                return Failure(Kind.MISCONFIGURED, Phrase(NOT_THE_API, where=self._address.where))
            if not body.get("stream") or "json" in kind:  # some servers pass over `stream` and answer in one piece
                return self._whole(json.loads(await _all_of(response)), reading)
            # raw JSON objects instead of the SDK's models: what servers send does not always fit those
            async for chunk in await response.parse(to=openai.AsyncStream[object]):
                reading.add(chunk)
                if reading.size > ANSWER_LIMIT:
                    return Failure(
                        Kind.PASSING, N_("its answer had no end; choose another NOD_MODEL if that happens again.")
                    )
        return None

    def _whole(self, body: object, reading: Reading) -> Failure | None:
        reading.add_whole(body)
        return None if reading.complete else self._failed_midway(body)

    def _failed_midway(self, body: object) -> Failure:
        """Return what an error without a status means; vLLM puts one into the body's `code`."""
        _, code = words_in(body)
        status = int(code[:3]) if _STATUS.match(code) else _SERVER_ERROR
        return replace(self._judged(status, body), status=0)

    def _turned_away(self, error: Any) -> Failure:
        wait = retry_after(error.response.headers, datetime.now(UTC))
        return self._judged(error.status_code, error.body, wait)

    def _judged(self, status: int, body: object, wait: float | None = None) -> Failure:
        where, model = self._address.where, redacted(self._address.model, self._secret)
        return failure_of(status, body, model=model, where=where, secret=self._secret, wait=wait)


def _load(address: Address, secret: str, patience: Patience) -> "AsyncOpenAI | None":
    """Import the SDK and return its client; None when it cannot read the base URL."""
    import openai  # noqa: PLC0415 (slow, and only a call needs it)

    importlib.import_module("openai.resources.chat")  # or the SDK would load it in the first call, on the event loop
    timeout = openai.Timeout(patience.silence, connect=patience.connect)
    # a proxy of the environment is for the world outside, not for a server on this machine
    http = openai.DefaultAsyncHttpxClient(trust_env=not is_loopback(address.base_url), timeout=timeout)
    try:
        return openai.AsyncOpenAI(
            api_key=secret or NO_KEY,
            base_url=address.base_url,
            timeout=timeout,
            max_retries=0,  # ours count every try, and bound the whole
            http_client=http,
        )
    except importlib.import_module("httpx2").InvalidURL:
        return None


async def _all_of(response: Any) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > ANSWER_LIMIT:
            raise ValueError("the answer has no end")
    return b"".join(parts)
