"""Workspaces: whose bot Nod is where, and how to call Slack there."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.client import SlackClient, code_and_status
from adapters.slack.pacing import BETWEEN_POSTS, Pace
from agent_core.errors import NodError

LOOK_EVERY = 60.0  # seconds between two looks whether Slack answers

#: Slack's codes of a token that no longer counts, until somebody installs Nod again
ENDED = frozenset(
    ("account_inactive", "token_revoked", "invalid_auth", "not_authed", "token_expired", "team_access_not_granted")
)

log = structlog.get_logger(__name__)


class WorkspaceGone(NodError):
    """Nod is no longer installed in this Slack workspace ({team}); install it again to go on there."""


@dataclass(frozen=True, slots=True)
class Bot:
    """Nod in a workspace, and its token there."""

    team: str
    token: str = field(repr=False)


class Installed(Protocol):
    """The workspaces that Nod was installed in by a link of its own."""

    async def bot(self, team: str) -> Bot | None:
        """Return who Nod is in a workspace, with a token that counts for a while; None when it is not installed."""
        ...

    async def forget(self, team: str, at: float) -> None:
        """Forget a workspace that Nod was removed from at a time, in seconds since 1970."""
        ...


class NoneInstalled:
    """Nod is only in the workspace whose token is set."""

    async def bot(self, team: str) -> Bot | None:  # noqa: ARG002
        """Return None."""
        return None

    async def forget(self, team: str, at: float) -> None:
        """Do nothing."""


class Workspaces:
    """The workspaces that Nod is in: the one whose token is set, and those where it was installed by link."""

    def __init__(
        self,
        api_url: str,
        session: aiohttp.ClientSession,
        *,
        token: str = "",
        installed: Installed | None = None,
        between_posts: float = BETWEEN_POSTS,
    ) -> None:
        self._api_url = api_url
        self._session = session
        self._between_posts = between_posts
        self._installed = installed or NoneInstalled()
        self._only = installed is None
        self._own = self._client_with(token, "") if token else None
        self._own_bot: Bot | None = None
        self._bot_ids: dict[str, str] = {}
        self._clients: dict[str, SlackClient] = {}
        self._ended: dict[str, tuple[str, str]] = {}  #: by team: the token that ended, and Slack's code
        self._unreachable = ""

    async def client(self, team: str) -> SlackClient:
        """Return the client to call Slack with in a workspace, at the pace Slack allows there.

        Raises:
            WorkspaceGone: Nod is not in it, or no longer.
        """
        own = await self._own_client(team)
        if own is not None:
            return self._that_counts("", team, own)
        bot = await self._installed.bot(team)
        if bot is None:
            raise WorkspaceGone(team=team)
        client = self._clients.get(team)
        if client is None:
            client = self._clients[team] = self._client_with(bot.token, team)
        client.token = bot.token  # a token that was rotated takes the place of the last
        return self._that_counts(team, team, client)

    async def bot_id(self, team: str) -> str:
        """Return the bot id of Nod in a workspace. Raises WorkspaceGone, and what calling Slack raises."""
        if team not in self._bot_ids:
            asking: Any = await self.client(team)
            self._bot_ids[team] = str((await asking.auth_test()).get("bot_id", ""))
        return self._bot_ids[team]

    async def removed(self, team: str, at: float) -> None:
        """Take note that Nod was removed from a workspace at a time, in seconds since 1970; its credentials go."""
        await self._installed.forget(team, at)
        if self._own is not None:
            await self.look()
        with suppress(NodError):  # one that is there and cannot be used is told when it is used
            if await self._installed.bot(team) is None:
                self._clients.pop(team, None)
                self._ended.pop(team, None)

    def trouble(self) -> str:
        """Return what is wrong and what to do; an empty string when Slack answers and every token counts."""
        return self._unreachable or self._what_ended()

    def _what_ended(self) -> str:
        if "" in self._ended:
            return (
                f"Slack no longer takes SLACK_BOT_TOKEN ({self._ended[''][1]}); under Install App on the app's page at "
                "https://api.slack.com/apps install it again, set the token shown there, and start Nod again."
            )
        gone = ", ".join(f"{team} ({code})" for team, (_, code) in sorted(self._ended.items()))
        return f"Nod has no access any more to {gone}; install it there again: nod slack install." if gone else ""

    async def watch(self, every: float = LOOK_EVERY) -> None:
        """Look now and then whether Slack answers, and whether tokens that ended count again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(every)

    async def look(self) -> None:
        """Look once whether Slack answers and the tokens count."""
        before, self._unreachable = self._unreachable, await self._what_is_wrong()
        if self._unreachable and self._unreachable != before:
            log.warning("slack_unreachable", why=self._unreachable)

    async def _what_is_wrong(self) -> str:
        asking: Any = self._own or self._client_with("", "")
        try:
            await (asking.auth_test() if self._own else asking.api_test())
            self._ended.pop("", None)
            for team in [team for team in self._ended if team]:
                await self._look_at(team)
        except SlackApiError as refused:
            code, _ = code_and_status(refused)
            # a refusal of the token is noted where it came back; any other is Slack's own trouble
            return "" if code in ENDED else f"Slack has trouble of its own ({code or 'no answer'}); wait."
        except NodError as error:
            return str(error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return (
                f"Slack cannot be reached at {self._api_url} ({type(error).__name__}); check the network, and "
                "https://status.slack.com. Runs go on, and what they show is delivered later."
            )
        return ""

    async def _look_at(self, team: str) -> None:
        bot = await self._installed.bot(team)
        if bot is None:
            del self._ended[team]
            return
        try:
            asking: Any = self._client_with(bot.token, team)
            await asking.auth_test()
        except SlackApiError:
            return
        self._ended.pop(team, None)

    async def _own_client(self, team: str) -> SlackClient | None:
        """Return the client with the token that is set, if that is the one for a workspace."""
        if self._own is None:
            return None
        # without others it is for every workspace: nothing needs to be asked, even while Slack is down
        return self._own if self._only or (await self._own_identity()).team == team else None

    async def _own_identity(self) -> Bot:
        if self._own_bot is None:
            asking: Any = self._own
            said = await asking.auth_test()
            self._own_bot = Bot(said["team_id"], asking.token)
        return self._own_bot

    def _client_with(self, token: str, team: str) -> SlackClient:
        client = SlackClient(
            token,
            self._api_url,
            self._session,
            pace=Pace(self._between_posts),
            refused=lambda code: self._note(team, str(client.token), code),
        )
        return client

    def _note(self, team: str, token: str, code: str) -> None:
        if code in ENDED and token:
            self._ended[team] = token, code
            log.warning("slack_token_ended", team=team, code=code, why=self._what_ended())
            self._bot_ids.clear()  # who installs Nod again may get another bot

    def _that_counts(self, key: str, team: str, client: SlackClient) -> SlackClient:
        ended = self._ended.get(key)
        if ended is not None and ended[0] == client.token:
            raise WorkspaceGone(team=team)
        return client
