"""Signing in to an MCP server by OAuth: authorization code with PKCE once, by a person; afterwards kept and renewed."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthMetadata,
    OAuthToken,
)
from pydantic import AnyUrl, BaseModel

from agent_core.errors import NodError
from agent_core.tools.mcp.connection import McpConnection

SIGN_IN_SECONDS = 600.0  # that a person gets in the browser
_EARLY = 30.0  # seconds before a token runs out from which it is renewed
_FORBIDDEN = 403  # the token is good, but not for this: another one would not be, either
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
    b"Nod has the answer. You can close this window; the terminal says how it went.\n"
)
_REQUEST_LINE = 16_384  # bytes


class SignInWanted(NodError):
    """The MCP server wants a sign-in, which this command begins: nod mcp-login {server}."""


class SignInRefused(NodError):
    """The MCP server {server} gave no sign-in ({reason}); look at its settings and try again."""


class Keeper(Protocol):
    """Keeps what a server's sign-in consists of, sealed. Any method may raise NodError."""

    async def kept(self, server: str) -> str:
        """Return what was kept, an empty string when nothing was."""
        ...

    async def keep(self, server: str, text: str) -> None:
        """Keep a text, over an earlier one, durably."""
        ...


class _Kept(BaseModel):
    """A sign-in, as it is kept: the SDK alone forgets with a restart when a token runs out and where to renew it."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None
    metadata: OAuthMetadata | None = None
    expires_at: float | None = None


class _Storage:
    """The SDK's TokenStorage on a Keeper."""

    def __init__(self, server: str, connection: McpConnection, keeper: Keeper) -> None:
        self.server = server
        self.kept = _Kept()
        self._keeper = keeper
        self._given = _given_client(connection)

    async def load(self) -> _Kept:
        text = await self._keeper.kept(self.server)
        self.kept = _Kept.model_validate_json(text) if text else _Kept()
        return self.kept

    async def get_tokens(self) -> OAuthToken | None:
        return self.kept.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.kept.tokens = tokens
        self.kept.expires_at = time.time() + tokens.expires_in if tokens.expires_in else None
        await self._keeper.keep(self.server, self.kept.model_dump_json(exclude_none=True))

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self._given or self.kept.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.kept.client = client_info


class KeptSignIn(OAuthClientProvider):
    """Signs requests in with what is kept, and renews it. Where a person is needed it raises SignInWanted."""

    def __init__(self, server: str, connection: McpConnection, keeper: Keeper) -> None:
        self._kept = _Storage(server, connection, keeper)
        super().__init__(connection.url, _metadata(connection, "http://127.0.0.1/callback"), self._kept)

    async def _initialize(self) -> None:
        kept = await self._kept.load()
        self.context.oauth_metadata = kept.metadata
        await super()._initialize()
        self.context.token_expiry_time = kept.expires_at - _EARLY if kept.expires_at else None

    async def _auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Sign the request in. A token that is not taken, though its time is not over, is renewed once.

        Raises:
            SignInWanted: only a person can go on from here.
        """
        renewed = False
        while True:
            flow = super()._auth_flow(request)
            try:
                outgoing = await anext(flow)
                while True:
                    response = yield outgoing
                    if outgoing is request and response.status_code in (401, 403):
                        if renewed or response.status_code == _FORBIDDEN or not self.context.can_refresh_token():
                            raise SignInWanted(server=self._kept.server)
                        break
                    outgoing = await flow.asend(response)
            except StopAsyncIteration:
                return
            finally:
                await flow.aclose()
            renewed = True
            self.context.token_expiry_time = time.time() - 1.0  # over: so the flow begins with renewing it


class PersonalSignIn(OAuthClientProvider):
    """Signs in by a person's browser, anew, and keeps what came of it. `tell` shows the person the link."""

    def __init__(
        self, server: str, connection: McpConnection, keeper: Keeper, answer: "Answer", tell: Callable[[str], None]
    ) -> None:
        self._kept = _Storage(server, connection, keeper)

        async def show(link: str) -> None:
            # here the server's own addresses are known; renewing needs them
            self._kept.kept.metadata = self.context.oauth_metadata
            tell(link)

        super().__init__(connection.url, _metadata(connection, answer.address), self._kept, show, answer.given)


class Answer:
    """What the browser brings back to `address`, on this machine only."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._given: asyncio.Future[AuthorizationCodeResult] = asyncio.get_running_loop().create_future()

    async def given(self) -> AuthorizationCodeResult:
        """Return it once it is there. Raises TimeoutError when nobody came."""
        async with asyncio.timeout(SIGN_IN_SECONDS):
            return await self._given

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request of a browser."""
        try:
            line = (await reader.readline()).decode("latin-1")
            target = urlsplit(line.split(" ")[1] if line.count(" ") > 1 else "")
            said = {name: values[0] for name, values in parse_qs(target.query).items()}
            if target.path == "/callback" and said.keys() & {"code", "error"} and not self._given.done():
                code, state, issuer = said.get("code", ""), said.get("state"), said.get("iss")
                self._given.set_result(AuthorizationCodeResult(code=code, state=state, iss=issuer))
            writer.write(_ANSWER)
            await writer.drain()
        except (ValueError, ConnectionError):
            pass  # whoever sends a line without end, or leaves, is not the browser
        finally:
            writer.close()


@asynccontextmanager
async def listening(port: int) -> AsyncGenerator[Answer]:
    """Yield what waits for the browser on a port of this machine, a free one for 0. Raises OSError."""
    waiting: list[Answer] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await waiting[0].take(reader, writer)

    server = await asyncio.start_server(take, "127.0.0.1", port, limit=_REQUEST_LINE)
    async with server:
        waiting.append(Answer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"))
        yield waiting[0]


def _metadata(connection: McpConnection, address: str) -> OAuthClientMetadata:
    return OAuthClientMetadata(
        client_name="Nod",
        redirect_uris=[AnyUrl(address)],
        scope=connection.scope or None,
        token_endpoint_auth_method="client_secret_post" if connection.client_secret else "none",
    )


def _given_client(connection: McpConnection) -> OAuthClientInformationFull | None:
    """Return the client that the team lead registered, None where Nod registers itself."""
    if not connection.client_id:
        return None
    secret = connection.client_secret.get_secret_value() if connection.client_secret else None
    return OAuthClientInformationFull(
        client_id=connection.client_id,
        client_secret=secret,
        token_endpoint_auth_method="client_secret_post" if secret else "none",
    )
