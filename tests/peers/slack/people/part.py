"""What the parts of the peer have in common."""

from collections.abc import Iterator
from typing import Any

from tests.peers.slack.slack import Slack
from tests.peers.slack.workspace import Channel, User, Workspace


class Part:
    """A part of the peer, over the Slack that all parts share."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack

    def place(self, channel_id: str) -> tuple[Workspace, Channel]:
        """A conversation and its workspace."""
        for workspace in self.slack.workspaces:
            if channel_id in workspace.channels:
                return workspace, workspace.channels[channel_id]
        raise AssertionError(f"There is no channel {channel_id}; open one with `channel`.")

    def of(self, user: User) -> dict[str, Any]:
        """A person as payloads name them."""
        return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}

    def common(self, workspace: Workspace, user: User, view: str | None = None) -> dict[str, Any]:
        """What every interaction's payload has."""
        return {
            "user": self.of(user),
            "api_app_id": self.slack.app.id,
            "token": self.slack.app.verification_token,
            "trigger_id": self.slack.trigger(user, workspace, view),
            "team": {"id": workspace.id, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def channel_name(self, channel: Channel) -> str:
        """What payloads call a conversation."""
        return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)

    def everywhere(self) -> Iterator[tuple[Workspace, Channel, str]]:
        """Every message: where it is and its ts."""
        for workspace in self.slack.workspaces:
            for channel_id, messages in workspace.kept.items():
                yield from ((workspace, workspace.channels[channel_id], ts) for ts in messages)
