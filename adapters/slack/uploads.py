"""Files in a thread: each is uploaded once, whatever is tried again."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.calls import Client, inner, pages, rows
from adapters.slack.rich import Block, line, preformatted, rich_text, span
from adapters.slack.views import escaped
from agent_core.characters import revealed
from agent_core.domain import digest_of
from agent_core.platform_ports import Delivery, DeliveryStore

_LOOKS = 6  # times that Slack is asked whether a file is shown in its thread yet
_PAUSE = 0.5  # seconds between them: without it what is posted next may come before the file

PIECE = 10_000  # characters of a text in one message, where Slack takes no files
MOST_PIECES = 12  # messages that one text is written into

_PREFIX = "file:"  # of the ids under which uploads are kept beside the deliveries of Cards


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be in a thread. `key` names it, and its content, within its Run."""

    key: str
    name: str
    title: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Uploads:
    """Uploads what is not there yet; that it is there is kept with the deliveries."""

    store: DeliveryStore

    async def ensure(
        self, client: Client, run_id: str, channel: str, thread: str, files: Sequence[Upload]
    ) -> Mapping[str, str]:
        """See that the files are in the thread, and return their addresses by key."""
        if not files:
            return {}
        kept = await self.store.deliveries(run_id)
        links = {each.key: kept[_id(each)].message_ref for each in files if _id(each) in kept}
        unsure = [each for each in files if links.get(each.key) == ""]
        if unsure:  # an upload whose answer was lost may have been one all the same
            # by its title, too: that of a Card's text has its digest, and an older one of the same name is another
            there = {(file["name"], file.get("title")): file async for file in _files_in(client, channel, thread)}
            for each in unsure:
                found = there.get((each.name, each.title))
                if found is not None:
                    links[each.key] = await self._keep(run_id, each, await _shown(client, found["id"]))
        missing = {each.key: each for each in files if not links.get(each.key)}
        if missing:
            links |= await self._upload(client, run_id, channel, thread, tuple(missing.values()))
        return links

    async def written_out(
        self, client: Client, run_id: str, channel: str, thread: str, files: Sequence[Upload]
    ) -> Mapping[str, str]:
        """Write files of text into the thread as messages, where Slack takes none; return their addresses by key."""
        links: dict[str, str] = {}
        kept = await self.store.deliveries(run_id)
        for each in files:
            known = kept.get(_id(each))
            links[each.key] = known.message_ref if known and known.message_ref else ""
            if not links[each.key] and (text := _text(each.content)):
                link = await _write(client, channel, thread, each.title, text)
                links[each.key] = await self._keep(run_id, each, link)
        return links

    async def _upload(
        self, client: Client, run_id: str, channel: str, thread: str, files: Sequence[Upload]
    ) -> dict[str, str]:
        for each in files:
            await self._keep(run_id, each, "")
        uploads = [{"filename": each.name, "title": each.title, "content": each.content} for each in files]
        answer = await client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=thread)
        ids = [str(file["id"]) for file in rows(answer, "files")]
        return {
            each.key: await self._keep(run_id, each, await _shown(client, file_id))
            for each, file_id in zip(files, ids, strict=True)
        }

    async def _keep(self, run_id: str, file: Upload, link: str) -> str:
        await self.store.keep(Delivery(run_id, _id(file), link, digest_of(file.content)))
        return link


def written_out(title: str, text: str) -> list[tuple[str, list[Block]]]:
    """Return the messages that a text makes where no file can hold it: of each its notification and its blocks."""
    title, text = revealed(title), revealed(text)
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    messages: list[tuple[str, list[Block]]] = []
    for number, piece in enumerate(pieces, start=1):
        heading = f"{title} ({number}/{len(pieces)})" if len(pieces) > 1 else title
        messages.append((escaped(heading), [rich_text([line(span(heading, bold=True)), preformatted(piece)])]))
    return messages


def _id(file: Upload) -> str:
    return f"{_PREFIX}{file.key}"


async def _shown(client: Client, file_id: str) -> str:
    """Wait until a file is shown somewhere, and return its address."""
    link = ""
    for look in range(_LOOKS):
        file = inner(await client.files_info(file=file_id), "file")
        link = str(file.get("permalink") or "")
        if file.get("shares"):
            break
        if look < _LOOKS - 1:
            await asyncio.sleep(_PAUSE)
    return link or file_id


async def _files_in(client: Client, channel: str, thread: str) -> AsyncIterator[dict[str, Any]]:
    async for message in pages(client.conversations_replies, channel=channel, ts=thread):
        for file in rows(message, "files"):
            yield file


def _text(content: bytes) -> str:
    """Return what a file says, an empty string when it is no text or too much for messages."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ""
    return text if len(text) <= PIECE * MOST_PIECES and "\0" not in text else ""


async def _write(client: Client, channel: str, thread: str, title: str, text: str) -> str:
    """Write a text into a thread, and return the address of where it begins."""
    first = ""
    for heading, blocks in written_out(title, text):
        answer = await client.chat_postMessage(
            channel=channel,
            thread_ts=thread,
            text=heading,
            blocks=blocks,
            unfurl_links=False,
            unfurl_media=False,
        )
        first = first or str(answer["ts"])
    return str((await client.chat_getPermalink(channel=channel, message_ts=first)).get("permalink") or first)
