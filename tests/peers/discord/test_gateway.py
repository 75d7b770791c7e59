"""The gateway, and what can be made to go wrong with it."""

import asyncio
import json
import zlib
from collections.abc import Iterator

import aiohttp
import discord
import pytest

from tests.peers.discord.peer import DiscordPeer
from tests.peers.discord.stock import App, command, running


async def test_privileged_intents_must_be_switched_on(peer, guild) -> None:
    peer.app.guild_members = False
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(peer, App()):
            raise AssertionError("it should not have come so far")
    assert peer.gateway.closed == [4014]


async def test_a_wrong_token_is_refused_at_both_doors(peer, guild) -> None:
    async with App() as app:
        with pytest.raises(discord.LoginFailure):
            await app.login("nonsense")
    assert (peer.counts.invalid, peer.requests[-1].status) == (1, 401)
    async with App() as app:
        await app.login(peer.token)
        app.http.token = "stale"
        with pytest.raises(discord.ConnectionClosed) as closed:
            await app.connect()
        assert closed.value.code == 4004


def _plain(messages: Iterator[object]) -> list[dict]:
    return [json.loads(message) for message in messages]


def _inflated(messages: Iterator[bytes]) -> list[dict]:
    inflating = zlib.decompressobj()
    return [json.loads(inflating.decompress(message)) for message in messages]


@pytest.mark.parametrize(("query", "unpack"), [("", _plain), ("&compress=zlib-stream", _inflated)])
async def test_connections_without_compression_and_with_zlib(peer, guild, query: str, unpack) -> None:
    # discord.py with its speed extra asks for zstd-stream, as all the other tests show
    url = f"{peer.world.gateway_url}?v=10&encoding=json{query}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_json({"op": 2, "d": {"token": peer.token, "intents": 1, "properties": {}}})
        frames = unpack([(await socket.receive()).data for _ in range(3)])
        assert [(frame["op"], frame["t"]) for frame in frames] == [(10, None), (0, "READY"), (0, "GUILD_CREATE")]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("nonsense", 4002),
        ('{"op": 99}', 4003),
        ('{"op": 2, "d": {"token": "no", "intents": 1}}', 4004),
        ('{"op": 2, "d": {"token": "TOKEN", "intents": 1073741824}}', 4013),
    ],
)
async def test_what_is_not_understood_closes_the_connection(peer, sent: str, code: int) -> None:
    url = f"{peer.world.gateway_url}?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.receive()
        await socket.send_str(sent.replace("TOKEN", peer.token))
        assert (await socket.receive()).data == code


async def test_missed_events_are_replayed_after_a_drop(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        peer.gateway_drop()
        await peer.until(lambda: not peer.session.connected)
        peer.say(ada, general, "while you were away")
        await app.until(lambda: app.said and "RESUMED" in app.heard)
        assert [message.content for message in app.said] == ["while you were away"]
        assert (peer.gateway.identified, peer.gateway.resumed) == (1, 1)
        assert app.heard.count("READY") == 1


@pytest.mark.parametrize("code", [4000, 1000])
async def test_a_close_that_may_be_resumed_is(peer, general, ada, code: int) -> None:
    async with running(peer, App()) as app:
        peer.gateway_close(code)
        await app.until(lambda: "RESUMED" in app.heard)
        assert (peer.gateway.identified, peer.gateway.closed) == (1, [code])


async def test_a_session_that_timed_out_is_begun_anew(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        peer.gateway_close(4009)
        await app.until(lambda: app.heard.count("READY") == 2)
        assert peer.gateway.identified == 2


async def test_a_requested_reconnect_is_a_resume(peer, guild) -> None:
    async with running(peer, App()) as app:
        peer.gateway_reconnect()
        await app.until(lambda: "RESUMED" in app.heard)


@pytest.mark.parametrize(("resumable", "expected"), [(True, (1, 1)), (False, (2, 0))])
async def test_an_invalid_session(peer, guild, resumable: bool, expected: tuple[int, int]) -> None:
    async with running(peer, App()) as app:
        before = len(app.heard)
        peer.gateway_invalidate(resumable=resumable)
        await app.until(lambda: {"RESUMED", "READY"} & {*app.heard[before:]})
        assert (peer.gateway.identified, peer.gateway.resumed) == expected


async def test_a_refused_resume_begins_a_new_session(peer, guild) -> None:
    async with running(peer, App()) as app:
        peer.faults.refuse_resumes()
        peer.gateway_drop()
        await app.until(lambda: app.heard.count("READY") == 2)
        assert (peer.gateway.identified, peer.gateway.resumed) == (2, 0)


async def test_a_zombie_is_found_by_its_silence(peer, general, ada) -> None:
    peer.gateway.heartbeat_interval = 0.05
    async with running(peer, App(heartbeat_timeout=0.2)) as app:
        peer.gateway_zombie()
        peer.say(ada, general, "is anybody there?")
        await app.until(lambda: app.said)
        assert peer.gateway.resumed == 1


async def test_events_can_be_late_while_heartbeats_are_not(peer, general, ada) -> None:
    peer.gateway.heartbeat_interval = 0.02
    async with running(peer, App(heartbeat_timeout=5)) as app:
        peer.gateway_hold()
        peer.say(ada, general, "slow post")
        beats = peer.gateway.heartbeats
        await peer.until(lambda: peer.gateway.heartbeats > beats + 2)
        assert app.said == []
        peer.gateway_release()
        await app.until(lambda: app.said)
        assert peer.gateway.resumed == 0


async def test_events_can_come_twice_or_never(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        peer.faults.swallow("MESSAGE_CREATE")
        peer.faults.duplicate("MESSAGE_CREATE")
        for text in ("lost", "doubled", "plain"):
            peer.say(ada, general, text)
        await app.until(lambda: app.said and app.said[-1].content == "plain")
        assert [message.content for message in app.said] == ["doubled", "doubled", "plain"]


async def test_an_outage_at_the_start(peer, guild) -> None:
    await peer.go_down()
    async with App() as app:
        with pytest.raises(aiohttp.ClientConnectorError):
            await app.login(peer.token)
        await peer.come_up()
        await app.login(peer.token)
        assert app.user.name == "Nod"


async def test_an_outage_later(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        await peer.go_down()
        await app.until(lambda: app.disconnects >= 2)
        with pytest.raises(aiohttp.ClientConnectorError):
            await app.get_channel(general.id).send("hello?")
        peer.say(ada, general, "you missed this")
        await peer.come_up()
        await app.until(lambda: app.said)
        assert peer.gateway.resumed == 1


async def test_a_gateway_that_takes_no_connections(peer, guild) -> None:
    peer.faults.gateway_refused = True
    async with App() as app:
        await app.login(peer.token)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await app.connect(reconnect=False)


async def test_an_interaction_during_a_drop_can_still_be_answered(peer, general, ada) -> None:
    app = App()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("here again")

    async with running(peer, app, sync=True):
        peer.gateway_drop()
        answer = await asyncio.create_task(peer.slash(ada, general, "agent"))
        assert answer.text == "here again"


async def test_members_are_asked_for_in_chunks(peer: DiscordPeer, guild, ada) -> None:
    for number in range(1100):
        peer.person(f"person{number}", guild)
    async with running(peer, App()) as app:
        assert app.heard.count("GUILD_MEMBERS_CHUNK") == 2
        assert len(app.guilds[0].members) == 1103
        [found] = await app.guilds[0].query_members(user_ids=[ada.id])
        assert found.name == "ada"
