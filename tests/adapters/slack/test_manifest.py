"""What Nod asks of Slack: one table, which the manifest, the listeners and the checks share."""

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from adapters.slack.handling import ASK_ABOUT, HANDLED_EVENTS
from adapters.slack.manifest import COMMAND, EVENTS, REMOVALS, SCOPES, event_type, manifest
from bot.cli import nod
from tests.adapters.slack.test_left_alone import LEFT_ALONE
from tests.bot.nod import nod as run_nod
from tests.peers.slack.methods import METHODS

ADAPTER = Path(__file__).parents[3] / "adapters" / "slack"

#: by part of a manifest, the fields that Slack takes there, of those that are of use here: it refuses one with any
#: other (slackapi/manifest-schema, manifest.schema.2.0.0.json, "additionalProperties")
KNOWN = {
    "": "_metadata display_information features oauth_config settings",
    "_metadata": "major_version minor_version",
    "display_information": "name description background_color long_description",
    "features": "app_home bot_user shortcuts slash_commands unfurl_domains assistant_view agent_view",
    "features.app_home": "home_tab_enabled messages_tab_enabled messages_tab_read_only_enabled",
    "features.bot_user": "display_name always_online",
    "features.shortcuts": "name type callback_id description",
    "features.slash_commands": "command url description usage_hint should_escape",
    "features.agent_view": "agent_description suggested_prompts actions",
    "features.agent_view.prompt": "title message",
    "oauth_config": "redirect_urls scopes token_management_enabled pkce_enabled",
    "oauth_config.scopes": "bot bot_optional user user_optional",
    "settings": "allowed_ip_address_ranges event_subscriptions incoming_webhooks interactivity org_deploy_enabled "
    "socket_mode_enabled token_rotation_enabled",
    "settings.event_subscriptions": "request_url bot_events user_events metadata_subscriptions",
    "settings.interactivity": "is_enabled request_url message_menu_options_url",
}


@pytest.mark.parametrize("subscription", EVENTS)
def test_every_subscribed_event_has_a_handler(subscription: str):
    assert event_type(subscription) in HANDLED_EVENTS | REMOVALS


@pytest.mark.parametrize("event", sorted(HANDLED_EVENTS - {"assistant_thread_started"}))
def test_every_handled_event_is_subscribed(event: str):
    # assistant_thread_started comes to apps that were made before there was an agent view
    assert event in {event_type(subscription) for subscription in EVENTS}


def test_nothing_is_both_handled_and_ignored():
    assert not (HANDLED_EVENTS | REMOVALS) & set(LEFT_ALONE)


def test_the_scopes_are_those_of_the_events_and_of_the_methods_that_are_called():
    called = {
        name.replace("_", ".")
        for path in ADAPTER.glob("*.py")
        for name in re.findall(r"\b(?:client|asking|self\._client)\.([a-z]+_\w+)\(", path.read_text())
    }
    by_method = {scope for name in called if name in METHODS for scope in METHODS[name].scopes}
    assert {scope for scope in EVENTS.values() if scope} | by_method <= set(SCOPES)


def test_the_manifest_is_whole():
    made = manifest()
    assert made["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert made["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert made["settings"]["interactivity"]["is_enabled"]
    assert [command["command"] for command in made["features"]["slash_commands"]] == [COMMAND]
    assert [shortcut["callback_id"] for shortcut in made["features"]["shortcuts"]] == [ASK_ABOUT]
    assert made["features"]["app_home"]["home_tab_enabled"]
    assert made["features"]["agent_view"]["suggested_prompts"]


def test_the_manifest_is_within_slacks_limits():
    made = manifest("https://nod.example.com")
    shown = made["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300
    assert len(made["features"]["agent_view"]["suggested_prompts"]) <= 4
    [shortcut] = made["features"]["shortcuts"]
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150
    [command] = made["features"]["slash_commands"]
    assert len(command["description"]) <= 2000
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100


@pytest.mark.parametrize("url", ["", "https://nod.example.com"])
def test_the_manifest_has_no_field_that_slack_does_not_know(url: str):
    made = manifest(url)
    parts = {"": made, "features.agent_view.prompt": made["features"]["agent_view"]["suggested_prompts"][0]}
    parts |= {name: made[name] for name in ("_metadata", "display_information", "features", "oauth_config", "settings")}
    parts |= {f"features.{name}": made["features"][name] for name in ("app_home", "bot_user", "agent_view")}
    parts |= {f"features.{name}": made["features"][name][0] for name in ("shortcuts", "slash_commands")}
    parts |= {f"settings.{name}": made["settings"][name] for name in ("event_subscriptions", "interactivity")}
    parts["oauth_config.scopes"] = made["oauth_config"]["scopes"]
    assert parts.keys() == KNOWN.keys()
    assert [f"{name}: {key}" for name, part in parts.items() for key in part if key not in KNOWN[name].split()] == []


def test_socket_mode_needs_no_url_and_http_has_one_everywhere():
    assert manifest()["settings"]["socket_mode_enabled"]
    assert "request_url" not in json.dumps(manifest())
    made = manifest("https://nod.example.com/")
    assert not made["settings"]["socket_mode_enabled"]
    url = "https://nod.example.com/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url
    assert made["features"]["slash_commands"][0]["url"] == url
    assert made["oauth_config"]["redirect_urls"] == ["https://nod.example.com/slack/oauth_redirect"]


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What `nod slack manifest` prints."""
    monkeypatch.chdir(tmp_path)

    def printed(*options: str) -> str:
        done = CliRunner().invoke(nod, ["slack", "manifest", *options], catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    return printed


def test_the_manifest_is_printed_as_yaml_or_json(printed):
    assert yaml.safe_load(printed()) == manifest()
    assert json.loads(printed("--json")) == manifest()


def test_it_is_for_http_when_the_settings_say_so(printed, monkeypatch: pytest.MonkeyPatch):
    url = "https://nod.example.com"
    assert yaml.safe_load(printed("--url", url)) == manifest(url)
    monkeypatch.setenv("NOD_PUBLIC_URL", url)
    assert yaml.safe_load(printed()) == manifest()  # a public address alone does not mean that Slack calls it
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "a-signing-secret")
    assert yaml.safe_load(printed()) == manifest(url)
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-A0-1-a")
    assert yaml.safe_load(printed()) == manifest()


@pytest.mark.parametrize(
    "url",
    ["nod.example.com", "https://nod.example.com/slack/events", "https://", "ftp://a.b", "http://nod.example.com"],
)
def test_an_address_that_nod_cannot_have_is_refused_with_what_it_must_be(tmp_path: Path, url: str):
    told = run_nod(tmp_path, "slack", "manifest", "--url", url)
    assert (told.returncode, told.stdout) == (2, "")
    assert "--url must be a URL that starts with https:// and has no path" in told.stderr


def test_where_nod_is_installed_by_link_is_in_it_with_socket_mode_too(printed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NOD_PUBLIC_URL", "https://nod.example.com")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-A0-1-a")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    made = yaml.safe_load(printed())
    assert made["settings"]["socket_mode_enabled"]
    assert made["oauth_config"]["redirect_urls"] == ["https://nod.example.com/slack/oauth_redirect"]
    assert "request_url" not in json.dumps(made)


def test_the_manifest_in_the_documentation_is_the_one_that_is_printed():
    page = (ADAPTER.parents[1] / "docs" / "slack.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert yaml.safe_load(shown) == manifest()
