"""What Nod says beside Cards outlasts Discord's troubles, is said once, and holds up nothing else."""

import pytest
from discord.http import Route

from adapters.discord.connection import Connection
from adapters.discord.owed import NOTE, Owed
from adapters.discord.people import PLATFORM
from adapters.discord.rest import Rest
from adapters.discord.speaking import Voice
from tests.adapters.discord.app import nod_in_discord
from tests.adapters.discord.listening import BUTTONS, listening
from tests.adapters.discord.looking import approve, asked, begun, said, stepping, whispered
from tests.adapters.discord.notes import Notes
from tests.peers.discord.permissions import Permission

POST, FOLLOW_UP, FILL_IN = "POST /channels/*/messages", "POST /webhooks/*/*", "PATCH /webhooks/*/*/messages/@original"
REFUSAL = "bob may not decide here"


def saying(peer, channel, words):
    return [each for each in peer.bot_messages(channel) if words in each.text]


@pytest.mark.parametrize("after_commit", [True, False])
async def test_a_reply_that_met_a_fault_is_said_later_and_once(app, peer, general, ada, after_commit):
    bob = peer.person("bob", general.in_guild)
    root, thread = await begun(app, ada, general)
    await app.quiet()
    peer.faults.answer(POST, 503, after_commit=after_commit)
    peer.say(bob, thread, "yes")
    await said(app, thread, REFUSAL)
    await app.quiet()
    await app.handling.idle()
    assert len(saying(peer, thread, REFUSAL)) == 1
    assert "Approve" in root.buttons


async def test_a_reply_whose_answer_was_lost_is_not_said_twice_though_discord_forgot_its_nonce(
    app, peer, guild, general, ada
):
    bob = peer.person("bob", guild)
    _root, thread = await begun(app, ada, general)
    await app.quiet()
    hold = peer.faults.hold(POST, after_commit=True)
    peer.faults.lose(POST, after_commit=True)
    peer.say(bob, thread, "yes")
    await hold.arrived.wait()
    peer.clock.advance(minutes=10)
    hold.release()
    await app.quiet()
    await app.handling.idle()
    assert len(saying(peer, thread, REFUSAL)) == 1


