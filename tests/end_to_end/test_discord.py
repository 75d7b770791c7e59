"""Nod in Discord as people start it: its own process, with a token and an address, and Discord in front of it."""

import asyncio

import pytest

from tests.adapters.discord.looking import asked, asking, begun, finish, result_in, said, stepping, thread_of
from tests.bot.nod import nod as nod_command
from tests.end_to_end.discord_process import Nod, opened
from tests.end_to_end.nod_process import NodProcess
from tests.peers.discord.fixtures import ada, general, guild, peer
from tests.peers.discord.permissions import Permission

__all__ = ["ada", "general", "guild", "peer"]


@pytest.fixture
async def nod(peer, tmp_path):
    async with opened(peer, tmp_path) as started:
        yield started


async def test_from_nothing_to_a_finished_goal(nod, peer, general, ada):
    answer = await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"})
    assert answer.kind == "deferred"
    assert answer.latency < 3
    root = await asked(nod, general)
    await peer.click(ada, root, "Approve")
    thread = await thread_of(nod, general)
    steps = await finish(nod, ada, thread)
    assert all("Approved by ada" in step.text for step in steps)
    assert "blog.md" in result_in(peer, thread).files
    assert peer.counts.invalid == 0


async def test_a_mention_a_direct_message_and_a_message_menu_ask_too(nod, peer, general, ada):
    peer.say(ada, general, f"<@{peer.bot.id}> write a blog about bees")
    await asked(nod, await thread_of(nod, general))
    direct = peer.direct(ada)
    peer.say(ada, direct, "write a blog about ants")
    await asked(nod, direct)
    noted = peer.say(ada, general, "write a blog about wasps")
    await peer.context_menu(ada, noted, "Ask Nod")
    await peer.until(lambda: noted.thread and asking(peer, noted.thread))


async def test_buttons_modals_and_reactions_work_after_a_kill_and_weeks_later(nod, peer, general, ada):
    step, thread = await stepping(nod, ada, general)
    opened_modal = await peer.click(ada, step, "Reject")
    assert opened_modal.kind == "modal"
    await nod.kill()
    peer.clock.advance(hours=24 * 3)
    await nod.start()
    label = next(part["label"] for part in _inputs(opened_modal.modal))
    answer = await peer.submit_modal(ada, opened_modal.modal, {label: "shorter"})
    assert answer.kind != "failed"
    await peer.until(lambda: "Approve" not in step.buttons)
    again = await asked(nod, thread)
    await nod.kill()
    await nod.start()
    peer.react(ada, again, "👍")
    await peer.until(lambda: "Approve" not in again.buttons)
    assert "by reaction" in again.text


def _inputs(modal):
    found, rest = [], [*modal.components]
    while rest:
        part = rest.pop(0)
        if part.get("type") == 18:
            found.append(part)
        rest += part.get("components") or []
    return found


async def test_what_people_did_while_nod_was_dead_counts_when_it_is_back(nod, peer, general, ada):
    step, thread = await stepping(nod, ada, general)
    await nod.kill()
    peer.react(ada, step, "✅")
    peer.say(ada, general, f"<@{peer.bot.id}> write a blog about bees")
    await nod.start()
    await peer.until(lambda: "Approve" not in step.buttons)
    await peer.until(lambda: len(peer.threads(general)) == 2)
    assert "Approved by ada" in step.text
    assert thread in peer.threads(general)


async def test_what_nod_had_to_tell_somebody_while_discord_was_away_is_told_after_a_kill_and_once(
    nod, peer, general, ada
):
    bob = peer.person("bob", general.in_guild)
    _step, thread = await stepping(nod, ada, general)
    peer.faults.answer(f"POST /channels/{thread.id}/messages", 503)
    hold = peer.faults.hold(f"GET /channels/{thread.id}/messages")  # the look before it is said again
    peer.say(bob, thread, "yes")
    await hold.arrived.wait()
    await nod.kill()
    hold.release()
    await nod.start()
    told = await said(nod, thread, "bob may not decide here")
    await finish(nod, ada, thread)
    assert [each for each in peer.bot_messages(thread) if "bob may not" in each.text] == [told]


