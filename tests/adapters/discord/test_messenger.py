"""Cards that reach Discord: once, in the right thread, through lost answers, archives and lost rights."""

import pytest

from agent_core.cards import Verb
from agent_core.presenter import chat_cards
from tests.adapters.discord.app import nod_in_discord
from tests.adapters.discord.looking import approve, asked, asking, begun, finish, result_in, run_in, said, stepping
from tests.peers.discord import Permission

POST, EDIT = "POST /channels/*/messages", "PATCH /channels/*/messages/*"


async def test_a_post_whose_answer_was_lost_does_not_appear_twice(app, peer, general, ada):
    peer.faults.lose(POST, after_commit=True)
    root, thread = await begun(app, ada, general)
    peer.faults.answer(POST, 502, after_commit=True)
    await approve(app, ada, root)
    await asked(app, thread)
    await app.quiet()
    assert len(peer.bot_messages(general)) == 1
    assert len(peer.bot_messages(thread)) == 1
    posts = [
        each for each in peer.requests if each.name.startswith("POST /channels") and each.name.endswith("messages")
    ]
    assert all(each.body.get("enforce_nonce") and len(each.body["nonce"]) <= 25 for each in posts)


async def test_after_the_nonce_s_window_the_message_is_looked_for(peer, general, ada, tmp_path):
    async with nod_in_discord(peer, tmp_path) as app:
        hold = peer.faults.hold(POST, after_commit=True)
        await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"})
        await hold.arrived.wait()
    hold.release()
    peer.clock.advance(minutes=10)
    for number in range(120):
        peer.say(ada, general, f"chatter {number}")
    async with nod_in_discord(peer, tmp_path) as app:
        root = await asked(app, general)
        await approve(app, ada, root)
        step = await asked(app, peer.threads(general)[0])
        assert step.channel.id == root.id
        assert len(peer.bot_messages(general)) == 1


async def test_a_thread_whose_start_was_lost_is_found_and_not_started_twice(app, peer, general, ada):
    peer.faults.answer("POST /channels/*/messages/*/threads", 502, after_commit=True)
    root, thread = await begun(app, ada, general)
    await approve(app, ada, root)
    await asked(app, thread)
    assert len(peer.threads(general)) == 1


async def test_a_thread_that_a_crash_kept_from_being_started_is_started_with_the_next_card(
    peer, general, ada, tmp_path
):
    async with nod_in_discord(peer, tmp_path) as app:
        hold = peer.faults.hold("POST /channels/*/messages/*/threads")
        await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"})
        await hold.arrived.wait()
        [root] = peer.bot_messages(general)
    async with nod_in_discord(peer, tmp_path) as app:
        root = await asked(app, general)
        await approve(app, ada, root)
        await peer.until(lambda: peer.threads(general) and asking(peer, peer.threads(general)[0]))
        assert len(peer.bot_messages(general)) == 1


