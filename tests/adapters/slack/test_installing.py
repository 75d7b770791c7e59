"""Installing Nod by link: only by a link of Nod's, in the browser it was begun in, once."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import aiohttp
import httpx
import pytest
from itsdangerous import TimestampSigner
from starlette.applications import Starlette

from adapters.slack.client import SlackClient
from adapters.slack.installations import Installations
from adapters.slack.installing import LINK_LASTS, Tickets, authorize_url_of, install_routes
from adapters.slack.manifest import SCOPES
from agent_core.inbox import Inbox
from storage.inbox_store import SqlInboxStore
from storage.installation_store import SqlInstallationStore
from storage.opening import open_database
from tests.peers.slack import SlackPeer

KEY = "a key of thirty-two characters or more"
NOD = "https://nod.example.com"


@dataclass
class Installing:
    """Nod's pages to install it by, a browser before them, and what is installed."""

    slack: SlackPeer
    app: Starlette
    store: SqlInstallationStore
    tickets: Tickets

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=NOD)

    async def begun(self, browser: httpx.AsyncClient) -> httpx.Response:
        return await browser.get(self.tickets.link(NOD))

    async def allowed(self, begun: httpx.Response) -> str:
        """Allow Nod on Slack's page, and return where that leads."""
        async with httpx.AsyncClient() as elsewhere:
            return (await elsewhere.get(begun.headers["location"])).headers["location"]

    async def teams(self) -> list[str]:
        return list(await self.store.workspaces("slack"))


async def handled(_payload: object) -> None:
    return


@pytest.fixture
async def installing(slack: SlackPeer, tmp_path) -> AsyncIterator[Installing]:
    async with open_database(f"sqlite:///{tmp_path}/nod.db") as database, aiohttp.ClientSession() as session:
        store, tickets = SqlInstallationStore(database, KEY), Tickets(KEY)
        client = SlackClient("", slack.api_url, session)
        clock = lambda: datetime.now(UTC)  # noqa: E731
        installations = Installations(store, client, slack.app.client_id, slack.app.client_secret, clock)
        inbox = Inbox("slack", SqlInboxStore(database), clock, handled)
        routes = install_routes(
            installations,
            tickets,
            inbox.first,
            client_id=slack.app.client_id,
            authorize_url=authorize_url_of(slack.api_url),
            public_url=NOD,
        )
        yield Installing(slack, Starlette(routes=routes), store, tickets)


async def test_a_link_leads_over_slacks_page_to_an_installation(slack: SlackPeer, installing: Installing):
    async with installing.browser() as browser:
        begun = await installing.begun(browser)
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["scope"] == [",".join(SCOPES)]
        assert asked["redirect_uri"] == [f"{NOD}/slack/oauth_redirect"]
        done = await browser.get(await installing.allowed(begun))
    assert done.status_code == 200
    assert done.text == "Nod is installed in Acme. Write /agent and what you want done, there."
    assert await installing.teams() == [slack.team.id]


async def test_the_cookie_is_for_this_alone_and_is_taken_away(installing: Installing):
    async with installing.browser() as browser:
        begun = await installing.begun(browser)
        cookie = begun.headers["set-cookie"]
        assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/slack/oauth_redirect"))
        await browser.get(await installing.allowed(begun))
        assert not browser.cookies


async def test_without_a_link_nobody_installs_nod(installing: Installing):
    async with installing.browser() as browser:
        for ticket in ("", "?ticket=made-up", f"?ticket={Tickets(KEY + '!').link(NOD).partition('=')[2]}"):
            refused = await browser.get(f"/slack/install{ticket}")
            assert refused.status_code == 403
            assert "nod slack install" in refused.text
            assert "location" not in refused.headers


async def test_a_link_is_good_for_a_day(installing: Installing, monkeypatch: pytest.MonkeyPatch):
    def made(seconds_ago: int) -> str:
        with monkeypatch.context() as earlier:
            earlier.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time()) - seconds_ago)
            return installing.tickets.link(NOD)

    async with installing.browser() as browser:
        assert (await browser.get(made(LINK_LASTS - 60))).status_code == 302
        assert (await browser.get(made(LINK_LASTS + 60))).status_code == 403


async def test_a_state_is_good_in_its_own_browser_only(installing: Installing):
    async with installing.browser() as browser, installing.browser() as other:
        back = await installing.allowed(await installing.begun(browser))
        refused = await other.get(back)
        await installing.begun(other)  # a cookie of its own does not help
        assert [refused.status_code, (await other.get(back)).status_code] == [400, 400]
    assert await installing.teams() == []


async def test_a_state_is_good_once(installing: Installing):
    async with installing.browser() as browser:
        begun = await installing.begun(browser)
        back, cookie = await installing.allowed(begun), begun.headers["set-cookie"].partition(";")[0]
        assert (await browser.get(back)).status_code == 200
        again = await browser.get(back, headers={"cookie": cookie})
    assert again.status_code == 400
    assert len(installing.slack.requests.of("oauth.v2.access")) == 1


async def test_a_state_that_was_made_up_is_refused(installing: Installing):
    async with installing.browser() as browser:
        await installing.begun(browser)
        refused = await browser.get("/slack/oauth_redirect?code=1.code&state=made-up")
    assert refused.status_code == 400
    assert installing.slack.requests.of("oauth.v2.access") == []


async def test_who_says_no_on_slacks_page_is_told_what_to_do(installing: Installing):
    async with installing.browser() as browser:
        begun = await installing.begun(browser)
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        refused = await browser.get("/slack/oauth_redirect", params={"error": "access_denied", "state": state})
    assert refused.status_code == 400
    assert "access_denied" in refused.text


@pytest.mark.parametrize("code", ["bad_client_secret", "invalid_client_id"])
async def test_who_installs_is_told_that_the_client_is_not_taken(slack: SlackPeer, installing: Installing, code: str):
    slack.refuse("oauth.v2.access", code)
    async with installing.browser() as browser:
        refused = await browser.get(await installing.allowed(await installing.begun(browser)))
    assert refused.status_code == 400
    assert "tell those who run Nod: nod doctor" in refused.text


async def test_a_whole_organization_is_refused(slack: SlackPeer, installing: Installing):
    slack.refuse("oauth.v2.access", "", ok=True, is_enterprise_install=True, team=None)
    async with installing.browser() as browser:
        refused = await browser.get(await installing.allowed(await installing.begun(browser)))
    assert "not in a whole organization" in refused.text
    assert await installing.teams() == []


async def test_chinese_browsers_are_answered_in_chinese(installing: Installing):
    async with installing.browser() as browser:
        refused = await browser.get("/slack/install", headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert "此链接无效" in refused.text


def test_slacks_page_is_beside_its_api():
    assert authorize_url_of("https://slack.com/api/") == "https://slack.com/oauth/v2/authorize"
    assert authorize_url_of("https://slack-gov.com/api") == "https://slack-gov.com/oauth/v2/authorize"
