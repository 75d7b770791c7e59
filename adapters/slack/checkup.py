"""Looks at everything the connection to Slack needs, once, and says what to click about what is wrong."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from adapters.slack.client import NOT_SLACK, TIMEOUT, SlackClient, code_and_status
from adapters.slack.door import SlackSettings
from adapters.slack.http import PATH
from adapters.slack.installations import NOT_TAKEN
from adapters.slack.manifest import SCOPES
from adapters.slack.socket_mode import FOR_PEOPLE
from adapters.slack.workspaces import ENDED, Bot

APPS = "https://api.slack.com/apps"
MOST_SECONDS_OFF = 60.0  # Slack's requests are refused from 300 on; a clock that is off goes on drifting
_INSTALL = f"open the app at {APPS}, choose Install App and install it"

#: Slack's codes for a bot token, and what to click
_TOKEN: Mapping[str, str] = {
    "invalid_auth": f"Slack does not know SLACK_BOT_TOKEN; {_INSTALL}, and copy the token that is shown there.",
    "not_authed": f"Slack does not know SLACK_BOT_TOKEN; {_INSTALL}, and copy the token that is shown there.",
    "account_inactive": f"The app was removed from the workspace; {_INSTALL} again, and set the token shown there.",
    "token_revoked": f"SLACK_BOT_TOKEN was revoked; {_INSTALL} again, and set the token that is shown there.",
    "token_expired": "SLACK_BOT_TOKEN ran out because token rotation is on; install Nod by link instead, with "
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, or make an app without token rotation.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What one look gave. `text` says what is there, or what is wrong and what to do."""

    name: str
    well: bool
    text: str


async def check_up(
    settings: SlackSettings, installed: Sequence[Bot | Checked], *, runs: bool
) -> AsyncIterator[Checked]:
    """Yield what is found: the tokens, their scopes, the clock, and whether Slack and Nod reach each other.

    `installed` are the bots of workspaces that Nod was installed in by link, or why one cannot be had; `runs` says
    whether Nod runs now.
    """
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        bots = [Bot("", settings.bot_token)] if settings.bot_token else []
        for bot in (*bots, *installed):
            if isinstance(bot, Checked):
                yield bot
                continue
            async for checked in _token(SlackClient(bot.token, settings.api_url, session), bot.team):
                yield checked
        if not bots and not installed:
            text = "it is installed in no workspace yet; nod slack install prints a link that does it"
            yield Checked("slack token", well=True, text=text)
        if settings.client_id:
            yield await _client(settings, session)
        if settings.app_token:
            yield await _socket(settings, session)
        else:
            yield await _address(settings, session, runs=runs)


async def _token(client: SlackClient, team: str) -> AsyncIterator[Checked]:
    asking: Any = client
    try:
        said = await asking.auth_test()
    except SlackApiError as refused:
        code, _ = code_and_status(refused)
        if team and code in ENDED:
            text = f"Nod was removed from {team} ({code}); install it there again: nod slack install."
        elif team:
            text = _refused(client.base_url, f"Nod's token of {team}", refused)
        else:
            text = _TOKEN.get(code) or _refused(client.base_url, "SLACK_BOT_TOKEN", refused)
        yield Checked("slack token", well=False, text=text)
        return
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        yield Checked("slack token", well=False, text=_unreachable(client.base_url, error))
        return
    if not said.get("bot_id"):  # Slack takes it, and Nod would speak as that person
        text = (
            "SLACK_BOT_TOKEN is a person's; under Install App, copy the Bot User OAuth Token, which starts with xoxb-."
        )
        yield Checked("slack token", well=False, text=text)
        return
    yield Checked("slack token", well=True, text=f"Nod is @{said['user']} in {said['team']}")
    headers: Mapping[str, str] = said.headers
    yield _scopes(headers.get("x-oauth-scopes", ""))
    yield clock(headers.get("Date", ""), datetime.now(UTC))


def _scopes(granted: str) -> Checked:
    missing = sorted(set(SCOPES) - {scope.strip() for scope in granted.split(",")})
    if not missing:
        # which events an app is told of is for configuration tokens alone, and Nod asks for none of those
        text = (
            "all that the manifest asks for are granted; which events it is told of Slack shows only to you: after an "
            f"update, open the app at {APPS}, choose App Manifest, and paste what nod slack manifest prints."
        )
        return Checked("slack scopes", well=True, text=text)
    text = (
        f"{', '.join(missing)} missing; open the app at {APPS}, choose App Manifest, paste what nod slack manifest "
        "prints, save, then choose Install App and install it again."
    )
    return Checked("slack scopes", well=False, text=text)