async def test_what_waits_for_discord_holds_up_nothing_else(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    root, thread = await begun(app, ada, general)
    await app.quiet()
    hold = peer.faults.hold(f"GET /channels/{thread.id}/messages")  # the look before it is said again
    peer.faults.answer(f"POST /channels/{thread.id}/messages", 503)
    peer.say(bob, thread, "yes")
    await hold.arrived.wait()
    peer.say(ada, thread, "yes")
    await peer.until(lambda: "Approve" not in root.buttons)
    assert saying(peer, thread, REFUSAL) == []
    hold.release()
    await said(app, thread, REFUSAL)


async def test_a_whisper_that_did_not_arrive_is_said_where_it_was_clicked(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    root, _thread = await begun(app, ada, general)
    peer.faults.answer(FOLLOW_UP, 503)
    peer.faults.answer(POST, 503)
    await peer.click(bob, root, "Approve")
    told = await said(app, general, f"bob: {REFUSAL}")
    await app.handling.idle()
    assert saying(peer, general, REFUSAL) == [told]
    assert peer.ephemerals(bob) == []


async def test_a_whisper_that_may_have_arrived_is_not_whispered_twice(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    root, _thread = await begun(app, ada, general)
    peer.faults.answer(FOLLOW_UP, 503, after_commit=True)
    await peer.click(bob, root, "Approve")
    await app.quiet()
    await app.handling.idle()
    assert len([each for each in peer.ephemerals(bob) if REFUSAL in each.text]) == 1


async def test_a_whisper_that_surely_was_not_sent_is_whispered_when_discord_is_back(peer, general, ada, tmp_path):
    connection = Connection(peer.token, api_url=peer.api_url)
    voice = Voice(Rest(connection), Owed(Notes()))
    async with listening(peer, tmp_path) as nod:
        await nod.door.connection.client.http.request(
            Route("POST", "/channels/{channel_id}/messages", channel_id=general.id),
            json={"components": [BUTTONS]},
        )
        await peer.click(ada, peer.bot_messages(general)[-1], "Approve")
        await nod.until(lambda: nod.handling.of("component"))
        await voice.whisper(nod.handling.of("component")[0], "Not you.")  # it is not logged in
        assert peer.ephemerals(ada) == []
        await connection.login()
        await voice.idle()
        await connection.close()
    assert [each.text for each in peer.ephemerals(ada)] == ["Not you."]


async def test_an_answer_to_a_command_that_met_a_fault_is_filled_in_later(app, peer, general, ada):
    peer.faults.answer(FILL_IN, 503, times=2)
    answer = await peer.slash(ada, general, "agent", {"goal": "help"})
    assert "/agent" in (await peer.settled(answer)).text


async def test_a_refusal_of_a_command_whose_token_is_over_is_said_where_it_was_typed(app, peer, guild, general, ada):
    hold = peer.faults.hold(FILL_IN)
    peer.deny(general, peer.bot_role(guild), Permission.CREATE_PUBLIC_THREADS)
    await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"})
    await hold.arrived.wait()
    peer.clock.advance(minutes=16)
    hold.release()
    told = await said(app, general, "ada: ")
    assert "Create Public Threads" in told.text


@pytest.mark.parametrize("after_commit", [True, False])
async def test_a_reply_that_waits_for_discord_is_said_after_a_restart_and_once(
    peer, general, ada, tmp_path, after_commit
):
    bob = peer.person("bob", general.in_guild)
    async with nod_in_discord(peer, tmp_path) as app:
        _root, thread = await begun(app, ada, general)
        await app.quiet()
        hold = peer.faults.hold(f"GET /channels/{thread.id}/messages")  # the look before it is said again
        peer.faults.answer(f"POST /channels/{thread.id}/messages", 503, after_commit=after_commit)
        peer.say(bob, thread, "yes")
        await hold.arrived.wait()
    hold.release()
    peer.clock.advance(minutes=10)  # Discord forgot its nonce
    async with nod_in_discord(peer, tmp_path) as app:
        await app.handling.idle()
        assert len(saying(peer, thread, REFUSAL)) == 1
        assert await Owed(app.nod.notes()).all() == []


async def test_a_whisper_that_waits_for_discord_is_said_where_it_was_clicked_after_a_restart(
    peer, guild, general, ada, tmp_path
):
    bob = peer.person("bob", guild)
    async with nod_in_discord(peer, tmp_path) as app:
        root, _thread = await begun(app, ada, general)
        await app.quiet()
        hold = peer.faults.hold(f"GET /channels/{general.id}/messages")
        peer.faults.answer(FOLLOW_UP, 503)
        peer.faults.answer(f"POST /channels/{general.id}/messages", 503)
        await peer.click(bob, root, "Approve")
        await hold.arrived.wait()
    hold.release()
    async with nod_in_discord(peer, tmp_path) as app:
        await app.handling.idle()
        assert len(saying(peer, general, f"bob: {REFUSAL}")) == 1


async def test_what_is_owed_is_said_once_though_nod_goes_on_with_it_twice(app, peer, general, ada):
    bob = peer.person("bob", general.in_guild)
    _root, thread = await begun(app, ada, general)
    await app.quiet()
    hold = peer.faults.hold(f"GET /channels/{thread.id}/messages")
    peer.faults.answer(f"POST /channels/{thread.id}/messages", 503)
    peer.say(bob, thread, "yes")
    await hold.arrived.wait()
    await app.handling.begin()
    hold.release()
    await app.handling.idle()
    assert len(saying(peer, thread, REFUSAL)) == 1


async def test_what_cannot_be_noted_is_said_all_the_same(peer, general, ada):
    connection, notes = Connection(peer.token, api_url=peer.api_url), Notes()
    notes.broken = True
    voice = Voice(Rest(connection), Owed(notes))
    await voice.reply(str(general.id), "Hello.", key="1")  # it is not logged in
    await connection.login()
    await voice.idle()
    await connection.close()
    assert [each.text for each in peer.bot_messages(general)] == ["Hello."]
    assert notes.kept.get((PLATFORM, NOTE)) is None


class Faulty:
    """A Service with a bug that shows once an interaction more was answered."""

    def __init__(self, peer):
        self.peer = peer
        self.answered = answered(peer)

    async def state(self, _run_id):
        await self.peer.until(lambda: answered(self.peer) > self.answered)
        raise RuntimeError("a bug")


def answered(peer):
    return sum(each.name.endswith("/callback") for each in peer.requests)


async def test_a_modal_that_was_put_off_and_then_met_a_fault_says_so(app, peer, general, ada, monkeypatch):
    monkeypatch.setattr("adapters.discord.deciding.PATIENCE", 0)
    step, _thread = await stepping(app, ada, general)
    opened = await peer.click(ada, step, "Edit")
    monkeypatch.setattr(app.handling._deciding, "_service", Faulty(peer))
    answer = await peer.submit_modal(ada, opened.modal, {"File": "other.md"})
    assert answer.kind == "deferred_update"
    await whispered(app, ada, "Something went wrong; the log names it.")


async def test_an_owner_is_told_though_discord_was_away_when_that_was_to_be_said(app, peer, general, ada):
    _root, thread = await begun(app, ada, general)
    peer.faults.answer(POST, 503)
    peer.faults.answer("POST /users/@me/channels", 503)
    peer.delete_thread(general.in_guild.owner, thread)
    told = await said(app, peer.direct(ada), "the thread or channel is gone")
    await app.quiet()
    await app.handling.idle()
    assert peer.bot_messages(peer.direct(ada)) == [told]


async def test_an_owner_whom_nobody_could_tell_is_told_after_a_restart(peer, guild, general, ada, tmp_path):
    async with nod_in_discord(peer, tmp_path) as app:
        root, _thread = await begun(app, ada, general)
        await app.quiet()
        peer.deny(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
        hold = peer.faults.hold("POST /users/@me/channels")
        await peer.click(ada, root, "Approve")
        await hold.arrived.wait()
    hold.release()
    async with nod_in_discord(peer, tmp_path) as app:
        app.nod.returns.notify("discord", str(guild.id))
        await said(app, peer.direct(ada), "Nod can no longer write where you asked")


async def test_an_owner_is_told_again_when_a_place_was_back_and_is_lost_once_more(app, peer, guild, general, ada):
    root, thread = await begun(app, ada, general)
    lost = general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS
    await app.quiet()
    peer.deny(*lost)
    await approve(app, ada, root)
    await said(app, peer.direct(ada), "Nod can no longer write where you asked")
    await app.quiet()
    peer.allow(*lost)
    app.nod.returns.notify("discord", str(guild.id))
    step = await asked(app, thread)
    await app.quiet()
    peer.clock.advance(minutes=10)
    peer.deny(*lost)
    peer.react(ada, step, "✅")
    await peer.until(lambda: len(peer.bot_messages(peer.direct(ada))) == 2)
