"""Nod never asks so fast, or so wrongly, that Discord has to say no."""

import asyncio

import aiohttp
import discord
import pytest
from discord.http import Route, handle_message_parameters

from adapters.discord.connection import Connection, NotLoggedIn
from adapters.discord.limits import INVALID_WINDOW
from adapters.discord.traffic import TOKEN_REFUSED, TOO_MANY_REFUSED, Halted, Traffic
from tests.peers.discord.permissions import Permission


class Watch:
    """A clock for pacing that passes only while somebody waits."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
async def connect(peer):
    """Make connections that are closed in the end."""
    made = []

    async def connected(traffic=None):
        made.append(Connection(peer.token, api_url=peer.api_url, traffic=traffic))
        await made[-1].login()
        return made[-1]

    yield connected
    for each in made:
        await each.close()


def get(connection, channel):
    return connection.client.http.get_channel(channel.id)


async def test_rest_works_without_a_gateway_and_pings_nobody(peer, general, ada, connect):
    connection = await connect()

    await connection.client.http.send_message(
        general.id,
        params=handle_message_parameters(
            f"<@{ada.id}> @everyone",
            allowed_mentions=None,
            previous_allowed_mentions=connection.client.allowed_mentions,
        ),
    )

    assert peer.bot_messages(general)[-1].text.endswith("@everyone")
    assert peer.pinging() == []
    assert peer.gateway.identified == 0
    assert (connection.user_id, connection.application_id) == (peer.bot.id, peer.app.id)


async def test_before_it_is_logged_in_speaking_fails_as_an_outage_does(peer):
    connection = Connection(peer.token, api_url=peer.api_url)
    with pytest.raises(NotLoggedIn) as failed:
        _ = connection.client
    assert isinstance(failed.value, aiohttp.ClientError)


async def test_a_burst_of_requests_earns_no_429(peer, general, connect):
    peer.limits.enforce_global(50, 1.0)
    connection = await connect()

    await asyncio.gather(*(get(connection, general) for _ in range(70)))

    assert peer.counts.too_many == 0


async def test_a_channels_own_limit_is_kept_without_a_429(peer, general, connect):
    peer.limits.enforce("POST /channels/*/messages", 5, 0.2)
    connection = await connect()

    for number in range(12):
        await connection.client.http.send_message(general.id, params=handle_message_parameters(str(number)))

    assert peer.counts.too_many == 0
    assert len(peer.bot_messages(general)) == 12


async def test_a_second_holds_no_more_requests_than_it_may():
    watch = Watch()
    traffic = Traffic(per_second=3, clock=watch, sleep=watch.sleep)
    sent = []
    for _ in range(10):
        await traffic._turn()
        sent.append(watch.now)

    assert sent == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]


async def test_answers_to_clicks_wait_for_nothing(peer, general, connect):
    traffic = Traffic(per_second=2)
    connection = await connect(traffic)
    waited = []

    async def sleep(_):
        waited.append(1)
        traffic._sent.clear()

    traffic.sleep = sleep
    route = Route("POST", "/interactions/{webhook_id}/{webhook_token}/callback", webhook_id=1, webhook_token="t" * 40)
    for _ in range(5):
        with pytest.raises(discord.NotFound):
            await connection.client.http.request(route, json={"type": 5})
    assert waited == []


async def test_it_stops_well_before_discord_bans_and_goes_on_later(peer, guild, general, connect):
    watch = Watch()
    traffic = Traffic(most_invalid=5, clock=watch)
    connection = await connect(traffic)
    peer.deny(general, peer.bot_role(guild), Permission.VIEW_CHANNEL)
    for _ in range(5):
        watch.now += 1
        with pytest.raises(discord.Forbidden):
            await get(connection, general)

    for _ in range(3):
        with pytest.raises(Halted):
            await get(connection, general)

    assert traffic.trouble() == TOO_MANY_REFUSED
    assert peer.counts.invalid == 5
    peer.allow(general, peer.bot_role(guild), Permission.VIEW_CHANNEL)
    watch.now += INVALID_WINDOW
    assert (await get(connection, general))["id"] == str(general.id)
    assert traffic.trouble() == ""


async def test_a_limit_of_what_is_shared_does_not_count(peer, general, connect):
    traffic = Traffic(most_invalid=1)
    connection = await connect(traffic)
    peer.faults.throttle("GET /channels/*", 0.001, scope="shared")

    await get(connection, general)

    assert peer.counts.too_many == 1
    assert traffic.trouble() == ""


async def test_a_token_that_was_reset_stops_everything(peer, general, connect):
    traffic = Traffic()
    connection = await connect(traffic)
    peer.world.app.token = "MTA.1.reset"
    for _ in range(3):
        with pytest.raises(discord.HTTPException):
            await get(connection, general)
    with pytest.raises(Halted):
        await get(connection, general)
    assert traffic.trouble() == TOKEN_REFUSED


@pytest.mark.parametrize("after_commit", [True, False])
async def test_what_is_not_safe_to_repeat_is_not_repeated(peer, general, connect, after_commit):
    connection = await connect()
    peer.faults.answer("POST /channels/*/threads", 500, after_commit=after_commit)

    with pytest.raises(discord.DiscordServerError) as failed:
        await connection.client.http.start_thread_without_message(
            general.id, name="ours", auto_archive_duration=1440, type=11
        )

    assert failed.value.status == 500
    assert [each.name for each in peer.requests].count(f"POST /channels/{general.id}/threads") == 1
    assert len(peer.threads(general)) == after_commit
