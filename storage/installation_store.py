"""Where Nod is installed with credentials of its own there: sealed, so that who reads the database cannot use them."""

from collections.abc import Sequence
from datetime import datetime

from agent_core.errors import InstallationUnreadable
from agent_core.journal.records import timestamp
from agent_core.platform_ports import Installation
from storage.database import Database, Statement
from storage.sealing import NotSealedHere, Seal

_KEEP = """INSERT INTO installations (platform, workspace, sealed, at) VALUES (?, ?, ?, ?)
    ON CONFLICT (platform, workspace) DO UPDATE SET sealed = excluded.sealed, at = excluded.at"""
_OF = "SELECT sealed FROM installations WHERE platform = ? AND workspace = ?"
_FORGET = "DELETE FROM installations WHERE platform = ? AND workspace = ?"
_WORKSPACES = "SELECT workspace FROM installations WHERE platform = ? ORDER BY workspace"


class SqlInstallationStore:
    """A `agent_core.platform_ports.InstallationStore` on a Database; `secret_key` seals what it keeps."""

    def __init__(self, database: Database, secret_key: str) -> None:
        self._database = database
        self._seal = Seal(secret_key, "installations")

    async def keep(self, installation: Installation, at: datetime) -> None:
        """Store an installation, durably, over an earlier one of the same workspace."""
        place = installation.platform, installation.workspace
        sealed = self._seal.close(installation.credentials, *place)
        await self._database.write(Statement(_KEEP, (*place, sealed, timestamp(at))))

    async def of(self, platform: str, workspace: str) -> Installation | None:
        """Return the installation in a workspace, None when there is none."""
        found = await self._database.read(_OF, (platform, workspace))
        if not found:
            return None
        try:
            credentials = self._seal.open(str(found[0][0]), platform, workspace)
        except NotSealedHere:
            raise InstallationUnreadable(workspace=workspace) from None
        return Installation(platform, workspace, credentials)

    async def forget(self, platform: str, workspace: str) -> None:
        """Forget the installation in a workspace, and its credentials."""
        await self._database.write(Statement(_FORGET, (platform, workspace)))

    async def workspaces(self, platform: str) -> Sequence[str]:
        """Return the workspaces of a platform that Nod is installed in."""
        return [str(row[0]) for row in await self._database.read(_WORKSPACES, (platform,))]
