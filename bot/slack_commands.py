"""`nod slack …`: what people need to make Nod's Slack app and to install it."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
import yaml
from slack_sdk.errors import SlackApiError

from adapters.slack.checkup import Checked, check_up
from adapters.slack.client import TIMEOUT, SlackClient
from adapters.slack.door import SlackSettings
from adapters.slack.installations import Installations
from adapters.slack.installing import Tickets
from adapters.slack.manifest import manifest
from adapters.slack.workspaces import Bot
from agent_core.errors import NodError, SettingsError
from bot.settings import Settings, origin_url
from bot.slack import slack_settings
from storage.installation_store import SqlInstallationStore
from storage.opening import open_database, sqlite_path


def _https_url(text: str) -> str:
    """Return a URL that Slack can call. Raises SettingsError."""
    with suppress(ValueError):
        url = origin_url(text)
        if url.startswith("https://"):
            return url
    raise SettingsError(
        reason="--url must be a URL that starts with https:// and has no path, for example https://nod.example.com."
    )


def manifest_text(settings: Settings, url: str, *, as_json: bool) -> str:
    """Return the manifest, for Slack to call a URL if one is given or set for that, else for Socket Mode.

    Raises:
        SettingsError: the URL that is given is none that Nod could have.
    """
    if url:
        url = _https_url(url)
    if not url and settings.slack_signing_secret and not settings.slack_app_token:
        url = settings.nod_public_url or ""
    made = manifest(url, settings.nod_public_url or "" if settings.slack_client_id else "")
    if as_json:
        return json.dumps(made, indent=2)
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120).rstrip()


async def slack_checks(settings: Settings, *, runs: bool) -> AsyncIterator[Checked]:
    """Yield what is found of Slack; nothing when it is not set. `runs` says whether Nod runs now."""
    if not settings.names_slack:
        return
    try:
        slack = slack_settings(settings)
        found = await _installed(settings, slack) if slack.client_id else ()
    except NodError as error:
        yield Checked("slack", well=False, text=str(error))
        return
    async for checked in check_up(slack, found, runs=runs):
        yield checked


async def _installed(settings: Settings, slack: SlackSettings) -> Sequence[Bot | Checked]:
    """Return who Nod is in each workspace it was installed in by link, or why that cannot be told."""
    if not sqlite_path(settings.database_url).exists():  # to look must not make one
        return ()
    async with open_database(settings.database_url) as database, aiohttp.ClientSession(timeout=TIMEOUT) as session:
        store, client = SqlInstallationStore(database, slack.secret_key), SlackClient("", slack.api_url, session)
        known = Installations(store, client, slack.client_id, slack.client_secret, lambda: datetime.now(UTC))
        return [each for team in await known.teams() if (each := await _bot(known, team)) is not None]


async def _bot(known: Installations, team: str) -> Bot | Checked | None:
    try:
        return await known.bot(team)
    except NodError as error:
        return Checked("slack token", well=False, text=str(error))
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        text = f"Nod's token of {team} ran out, and Slack renews none now ({type(error).__name__}); try again later."
        return Checked("slack token", well=False, text=text)


def install_link(settings: Settings) -> str:
    """Return a link to install Nod by.

    Raises:
        SettingsError: the settings do not say that Nod is installed by link.
    """
    if not settings.slack_client_id and not settings.slack_client_secret:
        raise SettingsError(
            reason="Installing by link needs SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and NOD_PUBLIC_URL; with "
            "SLACK_BOT_TOKEN alone, Nod is installed on the app's own page at https://api.slack.com/apps."
        )
    slack = slack_settings(settings)
    return Tickets(slack.secret_key).link(slack.public_url)
