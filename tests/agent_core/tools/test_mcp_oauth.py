"""Signing in to an MCP server, with a real authorization server."""

import asyncio

import httpx2
import pytest

from agent_core.tools.mcp.connection import McpConnection
from agent_core.tools.mcp.oauth import KeptSignIn, SignInRefused
from agent_core.tools.mcp.opening import open_mcp
from agent_core.tools.mcp.signing_in import sign_in_by
from agent_core.tools.toolbox import Toolbox
from bot.mcp import SealedFiles
from bot.settings import Settings
from tests.agent_core.mcp_servers import QUICK, context_in
from tests.peers.mcp.guarded import Doorman, make
from tests.peers.mcp.over_http import served


@pytest.fixture
def doorman():
    return Doorman()


@pytest.fixture
async def connection(doorman, unused_tcp_port):
    async with served(make(doorman, unused_tcp_port).streamable_http_app(), unused_tcp_port) as port:
        yield McpConnection(url=f"http://127.0.0.1:{port}/mcp", oauth=True)


@pytest.fixture
def keeper(tmp_path):
    return SealedFiles(Settings(nod_data=tmp_path / "data", nod_secret_key="k" * 40))


async def signed_in(connection, keeper):
    """Sign in as a person with a browser does; return how many tools there are then, and the link."""
    async with httpx2.AsyncClient(follow_redirects=True) as browser:
        visits, links = [], []

        def tell(link):
            links.append(link)
            visits.append(asyncio.create_task(browser.get(link)))

        count = await sign_in_by("cellar", connection, keeper, tell)
        page = await visits[0]
        assert "You can close this window" in page.text
        return count, links[0]


def opened(connection, keeper):
    return open_mcp({"cellar": connection}, auth=lambda name, it: lambda: KeptSignIn(name, it, keeper), pauses=QUICK)


async def test_a_person_signs_in_once_with_pkce_and_the_tools_are_there(connection, keeper, tmp_path):
    count, link = await signed_in(connection, keeper)

    async with opened(connection, keeper) as source:
        await source.ready()
        seen = await Toolbox.of(source.tools)["cellar_secret"].run(context_in(tmp_path), {})

    assert count == 1
    assert "code_challenge_method=S256" in link
    assert (seen.text, seen.ok) == ("the cellar", True)


async def test_without_a_sign_in_the_tools_are_absent_and_it_says_how_to_sign_in(connection, keeper, doorman):
    async with opened(connection, keeper) as source:
        await source.ready()

        assert source.tools == []
        assert "nod mcp-login cellar" in source.troubles["mcp cellar"]
        assert not doorman.clients  # nobody is registered where no person is


async def test_a_token_that_ran_out_is_renewed_and_kept_anew(connection, keeper, doorman, tmp_path):
    doorman.lasts = 1  # so near its end that it is renewed at once
    await signed_in(connection, keeper)
    before = await keeper.kept("cellar")
    doorman.access.clear()

    for _ in range(2):  # the second begins with what the first was given
        async with opened(connection, keeper) as source:
            await source.ready()
            seen = await Toolbox.of(source.tools)["cellar_secret"].run(context_in(tmp_path), {})
            assert seen.text == "the cellar"

    assert doorman.renewed >= 2
    assert await keeper.kept("cellar") != before


async def test_a_token_that_the_server_takes_no_longer_is_renewed_without_a_person(
    connection, keeper, doorman, tmp_path
):
    await signed_in(connection, keeper)
    async with opened(connection, keeper) as source:
        await source.ready()
        doorman.access.clear()
        seen = await Toolbox.of(source.tools)["cellar_secret"].run(context_in(tmp_path), {})

        assert (seen.text, doorman.renewed) == ("the cellar", 1)


async def test_a_sign_in_that_the_server_ended_is_a_trouble_that_says_what_to_do(connection, keeper, doorman):
    await signed_in(connection, keeper)
    doorman.access.clear()
    doorman.refresh.clear()

    async with opened(connection, keeper) as source:
        await source.ready()

        assert "nod mcp-login cellar" in source.troubles["mcp cellar"]


async def test_who_does_not_agree_is_told_and_nothing_is_kept(connection, keeper, doorman):
    doorman.agrees = False

    with pytest.raises(SignInRefused, match="gave no sign-in"):
        await signed_in(connection, keeper)

    assert await keeper.kept("cellar") == ""


async def test_what_is_kept_is_sealed_and_nobody_else_may_read_it(connection, keeper, doorman, tmp_path):
    await signed_in(connection, keeper)

    path = tmp_path / "data" / "mcp" / "cellar"
    sealed = path.read_text()
    assert not any(token in sealed for token in (*doorman.access, *doorman.refresh))
    assert path.stat().st_mode & 0o077 == 0