async def test_an_archived_thread_is_woken_before_an_edit(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    peer.archive_thread(peer.bot, thread)
    await peer.click(ada, step, "Approve")
    await peer.until(lambda: "Approved by ada" in step.text)
    assert not thread.archived


@pytest.mark.parametrize("what", ["deleted", "locked", "muted"])
async def test_the_owner_is_told_once_when_nod_can_no_longer_write_in_the_thread(app, peer, general, ada, what):
    guild = general.in_guild
    root, thread = await begun(app, ada, general)
    match what:
        case "deleted":
            peer.delete_thread(guild.owner, thread)
        case "locked":
            peer.lock_thread(guild.owner, thread)
        case "muted":
            peer.deny(general, peer.bot_role(guild), Permission.SEND_MESSAGES_IN_THREADS)
    await peer.click(ada, root, "Approve")
    told = await said(app, peer.direct(ada), "Nod can no longer write where you asked")
    assert "write a blog about AI" in told.text
    await app.quiet()
    assert len(peer.bot_messages(peer.direct(ada))) == 1
    assert not (await run_in(app)).status.over


async def test_the_owner_is_told_when_the_bot_is_kicked(app, peer, guild, general, ada):
    peer.join(ada, peer.guild("Another"))
    await begun(app, ada, general)
    peer.kick_bot(guild)
    run = await run_in(app)
    await app.service.decide(run.run_id, "plan", Verb.APPROVE, actor=run.actor, via="web", digest=run.plan.digest)
    await said(app, peer.direct(ada), "Nod can no longer write where you asked")


async def test_a_file_over_the_limit_is_offered_on_the_web_and_the_text_is_there(
    peer, general, ada, tmp_path, monkeypatch
):
    monkeypatch.setattr("adapters.discord.messenger.UPLOAD", 100)
    async with nod_in_discord(peer, tmp_path, public_url="https://nod.example.com") as app:
        root, thread = await begun(app, ada, general)
        await approve(app, ada, root)
        await finish(app, ada, thread)
        run = await run_in(app)
        result = result_in(peer, thread)
        assert "blog.md" not in result.files
        assert f"https://nod.example.com/runs/{run.run_id}/files/blog.md" in result.text


async def test_a_boosted_server_takes_larger_files(peer, general, ada, tmp_path, monkeypatch):
    monkeypatch.setattr("adapters.discord.messenger.UPLOAD", 100)
    general.in_guild.boost_tier = 2
    async with nod_in_discord(peer, tmp_path) as app:
        root, thread = await begun(app, ada, general)
        await approve(app, ada, root)
        await finish(app, ada, thread)
        assert "blog.md" in result_in(peer, thread).files


async def test_a_result_that_is_refused_for_its_size_comes_without_its_files(app, peer, general, ada):
    root, thread = await begun(app, ada, general)
    await approve(app, ada, root)
    await finish(app, ada, thread)
    state = await run_in(app)
    peer.clock.advance(minutes=10)  # or the nonce would give the first message again
    peer.faults.answer(POST, 413)
    ref = await app.messenger.post(state.origin, state.run_id, chat_cards(state)[-1])
    again = thread.messages[int(ref.rpartition("/")[2])]
    assert "blog.md" not in again.files
    assert "is larger than what can be attached here; Nod’s web workspace has it." in again.text
    assert "Reply here to go on" in again.text


async def test_nothing_is_ever_pinged_and_no_429_is_earned(app, peer, general, ada):
    peer.limits.enforce("POST /channels/*/messages", 5, 0.2)
    peer.limits.enforce("PATCH /channels/*/messages/*", 5, 0.2)
    root, thread = await begun(app, ada, general)
    await approve(app, ada, root)
    await finish(app, ada, thread)
    assert peer.counts.too_many == 0
    assert peer.pinging() == []


async def test_the_owner_is_told_at_once_when_somebody_deletes_the_thread(app, peer, general, ada):
    _root, thread = await begun(app, ada, general)
    peer.delete_thread(general.in_guild.owner, thread)
    await said(app, peer.direct(ada), "the thread or channel is gone")


async def test_the_owner_is_told_at_once_when_the_channel_is_deleted(app, peer, general, ada):
    await begun(app, ada, general)
    peer.delete_channel(general)
    await said(app, peer.direct(ada), "the thread or channel is gone")


async def test_the_owner_is_told_at_once_when_the_bot_is_kicked(app, peer, guild, general, ada):
    peer.join(ada, peer.guild("Another"))
    await begun(app, ada, general)
    peer.kick_bot(guild)
    await said(app, peer.direct(ada), "Nod was removed from the server")


async def test_an_owner_who_takes_no_direct_messages_is_told_in_the_channel(app, peer, general, ada):
    ada.accepts_direct_messages = False
    _root, thread = await begun(app, ada, general)
    peer.delete_thread(general.in_guild.owner, thread)
    await said(app, general, "the thread or channel is gone")
