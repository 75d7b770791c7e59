"""Which methods there are, and what a handler of one is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.peers.slack.app import Installation
from tests.peers.slack.calls import Call
from tests.peers.slack.errors import SlackError
from tests.peers.slack.slack import Slack
from tests.peers.slack.workspace import Channel, Workspace


@dataclass(frozen=True)
class Asked:
    """A call whose token was found good."""

    slack: Slack
    call: Call
    installation: Installation

    @property
    def workspace(self) -> Workspace:
        return self.installation.workspace

    def need(self, *scopes: str) -> None:
        """See that the token has these scopes.

        Raises:
            SlackError: missing_scope.
        """
        missing = [scope for scope in scopes if scope not in self.installation.scopes]
        if missing:
            provided = ",".join(sorted(self.installation.scopes))
            raise SlackError("missing_scope", needed=",".join(missing), provided=provided)

    def readable(self, name: str = "channel") -> Channel:
        """The conversation that an argument names, if the bot can see it.

        Raises:
            SlackError: channel_not_found, which a private channel is too for those outside it.
        """
        channel = self.workspace.channel(self.call.text(name))
        if not channel.is_open and self.workspace.bot.id not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def writable(self, name: str = "channel") -> Channel:
        """The conversation that an argument names, if the bot may write there.

        Raises:
            SlackError: channel_not_found, is_archived or not_in_channel.
        """
        channel = self.readable(name)
        if channel.is_archived:
            raise SlackError("is_archived")
        if self.workspace.bot.id not in channel.members and "chat:write.public" not in self.installation.scopes:
            raise SlackError("not_in_channel")
        return channel


Handler = Callable[[Asked], Awaitable[dict[str, Any]]]
Unsigned = Callable[[Slack, Call], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Method:
    """A method of the Web API. `json` False: Slack takes forms and queries alone, and ignores a JSON body."""

    handler: Handler
    scopes: tuple[str, ...]
    json: bool


METHODS: dict[str, Method] = {}
UNSIGNED: dict[str, Unsigned] = {}  #: methods that take no bot token


def method(name: str, *scopes: str, json: bool = True) -> Callable[[Handler], Handler]:
    """Register the handler of a method that takes a bot token with these scopes."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scopes, json)
        return handler

    return register


def unsigned(name: str) -> Callable[[Unsigned], Unsigned]:
    """Register the handler of a method that takes no bot token."""

    def register(handler: Unsigned) -> Unsigned:
        UNSIGNED[name] = handler
        return handler

    return register
