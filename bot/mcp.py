"""The MCP servers that the connections name, and signing in to those that want it."""

import asyncio
import os
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

import click
import httpx2

from agent_core.errors import SettingsError
from agent_core.tools.mcp.connection import McpConnection
from agent_core.tools.mcp.oauth import KeptSignIn
from agent_core.tools.mcp.opening import McpTools, open_mcp
from agent_core.tools.mcp.signing_in import sign_in_by
from bot.connections import load_connections
from bot.endings import Ending
from bot.secret_key import secret_key
from bot.settings import Settings
from storage.sealing import NotSealedHere, Seal

FOLDER = "mcp"  # in NOD_DATA


class SealedFiles:
    """What is kept of sign-ins: a file each in NOD_DATA, sealed with Nod's secret key."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def kept(self, server: str) -> str:
        """Return what was kept, an empty string when nothing was. Raises SettingsError when it cannot be read."""
        return await asyncio.to_thread(self._kept, server)

    async def keep(self, server: str, text: str) -> None:
        """Keep a text, over an earlier one, durably. Raises SettingsError when it cannot be written."""
        await asyncio.to_thread(self._keep, server, text)

    def _kept(self, server: str) -> str:
        path = self._path(server)
        try:
            return self._seal().open(path.read_text(encoding="utf-8"), server)
        except FileNotFoundError:
            return ""
        except (NotSealedHere, UnicodeDecodeError):
            reason = f"{path} was sealed with another key than NOD_SECRET_KEY is now; run: nod mcp-login {server}"
            raise SettingsError(reason=reason) from None
        except OSError as error:
            raise _unusable(path, error) from None

    def _keep(self, server: str, text: str) -> None:
        path = self._path(server)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(self._seal().close(text, server))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise _unusable(path, error) from None

    def _path(self, server: str) -> Path:
        return self._settings.nod_data.absolute() / FOLDER / server

    def _seal(self) -> Seal:
        return Seal(secret_key(self._settings), "mcp sign-ins")


def _unusable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(reason=f"The sign-in {path} cannot be kept ({error.strerror}); see who may write there.")


def open_servers(
    settings: Settings, connections: Mapping[str, McpConnection], taken: Collection[str]
) -> AbstractAsyncContextManager[McpTools]:
    """Open the Tools of these servers. `taken` are the names of the other Tools."""
    keeper = SealedFiles(settings)

    def auth(name: str, connection: McpConnection) -> Callable[[], httpx2.Auth] | None:
        # one for each connection, so that a new one begins with what another process renewed
        return (lambda: KeptSignIn(name, connection, keeper)) if connection.oauth else None

    return open_mcp(connections, taken, auth)


async def sign_in(settings: Settings, name: str, port: int) -> Ending:
    """Sign in to a server in a browser, and keep that.

    Raises:
        SettingsError: there is no such server, or none that wants a sign-in.
        SignInRefused: the server did not agree.
    """
    connections = load_connections(settings.nod_connections).mcp
    if name not in connections:
        known = ", ".join(connections) or "none"
        raise SettingsError(reason=f"There is no [mcp.{name}] in {settings.nod_connections}; there are: {known}.")
    if not connections[name].oauth:
        raise SettingsError(reason=f"[mcp.{name}] does not say oauth = true, so there is nothing to sign in to.")

    def tell(link: str) -> None:
        click.echo(f"Open this link in a browser on this machine, and agree there:\n{link}")

    count = await sign_in_by(name, connections[name], SealedFiles(settings), tell, port)
    click.echo(f"Signed in to {name}, which offers {count} tools. It stays so until the server ends it.")
    return Ending.DONE
