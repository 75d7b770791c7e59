"""Discord's refusals -> DeliveryFailed: what is worth another try, and what is over."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import aiohttp
import discord
import structlog

from adapters.discord.rest import ARCHIVED, LOCKED, TOKEN_OVER, TOO_MANY_OLD_EDITS, UNKNOWN_CHANNEL
from agent_core.i18n import N_
from agent_core.platform_ports import DeliveryFailed

UNKNOWN_GUILD, NO_ACCESS, NO_DIRECT, NO_PERMISSION = 10004, 50001, 50007, 50013
NO_THREADS, MAX_THREADS = 50024, 160006  # "Cannot execute action on this channel type"; too many are active

#: why Nod can no longer write somewhere, by Discord's code; msgids
GONE: Mapping[int, str] = {
    UNKNOWN_CHANNEL: N_("the thread or channel is gone"),
    UNKNOWN_GUILD: N_("Nod was removed from the server"),
    NO_ACCESS: N_("Nod cannot see it any more"),
    NO_DIRECT: N_("direct messages are closed"),
    NO_PERMISSION: N_("Nod lacks a permission there"),
    NO_THREADS: N_("no threads can be started there"),
    ARCHIVED: N_("the thread is archived"),
    LOCKED: N_("the thread is locked"),
}
LONGEST_PAUSE = 60.0  # seconds between tries while Discord stays away
_SOON = 1.0  # seconds before the first other try; each that fails waits longer
_LONG = 60.0  # seconds before another try where only time, or whoever runs Nod, can help

T = TypeVar("T")

log = structlog.get_logger(__name__)


@contextmanager
def as_failures() -> Generator[None]:
    """Raise DeliveryFailed for what Discord refuses and for what never arrives; a body it finds wrong is our fault."""
    try:
        yield
    except discord.RateLimited as error:
        raise DeliveryFailed("Discord asks for fewer requests", retry_after=error.retry_after) from error
    except discord.HTTPException as error:
        failure = failure_of(error)
        if failure is None:
            raise
        raise failure from error
    except (aiohttp.ClientError, OSError) as error:  # TimeoutError is one of these
        raise DeliveryFailed(f"Discord cannot be reached ({type(error).__name__})", retry_after=_SOON) from error


def failure_of(error: discord.HTTPException) -> DeliveryFailed | None:
    """Return what a refusal means for a delivery; None for a body that Discord finds wrong."""
    if error.code in GONE:
        return DeliveryFailed(GONE[error.code], gone=True)
    if error.code == TOKEN_OVER:
        return None
    if error.status == 401 or error.code in (TOO_MANY_OLD_EDITS, MAX_THREADS):  # noqa: PLR2004  (HTTP's own number)
        return DeliveryFailed(f"Discord refuses for now ({error.code}: {error.text})", retry_after=_LONG)
    if error.status == 403:  # noqa: PLR2004
        return DeliveryFailed(N_("Nod lacks a permission there"), gone=True)
    if error.status == 429 or error.status >= 500:  # noqa: PLR2004
        return DeliveryFailed(f"Discord has a fault ({error.status})", retry_after=_SOON)
    return None


async def persistently(call: Callable[[], Awaitable[T]]) -> T:
    """Return what a call gives, trying again for as long as Discord is away.

    Raises:
        DeliveryFailed: it never will.
        discord.HTTPException: Discord finds what is asked wrong.
    """
    pause = _SOON
    while True:
        try:
            with as_failures():
                return await call()
        except DeliveryFailed as failure:
            if failure.gone:
                raise
            log.warning("discord_does_not_answer", why=str(failure))
            # spread, so that what waited for Discord does not come back all at once
            await asyncio.sleep(max(failure.retry_after, pause) * random.uniform(1.0, 1.25))  # noqa: S311
        pause = min(LONGEST_PAUSE, pause * 2)
