"""What can go wrong with Slack, and whether trying again makes sense."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackRequestError

from adapters.slack.client import code_and_status, retry_after
from adapters.slack.workspaces import WorkspaceGone
from agent_core.errors import RequestRefused
from agent_core.platform_ports import DeliveryFailed

T = TypeVar("T")

SOON = 5.0  # seconds
LATER = 300.0  # seconds before another look for what people must change: an invitation, an installation, a right
LONGEST_PAUSE = 30.0  # seconds between tries of what cannot be left out

_TOO_MANY = 429
_BUSY = 500  # HTTP status from which the trouble is Slack's
_PASSING = frozenset(
    (
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "external_channel_migrating",
        "message_limit_exceeded",
    )
)
#: the place itself is no more, and nothing that people can do brings it back
_GONE = frozenset(("is_archived", "thread_not_found", "cannot_reply_to_message", "messages_tab_disabled"))
#: a message is not there any more, or is so old that the workspace lets nobody change it
_UNCHANGEABLE = frozenset(("message_not_found", "cant_update_message", "edit_window_closed", "thread_locked"))

#: what a call of Slack may end with: a refusal, or no answer
TROUBLES = (SlackApiError, SlackRequestError, aiohttp.ClientError, TimeoutError, OSError)

log = structlog.get_logger(__name__)


class NotInChannel(RequestRefused):
    """Nod is not in this channel. Write /invite and Nod’s name in it, then ask again."""


class BetweenPeople(RequestRefused):
    """Nod cannot read direct messages between people. Ask in a channel, or write to Nod itself."""


class TooLongForSlack(RequestRefused):
    """This is too long to be edited in Slack; reject it and say what is to change, or edit it on Nod’s web page."""


def code_of(error: Exception) -> str:
    """Return Slack's code of an error, an empty string when it gave none."""
    return code_and_status(error)[0] if isinstance(error, SlackApiError) else ""


def passing(error: Exception) -> float | None:
    """Return in how many seconds the same call may succeed, None when it never will."""
    if isinstance(error, WorkspaceGone):
        return LATER
    if not isinstance(error, SlackApiError):
        return SOON if isinstance(error, TROUBLES) else None
    code, status = code_and_status(error)
    if status == _TOO_MANY:
        return retry_after(error) or SOON
    return SOON if not code or code in _PASSING or status >= _BUSY else None


def unchangeable(error: Exception) -> bool:
    """Say whether a message cannot be edited, now or ever."""
    return code_of(error) in _UNCHANGEABLE


@contextmanager
def delivering() -> Generator[None]:
    """Raise what goes wrong with a delivery as DeliveryFailed, as a Messenger must."""
    try:
        yield
    except WorkspaceGone as error:
        raise DeliveryFailed(str(error), retry_after=LATER) from error
    except TROUBLES as error:
        wait, code = passing(error), code_of(error)
        reason = code or type(error).__name__
        raise DeliveryFailed(reason, retry_after=LATER if wait is None else wait, gone=code in _GONE) from error


async def persistently(call: Callable[[], Awaitable[T]]) -> T:
    """Call Slack until it answers: what people said or decided hangs on it, and must not be lost in an outage.

    Raises:
        SlackApiError: Slack answered, and trying again would not change it.
    """
    pause = 1.0
    while True:
        try:
            return await call()
        except TROUBLES as error:
            wait = passing(error)
            if wait is None:
                raise
            log.warning("slack_does_not_answer", why=code_of(error) or type(error).__name__)
            await asyncio.sleep(max(wait if isinstance(error, SlackApiError) else 0.0, pause))
            pause = min(LONGEST_PAUSE, pause * 2)


@contextmanager
def beside_the_point() -> Generator[None]:
    """Log what goes wrong with what is only a kindness, and go on."""
    try:
        yield
    except (WorkspaceGone, *TROUBLES) as error:
        log.warning("slack_was_not_told", why=code_of(error) or type(error).__name__)
