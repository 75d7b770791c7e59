"""Plain words for a channel of a workspace, found again by their mark."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.calls import PAGE, Client, inner, pages, rows
from adapters.slack.rich import line, rich_text, span
from adapters.slack.troubles import TROUBLES, code_of, passing
from adapters.slack.views import escaped
from agent_core.characters import revealed
from agent_core.platform_ports import AnswerLost, Audience, Channel

WRITTEN = "nod_message"  # of these messages' metadata: letters, digits, _ and -
_LOOKED_AT = 1_000  # messages of a channel, for one that was posted a moment ago
#: errors after which "it's possible some aspect of the operation succeeded" (Slack, chat.postMessage)
_HALF_DONE = frozenset(("fatal_error", "internal_error"))
_KINDS = "public_channel,private_channel"


async def channel_of(client: Client, team: str, user: str, named: str) -> Channel | None:
    """Return a channel by its name or id that both Nod and a person are in, None when there is none."""
    cursor = None
    while True:
        answer = await client.conversations_list(types=_KINDS, exclude_archived=True, limit=PAGE, cursor=cursor)
        for told in rows(answer, "channels"):
            if named in (told.get("id"), told.get("name")) and told.get("is_member"):
                if not await is_member(client, str(told["id"]), user):
                    return None
                place = str((await client.auth_test()).get("team") or team)
                return Channel(team, str(told["id"]), str(told["name"]), place, _audience(told))
        cursor = inner(answer, "response_metadata").get("next_cursor")
        if not cursor:
            return None


async def write(client: Client, channel: str, text: str, mark: str) -> None:
    """Post a text letter by letter. Raises AnswerLost, and what Slack's client raises."""
    shown = revealed(text)
    try:
        await client.chat_postMessage(
            channel=channel,
            text=escaped(shown),
            blocks=[rich_text([line(span(shown))])],
            metadata={"event_type": WRITTEN, "event_payload": {"mark": mark}},
            unfurl_links=False,
            unfurl_media=False,
        )
    except TROUBLES as error:
        refused = isinstance(error, SlackApiError) and (code_of(error) or passing(error) is None)
        if refused and code_of(error) not in _HALF_DONE:
            raise
        raise AnswerLost(type(error).__name__) from error


async def written(client: Client, bot: str, channel: str, mark: str) -> bool:
    """Say whether Nod's message with this mark is among a channel's newest."""
    looked_at = 0
    async for message in pages(client.conversations_history, channel=channel, include_all_metadata=True):
        metadata: Mapping[str, Any] = message.get("metadata") or {}
        about: Mapping[str, Any] = metadata.get("event_payload") or {}
        # anybody may write such metadata, so it counts on Nod's own messages alone
        if message.get("bot_id") == bot and (metadata.get("event_type"), about.get("mark")) == (WRITTEN, mark):
            return True
        looked_at += 1
        if looked_at >= _LOOKED_AT:
            break
    return False


async def is_member(client: Client, channel: str, user: str) -> bool:
    """Say whether somebody is among a channel's members, however many pages those take."""
    cursor = None
    while True:
        answer = await client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
        if user in list(answer.get("members") or []):
            return True
        cursor = inner(answer, "response_metadata").get("next_cursor")
        if not cursor:
            return False


def _audience(told: Mapping[str, Any]) -> Audience:
    if told.get("is_ext_shared") or told.get("is_pending_ext_shared"):
        return Audience.SHARED
    return Audience.MEMBERS if told.get("is_private") else Audience.WORKSPACE
