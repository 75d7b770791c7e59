"""What people see."""

from typing import Any

from tests.peers.slack.checks.blocks import texts
from tests.peers.slack.methods.views import View
from tests.peers.slack.people.part import Part
from tests.peers.slack.workspace import Message


class Seeing(Part):
    """Nothing here waits: combine it with `until`."""

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """The messages of a channel, the oldest first, or of a thread with its parent first."""
        workspace, _place = self.place(channel)
        kept = workspace.kept.get(channel, {})
        shown = [workspace.shown(channel, kept[ts]) for ts in sorted(kept)]
        if thread_ts is not None:
            return [message for message in shown if thread_ts in (message["ts"], message.get("thread_ts"))]
        return [message for message in shown if not _is_reply(message)]

    def message(self, ts: str) -> Message | None:
        """The message of this ts; None if there is none, or it was deleted."""
        for workspace, channel, found in self.everywhere():
            if found == ts:
                message = workspace.shown(channel.id, workspace.kept[channel.id][ts])
                return None if message.get("subtype") == "tombstone" else message
        return None

    def words(self, message: Message) -> str:
        """All that is written on a message, block by block; its text if it has no blocks."""
        return "\n".join(texts(message.get("blocks") or [])) or str(message.get("text", ""))

    def ephemerals(self, user: str) -> list[Message]:
        """The messages that only this person sees."""
        workspace, who = self.slack.whereabouts(user)
        return [message for message in workspace.ephemerals if message["to"] == who.id]

    def modals(self, user: str) -> list[View]:
        """A person's open modals, the one on top last."""
        workspace, who = self.slack.whereabouts(user)
        return [workspace.views[view_id] for view_id in workspace.stacks.get(who.id, [])]

    def home(self, user: str) -> View | None:
        """A person's Home tab."""
        workspace, who = self.slack.whereabouts(user)
        return workspace.views.get(workspace.homes.get(who.id, ""))

    def files(self, channel: str) -> list[dict[str, Any]]:
        """The files in a channel and its threads, the oldest first."""
        workspace, _place = self.place(channel)
        kept = workspace.kept.get(channel, {})
        return [file for ts in sorted(kept) for file in kept[ts].get("files", [])]

    async def file_content(self, file_id: str) -> bytes:
        """What is in a file."""
        for workspace in self.slack.workspaces:
            if file_id in workspace.files:
                path = workspace.files[file_id]["url_private"].removeprefix(self.slack.address)
                _status, content, _kind = await workspace.store.download(path, workspace.bot.token)
                return content
        raise AssertionError(f"There is no file {file_id}")

    def reactions(self, ts: str) -> dict[str, list[str]]:
        """The reactions to a message: emoji and who."""
        message = self.message(ts) or {}
        return {reaction["name"]: reaction["users"] for reaction in message.get("reactions", [])}

    def status(self, channel: str, thread_ts: str) -> dict[str, Any]:
        """What the app set for an assistant's thread: status, loading_messages, title, prompts."""
        workspace, _place = self.place(channel)
        return workspace.statuses.get((channel, thread_ts), {})


def _is_reply(message: Message) -> bool:
    in_thread = message.get("thread_ts", message["ts"]) != message["ts"]
    return in_thread and message.get("subtype") != "thread_broadcast"
