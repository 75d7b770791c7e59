"""What connections.toml says of an MCP server."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from agent_core.domain import Risk

MOST_SECONDS = 3_600.0


class McpConnection(BaseModel):
    """An MCP server: `command` starts it here, or `url` is where it answers.

    `read` names tools that the team lead knows to read only; every other one counts as SEND, whatever the server says
    of it. With `only`, no others are offered. `timeout` in seconds, of one call.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, SecretStr] = Field(default_factory=dict)
    cwd: Path | None = None
    url: str = ""
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    oauth: bool = False
    client_id: str = ""
    client_secret: SecretStr | None = None
    scope: str = ""
    read: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    timeout: float = Field(default=60.0, gt=0, le=MOST_SECONDS)

    @model_validator(mode="after")
    def _one_way(self) -> "McpConnection":
        if bool(self.command) == bool(self.url):
            raise _problem("name a command or a url, and not both")
        if self.command and (self.headers or self.oauth or self.client_id or self.client_secret or self.scope):
            raise _problem("headers, oauth, client_id, client_secret and scope are for a url, not for a command")
        if self.url and (self.args or self.env or self.cwd):
            raise _problem("args, env and cwd are for a command, not for a url")
        if (self.client_id or self.client_secret or self.scope) and not self.oauth:
            raise _problem("client_id, client_secret and scope need oauth = true")
        if self.url:
            parts = urlsplit(self.url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
                raise _problem("the url must start with http:// or https://, without a name, password or fragment")
        return self

    def risk(self, tool: str) -> Risk:
        """Return the Risk of the server's tool of that name: what a server says of itself counts for nothing."""
        return Risk.READ if tool in self.read else Risk.SEND

    def offers(self, tool: str) -> bool:
        """Say whether the tool of that name is to be offered at all."""
        return not self.only or tool in self.only


def _problem(said: str) -> PydanticCustomError:
    return PydanticCustomError("mcp", "{said}", {"said": said})
