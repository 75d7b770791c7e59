"""Cards on their way to Slack."""

import io
import zipfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack import channels
from adapters.slack.calls import Client, pages
from adapters.slack.layout import Spill
from adapters.slack.limits import BLOCKS_ROOM, EVENT_TYPE, UPLOADS
from adapters.slack.naming import Naming
from adapters.slack.people import People
from adapters.slack.places import Place, is_ts
from adapters.slack.standing import standing_of
from adapters.slack.troubles import TROUBLES, code_of, delivering, passing, unchangeable
from adapters.slack.uploads import Upload, Uploads
from adapters.slack.views import Page, page
from adapters.slack.workspaces import WorkspaceGone, Workspaces
from agent_core.cards import Card, CardKind
from agent_core.domain import Actor, Origin, digest_of
from agent_core.errors import FileRefused
from agent_core.platform_ports import Channel, DeliveryFailed, Standing
from agent_core.presenter import ROOT
from agent_core.service import Service

_LEAST_ROOM = 3_000  # characters of all blocks: below that something else is wrong than their length
MOST_LOOKED_AT = 1_000  # messages, for one whose post was uncertain: it is among the newest
_RUNS_KNOWN = 1_000  # whose languages are remembered
_QUIET: Mapping[str, Any] = {
    "unfurl_links": False,
    "unfurl_media": False,
}  # an address on a Card is shown, and fetched by nobody

Send = Callable[[Page], Awaitable[Any]]

log = structlog.get_logger(__name__)


