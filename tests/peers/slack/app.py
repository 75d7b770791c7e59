"""The app that is tested, as Slack knows it: its credentials, and where it is installed with which tokens."""

import itertools
from dataclasses import dataclass, field

from tests.peers.slack.clock import Clock
from tests.peers.slack.errors import SlackError
from tests.peers.slack.limits import CODE_SECONDS, TOKEN_SECONDS
from tests.peers.slack.workspace import Workspace

#: what a bot like Nod asks for
SCOPES = frozenset(
    [
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "channels:manage",
        "groups:write",
    ]
)


@dataclass
class Installation:
    """The app in a workspace. `ended` is the error code that its tokens get."""

    workspace: Workspace
    bot_token: str
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    ended: str = ""
    refresh_token: str = ""
    installer: str = ""


@dataclass(frozen=True)
class Token:
    """A bot token, and when it runs out if the app rotates its tokens."""

    installation: Installation
    expires_at: float | None = None


@dataclass
class Code:
    """What an OAuth redirect brings: good once and for ten minutes."""

    workspace: Workspace
    user: str
    redirect_uri: str
    made_at: float
    is_used: bool = False


@dataclass
class App:
    """The app's credentials. `rotates` is Slack's token rotation."""

    clock: Clock
    id: str = "A0NOD00001"
    client_id: str = "1000.2000"
    client_secret: str = "the-client-secret"
    signing_secret: str = "the-signing-secret"
    app_token: str = "xapp-1-A0NOD00001-1-abc"
    verification_token: str = "legacy-verification-token"
    rotates: bool = False
    socket_mode: bool = True
    installations: list[Installation] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    _count: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def install(self, workspace: Workspace, installer: str) -> Installation:
        """Install or install again; a token of before goes on working unless it ended."""
        installation = Installation(workspace, bot_token="", installer=installer)
        self.installations = [other for other in self.installations if other.workspace is not workspace]
        self.installations.append(installation)
        self.renew(installation)
        return installation

    def renew(self, installation: Installation) -> None:
        """Give an installation a new token, and a refresh token if tokens rotate."""
        number, team = next(self._count), installation.workspace.id
        if self.rotates:
            installation.bot_token = f"xoxe.xoxb-1-{team}-{number}"
            installation.refresh_token = f"xoxe-1-{team}-{number}"
            self.tokens[installation.bot_token] = Token(installation, self.clock.now() + TOKEN_SECONDS)
        else:
            installation.bot_token = f"xoxb-{team}-{number}"
            self.tokens[installation.bot_token] = Token(installation)

    def refreshed(self, refresh_token: str) -> Installation:
        """The installation whose token is refreshed with this, which is good once.

        Raises:
            SlackError: it is not a refresh token of now.
        """
        for installation in self.installations:
            if refresh_token and installation.refresh_token == refresh_token and not installation.ended:
                self.renew(installation)
                return installation
        raise SlackError("invalid_refresh_token")

    def code(self, workspace: Workspace, user: str, redirect_uri: str = "") -> str:
        """A code as the redirect brings it once a person allowed the app."""
        code = f"{next(self._count)}.code"
        self.codes[code] = Code(workspace, user, redirect_uri, self.clock.now())
        return code

    def exchanged(self, code: str, redirect_uri: str) -> Installation:
        """The installation that a code is good for.

        Raises:
            SlackError: the code is unknown, old or used, or was made for another redirect.
        """
        known = self.codes.get(code)
        if known is None or self.clock.now() - known.made_at > CODE_SECONDS:
            raise SlackError("invalid_code")
        if known.is_used:
            raise SlackError("code_already_used")
        if redirect_uri and known.redirect_uri and redirect_uri != known.redirect_uri:
            raise SlackError("bad_redirect_uri")
        known.is_used = True
        return self.install(known.workspace, known.user)

    def allowed(self, token: str) -> Installation:
        """Whose token this is.

        Raises:
            SlackError: not_authed, invalid_auth, token_expired, token_revoked or account_inactive.
        """
        if not token:
            raise SlackError("not_authed")
        known = self.tokens.get(token)
        if known is None:
            raise SlackError("invalid_auth")
        if known.installation.ended:
            raise SlackError(known.installation.ended)
        if known.expires_at is not None and known.expires_at <= self.clock.now():
            raise SlackError("token_expired")
        return known.installation

    def installed_in(self, workspace: Workspace) -> Installation:
        """The installation in a workspace, ended or not."""
        return next(found for found in self.installations if found.workspace is workspace)
