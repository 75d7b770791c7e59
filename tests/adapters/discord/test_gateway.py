"""The gateway goes away in every way there is: Nod comes back, hears what it missed, and does nothing twice."""

import asyncio
from dataclasses import replace

import pytest

from adapters.discord.gateway import UNREACHABLE
from adapters.discord.traffic import TOKEN_REFUSED
from tests.adapters.discord.listening import QUICK, listening

MENTION = "<@{bot}> write a blog"


def mention(peer):
    return MENTION.format(bot=peer.bot.id)


async def heard_once(nod, peer, ada, general, count=1):
    """Say one thing more, and see that nothing that came before it was handled twice."""
    await nod.until(lambda: len(nod.handling.of("message")) >= count)
    peer.say(ada, general, mention(peer))
    await nod.until(lambda: len(nod.handling.of("message")) >= count + 1)
    await nod.settled()
    assert len(nod.handling.of("message")) == count + 1
    assert len(nod.handling.keys) == len(set(nod.handling.keys))


async def test_a_connection_that_drops_is_resumed_and_what_came_meanwhile_is_heard(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        peer.gateway_drop()
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)
    assert (peer.gateway.identified, peer.gateway.resumed) == (1, 1)


async def test_discord_asking_for_a_reconnect_is_followed(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        peer.gateway_reconnect()
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)
    assert (peer.gateway.identified, peer.gateway.resumed) == (1, 1)


async def test_a_session_that_is_invalid_is_begun_anew_and_nothing_is_missed(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        peer.gateway_invalidate(resumable=False)
        peer.say(ada, general, mention(peer))  # to no session at all
        await heard_once(nod, peer, ada, general)
    assert peer.gateway.identified == 2


async def test_a_resume_that_is_refused_is_followed_by_a_new_session(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        peer.faults.refuse_resumes()
        peer.gateway_drop()
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)
    assert (peer.gateway.identified, peer.gateway.resumed) == (2, 0)


@pytest.mark.parametrize("code", [4000, 4007, 4009, 1001])
async def test_a_connection_that_is_closed_is_opened_again(peer, general, ada, tmp_path, code):
    async with listening(peer, tmp_path) as nod:
        peer.gateway_close(code)
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)


async def test_a_gateway_that_is_down_at_the_first_connect_is_waited_for(peer, general, ada, tmp_path):
    peer.faults.gateway_refused = True
    async with listening(peer, tmp_path, connected=False) as nod:
        await nod.trouble(UNREACHABLE)
        sent = await nod.door.connection.client.http.get_channel(general.id)  # REST speaks all the while
        assert sent["id"] == str(general.id)
        peer.faults.gateway_refused = False
        await nod.trouble("")
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)


async def test_discord_being_down_at_the_start_is_waited_for_and_said(peer, general, ada, tmp_path):
    await peer.go_down()
    async with listening(peer, tmp_path, connected=False) as nod:
        await nod.trouble(UNREACHABLE)
        await peer.come_up()
        await nod.trouble("")
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)


async def test_an_outage_ends_and_what_was_written_meanwhile_is_read(peer, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        await peer.go_down()
        await nod.trouble(UNREACHABLE)
        peer.say(ada, general, mention(peer))
        await peer.come_up()
        await nod.trouble("")
        await heard_once(nod, peer, ada, general)


async def test_heartbeats_that_are_not_answered_end_the_connection(peer, general, ada, tmp_path):
    peer.gateway.heartbeat_interval = 0.2
    async with listening(peer, tmp_path) as nod:
        peer.gateway_zombie()
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)
    assert peer.gateway.resumed >= 1


async def test_an_open_gateway_that_does_not_tell_of_nods_own_posts_is_replaced(peer, guild, general, ada, tmp_path):
    async with listening(peer, tmp_path, patience=replace(QUICK, echo=0.1)) as nod:
        peer.gateway_hold()
        await nod.ask(general, guild=guild)
        await peer.until(lambda: peer.gateway.identified == 2)
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)


async def test_an_open_gateway_that_tells_nothing_while_rest_shows_something_is_replaced(
    peer, guild, general, ada, tmp_path
):
    async with listening(peer, tmp_path, patience=replace(QUICK, quiet=0.1)) as nod:
        _, plan = await nod.ask(general, guild=guild)
        peer.gateway_hold()
        peer.react(ada, plan, "✅")
        await nod.until(lambda: nod.handling.of("reaction_add"))
        await peer.until(lambda: peer.gateway.identified == 2)
        await heard_once(nod, peer, ada, general, 0)
    assert len(nod.handling.of("reaction_add")) == 1


async def test_a_gateway_that_is_quiet_because_nothing_happens_is_kept(peer, guild, general, ada, tmp_path):
    async with listening(peer, tmp_path, patience=replace(QUICK, quiet=0.02)) as nod:
        _, plan = await nod.ask(general, guild=guild)
        await peer.until(lambda: _reads(peer, plan) >= 3)
        assert nod.door.trouble() == ""
    assert peer.gateway.identified == 1


def _reads(peer, message):
    return sum(each.name.startswith("GET") and each.name.endswith(f"/messages/{message.id}") for each in peer.requests)


async def test_a_token_that_is_refused_is_said_and_not_tried_without_end(peer, tmp_path):
    async with listening(peer, tmp_path, token="MTA.1.another", connected=False) as nod:
        await nod.trouble(TOKEN_REFUSED)
        await nod.bell.until(nod.door.connection.traffic.trouble, 20)
        for _ in range(3):  # tries that no longer reach Discord
            told = asyncio.Event()
            nod.door._changed = told.set
            await told.wait()
    assert peer.counts.invalid == 3


async def test_the_content_intent_is_asked_for_only_if_the_application_has_it(peer, general, ada, tmp_path):
    peer.app.message_content = True
    async with listening(peer, tmp_path) as nod:
        assert nod.door.connection.client.intents.message_content
        peer.app.message_content = False
        peer.gateway_close(4014)
        await peer.until(lambda: peer.gateway.identified == 2)
        await nod.trouble("")
        peer.say(ada, general, mention(peer))
        await heard_once(nod, peer, ada, general)
