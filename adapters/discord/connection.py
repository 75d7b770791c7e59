"""The connection to Discord over REST. It needs no gateway: any number of processes may speak, and one listens."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import Route

from adapters.discord.traffic import Traffic
from agent_core.i18n import N_

API = "https://discord.com/api/v10"

NOT_YET = N_("Discord is not connected yet.")

AnyClient = TypeVar("AnyClient", bound=discord.Client)


class NotLoggedIn(aiohttp.ClientConnectionError):
    """Nod has not reached Discord yet. To whoever speaks it is as if the connection had failed."""


class Connection:
    """A bot that speaks, once it is logged in. It holds no cache: what is asked of it is asked of Discord.

    discord.py has one address of the API in a process, `Route.BASE`; a connection sets it.
    """

    def __init__(self, token: str, *, api_url: str = API, traffic: Traffic | None = None) -> None:
        self._token = token
        self._api_url = api_url.rstrip("/")
        self._client: discord.Client | None = None
        self.traffic = traffic or Traffic()

    @property
    def client(self) -> discord.Client:
        """The client that is logged in, whether the gateway is up or not.

        Raises:
            NotLoggedIn: there is none yet.
        """
        if self._client is None:
            raise NotLoggedIn(NOT_YET)
        return self._client

    @property
    def user_id(self) -> int:
        """The bot's own id. Raises NotLoggedIn."""
        user = self.client.user
        if user is None:
            raise NotLoggedIn(NOT_YET)
        return user.id

    @property
    def application_id(self) -> int:
        """The application's id. Raises NotLoggedIn."""
        return self.client.application_id or self.user_id

    async def login(self) -> None:
        """Log in; again when that was done before.

        Raises:
            discord.LoginFailure: the token is not valid.
            discord.HTTPException: Discord does not take it now.
            OSError, aiohttp.ClientError, TimeoutError: Discord cannot be reached.
        """
        intents = discord.Intents(guilds=True)
        client = await self.logged_in(discord.Client, intents)
        intents.message_content = may_read_contents(client)  # so that who asks the client is told right
        await self.close()
        self._client = client

    async def logged_in(self, kind: Callable[..., AnyClient], intents: discord.Intents, **more: Any) -> AnyClient:
        """Return a new client, logged in with the same token: it pings nobody, and all it asks is counted.

        Raises as `login` does; then nothing is left of it.
        """
        Route.BASE = self._api_url
        logging.getLogger("discord").setLevel(logging.ERROR)  # its warnings quote addresses with tokens in them
        client = kind(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=self.traffic.trace(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            **more,
        )
        try:
            await client.login(self._token)
        except BaseException:
            await client.close()
            raise
        return client

    async def close(self) -> None:
        """Log out."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()


def may_read_contents(client: discord.Client) -> bool:
    """Whether the application of a client that is logged in may read what people write without naming it."""
    flags = client.application_flags
    return flags.gateway_message_content or flags.gateway_message_content_limited
