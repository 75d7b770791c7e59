"""Slack, as the settings name it: which way it is connected, and what is missing for that."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from adapters.slack.door import SlackDoor, SlackSettings, Talk, Talking, open_door
from adapters.slack.handling import HANDLED_EVENTS, Handling, lane_of
from adapters.slack.messenger import SlackMessenger
from adapters.slack.workspaces import Workspaces
from agent_core.errors import SettingsError
from agent_core.inbox import Inbox
from bot.bootstrap import Nod
from bot.secret_key import secret_key
from bot.settings import Settings
from storage.installation_store import SqlInstallationStore

PLATFORM = "slack"
HELP = "docs/slack.md shows every step."


def slack_settings(settings: Settings) -> SlackSettings:
    """Return what connects Nod to Slack.

    Raises:
        SettingsError: something is missing; the sentence says what.
    """
    if bool(settings.slack_client_id) != bool(settings.slack_client_secret):
        missing = "SLACK_CLIENT_SECRET" if settings.slack_client_id else "SLACK_CLIENT_ID"
        raise SettingsError(reason=f"Installing by link needs {missing} as well. {HELP}")
    if settings.slack_client_id and not settings.nod_public_url:
        raise SettingsError(reason=f"Installing by link needs NOD_PUBLIC_URL, where Slack leads people back. {HELP}")
    if not settings.slack_bot_token and not settings.slack_client_id:
        raise SettingsError(reason=f"SLACK_BOT_TOKEN is missing, so Nod cannot speak in Slack. {HELP}")
    if not settings.slack_app_token and not settings.slack_signing_secret:
        raise SettingsError(
            reason=f"Slack needs SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET (Slack calls Nod). {HELP}"
        )
    return SlackSettings(
        api_url=settings.slack_api_url,
        bot_token=settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else "",
        signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else "",
        app_token=settings.slack_app_token.get_secret_value() if settings.slack_app_token else "",
        client_id=settings.slack_client_id or "",
        client_secret=settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else "",
        public_url=settings.nod_public_url or "",
        secret_key=secret_key(settings),
    )


@asynccontextmanager
async def open_slack(nod: Nod) -> AsyncGenerator[SlackDoor]:
    """Open the door to Slack for as long as it is entered.

    Raises:
        SettingsError: what connects Nod to Slack is not set whole.
    """
    settings = slack_settings(nod.settings)

    def conversing(workspaces: Workspaces, inbox: Inbox) -> Handling:
        def returned(team: str) -> None:
            nod.returns.notify(PLATFORM, team)

        return Handling(workspaces, nod.service, inbox, returned, public_url=settings.public_url)

    def begin(workspaces: Workspaces, inbox: Inbox) -> Talk:
        return Talk(SlackMessenger(workspaces, nod.service), conversing(workspaces, inbox))

    async with open_door(
        settings,
        Talking(begin, lane_of, HANDLED_EVENTS),
        lambda handle: nod.inbox(PLATFORM, handle),
        SqlInstallationStore(nod.database, settings.secret_key),
        clock=lambda: datetime.now(UTC),
    ) as door:
        yield door