async def test_a_click_that_comes_twice_decides_once(nod, peer, general, ada):
    root, thread = await begun(nod, ada, general)
    peer.faults.duplicate("INTERACTION_CREATE")
    await peer.click(ada, root, "Approve")
    step = await asked(nod, thread)
    peer.faults.duplicate("MESSAGE_REACTION_ADD")
    peer.react(ada, step, "✅")
    await peer.until(lambda: "Approve" not in step.buttons)
    await finish(nod, ada, thread)
    assert peer.ephemerals(ada)[1:] == []  # the answer to the command, and nobody was told that it was decided


async def test_two_who_click_together_are_both_answered_and_the_first_wins(peer, guild, general, ada, tmp_path):
    role, bo = peer.role(guild, "approvers"), peer.person("bo", guild)
    peer.give_role(guild, bo, role)
    async with opened(peer, tmp_path, NOD_APPROVERS=f"discord:role/{role.id}") as nod:
        step, _thread = await stepping(nod, ada, general)
        answers = await asyncio.gather(peer.click(ada, step, "Approve"), peer.click(bo, step, "Approve"))
        assert [answer.kind for answer in answers] == ["deferred_update"] * 2
        await peer.until(lambda: "Approve" not in step.buttons)
        people = (ada, bo)
        told = await peer.until(
            lambda: [each for who in people for each in peer.ephemerals(who) if "already decided" in each.text]
        )
        assert len(told) == 1


async def test_who_has_no_role_to_decide_is_told_so_alone(peer, guild, general, ada, tmp_path):
    role, bo = peer.role(guild, "approvers"), peer.person("bo", guild)
    async with opened(peer, tmp_path, NOD_APPROVERS=f"discord:role/{role.id}") as nod:
        step, _thread = await stepping(nod, ada, general)
        await peer.click(bo, step, "Approve")
        await peer.until(lambda: [each for each in peer.ephemerals(bo) if "may not decide here" in each.text])
        assert "Approve" in step.buttons
        peer.give_role(guild, bo, role)
        await peer.click(bo, step, "Approve")
        await peer.until(lambda: "Approve" not in step.buttons)


async def test_an_outage_is_over_when_discord_is_back_and_no_card_is_shown_twice(nod, peer, general, ada):
    step, thread = await stepping(nod, ada, general)
    await peer.go_down()
    peer.react(ada, step, "✅")
    await peer.come_up()
    await finish(nod, ada, thread)
    texts = [message.text for message in peer.bot_messages(thread)]
    assert len(texts) == len(set(texts))


async def test_a_dropped_gateway_and_lost_answers_change_nothing(nod, peer, general, ada):
    peer.faults.lose("POST /channels/*/messages")
    root, thread = await begun(nod, ada, general)
    peer.gateway_drop()
    await peer.until(lambda: peer.gateway.resumed)
    peer.faults.answer("POST /channels/*/messages", 500, after_commit=True)
    await peer.click(ada, root, "Approve")
    await finish(nod, ada, thread)
    assert len([each for each in peer.bot_messages(general) if "ada asked" in each.text]) == 1
    texts = [message.text for message in peer.bot_messages(thread)]
    assert len(texts) == len(set(texts))


async def test_it_waits_for_a_discord_that_is_down_at_the_start(peer, general, ada, tmp_path):
    peer.faults.gateway_refused = True
    process = NodProcess(tmp_path, {"DISCORD_TOKEN": peer.token, "DISCORD_API_URL": peer.api_url})
    try:
        await asyncio.to_thread(process.start)
        await peer.until(lambda: any(each.name == "GET /gateway/bot" for each in peer.requests))
        peer.faults.gateway_refused = False
        await peer.until(lambda: peer.gateway.identified and peer.app.commands.get(None))
        await begun(Nod(peer, process), ada, general)
    finally:
        await asyncio.to_thread(process.kill)


async def test_it_works_without_the_message_content_intent(peer, guild, general, ada, tmp_path):
    peer.app.message_content = False
    async with opened(peer, tmp_path) as nod:
        peer.say(ada, general, f"<@{peer.bot.id}> write a blog about AI")
        thread = await thread_of(nod, general)
        root = await asked(nod, thread)
        peer.say(ada, thread, f"<@{peer.bot.id}> yes")
        await peer.until(lambda: "Approve" not in root.buttons)


