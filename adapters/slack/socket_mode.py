"""Socket Mode: Nod calls Slack and keeps a connection open, so that nothing of Nod's needs to be reachable.

slack_sdk's own client closes a connection before it has the next one, asks for no new address when one fails, and
tries again at a fixed pace; so the connections are kept here.
"""

import asyncio
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.client import SlackClient, code_and_status, retry_after
from adapters.slack.receiving import Receiver
from adapters.slack.socket_connection import Connection

log = structlog.get_logger(__name__)

NOT_YET = "Slack is not connected yet."
UNREACHABLE = "Slack cannot be reached; Nod keeps trying, and nothing is lost. See https://status.slack.com."
_MAKE_ONE = "make one under Basic Information, App-Level Tokens, with the scope connections:write, and set it."
_SWITCH_ON = "Socket Mode is off; switch it on under Socket Mode on the app's page at https://api.slack.com/apps."

#: what Slack says when trying again does not help until a person changes something, and what that is
FOR_PEOPLE: Mapping[str, str] = {
    "invalid_auth": f"Slack does not know SLACK_APP_TOKEN; {_MAKE_ONE}",
    "not_authed": f"Slack does not know SLACK_APP_TOKEN; {_MAKE_ONE}",
    "token_revoked": f"SLACK_APP_TOKEN was revoked; {_MAKE_ONE}",
    "account_inactive": f"SLACK_APP_TOKEN was revoked; {_MAKE_ONE}",
    "missing_scope": f"SLACK_APP_TOKEN lacks its scope; {_MAKE_ONE}",
    "not_allowed_token_type": f"SLACK_APP_TOKEN is no app-level token; {_MAKE_ONE}",
    "forbidden_team": _SWITCH_ON,
    "link_disabled": _SWITCH_ON,
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what may take, in seconds."""

    connect: float = 15.0  #: until a connection is open and Slack said hello
    heartbeat: float = 10.0  #: between pings; half of it later without an answer, a connection is dead
    quiet: float = 600.0  #: without anything sent: it may answer pings and be deaf, so it is replaced
    farewell: float = 10.0  #: for which one that is replaced is still listened to; Slack closes it by then
    first_retry: float = 1.0
    last_retry: float = 60.0


class _NotOpened(Exception):
    """A connection could not be opened. `why` is Slack's error code, empty when Slack was not reached."""

    def __init__(self, why: str = "", retry_after: float = 0.0) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after = retry_after


def _no_connections() -> "dict[Connection, asyncio.Task[None]]":
    return {}


@dataclass
class SocketMode:
    """Keeps a connection to Slack open while `serve` runs; the next one is open before the last is given up."""

    receiver: Receiver
    app_token: str
    client: SlackClient
    session: aiohttp.ClientSession
    patience: Patience = field(default_factory=Patience)
    _trouble: str = NOT_YET
    _listening: "dict[Connection, asyncio.Task[None]]" = field(default_factory=_no_connections)
    _wait: float = 0.0  #: before the next try

    def trouble(self) -> str:
        """Return what is wrong with the connection and what to do; an empty string when it is open."""
        return self._trouble

    async def serve(self) -> None:
        """Stay connected until cancelled."""
        try:
            last: Connection | None = None
            while True:
                connection = await self._opened_at_last()
                if last is not None:
                    self._let_go(last)
                await self._until_spent(connection)
                last = connection
        finally:
            self._trouble = NOT_YET
            await self._end(*self._listening)

    async def _opened_at_last(self) -> Connection:
        while True:
            # spread, so that many Nods do not come back all at once to a Slack that was down
            await asyncio.sleep(self._wait * random.uniform(0.5, 1.0))  # noqa: S311
            try:
                connection = await self._open()
            except _NotOpened as failed:
                self._trouble = FOR_PEOPLE.get(failed.why, UNREACHABLE)
                self._wait = max(self._longer(), failed.retry_after)
                error, again = failed.why or "unreachable", round(self._wait)
                log.warning("slack_socket_refused", error=error, retry_in=again, why=self._trouble)
            else:
                self._trouble = ""
                log.info("slack_socket_open", connections=len(self._listening))
                return connection

    def _longer(self) -> float:
        return min(max(2 * self._wait, self.patience.first_retry), self.patience.last_retry)

    async def _open(self) -> Connection:
        opening: Any = self.client
        closing: Any = aiohttp.ClientWSTimeout  # pyright does not know its fields
        try:
            async with asyncio.timeout(self.patience.connect):
                opened = await opening.apps_connections_open(app_token=self.app_token)
                socket = await self.session.ws_connect(
                    str(opened["url"]),
                    heartbeat=self.patience.heartbeat,
                    timeout=closing(ws_close=1.0),
                    max_msg_size=0,
                    proxy=self.client.proxy,
                )
                connection = Connection(self.receiver, socket)
                await self._greeted(connection)
        except SlackApiError as refused:
            raise _NotOpened(code_and_status(refused)[0], retry_after(refused)) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise _NotOpened from None
        return connection

    async def _greeted(self, connection: Connection) -> None:
        """Listen, and wait for Slack's hello."""
        listening = asyncio.create_task(connection.listen(), name="slack socket")
        self._listening[connection] = listening
        listening.add_done_callback(lambda _: self._listening.pop(connection, None))
        greeting = asyncio.create_task(connection.greeted.wait())
        try:
            await asyncio.wait((listening, greeting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            greeting.cancel()
            if not connection.greeted.is_set():
                listening.cancel()
        if not connection.greeted.is_set():
            raise _NotOpened(connection.reason)

    async def _until_spent(self, connection: Connection) -> None:
        """Wait until a connection ends, is told to end, or has been quiet for so long that it may be deaf."""
        while not connection.spent.is_set():
            left = connection.heard_at + self.patience.quiet - time.monotonic()
            if left <= 0:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(connection.spent.wait(), left)
        reason = connection.reason or ("closed" if connection.spent.is_set() else "quiet")
        log.info("slack_socket_spent", reason=reason)
        self._trouble = FOR_PEOPLE.get(reason, self._trouble)
        # Slack may be ending each at once, so only after one that lasted the next is asked for without waiting
        lasted = time.monotonic() - connection.opened_at >= self.patience.last_retry
        self._wait = 0.0 if lasted else self._longer()

    def _let_go(self, connection: Connection) -> None:
        """Listen a little longer to one that was replaced: what was on its way down it still comes."""
        if connection in self._listening:
            loop = asyncio.get_running_loop()
            loop.call_later(self.patience.farewell, self._cancel, connection)

    def _cancel(self, connection: Connection) -> None:
        if connection in self._listening:
            self._listening[connection].cancel()

    async def _end(self, *connections: Connection) -> None:
        listening = [self._listening[each] for each in connections]
        for each in listening:
            each.cancel()
        if listening:
            await asyncio.wait(listening)
