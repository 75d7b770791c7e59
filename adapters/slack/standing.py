"""Whether what a Schedule hangs on is still there: its channel, and its owner in it."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.calls import Client, inner
from adapters.slack.channels import is_member
from adapters.slack.places import look
from adapters.slack.troubles import code_of
from agent_core.platform_ports import Standing

_NO_CHANNEL = frozenset(("channel_not_found", "is_archived", "not_in_channel"))
_NO_USER = frozenset(("user_not_found", "user_not_visible", "users_not_found"))


async def standing_of(client: Client, channel: str, user: str) -> Standing:
    """Say whether a channel is there and its owner in the workspace and, where it is closed, in the channel.

    Raises:
        SlackApiError: Slack does not tell.
    """
    try:
        told = await look(client, channel)
    except SlackApiError as error:
        if code_of(error) in _NO_CHANNEL:
            return Standing.CHANNEL_GONE
        raise
    if told.get("is_archived"):
        return Standing.CHANNEL_GONE
    try:
        person = inner(await client.users_info(user=user), "user")
    except SlackApiError as error:
        if code_of(error) in _NO_USER:
            return Standing.OWNER_GONE
        raise
    if person.get("deleted"):
        return Standing.OWNER_GONE
    return Standing.FINE if await _is_in(client, channel, told, user) else Standing.OWNER_GONE


async def _is_in(client: Client, channel: str, told: Mapping[str, Any], user: str) -> bool:
    """Say whether somebody may read a channel: any open one, a closed one as its member."""
    if told.get("is_im") or not (told.get("is_private") or told.get("is_mpim")):
        return True
    return await is_member(client, channel, user)