def clock(date: str, now: datetime) -> Checked:
    """Compare this machine's clock with the Date of Slack's answer."""
    try:
        off = (now - parsedate_to_datetime(date)).total_seconds()
    except ValueError:
        return Checked("slack clock", well=True, text="Slack did not say what time it is")
    if abs(off) <= MOST_SECONDS_OFF:
        return Checked("slack clock", well=True, text="this machine's clock agrees with Slack's")
    side = "ahead of" if off > 0 else "behind"
    text = (
        f"this machine's clock is {abs(off):,.0f} seconds {side} Slack's, and what is 300 seconds off is refused; "
        "switch on its time synchronization (NTP)."
    )
    return Checked("slack clock", well=False, text=text)


async def _client(settings: SlackSettings, session: aiohttp.ClientSession) -> Checked:
    """Ask for the credentials of a code that there is not; a client that Slack does not know is refused as such."""
    asking: Any = SlackClient("", settings.api_url, session)
    us = {"client_id": settings.client_id, "client_secret": settings.client_secret}
    try:
        await asking.api_call("oauth.v2.access", data={**us, "code": "none"})
    except SlackApiError as refused:
        code, _ = code_and_status(refused)
        if code in NOT_TAKEN:
            text = (
                f"Slack does not take SLACK_CLIENT_ID and SLACK_CLIENT_SECRET ({code}); open the app at {APPS}, and "
                "copy both from Basic Information, App Credentials."
            )
            return Checked("slack client", well=False, text=text)
        if code in {"", NOT_SLACK}:
            return Checked("slack client", well=False, text=_refused(settings.api_url, "SLACK_CLIENT_ID", refused))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Checked("slack client", well=False, text=_unreachable(settings.api_url, error))
    text = "Slack objects to neither SLACK_CLIENT_ID nor SLACK_CLIENT_SECRET; nod slack install prints a link"
    return Checked("slack client", well=True, text=text)


async def _socket(settings: SlackSettings, session: aiohttp.ClientSession) -> Checked:
    asking: Any = SlackClient("", settings.api_url, session)
    try:
        await asking.apps_connections_open(app_token=settings.app_token)
    except SlackApiError as refused:
        code, _ = code_and_status(refused)
        text = FOR_PEOPLE.get(code) or _refused(settings.api_url, "SLACK_APP_TOKEN", refused)
        return Checked("slack socket", well=False, text=text)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Checked("slack socket", well=False, text=_unreachable(settings.api_url, error))
    return Checked("slack socket", well=True, text="Socket Mode is on and the app-level token is good")


async def _address(settings: SlackSettings, session: aiohttp.ClientSession, *, runs: bool) -> Checked:
    if not settings.public_url:
        text = "Slack has to call Nod, so set NOD_PUBLIC_URL; or set SLACK_APP_TOKEN, and nothing is called."
        return Checked("slack address", well=False, text=text)
    url = settings.public_url + PATH
    if not runs:
        text = f"Slack is to call {url}; start Nod and run nod doctor again to see whether that leads here"
        return Checked("slack address", well=True, text=text)
    try:
        async with session.post(url, data=b"") as answer:  # unsigned, so Nod refuses it, and nobody else does like that
            leads_here = answer.status == HTTPStatus.UNAUTHORIZED
            said = f"status {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        leads_here, said = False, type(error).__name__
    if leads_here:
        text = (
            f"{url} leads here; it must be the Request URL of events, interactivity and /agent. Where Slack says that "
            "it does not answer rightly, SLACK_SIGNING_SECRET is not this app's"
        )
        return Checked("slack address", well=True, text=text)
    text = f"{url} does not lead to Nod ({said}); have the proxy there pass /slack/ on to Nod's HOST and PORT."
    return Checked("slack address", well=False, text=text)


def _refused(url: str, what: str, refused: SlackApiError) -> str:
    code, status = code_and_status(refused)
    if code in {"", NOT_SLACK}:
        return (
            f"what answers at {url} is not Slack, or has trouble of its own (status {status}); mend SLACK_API_URL if "
            "you set it, and see https://status.slack.com."
        )
    return f"Slack refused {what} ({code}); try again in a minute."


def _unreachable(url: str, error: Exception) -> str:
    return f"{url} cannot be reached ({type(error).__name__}); check the network, and https://status.slack.com."
