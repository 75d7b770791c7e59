"""People write, reply, edit, delete and react."""

import asyncio
import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.peers.slack import posting
from tests.peers.slack.delivering import Answer
from tests.peers.slack.events import changed_event, deleted_event, message_event, reaction_event, send
from tests.peers.slack.methods.files import share
from tests.peers.slack.people.part import Part
from tests.peers.slack.workspace import Channel, Message, User, Workspace

File = tuple[str, bytes]  # name, content
MARKED = re.compile(r"(<[^<>\s][^<>]*>)")
ADDRESS = re.compile(r"https?://[^\s<>]+")


def typed(text: str) -> str:
    """Text as Slack passes it on: & < > escaped and addresses in <>; what is marked like <@U1> already stays."""
    parts = MARKED.split(text)
    for place in range(0, len(parts), 2):
        escaped = parts[place].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts[place] = ADDRESS.sub(lambda found: f"<{found[0]}>", escaped)
    return "".join(parts)


class Saying(Part):
    """What people say. Each returns the app's answer, with `ts` and `channel` of the message."""

    async def say(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None, files: Sequence[File] = ()
    ) -> Answer:
        """Write in a channel without naming the bot."""
        workspace, place = self.place(channel)
        author = workspace.user(user)
        return await self._said(workspace, place, author, text, thread_ts=thread_ts, files=files)

    async def reply(
        self, user: str, channel: str, thread_ts: str, text: str, *, files: Sequence[File] = (), broadcast: bool = False
    ) -> Answer:
        """Write in a thread; `broadcast`: and in the channel too."""
        workspace, place = self.place(channel)
        author = workspace.user(user)
        return await self._said(workspace, place, author, text, thread_ts=thread_ts, files=files, broadcast=broadcast)

    async def mention(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None, files: Sequence[File] = ()
    ) -> Answer:
        """Write to the bot in a channel: `@nod text`. The app gets app_mention, and the message as well."""
        workspace, place = self.place(channel)
        words = f"<@{workspace.bot.id}> {text}"
        return await self._said(workspace, place, workspace.user(user), words, thread_ts=thread_ts, files=files)

    async def dm(self, user: str, text: str, *, thread_ts: str | None = None, files: Sequence[File] = ()) -> Answer:
        """Write to the bot in its direct messages."""
        workspace, author = self.slack.whereabouts(user)
        place = await posting.direct_messages(self.slack, workspace, author)
        return await self._said(workspace, place, author, text, thread_ts=thread_ts, files=files)

    async def _said(
        self,
        workspace: Workspace,
        channel: Channel,
        author: User,
        text: str,
        *,
        thread_ts: str | None,
        files: Sequence[File],
        broadcast: bool = False,
    ) -> Answer:
        assert author.id in channel.members, f"{author.name} is not in {channel.name}"
        words = typed(text)
        if files:
            message = await self._with_files(workspace, channel, author, words, thread_ts=thread_ts, files=files)
        else:
            shown = {"text": words, "blocks": _as_typed(words), "client_msg_id": str(uuid.uuid4())}
            thread = {"thread_ts": thread_ts, "reply_broadcast": broadcast or None}
            message = await posting.post(self.slack, workspace, channel, author, {**shown, **thread})
        return await self._told(workspace, channel, author, message)

    async def _with_files(
        self,
        workspace: Workspace,
        channel: Channel,
        author: User,
        words: str,
        *,
        thread_ts: str | None,
        files: Sequence[File],
    ) -> Message:
        uploaded = []
        for name, content in files:
            told = await workspace.store.call(
                "files.getUploadURLExternal", author.token, filename=name, length=len(content)
            )
            await workspace.store.upload(told["file_id"], content)
            uploaded.append({"id": told["file_id"], "title": name})
        ((_channel, message),) = await share(
            self.slack, workspace, author, [channel], files=uploaded, thread_ts=thread_ts, words=words
        )
        for file in message["files"]:
            event = {"type": "file_shared", "file_id": file["id"], "user_id": author.id, "channel_id": channel.id}
            self.slack.in_background(send(self.slack, workspace, {**event, "file": {"id": file["id"]}}))
        return message

    async def _told(self, workspace: Workspace, channel: Channel, author: User, message: Message) -> Answer:
        """Tell the app of a message: of a mention twice, as Slack does."""
        where = {"ts": message["ts"], "channel": channel.id}
        if workspace.bot.id not in channel.members:
            return Answer(error="not_in_channel", **where)
        event = message_event(channel, message, author)
        events = [event]
        if f"<@{workspace.bot.id}>" in message.get("text", "") and channel.kind != "im":
            mention = {**event, "type": "app_mention"}
            mention.pop("channel_type")
            events.insert(0, mention)
        first, *others = await asyncio.gather(
            *(send(self.slack, workspace, each, shared=channel.is_shared) for each in events)
        )
        return replace(first, **where, others=tuple(others))

    async def bot_message(self, channel: str, text: str, *, thread_ts: str | None = None) -> Answer:
        """Another app writes: a message with a bot_id that is not ours."""
        workspace, place = self.place(channel)
        author = next(user for user in workspace.users.values() if user.id in place.members)
        message = await posting.post(self.slack, workspace, place, author, {"text": text, "thread_ts": thread_ts})
        other = {"subtype": "bot_message", "bot_id": "B0OTHERBOT", "username": "other", "user": None}
        workspace.overlays.setdefault(message["ts"], {}).update(other)
        shown = workspace.shown(place.id, workspace.message(place.id, message["ts"]))
        answer = await send(self.slack, workspace, message_event(place, shown), shared=place.is_shared)
        return replace(answer, ts=message["ts"], channel=place.id)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> Answer:
        """Change what one wrote."""
        workspace, place = self.place(channel)
        author, before = workspace.user(user), workspace.shown(channel, workspace.message(channel, ts))
        words = typed(text)
        told = await workspace.store.call(
            "chat.update", author.token, channel=channel, ts=ts, text=words, blocks=_as_typed(words)
        )
        message = workspace.keep(channel, told["message"])
        self.slack.changed()
        event = changed_event(place, message, before, message["edited"]["ts"])
        return replace(await send(self.slack, workspace, event, shared=place.is_shared), ts=ts, channel=channel)

    async def delete(self, user: str, channel: str, ts: str) -> Answer:
        """Delete what one wrote, or, as workspace admins can, the bot's message."""
        workspace, place = self.place(channel)
        author = workspace.user(user)
        if workspace.message(channel, ts).get("user") == workspace.bot.id:
            author = workspace.bot
        before = await posting.remove(self.slack, workspace, place, author, ts)
        event = deleted_event(place, before, self.slack.ts())
        return replace(await send(self.slack, workspace, event, shared=place.is_shared), ts=ts, channel=channel)

    async def react(self, user: str, channel: str, ts: str, emoji: str) -> Answer:
        """React to a message; `emoji` is a name such as white_check_mark."""
        return await self._reacted("add", user, channel, ts, emoji)

    async def unreact(self, user: str, channel: str, ts: str, emoji: str) -> Answer:
        """Take a reaction away."""
        return await self._reacted("remove", user, channel, ts, emoji)

    async def _reacted(self, how: str, user: str, channel: str, ts: str, emoji: str) -> Answer:
        workspace, place = self.place(channel)
        author, message = workspace.user(user), workspace.message(channel, ts)
        where: dict[str, Any] = {"channel": channel, "timestamp": ts}
        await workspace.store.call(f"reactions.{how}", author.token, **where, name=emoji)
        workspace.keep(channel, (await workspace.store.call("reactions.get", author.token, **where))["message"])
        self.slack.changed()
        event = reaction_event("reaction_added" if how == "add" else "reaction_removed", author, emoji, place, message)
        return await send(self.slack, workspace, event, shared=place.is_shared)


def _as_typed(words: str) -> list[dict[str, Any]]:
    """The rich text block that Slack's clients send along with a message's text."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]
