"""Workspaces: whose bot Nod is where, and how to call Slack there."""

from slack_sdk.web.async_client import AsyncWebClient

from agent_core.errors import NodError


class WorkspaceGone(NodError):
    """Nod is no longer installed in this Slack workspace ({team}); install it again to go on there."""


class Workspaces:
    """The one workspace whose bot token is set."""

    def __init__(self, token: str, base_url: str) -> None:
        self._client = AsyncWebClient(token=token, base_url=base_url, retry_handlers=[])

    async def client(self, team: str) -> AsyncWebClient:  # noqa: ARG002
        """Return the client to call Slack with in a workspace. Raises WorkspaceGone."""
        return self._client