async def test_the_commands_are_not_told_again_at_the_next_start(nod, peer, general, ada):
    await begun(nod, ada, general)
    assert await asyncio.to_thread(nod.process.stop) == 0
    await nod.start()
    await begun(nod, ada, general, "write a blog about bees")
    assert sum(each.name.startswith("PUT /applications/") for each in peer.requests) == 1


async def test_the_invitation_and_the_doctor_of_a_new_application(peer, guild, general, tmp_path):
    settings = {"DISCORD_TOKEN": peer.token, "DISCORD_API_URL": peer.api_url}
    link = await asyncio.to_thread(nod_command, tmp_path, "discord", "invite", **settings)
    assert f"client_id={peer.app.id}" in link.stdout
    told = await asyncio.to_thread(nod_command, tmp_path, "doctor", **settings)
    assert told.returncode == 0, told.stdout
    assert "✓ discord token: Nod is logged in" in told.stdout
    peer.deny(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    told = await asyncio.to_thread(nod_command, tmp_path, "doctor", **settings)
    assert told.returncode == 1
    assert "✗ discord server: Team: permissions are missing in #general (Send Messages in Threads" in told.stdout


async def test_a_token_that_is_missing_or_wrong_is_one_sentence(peer, tmp_path):
    missing = await asyncio.to_thread(nod_command, tmp_path, "discord", "invite")
    assert missing.returncode == 2
    assert missing.stderr.strip() == ("nod: DISCORD_TOKEN is missing. docs/discord.md shows every step.")
    wrong = {"DISCORD_TOKEN": "MTA.1.wrong", "DISCORD_API_URL": peer.api_url}
    refused = await asyncio.to_thread(nod_command, tmp_path, "discord", "invite", **wrong)
    assert refused.returncode == 2
    assert "DISCORD_TOKEN is not valid" in refused.stderr


async def test_a_lost_permission_is_told_to_who_asked(nod, peer, guild, general, ada):
    root, thread = await begun(nod, ada, general)
    peer.deny(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    await peer.click(ada, root, "Approve")
    told = await said(nod, peer.direct(ada), "permission")
    assert told
    assert thread.deleted is False


async def test_a_run_waits_while_nod_lacks_a_permission_and_goes_on_when_it_has_it(nod, peer, guild, general, ada):
    root, thread = await begun(nod, ada, general)
    peer.deny(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    await peer.click(ada, root, "Approve")
    await said(nod, peer.direct(ada), "permission")
    peer.allow(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    await finish(nod, ada, thread)


async def test_a_run_waits_while_nod_is_kicked_and_goes_on_when_it_is_invited_again(nod, peer, guild, general, ada):
    root, thread = await begun(nod, ada, general)
    peer.deny(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    await peer.click(ada, root, "Approve")
    await said(nod, peer.direct(ada), "permission")
    peer.kick_bot(guild)
    peer.allow(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    assert peer.bot_messages(thread) == []
    peer.invite_bot(guild)
    await finish(nod, ada, thread)


async def test_a_kicked_nod_that_is_restarted_and_invited_again_shows_what_is_owed(nod, peer, guild, general, ada):
    root, thread = await begun(nod, ada, general)
    peer.deny(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    await peer.click(ada, root, "Approve")
    await said(nod, peer.direct(ada), "permission")
    peer.kick_bot(guild)
    await nod.kill()
    await nod.start()
    peer.allow(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    assert peer.bot_messages(thread) == []
    peer.invite_bot(guild)
    await finish(nod, ada, thread)


async def test_an_open_question_that_was_deleted_while_nod_was_dead_is_asked_anew(nod, peer, general, ada):
    step, thread = await stepping(nod, ada, general)
    await nod.kill()
    peer.delete(general.in_guild.owner, step)
    await nod.start()
    await finish(nod, ada, thread)


async def test_a_run_waits_while_its_thread_is_locked_and_goes_on_when_it_is_not(nod, peer, guild, general, ada):
    root, thread = await begun(nod, ada, general)
    peer.lock_thread(guild.owner, thread)
    await peer.click(ada, root, "Approve")
    await said(nod, peer.direct(ada), "the thread is locked")
    peer.lock_thread(guild.owner, thread, locked=False)
    await finish(nod, ada, thread)
