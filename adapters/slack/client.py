"""slack_sdk's client, paced, and without repeating what may have been done already."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.pacing import Pace

#: of a call: to connect, and between two pieces of the answer; a file may take as long as it takes
TIMEOUT = aiohttp.ClientTimeout(total=None, connect=10.0, sock_read=30.0)
NOT_SLACK = "service_unavailable"  # the code of an answer that is not Slack's, and one of Slack's own
MOST_TRIES = 10  # of a call that Slack puts off; then whoever called decides
_TOO_MANY = 429
_LOGGER = logging.getLogger(f"{__name__}.sdk")
_LOGGER.setLevel(logging.WARNING)  # unset, slack_sdk makes texts of all it sends, for nobody
_USUAL_WAIT = 1.0  # seconds; Slack always says how long

Refused = Callable[[str], None]


def _nobody(_code: str) -> None:
    return


class SlackClient(AsyncWebClient):
    """Calls Slack at its pace. What Slack puts off (429) is called again in time; nothing else ever is.

    A call whose answer was lost may have been carried out: the error goes to whoever called, who can look. slack_sdk's
    own handler would do it again, so there is none. `refused` hears Slack's code of every refusal.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        session: aiohttp.ClientSession,
        *,
        pace: Pace | None = None,
        refused: Refused = _nobody,
    ) -> None:
        sdk: Any = super()  # its own types are partial
        sdk.__init__(token=token, base_url=api_url, session=session, retry_handlers=[], logger=_LOGGER)
        self._pace = pace or Pace()
        self._refused = refused

    async def api_call(self, api_method: str, **how: Any) -> AsyncSlackResponse:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Call a method of the Web API.

        Raises:
            SlackApiError: Slack refused it.
            aiohttp.ClientError, TimeoutError: it is not known whether it was carried out.
        """
        sdk: Any = super()
        channel = _channel(how)
        for tries in range(1, MOST_TRIES + 1):
            try:
                async with self._pace.turn(api_method, channel):
                    return await sdk.api_call(api_method, **how)
            except SlackApiError as error:
                if code_and_status(error)[1] != _TOO_MANY or tries == MOST_TRIES:
                    self._refused(code_and_status(error)[0])
                    raise
                self._pace.hold(api_method, channel, retry_after(error) or _USUAL_WAIT)
        raise AssertionError  # the last try returned or raised

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        sdk: Any = super()
        answer: dict[str, Any] = await sdk._request(  # noqa: SLF001
            http_verb=http_verb, api_url=api_url, req_args=req_args
        )
        if isinstance(answer.get("data"), dict):
            return answer
        # a proxy on the way answered, in words that slack_sdk would fail on
        data = {"ok": False, "error": NOT_SLACK}
        response = AsyncSlackResponse(
            client=self,
            http_verb=http_verb,
            api_url=api_url,
            req_args={},
            data=data,
            headers=dict(answer.get("headers", {})),
            status_code=answer.get("status_code", 0),
        )
        raise SlackApiError("Something on the way to Slack answered instead of Slack.", response)


def code_and_status(error: SlackApiError) -> tuple[str, int]:
    """Return Slack's error code, and the HTTP status it came with; empty and 0 where there is none."""
    response: Any = error.response
    data: Any = getattr(response, "data", response)
    code: Any = data.get("error") if isinstance(data, Mapping) else ""  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    code = code if isinstance(code, str) else ""  # another's API says it in other ways
    return code, int(getattr(response, "status_code", getattr(response, "status", 0)))


def retry_after(error: SlackApiError) -> float:
    """Return for how many seconds Slack wants not to be asked again, 0 when it does not say."""
    response: Any = error.response
    headers: Any = getattr(response, "headers", None) or {}
    said = str(headers.get("Retry-After", ""))
    return float(said) if said.isdecimal() else 0.0


def _channel(how: Mapping[str, Any]) -> str:
    for given in ("json", "data", "params"):
        arguments = how.get(given)
        if isinstance(arguments, Mapping):
            values: Any = arguments  # pyright: ignore[reportUnknownVariableType]
            found = values.get("channel") or values.get("channel_id")
            if found:
                return str(found)
    return ""
