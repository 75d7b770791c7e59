"""What was said in a thread before Nod was asked there."""

from collections import deque
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.calls import Client, pages
from adapters.slack.people import People
from adapters.slack.places import PLATFORM, Place
from adapters.slack.reading import files_of, is_of_a_bot, mentioned, name_of_bot, plain
from adapters.slack.troubles import persistently
from agent_core.domain import Actor
from agent_core.ports import Said

MOST_SAID = 20  # the newest messages of a thread; a Run is given fewer than that
MOST_PAGES = 2_000  # messages that are looked through for them

_NOT_SAID = frozenset(("channel_join", "channel_leave", "tombstone", "assistant_app_thread", "reminder_add"))


async def said_in_thread(people: People, client: Client, asked: Place, thread: str, app: str) -> tuple[Said, ...]:
    """Return what was said in a thread before the message `asked`, the oldest first; `app` is Nod's own id.

    The words of members are trusted, those of guests and of programs are not.
    """
    newest: deque[dict[str, Any]] = deque(maxlen=MOST_SAID)
    looked_at = 0
    try:
        # what it yields may end in an outage; then all of it is read once more
        async for message in _before(client, asked, thread):
            looked_at += 1
            if message.get("subtype") not in _NOT_SAID and (not app or message.get("app_id") != app):
                newest.append(message)
            if looked_at >= MOST_PAGES:
                break
    except SlackApiError:
        return ()  # the thread cannot be read; the Goal stands by itself
    found = [await said(people, asked.team, message) for message in newest]
    return tuple(each for each in found if each is not None)


async def _before(client: Client, asked: Place, thread: str) -> AsyncGenerator[dict[str, Any]]:
    async def page(**arguments: Any) -> Any:
        return await persistently(lambda: client.conversations_replies(**arguments))

    async for message in pages(page, channel=asked.channel, ts=thread, latest=asked.ts):
        if float(str(message.get("ts", "0"))) < float(asked.ts):
            yield message


async def said(people: People, team: str, message: Mapping[str, Any]) -> Said | None:
    """Return a message as a part of a conversation, None when there is nothing to read in it."""
    text = str(message.get("text") or "")
    words = plain(text, await names_in(people, team, text))
    names = ", ".join(str(file.get("name")) for file in files_of(message))
    words = "\n".join(part for part in (words, f"[{names}]" if names else "") if part)
    if not words:
        return None
    at = datetime.fromtimestamp(float(str(message.get("ts") or "0")), UTC)
    if is_of_a_bot(message) or not message.get("user"):
        return Said(
            words, Actor(PLATFORM, str(message.get("bot_id") or "bot"), name_of_bot(message)), at, trusted=False
        )
    person = await people.person(team, str(message["user"]))
    return Said(words, person.actor, at, trusted=person.trusted)


async def names_in(people: People, team: str, text: str) -> dict[str, str]:
    """Return the names of the people a text mentions, by id."""
    return {user: (await people.person(team, user)).actor.display for user in dict.fromkeys(mentioned(text))}
