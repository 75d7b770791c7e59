"""A workspace as the front knows it: its people, its channels, and a mirror of what emulate stores for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.peers.slack.errors import SlackError
from tests.peers.slack.store import Store

Message = dict[str, Any]
#: given when posting, and no part of a message as Slack shows it
NOT_SHOWN = ("mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media", "reply_broadcast")
SCOPES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True)
class User:
    """A person or a bot; `token` is what emulate knows them by."""

    id: str
    name: str
    team: str
    token: str
    is_bot: bool = False
    is_stranger: bool = False  #: of another workspace, met in a channel shared through Slack Connect
    tz: str = "Europe/Berlin"
    tz_offset: int = 3_600
    locale: str = "en-US"


@dataclass
class Channel:
    """A conversation; `kind` is channel, group (private), im or mpim."""

    id: str
    name: str
    kind: str
    members: set[str]
    is_archived: bool = False
    is_shared: bool = False
    last_post: float = float("-inf")  #: by the running clock, for the rate limit of posts

    @property
    def is_open(self) -> bool:
        return self.kind == "channel"

    @property
    def event_kind(self) -> str:
        """What events call it in `channel_type`."""
        return self.kind

    def scope(self, right: str) -> str:
        """The scope that reading it takes: `channels:history` for example."""
        return f"{SCOPES[self.kind]}:{right}"


@dataclass
class Workspace:
    """A team with the app's bot in it."""

    id: str
    name: str
    domain: str
    app_id: str
    bot: User
    bot_id: str
    store: Store
    users: dict[str, User]  #: people by name
    channels: dict[str, Channel] = field(default_factory=dict)
    kept: dict[str, dict[str, Message]] = field(default_factory=dict)  #: emulate's messages by channel and ts
    overlays: dict[str, Message] = field(default_factory=dict)  #: what the front adds to a message, by ts
    ephemerals: list[Message] = field(default_factory=list)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)  #: a user's open modals, the lowest first
    homes: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    statuses: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    usergroups: dict[str, list[str]] = field(default_factory=dict)

    def everyone(self) -> Iterator[User]:
        yield from self.users.values()
        yield self.bot

    def user(self, name_or_id: str) -> User:
        """The person of this name or id.

        Raises:
            SlackError: nobody is called so.
        """
        for user in self.everyone():
            if name_or_id in (user.id, user.name):
                return user
        raise SlackError("user_not_found")

    def channel(self, channel_id: str) -> Channel:
        """The conversation of this id.

        Raises:
            SlackError: there is none.
        """
        if channel_id not in self.channels:
            raise SlackError("channel_not_found")
        return self.channels[channel_id]

    def keep(self, channel_id: str, stored: Message) -> Message:
        """Mirror a message that emulate stores, and return it as Slack shows it."""
        self.kept.setdefault(channel_id, {})[stored["ts"]] = stored
        return self.shown(channel_id, stored)

    def forget(self, channel_id: str, ts: str) -> None:
        """A message was deleted; one with replies leaves a tombstone."""
        if self.replies(channel_id, ts):
            words = "This message was deleted."
            gone = {"type": "message", "subtype": "tombstone", "text": words, "user": "USLACKBOT", "ts": ts}
            self.kept[channel_id][ts] = {**gone, "hidden": True}
        else:
            del self.kept[channel_id][ts]

    def message(self, channel_id: str, ts: str) -> Message:
        """The mirrored message.

        Raises:
            SlackError: there is none, or it was deleted.
        """
        stored = self.kept.get(channel_id, {}).get(ts)
        if stored is None or stored.get("subtype") == "tombstone":
            raise SlackError("message_not_found")
        return stored

    def replies(self, channel_id: str, ts: str) -> list[Message]:
        """The replies in a message's thread, the oldest first."""
        found = (m for m in self.kept.get(channel_id, {}).values() if m.get("thread_ts") == ts and m["ts"] != ts)
        return sorted(found, key=lambda message: message["ts"])

    def shown(self, channel_id: str, stored: Message) -> Message:
        """A message as Slack's API gives it: what emulate stores, with the bot's and the thread's fields."""
        ts = stored["ts"]
        message = {name: value for name, value in stored.items() if name not in NOT_SHOWN}
        if message.get("user") == self.bot.id:
            profile = {"id": self.bot_id, "app_id": self.app_id, "name": self.bot.name, "team_id": self.id}
            message |= {"bot_id": self.bot_id, "app_id": self.app_id, "bot_profile": profile}
        message["team"] = self.id
        message |= self._thread(channel_id, ts, stored.get("thread_ts"))
        message |= self.overlays.get(ts, {})
        return {name: value for name, value in message.items() if value is not None}

    def _thread(self, channel_id: str, ts: str, thread_ts: str | None) -> Message:
        replies = self.replies(channel_id, ts)
        if thread_ts and thread_ts != ts:
            parent = self.kept[channel_id].get(thread_ts, {})
            return {"parent_user_id": parent.get("user")}
        if not replies:
            return {"reply_count": None, "reply_users": None}
        users = _unique(reply.get("user", "") for reply in replies)
        return {
            "thread_ts": ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "reply_users": users,
            "latest_reply": replies[-1]["ts"],
            "is_locked": False,
            "subscribed": False,
        }


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
