"""People press buttons, choose, and use commands and shortcuts."""

from dataclasses import dataclass, replace
from typing import Any

from tests.peers.slack import responding
from tests.peers.slack.checks.blocks import inside
from tests.peers.slack.delivering import Answer, Delivery
from tests.peers.slack.errors import SlackError
from tests.peers.slack.people.part import Part
from tests.peers.slack.people.typing_in import chosen, state_of
from tests.peers.slack.slack import ResponseUrl
from tests.peers.slack.workspace import Channel, Message, User, Workspace


@dataclass(frozen=True)
class Shown:
    """A message that a person looks at: one of the channel, or one that they alone see."""

    message: Message
    is_ephemeral: bool


class Pressing(Part):
    """What people press. Each returns the app's answer."""

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Answer:
        """Use a command. What the app answers in its ack is shown, as by its response URL."""
        workspace, place = self.place(channel)
        author = workspace.user(user)
        url = self._url(workspace, place, author)
        payload = {
            "token": self.slack.app.verification_token,
            "team_id": workspace.id,
            "team_domain": workspace.domain,
            "channel_id": place.id,
            "channel_name": self.channel_name(place),
            "user_id": author.id,
            "user_name": author.name,
            "command": command,
            "text": text,
            "api_app_id": self.slack.app.id,
            "is_enterprise_install": "false",
            "response_url": self.slack.response_url(url),
            "trigger_id": self.slack.trigger(author, workspace),
        }
        answer = await self.slack.deliver(Delivery("command", payload, self.slack.id("envelope-")))
        if answer.ok and answer.body:
            body = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
            try:
                await responding.say(self.slack, url, body)
            except SlackError as refused:
                return replace(answer, error=refused.code)
        return answer

    def _url(self, workspace: Workspace, channel: Channel, user: User, shown: Shown | None = None) -> ResponseUrl:
        message = shown.message if shown else {}
        return ResponseUrl(
            workspace,
            channel.id,
            user.id,
            message.get("ts"),
            message.get("thread_ts"),
            shown is not None and shown.is_ephemeral,
            self.slack.clock.now(),
        )

    async def click(
        self, user: str, channel: str, ts: str, button: str, *, typed: dict[str, Any] | None = None
    ) -> Answer:
        """Press a button of a message, by its action_id or what is written on it.

        `typed`: what the person put into the message's inputs before, by block_id, action_id or label.
        """
        return await self._acted(user, channel, ts, button, typed=typed or {})

    async def choose(self, user: str, channel: str, ts: str, menu: str, option: str) -> Answer:
        """Choose an option of a menu of a message, by its value or what is written on it."""
        return await self._acted(user, channel, ts, menu, option=option)

    async def _acted(
        self,
        user: str,
        channel: str,
        ts: str,
        name: str,
        *,
        option: str | None = None,
        typed: dict[str, Any] | None = None,
    ) -> Answer:
        workspace, place = self.place(channel)
        author = workspace.user(user)
        assert author.id in place.members, f"{author.name} is not in {place.name}"
        shown = self._looked_at(workspace, place, author, ts)
        block, element = found(shown.message.get("blocks", []), name)
        thread = {"thread_ts": shown.message["thread_ts"]} if shown.message.get("thread_ts") else {}
        container = {"type": "message", "message_ts": ts, "channel_id": place.id, "is_ephemeral": shown.is_ephemeral}
        payload = {
            "type": "block_actions",
            **self.common(workspace, author),
            "container": {**container, **thread},
            "channel": {"id": place.id, "name": self.channel_name(place)},
            **({} if shown.is_ephemeral else {"message": shown.message}),
            "state": {"values": state_of(shown.message.get("blocks", []), typed or {})},
            "response_url": self.slack.response_url(self._url(workspace, place, author, shown)),
            "actions": [self._action(block, element, option)],
        }
        return await self.slack.deliver(Delivery("interaction", payload, self.slack.id("envelope-")))

    def _looked_at(self, workspace: Workspace, channel: Channel, user: User, ts: str) -> Shown:
        for message in workspace.ephemerals:
            if message["ts"] == ts and message["to"] == user.id:
                return Shown(message, is_ephemeral=True)
        return Shown(workspace.shown(channel.id, workspace.message(channel.id, ts)), is_ephemeral=False)

    def _action(self, block: dict[str, Any], element: dict[str, Any], option: str | None) -> dict[str, Any]:
        kept = ("type", "action_id", "text", "value", "style", "placeholder", "confirm")
        action = {name: element[name] for name in kept if name in element}
        picked = {} if option is None else chosen(element, option)
        return {**action, **picked, "block_id": block["block_id"], "action_ts": self.slack.ts()}

    async def press(self, user: str, view: str, button: str) -> Answer:
        """Press a button of a modal or Home tab."""
        workspace, author = self.slack.whereabouts(user)
        looked_at = workspace.views[view]
        block, element = found(looked_at["blocks"], button)
        payload = {
            "type": "block_actions",
            **self.common(workspace, author, view),
            "container": {"type": "view", "view_id": view},
            "view": {name: value for name, value in looked_at.items() if name != "user"},
            "actions": [self._action(block, element, None)],
        }
        return await self.slack.deliver(Delivery("interaction", payload, self.slack.id("envelope-")))

    async def shortcut(self, user: str, callback_id: str, *, channel: str = "", message: str = "") -> Answer:
        """Use a shortcut: of a message in a channel, or a global one if no message is named."""
        workspace, author = self.slack.whereabouts(user)
        payload: dict[str, Any] = {"callback_id": callback_id, "action_ts": self.slack.ts()}
        if message:
            workspace, place = self.place(channel)
            shown = Shown(workspace.shown(channel, workspace.message(channel, message)), is_ephemeral=False)
            payload |= {
                "type": "message_action",
                "message_ts": message,
                "message": shown.message,
                "channel": {"id": place.id, "name": self.channel_name(place)},
                "response_url": self.slack.response_url(self._url(workspace, place, author, shown)),
            }
        else:
            payload["type"] = "shortcut"
        payload |= self.common(workspace, author)
        return await self.slack.deliver(Delivery("interaction", payload, self.slack.id("envelope-")))


def found(blocks: list[dict[str, Any]], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The element of this action_id, or with this written on it, and its block."""
    names = []
    for block in blocks:
        for element, _pointer in inside(block):
            written = element.get("text", element.get("placeholder", {}))
            known = (element.get("action_id", ""), written.get("text", "") if isinstance(written, dict) else "")
            if name in known:
                return block, element
            names.append(known)
    raise AssertionError(f"There is nothing called {name} to press; there is {names}")
