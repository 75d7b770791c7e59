"""Where things are in Slack: references of messages, and whether Nod can see a channel."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.calls import Client, inner
from adapters.slack.troubles import TROUBLES, BetweenPeople, NotInChannel, persistently
from agent_core.domain import Origin
from agent_core.ports import RunSummary
from agent_core.service import Service

PLATFORM = "slack"
LINKS_WITHIN = 5.0  # seconds for all links of a list together; it is shown without those that are not there by then

_TS = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Place:
    """A message: its workspace, channel and time stamp, which is its id there."""

    team: str
    channel: str
    ts: str

    @property
    def reference(self) -> str:
        """Return it as deliveries name messages."""
        return f"{self.team}/{self.channel}/{self.ts}"

    @property
    def origin(self) -> Origin:
        """Return the Origin of the thread that this message begins."""
        return Origin(PLATFORM, self.team, self.channel, self.ts)

    @classmethod
    def of(cls, reference: str) -> "Place":
        """Return the message of a reference."""
        team, channel, ts = reference.split("/")
        return cls(team, channel, ts)


def is_ts(thread: str) -> bool:
    """Say whether an Origin's thread is a message of Slack's; a command's is the id of its Run."""
    return _TS.fullmatch(thread) is not None


async def run_of_thread(service: Service, thread: Place) -> RunSummary | None:
    """Return the newest Run of the thread that a message begins, None when there is none."""
    newest = await service.threads.newest_in(thread.origin)
    if newest is not None:
        return newest
    shown = await service.threads.shown_by(thread.reference)
    if shown is None:
        return None
    # the thread of a command begins with the message of its Run's root Card
    return await service.threads.newest_in((await service.state(shown.run_id)).origin)


async def enter(client: Client, channel: str) -> None:
    """See that Nod is in a channel, and join it if it is open to all.

    Raises:
        NotInChannel: Nod must be invited first.
        BetweenPeople: nobody can invite Nod there.
    """
    try:
        told = await persistently(lambda: look(client, channel))
        if told.get("is_im") or told.get("is_member"):
            return
        await persistently(lambda: client.conversations_join(channel=channel))
    except SlackApiError as error:
        raise (BetweenPeople if channel.startswith("D") else NotInChannel) from error


async def is_open(client: Client, channel: str) -> bool:
    """Say whether everybody of the workspace may read a channel. What cannot be looked at is not open."""
    try:
        told = await look(client, channel)
    except SlackApiError:
        return False
    return bool(told.get("is_channel")) and not (told.get("is_private") or told.get("is_mpim") or told.get("is_im"))


async def look(client: Client, channel: str) -> dict[str, Any]:
    """Return what Slack says of a channel. Raises SlackApiError when it lets Nod see none."""
    return inner(await client.conversations_info(channel=channel), "channel")


async def permalinks(client: Client, places: Sequence[Place | None]) -> Sequence[str]:
    """Return the addresses of messages, asked for all at once; an empty string where Slack gives none in time."""
    until = asyncio.get_running_loop().time() + LINKS_WITHIN
    return await asyncio.gather(*(_permalink(client, place, until) for place in places))


async def _permalink(client: Client, place: Place | None, until: float) -> str:
    if place is None:
        return ""
    try:
        async with asyncio.timeout_at(until):
            answer = await client.chat_getPermalink(channel=place.channel, message_ts=place.ts)
    except TROUBLES:
        return ""
    return str(answer.get("permalink") or "")
