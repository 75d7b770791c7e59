"""`nod slack …`: what people need to make Nod's Slack app and to install it."""

import json

import yaml

from adapters.slack.installing import Tickets
from adapters.slack.manifest import manifest
from agent_core.errors import SettingsError
from bot.settings import Settings
from bot.slack import slack_settings


def manifest_text(settings: Settings, url: str, *, as_json: bool) -> str:
    """Return the manifest, for Slack to call a URL if one is given or set for that, else for Socket Mode."""
    if not url and settings.slack_signing_secret and not settings.slack_app_token:
        url = settings.nod_public_url or ""
    made = manifest(url)
    if as_json:
        return json.dumps(made, indent=2)
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120).rstrip()


def install_link(settings: Settings) -> str:
    """Return a link to install Nod by.

    Raises:
        SettingsError: the settings do not say that Nod is installed by link.
    """
    slack = slack_settings(settings)
    if not slack.client_id:
        raise SettingsError(
            reason="Installing by link needs SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and NOD_PUBLIC_URL; with "
            "SLACK_BOT_TOKEN alone, Nod is installed on the app's own page at https://api.slack.com/apps."
        )
    return Tickets(slack.secret_key).link(slack.public_url)
