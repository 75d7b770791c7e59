"""What Nod says beside Cards: to one person alone, in a thread, or as the answer to a command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.calls import Client
from adapters.slack.naming import Naming
from adapters.slack.places import Place, is_open, permalinks
from adapters.slack.rich import Block, line, rich_text, span
from adapters.slack.troubles import TROUBLES, NotInChannel, beside_the_point, code_of
from adapters.slack.uploads import written_out
from adapters.slack.views import escaped, notification, page
from adapters.slack.workspaces import Workspaces
from agent_core.cards import Card
from agent_core.characters import revealed
from agent_core.i18n import sentence
from agent_core.presenter.chat_words import too_late
from agent_core.threads import Threads

Message = tuple[str, list[Block]]

log = structlog.get_logger(__name__)

SECONDS = 10  # for an answer to a command to be taken


@dataclass(frozen=True, slots=True)
class Whom:
    """One person at one place. `url` is where a command is answered; only they see it there, too."""

    team: str
    channel: str
    user: str
    thread: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """Says things. What cannot be said is logged: nothing hangs on it."""

    workspaces: Workspaces
    threads: Threads
    naming: Naming

    async def privately(self, whom: Whom, what: str) -> None:
        """Tell one person alone, where they are; if Nod is not there, in their direct messages."""
        with beside_the_point():
            await self._tell(whom, [sentence_message(await self.naming.text(whom.team, what))])

    async def show(self, whom: Whom, card: Card, language: str) -> None:
        """Show a Card to one person alone, as `privately` tells them; what it cuts is a link to the whole.

        A Card may tell what was said in a channel, so that of a closed one is shown there or not at all.
        """
        ways: dict[str, str] = {}
        with beside_the_point():
            ways = await self._ways(whom.team, card)
        with beside_the_point():
            await self._tell(whom, messages_of(card, language, ways), closed=sentence(NotInChannel(), language))

    async def _ways(self, team: str, card: Card) -> dict[str, str]:
        """Return the addresses of the messages that begin the threads of the Runs a Card tells of, by Run."""
        client: Client = await self.workspaces.client(team)
        roots = await self.threads.roots_of(card)
        addresses = await permalinks(client, [Place.of(reference) for reference in roots.values()])
        return dict(zip(roots, addresses, strict=True))

    async def _tell(self, whom: Whom, messages: Sequence[Message], closed: str = "") -> None:
        """Say messages to one person; `closed`, if set, in their place if they came out of a closed channel."""
        for text, blocks in messages:
            if whom.url and await _answered(whom.url, text, blocks):
                continue
            client: Client = await self.workspaces.client(whom.team)
            try:
                await client.chat_postEphemeral(
                    channel=whom.channel, user=whom.user, thread_ts=whom.thread or None, text=text, blocks=blocks
                )
            except SlackApiError:
                if closed and not (whom.channel.startswith("D") or await is_open(client, whom.channel)):
                    await _said_directly(client, whom.user, *sentence_message(closed))
                    return
                await _said_directly(client, whom.user, text, blocks)

    async def open_modal(self, whom: Whom, trigger: str, view: Block, language: str) -> None:
        """Open a modal for a person who just pressed something. A trigger opens one once and at once, or never."""
        client: Client = await self.workspaces.client(whom.team)
        try:
            await client.views_open(trigger_id=trigger, view=view)
        except TROUBLES as error:
            log.warning("slack_opened_no_modal", why=code_of(error) or type(error).__name__)
            await self.privately(whom, too_late(language))

    async def in_thread(self, team: str, channel: str, thread: str, what: str) -> None:
        """Tell everybody in a thread."""
        text, blocks = sentence_message(what)
        with beside_the_point():
            client: Client = await self.workspaces.client(team)
            await client.chat_postMessage(
                channel=channel, thread_ts=thread, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )


async def _said_directly(client: Client, user: str, text: str, blocks: list[Block]) -> None:
    await client.chat_postMessage(channel=user, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False)


async def _answered(url: str, text: str, blocks: list[Block]) -> bool:
    """Answer a command and say whether Slack took it: it does so five times, for half an hour."""
    try:
        answer = await AsyncWebhookClient(url, timeout=SECONDS).send(text=text, blocks=blocks)
    except TROUBLES as error:
        log.warning("slack_takes_no_answer", why=type(error).__name__)
        return False
    return answer.status_code == HTTPStatus.OK


def sentence_message(what: str) -> Message:
    """Return the message that says a sentence, with its notification."""
    said = revealed(what)
    return escaped(said), [rich_text([line(span(said))])]


def messages_of(card: Card, language: str, ways: Mapping[str, str] | None = None) -> list[Message]:
    """Return the messages that show a Card to one person alone, each with its notification; `ways` lead to its Runs.

    There no file can lie: what is too long follows under the name that the Card gives it.
    """
    shown = page(card, language=language, links=ways)
    following = [each for spill in shown.spills for each in written_out(spill.name, spill.text)]
    return [(notification(card), list(shown.blocks)), *following]
