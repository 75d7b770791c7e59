"""Channels and who is in them, and the app's coming and going."""

from collections.abc import Sequence
from typing import Any

from tests.peers.slack.delivering import Answer, Delivery
from tests.peers.slack.events import send
from tests.peers.slack.people.part import Part
from tests.peers.slack.workspace import Channel, Workspace


class Belonging(Part):
    """Places, membership and installation."""

    async def channel(
        self,
        name: str = "",
        *,
        members: Sequence[str] = (),
        bot: bool = True,
        private: bool = False,
        shared: bool = False,
        workspace: Workspace | None = None,
    ) -> str:
        """Open a channel with everybody of the workspace or these members, and return its id."""
        workspace = workspace or self.slack.workspaces[0]
        people = [workspace.user(who) for who in members] or [
            user for user in workspace.users.values() if shared or not user.is_stranger
        ]
        name = name or self.slack.id("channel-")
        made = await workspace.store.call("conversations.create", people[0].token, name=name, is_private=private)
        channel = Channel(made["channel"]["id"], name, "group" if private else "channel", {people[0].id})
        channel.is_shared = shared
        workspace.channels[channel.id] = channel
        invited = [user.id for user in people[1:]] + ([workspace.bot.id] if bot else [])
        if invited:
            await workspace.store.call(
                "conversations.invite", people[0].token, channel=channel.id, users=",".join(invited)
            )
            channel.members |= set(invited)
        self.slack.changed()
        return channel.id

    async def invite(self, user: str, channel: str, whom: str = "nod") -> Answer:
        """Invite somebody or the bot into a channel: the app gets member_joined_channel."""
        workspace, place = self.place(channel)
        inviter, joins = workspace.user(user), workspace.user(whom)
        await workspace.store.call("conversations.invite", inviter.token, channel=channel, users=joins.id)
        place.members.add(joins.id)
        self.slack.changed()
        return await send(
            self.slack, workspace, {**self._member(place, joins.id, "joined", workspace), "inviter": inviter.id}
        )

    async def kick(self, user: str, channel: str, whom: str = "nod") -> Answer:
        """Put somebody or the bot out of a channel."""
        workspace, place = self.place(channel)
        leaves = workspace.user(whom)
        await workspace.store.call("conversations.kick", workspace.user(user).token, channel=channel, user=leaves.id)
        place.members.discard(leaves.id)
        self.slack.changed()
        return await send(self.slack, workspace, self._member(place, leaves.id, "left", workspace))

    def _member(self, channel: Channel, user: str, how: str, workspace: Workspace) -> dict[str, Any]:
        kind = "G" if channel.kind == "group" else "C"
        where = {"channel": channel.id, "channel_type": kind, "team": workspace.id}
        return {"type": f"member_{how}_channel", "user": user, **where}

    async def archive(self, user: str, channel: str) -> Answer:
        """Archive a channel."""
        workspace, place = self.place(channel)
        author = workspace.user(user)
        await workspace.store.call("conversations.archive", author.token, channel=channel)
        place.is_archived = True
        self.slack.changed()
        event = {"type": "channel_archive", "channel": channel, "user": author.id}
        return await send(self.slack, workspace, event)

    async def unarchive(self, user: str, channel: str) -> Answer:
        """Bring an archived channel back; who archived it, or any other member, may do so."""
        workspace, place = self.place(channel)
        author = workspace.user(user)
        await workspace.store.call("conversations.unarchive", author.token, channel=channel)
        place.is_archived = False
        self.slack.changed()
        kind = "group_unarchive" if place.kind == "group" else "channel_unarchive"
        return await send(self.slack, workspace, {"type": kind, "channel": channel, "user": author.id})

    async def uninstall(self, workspace: Workspace | None = None) -> Answer:
        """Remove the app from a workspace: its tokens end, and it gets app_uninstalled and tokens_revoked."""
        workspace = workspace or self.slack.workspaces[0]
        self.end_token("account_inactive", workspace)
        first = await send(self.slack, workspace, {"type": "app_uninstalled"})
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot.id]}}
        first.others = (await send(self.slack, workspace, revoked),)
        return first

    def end_token(self, code: str = "token_revoked", workspace: Workspace | None = None) -> None:
        """Let the app's token in a workspace end without telling it: token_revoked or account_inactive."""
        self.slack.app.installed_in(workspace or self.slack.workspaces[0]).ended = code
        self.slack.changed()

    async def verify_url(self, challenge: str = "prove it") -> Answer:
        """Set the app's URL: the answer must be the challenge."""
        payload = {"token": self.slack.app.verification_token, "challenge": challenge, "type": "url_verification"}
        return await self.slack.deliver(Delivery("event", payload, self.slack.id("envelope-")))

    async def check_ssl(self) -> Answer:
        """Ask whether the app's certificate is good, as Slack does now and then."""
        payload = {"ssl_check": "1", "token": self.slack.app.verification_token}
        return await self.slack.deliver(Delivery("check", payload, self.slack.id("envelope-")))