class SlackMessenger:
    """The way out to every workspace: agent_core.platform_ports.Messenger. A reference is TEAM/CHANNEL/TS."""

    def __init__(self, workspaces: Workspaces, service: Service) -> None:
        self._workspaces = workspaces
        self._service = service
        self._uploads = Uploads(service.threads.deliveries)
        self._naming = Naming(People(workspaces, service.policy))
        self._languages: OrderedDict[str, str] = OrderedDict()
        self._old_fashioned: set[str] = set()  # workspaces that take no plan and task_card blocks

    async def post(self, origin: Origin, run_id: str, card: Card) -> str:
        """Post a Card, in its thread or as the message that begins it, its long texts and its files before it."""
        with delivering():
            client: Client = await self._workspaces.client(origin.workspace)
            thread = await self._thread(origin, run_id, card)
            if card.kind is CardKind.RESULT:
                await self._deliver_files(client, origin.channel, thread, run_id, card)

            async def send(shown: Page) -> Any:
                return await client.chat_postMessage(
                    channel=origin.channel,
                    thread_ts=thread or None,
                    text=shown.text,
                    blocks=shown.blocks,
                    metadata=_metadata(run_id, card),
                    **_QUIET,
                )

            answer = await self._send(client, origin, thread, run_id, card, send)
            place = Place(origin.workspace, str(answer["channel"]), str(answer["ts"]))
        if not thread:
            await self._follow_up(origin, place, run_id, card)
        return place.reference

    async def edit(self, origin: Origin, run_id: str, message_ref: str, card: Card) -> None:
        """Make a message show a Card; one that was deleted, or may not be changed any more, stays as it is."""
        place = Place.of(message_ref)
        with delivering():
            client: Client = await self._workspaces.client(place.team)
            thread = await self._thread(origin, run_id, card) or place.ts
            if card.kind is CardKind.RESULT:
                await self._deliver_files(client, place.channel, thread, run_id, card)

            async def send(shown: Page) -> Any:
                return await client.chat_update(
                    channel=place.channel,
                    ts=place.ts,
                    text=shown.text,
                    blocks=shown.blocks,
                    metadata=_metadata(run_id, card),
                )

            try:
                await self._send(client, origin, thread, run_id, card, send)
            except SlackApiError as error:
                if not unchangeable(error):
                    raise
                log.warning("slack_message_stays", run=run_id, card=card.id, why=code_of(error))

    async def find(self, origin: Origin, run_id: str, card_id: str) -> str:
        """Look for the message of a Card by its metadata, in its thread or among the channel's newest messages."""
        with delivering():
            client: Client = await self._workspaces.client(origin.workspace)
            thread = origin.thread if is_ts(origin.thread) else await self._root(origin)
            nod, looked_at = await self._workspaces.bot_id(origin.workspace), 0
            async for message in _messages(client, origin.channel, thread):
                looked_at += 1
                if looked_at > MOST_LOOKED_AT:
                    break
                if message.get("bot_id") != nod:
                    continue  # anybody may write such metadata
                metadata: Mapping[str, Any] = message.get("metadata") or {}
                about: Mapping[str, Any] = metadata.get("event_payload") or {}
                if (metadata.get("event_type"), about.get("run"), about.get("card")) == (EVENT_TYPE, run_id, card_id):
                    return Place(origin.workspace, origin.channel, str(message["ts"])).reference
        return ""

    async def standing(self, origin: Origin, owner: Actor) -> Standing:
        """Say whether a channel is there, and its owner in it."""
        with delivering():
            try:
                client: Client = await self._workspaces.client(origin.workspace)
            except WorkspaceGone:
                return Standing.CHANNEL_GONE
            return await standing_of(client, origin.channel, owner.user)

    async def direct(self, origin: Origin, owner: Actor) -> Origin | None:
        """Return where the owner alone reads."""
        return Origin(origin.platform, origin.workspace, owner.user)  # Slack takes a person for their direct messages

    async def channel(self, origin: Origin, asker: Actor, named: str) -> Channel | None:
        """Return a channel that both Nod and who asked are in, None when there is none."""
        with delivering():
            client: Client = await self._workspaces.client(origin.workspace)
            return await channels.channel_of(client, origin.workspace, asker.user, named)

    async def write(self, channel: Channel, text: str, mark: str) -> None:
        """Write a text into a channel, letter by letter."""
        with delivering():
            await channels.write(await self._workspaces.client(channel.workspace), channel.id, text, mark)

    async def written(self, channel: Channel, mark: str) -> bool:
        """Say whether a text with this mark was written into a channel of late."""
        with delivering():
            client: Client = await self._workspaces.client(channel.workspace)
            return await channels.written(client, await self._workspaces.bot_id(channel.workspace), channel.id, mark)

    async def _thread(self, origin: Origin, run_id: str, card: Card) -> str:
        """Return the message that begins the Run's thread; an empty string for a Card that begins it itself."""
        if is_ts(origin.thread):
            return origin.thread
        root = await self._root(origin)
        if not root and not (card.id == ROOT and origin.thread == run_id):
            raise DeliveryFailed("the message that begins the thread is not there yet", retry_after=1.0)
        return root

    async def _root(self, origin: Origin) -> str:
        reference = await self._service.threads.message_of(origin.thread)
        return Place.of(reference).ts if reference else ""

    async def _send(  # noqa: PLR0917  (all of it is what sending takes)
        self, client: Client, origin: Origin, thread: str, run_id: str, card: Card, send: Send
    ) -> Any:
        """Send a Card as well as Slack takes it: with plan blocks or without, and shorter if it is too long."""
        room, language = BLOCKS_ROOM, await self._language(run_id)
        card = await self._naming.card(origin.workspace, card)
        while True:
            modern = origin.workspace not in self._old_fashioned
            shown = page(card, run_id=run_id, language=language, modern=modern, room=room)
            if thread and shown.spills:
                links = await self._spill(client, run_id, origin.channel, thread, shown.spills)
                shown = page(card, run_id=run_id, language=language, modern=modern, room=room, links=links)
            try:
                return await send(shown)
            except SlackApiError as error:
                code = code_of(error)
                if code == "invalid_blocks" and modern:
                    log.warning("slack_takes_no_plan_blocks", workspace=origin.workspace)
                    self._old_fashioned.add(origin.workspace)
                elif code in ("msg_blocks_too_long", "msg_too_long") and room > _LEAST_ROOM:
                    room //= 2
                else:
                    raise

    async def _follow_up(self, origin: Origin, root: Place, run_id: str, card: Card) -> None:
        """Put a new thread's long texts into it, and have its first message say where they are."""
        if not page(card, run_id=run_id).spills:
            return
        try:
            client: Client = await self._workspaces.client(root.team)
            modern = origin.workspace not in self._old_fashioned
            language = await self._language(run_id)
            card = await self._naming.card(root.team, card)
            spills = page(card, run_id=run_id, language=language, modern=modern).spills
            links = await self._spill(client, run_id, root.channel, root.ts, spills)
            shown = page(card, run_id=run_id, language=language, modern=modern, links=links)
            await client.chat_update(channel=root.channel, ts=root.ts, text=shown.text, blocks=shown.blocks)
        except (WorkspaceGone, *TROUBLES) as error:
            # it is posted, and who posted it must hear so; the next edit tries once more
            log.warning("slack_file_waits", run=run_id, why=code_of(error) or type(error).__name__)

    async def _spill(
        self, client: Client, run_id: str, channel: str, thread: str, spills: Sequence[Spill]
    ) -> Mapping[str, str]:
        files = [Upload(each.key, each.name, each.title, each.text.encode("utf-8", "replace")) for each in spills]
        return await self._files(client, run_id, channel, thread, files)

    async def _files(
        self, client: Client, run_id: str, channel: str, thread: str, files: Sequence[Upload]
    ) -> Mapping[str, str]:
        """Put files into a thread: as files or, in a workspace that takes none, as messages."""
        try:
            return await self._uploads.ensure(client, run_id, channel, thread, files)
        except SlackApiError as error:
            if passing(error) is not None:
                raise
            log.warning("slack_takes_no_file", run=run_id, why=code_of(error))
            return await self._uploads.written_out(client, run_id, channel, thread, files)

    async def _deliver_files(self, client: Client, channel: str, thread: str, run_id: str, card: Card) -> None:
        """Put what the Run made into its thread."""
        found = [await self._deliverable(run_id, path) for path in card.files]
        await self._files(client, run_id, channel, thread, _few(run_id, [each for each in found if each is not None]))

    async def _deliverable(self, run_id: str, path: str) -> Upload | None:
        try:
            content = await self._service.read_file(run_id, path)
        except FileRefused as error:
            log.warning("file_not_delivered", run=run_id, path=path, why=str(error))
            return None
        if not content:  # Slack takes no empty file
            return None
        return Upload(f"{path}:{digest_of(content)[:16]}", PurePosixPath(path).name, path, content)

    async def _language(self, run_id: str) -> str:
        if run_id not in self._languages:
            self._languages[run_id] = (await self._service.state(run_id)).language
            if len(self._languages) > _RUNS_KNOWN:
                self._languages.popitem(last=False)
        return self._languages[run_id]


def _metadata(run_id: str, card: Card) -> dict[str, Any]:
    """Return what a message carries to be found by."""
    return {"event_type": EVENT_TYPE, "event_payload": {"run": run_id, "card": card.id}}


def _few(run_id: str, files: Sequence[Upload]) -> Sequence[Upload]:
    """Return the files, or one archive of them when they are many."""
    if len(files) <= UPLOADS:
        return files
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in files:
            # one time for all, so that the same files make the same archive
            archive.writestr(zipfile.ZipInfo(each.title, (1980, 1, 1, 0, 0, 0)), each.content)
    name = f"{run_id}.zip"
    return [Upload(f"{name}:{digest_of(packed.getvalue())[:16]}", name, name, packed.getvalue())]


def _messages(client: Client, channel: str, thread: str) -> AsyncIterator[dict[str, Any]]:
    """Return the messages of a thread, the oldest first, or those of a channel, the newest first."""
    if thread:
        return pages(client.conversations_replies, channel=channel, ts=thread, include_all_metadata=True)
    return pages(client.conversations_history, channel=channel, include_all_metadata=True)
