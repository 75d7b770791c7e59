"""People fill in modals, open the Home tab, and talk in the assistant's container."""

from dataclasses import replace
from typing import Any

from tests.peers.slack import posting
from tests.peers.slack.checks import checked_view
from tests.peers.slack.delivering import Answer, Delivery
from tests.peers.slack.errors import SlackError
from tests.peers.slack.events import send
from tests.peers.slack.methods.views import View, change_view, push_view, told
from tests.peers.slack.people.part import Part
from tests.peers.slack.people.typing_in import state_of, unfilled
from tests.peers.slack.workspace import User, Workspace


class Visiting(Part):
    """Views and threads that belong to one person. Each returns the app's answer."""

    async def submit_view(self, user: str, view: str | View, values: dict[str, Any] | None = None) -> Answer:
        """Submit an open modal; `values` by block_id, action_id or label.

        The modal does then what the answer says: closes, shows errors (in `answer.body`), or becomes another.
        """
        workspace, author = self.slack.whereabouts(user)
        open_view = workspace.views[view if isinstance(view, str) else view["id"]]
        typed = state_of(open_view["blocks"], values or {})
        left = unfilled(open_view["blocks"], typed)
        assert not left, f"Slack's client does not submit this modal; look at {left}"
        open_view["state"] = {"values": typed}
        payload = {
            "type": "view_submission",
            **self.common(workspace, author, open_view["id"]),
            "view": told(open_view),
            "response_urls": [],
        }
        answer = await self.slack.deliver(Delivery("interaction", payload, self.slack.id("envelope-")))
        if answer.ok:
            try:
                self._after(workspace, author, open_view, answer.body if isinstance(answer.body, dict) else {})
            except SlackError as refused:
                return replace(answer, error=refused.code)
        return answer

    def _after(self, workspace: Workspace, user: User, view: View, body: dict[str, Any]) -> None:
        match body.get("response_action"):
            case "errors":
                known = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
                if not body.get("errors") or not set(body["errors"]) <= known:
                    raise SlackError("invalid_arguments")
            case "update":
                change_view(self.slack, workspace, view, checked_view(body.get("view"), "modal"))
            case "push":
                push_view(self.slack, workspace, user.id, checked_view(body.get("view"), "modal"), view)
            case "clear":
                self._close(workspace, user, workspace.stacks[user.id][0])
            case _:
                self._close(workspace, user, view["id"])

    def _close(self, workspace: Workspace, user: User, view_id: str) -> None:
        """Close a modal and those on top of it."""
        stack = workspace.stacks[user.id]
        while view_id in stack:
            del workspace.views[stack.pop()]
        self.slack.changed()

    async def close_view(self, user: str, view: str | View, *, all_of_them: bool = False) -> Answer:
        """Close a modal; the app hears of it only if the modal has notify_on_close."""
        workspace, author = self.slack.whereabouts(user)
        open_view = workspace.views[view if isinstance(view, str) else view["id"]]
        closed = workspace.stacks[author.id][0] if all_of_them else open_view["id"]
        self._close(workspace, author, closed)
        if not open_view["notify_on_close"]:
            return Answer()
        common = self.common(workspace, author)
        del common["trigger_id"]
        payload = {"type": "view_closed", **common, "view": told(open_view), "is_cleared": all_of_them}
        return await self.slack.deliver(Delivery("interaction", payload, self.slack.id("envelope-")))

    async def open_home(self, user: str, *, tab: str = "home") -> Answer:
        """Open the app's Home or Messages tab."""
        workspace, author = self.slack.whereabouts(user)
        channel = await posting.direct_messages(self.slack, workspace, author)
        event: dict[str, Any] = {"type": "app_home_opened", "user": author.id, "channel": channel.id, "tab": tab}
        view = workspace.views.get(workspace.homes.get(author.id, ""))
        if view is not None and tab == "home":
            event["view"] = told(view)
        return replace(await send(self.slack, workspace, event), channel=channel.id)

    async def look_at(self, user: str, channel: str) -> Answer:
        """Look at a channel while one's messages with the agent are open beside it."""
        workspace, author = self.slack.whereabouts(user)
        messages = await posting.direct_messages(self.slack, workspace, author)
        entity = {"type": "slack#/types/channel_id", "value": channel, "team_id": workspace.id}
        context = {"entities": [entity]}
        event = {"type": "app_context_changed", "user": author.id, "channel": messages.id, "context": context}
        return await send(self.slack, workspace, event)

    async def assistant_thread(self, user: str, *, beside: str = "") -> Answer:
        """Open a new thread in the assistant's container, `beside` a channel; the answer has its channel and ts."""
        workspace, author = self.slack.whereabouts(user)
        channel = await posting.direct_messages(self.slack, workspace, author)
        root = await posting.post(self.slack, workspace, channel, workspace.bot, {"text": "New Assistant Thread"})
        thread = {"subtype": "assistant_app_thread", "assistant_app_thread": {"title": "New Assistant Thread"}}
        workspace.overlays[root["ts"]] = thread
        workspace.statuses[channel.id, root["ts"]] = {}
        event = self._assistant_event(
            "assistant_thread_started", workspace, author, channel_id=channel.id, ts=root["ts"], beside=beside
        )
        return replace(await send(self.slack, workspace, event), ts=root["ts"], channel=channel.id)

    async def assistant_context(self, user: str, thread_ts: str, beside: str) -> Answer:
        """Look at another channel while the container is open."""
        workspace, author = self.slack.whereabouts(user)
        channel = await posting.direct_messages(self.slack, workspace, author)
        kind = "assistant_thread_context_changed"
        event = self._assistant_event(kind, workspace, author, channel_id=channel.id, ts=thread_ts, beside=beside)
        return await send(self.slack, workspace, event)

    def _assistant_event(
        self, kind: str, workspace: Workspace, user: User, *, channel_id: str, ts: str, beside: str
    ) -> dict[str, Any]:
        context = {"channel_id": beside, "team_id": workspace.id, "enterprise_id": None} if beside else {}
        thread = {"user_id": user.id, "context": context, "channel_id": channel_id, "thread_ts": ts}
        return {"type": kind, "assistant_thread": thread}
