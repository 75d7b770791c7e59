"""REST: faults, limits, what is counted, and what no test passes over."""

import asyncio

import aiohttp
import discord
import pytest
from discord.http import Route

from tests.peers.discord.peer import open_discord_peer
from tests.peers.discord.stock import App, running

POST = "POST /channels/*/messages"


async def test_a_failure_before_anything_was_done(peer, general) -> None:
    async with running(peer, App()) as app:
        peer.faults.answer(POST, 503)
        with pytest.raises(discord.DiscordServerError):
            await app.get_channel(general.id).send("card")
        assert peer.messages(general) == []


async def test_a_failure_after_all_was_done(peer, general) -> None:
    async with running(peer, App()) as app:
        peer.faults.answer(POST, 503, after_commit=True)
        with pytest.raises(discord.DiscordServerError):
            await app.get_channel(general.id).send("card", nonce="card1")
        assert [message.nonce for message in peer.messages(general)] == ["card1"]


async def test_discord_py_tries_again_by_itself_after_a_500(peer, general) -> None:
    async with running(peer, App()) as app:
        peer.faults.answer(POST, 500, after_commit=True)
        await app.get_channel(general.id).send("card", nonce="card1")
        assert [message.text for message in peer.messages(general)] == ["card"]
        assert peer.counts.by_status[500] == 1


async def test_an_answer_that_was_lost(peer, general) -> None:
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        peer.faults.lose(POST)
        with pytest.raises(aiohttp.ClientError):
            await channel.send("card", nonce="card1")
        again = await channel.send("card", nonce="card1")
        assert [message.id for message in peer.messages(general)] == [again.id]


async def test_a_request_that_was_lost(peer, general) -> None:
    async with running(peer, App()) as app:
        peer.faults.lose(POST, after_commit=False)
        with pytest.raises(aiohttp.ClientError):
            await app.get_channel(general.id).send("card")
        assert peer.messages(general) == []


@pytest.mark.parametrize("after_commit", [False, True])
async def test_a_slow_answer_is_released(peer, general, after_commit: bool) -> None:
    async with running(peer, App()) as app:
        hold = peer.faults.hold(POST, after_commit=after_commit)
        sending = asyncio.create_task(app.get_channel(general.id).send("card"))
        await hold.arrived.wait()
        assert len(peer.messages(general)) == after_commit
        assert not sending.done()
        hold.release()
        await sending
        assert len(peer.messages(general)) == 1


async def test_a_429_is_waited_for_and_counted(peer, general) -> None:
    async with running(peer, App()) as app:
        peer.faults.throttle(POST)
        peer.faults.throttle(POST, scope="shared")
        peer.faults.throttle(POST, scope="global")
        await app.get_channel(general.id).send("card")
        assert (peer.counts.too_many, peer.counts.invalid) == (3, 2)
        assert [message.text for message in peer.messages(general)] == ["card"]


async def test_a_limit_bites_and_its_headers_let_discord_py_keep_it(peer, guild, general) -> None:
    peer.limits.enforce(POST, 2, 0.1)
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        for number in range(5):
            await channel.send(str(number))
        assert len(peer.messages(general)) == 5
        assert peer.counts.too_many == 0
        async with aiohttp.ClientSession(headers={"Authorization": f"Bot {peer.token}"}) as careless:
            url = f"{peer.api_url}/channels/{peer.channel(guild, 'other').id}/messages"
            sent = [await careless.post(url, json={"content": "hi"}) for _ in range(3)]
            assert [answer.status for answer in sent] == [200, 200, 429]
            assert sent[0].headers["X-RateLimit-Remaining"] == "1"
            assert sent[2].headers["X-RateLimit-Scope"] == "user"
            assert 0 < (await sent[2].json())["retry_after"] <= 0.1
        assert peer.counts.too_many == 1


async def test_the_global_limit_is_for_all_routes_but_interactions(peer, general) -> None:
    peer.limits.enforce_global(3, 0.1)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {peer.token}"}) as careless:
        answers = [await careless.get(f"{peer.api_url}/users/@me") for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert answers[3].headers["X-RateLimit-Global"] == "true"
        assert (await answers[3].json())["global"] is True
        elsewhere = await careless.post(f"{peer.api_url}/interactions/1/none/callback", json={"type": 4})
        assert (elsewhere.status, (await elsewhere.json())["code"]) == (404, 10062)


async def test_a_route_that_is_not_known_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="no such route: GET /api/v10/nonsense"):
        async with open_discord_peer() as peer, aiohttp.ClientSession() as session:
            assert (await session.get(f"{peer.api_url}/nonsense")).status == 404


async def test_where_the_gateway_is_and_who_the_app_is(peer, guild) -> None:
    async with running(peer, App()) as app:
        shards, url, _ = await app.http.get_bot_gateway()
        assert (shards, url) == (1, peer.world.gateway_url)
        told = await app.http.request(Route("GET", "/applications/@me"))
        assert told["id"] == str(peer.app.id)
        assert (await app.fetch_guild(guild.id)).approximate_member_count == 2
        assert [role.name for role in await app.guilds[0].fetch_roles()] == ["@everyone", "Nod"]


async def test_commands_keep_their_ids_when_they_are_overwritten(peer, guild) -> None:
    app = App()

    @app.tree.command(name="agent", description="do it")
    async def agent(interaction: discord.Interaction) -> None:
        raise NotImplementedError

    async with running(peer, app, sync=True):
        [first], [second] = await app.tree.sync(), await app.tree.sync()
        assert first.id == second.id
        assert [each.name for each in await app.tree.fetch_commands()] == ["agent"]
        body = [{"name": "Not Good", "description": "x", "type": 1}]
        with pytest.raises(discord.HTTPException, match="Command name is invalid"):
            await app.http.bulk_upsert_global_commands(peer.app.id, body)
