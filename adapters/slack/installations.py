"""Nod in many workspaces: the credentials it was given in each, and their renewal before they run out."""

import asyncio
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.client import SlackClient, code_and_status
from adapters.slack.workspaces import Bot, WorkspaceGone
from agent_core.errors import NodError
from agent_core.platform_ports import Installation, InstallationStore
from agent_core.ports import Clock

PLATFORM = "slack"
NOT_TAKEN = frozenset(("invalid_client_id", "bad_client_secret"))  # Slack's codes of a client it does not know
RENEW_BEFORE = 2 * 3600  # seconds; a token that is rotated counts for twelve hours (Slack, "Using token rotation")

log = structlog.get_logger(__name__)


class NotInstalled(NodError):
    """Slack did not let Nod be installed ({reason}); ask for a new link and try again."""


class ClientNotTaken(NodError):
    """Slack does not take Nod’s SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; tell those who run Nod: nod doctor."""


class OnlyWorkspaces(NodError):
    """Nod is installed in a workspace, not in a whole organization; choose a workspace on Slack’s page."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What Slack gave Nod in a workspace. `expires_at` and `installed_at` are in seconds since 1970; 0: never."""

    team: str
    name: str
    token: str = field(repr=False)
    user: str
    scopes: tuple[str, ...]
    installed_at: float
    refresh_token: str = field(default="", repr=False)
    expires_at: float = 0.0

    @classmethod
    def read(cls, text: str) -> "Credentials":
        """Read what `written` gave."""
        values: dict[str, Any] = json.loads(text)
        values["scopes"] = tuple(values["scopes"])
        return cls(**values)

    def written(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))


class Installations:
    """The workspaces that Nod was installed in by link, with their tokens."""

    def __init__(
        self, store: InstallationStore, client: SlackClient, client_id: str, client_secret: str, clock: Clock
    ) -> None:
        self._store = store
        self._client: Any = client
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._renewing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def bot(self, team: str) -> Bot | None:
        """Return who Nod is in a workspace, with a token that counts for a while; None when it is not installed.

        Raises:
            WorkspaceGone: its token ran out and Slack gives no new one.
            InstallationUnreadable: its credentials were sealed with another key.
        """
        found = await self._of(team)
        if found is not None and self._runs_out(found):
            async with self._renewing[team]:  # a refresh token is good once
                found = await self._of(team)
                if found is not None and self._runs_out(found):
                    found = await self._renewed(found)
        return Bot(team, found.token) if found is not None else None

    async def install(self, code: str, redirect_uri: str) -> Credentials:
        """Have Slack give the credentials that a code stands for, keep them, and return them.

        Raises:
            NotInstalled: Slack does not take the code.
            ClientNotTaken: Slack does not take who asks for it.
            OnlyWorkspaces: it was installed in an organization.
        """
        try:
            said = await self._access(code=code, redirect_uri=redirect_uri)
            if said.get("is_enterprise_install") or not said.get("team"):
                raise OnlyWorkspaces
        except SlackApiError as refused:
            code, _ = code_and_status(refused)
            log.warning("slack_not_installed", code=code)
            if code in NOT_TAKEN:
                raise ClientNotTaken from None
            raise NotInstalled(reason=code or "no answer") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotInstalled(reason=type(error).__name__) from None
        now = self._now()
        credentials = Credentials(
            team=said["team"]["id"],
            name=said["team"].get("name", ""),
            token=said["access_token"],
            user=said["bot_user_id"],
            scopes=tuple(filter(None, said.get("scope", "").split(","))),
            installed_at=now,
            refresh_token=said.get("refresh_token", ""),
            expires_at=now + said["expires_in"] if said.get("expires_in") else 0.0,
        )
        await self._keep(credentials)
        log.info("slack_installed", team=credentials.team)
        return credentials

    async def forget(self, team: str, at: float) -> None:
        """Forget a workspace that Nod was removed from at a time; one it was installed in again since then stays."""
        try:
            found = await self._of(team)
        except NodError:  # nobody can read it, so nobody misses it
            found = None
        if found is None or found.installed_at <= at:
            await self._store.forget(PLATFORM, team)
            log.info("slack_removed", team=team)

    async def teams(self) -> tuple[str, ...]:
        """Return the ids of the workspaces."""
        return tuple(await self._store.workspaces(PLATFORM))

    def _runs_out(self, credentials: Credentials) -> bool:
        return bool(credentials.expires_at) and credentials.expires_at - self._now() < RENEW_BEFORE

    async def _renewed(self, old: Credentials) -> Credentials:
        """Return the credentials with a new token; the old ones while they count and there is no new one."""
        try:
            said = await self._access(grant_type="refresh_token", refresh_token=old.refresh_token)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            found = await self._of(old.team)
            if found is not None and found.token != old.token:  # another process was first
                return found
            log.warning("slack_token_not_renewed", team=old.team, error=_why(error))
            if old.expires_at > self._now():
                return old
            if isinstance(error, SlackApiError) and code_and_status(error)[1] < 500:  # noqa: PLR2004  (HTTP's own)
                raise WorkspaceGone(team=old.team) from None
            raise
        new = replace(
            old,
            token=said["access_token"],
            refresh_token=said.get("refresh_token", old.refresh_token),
            expires_at=self._now() + said["expires_in"] if said.get("expires_in") else 0.0,
        )
        await self._keep(new)
        return new

    async def _access(self, **asked: str) -> Any:
        # not by slack_sdk's oauth_v2_access: its way to send the secret is deprecated in aiohttp
        us = {"client_id": self._client_id, "client_secret": self._client_secret}
        return await self._client.api_call("oauth.v2.access", data={**us, **asked})

    async def _of(self, team: str) -> Credentials | None:
        found = await self._store.of(PLATFORM, team)
        return Credentials.read(found.credentials) if found is not None else None

    async def _keep(self, credentials: Credentials) -> None:
        now = self._clock()
        await self._store.keep(Installation(PLATFORM, credentials.team, credentials.written()), now)

    def _now(self) -> float:
        moment: datetime = self._clock()
        return moment.timestamp()


def _why(error: Exception) -> str:
    return code_and_status(error)[0] if isinstance(error, SlackApiError) else type(error).__name__
