"""Reactions count as buttons do."""

import pytest

from tests.adapters.discord.app import nod_in_discord
from tests.adapters.discord.looking import asked, begun, finish, result_in, run_in, said, stepping, thread_of


@pytest.mark.parametrize("emoji", ["✅", "👍", "👍🏽"])
async def test_a_reaction_approves(app, peer, general, ada, emoji):
    root, thread = await begun(app, ada, general)
    peer.react(ada, root, emoji)
    step = await asked(app, thread)
    peer.react(ada, step, emoji)
    await peer.until(lambda: "Approved by ada by reaction" in step.text)
    assert "Approved by ada by reaction" in root.text


@pytest.mark.parametrize("emoji", ["❌", "👎", "👎🏿"])
async def test_a_reaction_rejects_and_the_reason_is_asked_for_afterwards(app, peer, general, ada, emoji):
    step, thread = await stepping(app, ada, general)
    peer.react(ada, step, emoji)
    asking = await said(app, thread, "ada rejected this. Why?")
    assert asking.reply_to is step
    assert peer.pinging() == []
    await peer.until(lambda: "Rejected by ada by reaction" in step.text)


async def test_reactions_approve_the_rest_and_stop(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    peer.react(ada, step, "⏩")
    await peer.until(lambda: result_in(peer, thread))
    await peer.slash(ada, general, "agent", {"goal": "write a poem about the sea"})
    root = await asked(app, general)
    peer.react(ada, root, "🛑")
    await peer.until(lambda: "Stopped" in root.text)


async def test_who_may_not_decide_is_told_once_by_a_reply_that_pings_nobody(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    step, thread = await stepping(app, ada, general)
    peer.react(bob, step, "👍")
    told = await said(app, thread, "bob may not decide here")
    peer.unreact(bob, step, "👍")
    peer.react(bob, step, "👍")
    await app.quiet()
    assert told.reply_to is step
    assert len([each for each in peer.bot_messages(thread) if "bob may not" in each.text]) == 1
    assert peer.pinging() == []
    assert "Approve" in step.buttons


async def test_a_reaction_that_is_taken_away_undoes_nothing_and_that_is_said_once(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    peer.react(ada, step, "👍")
    await peer.until(lambda: step.buttons == [])
    peer.unreact(ada, step, "👍")
    await said(app, thread, "Taking a reaction away undoes nothing")
    peer.react(ada, step, "👍")
    peer.unreact(ada, step, "👍")
    await app.quiet()
    assert len([each for each in peer.bot_messages(thread) if "Taking a reaction" in each.text]) == 1


async def test_liking_a_result_or_using_another_emoji_says_nothing(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    root, thread = await begun(app, ada, general)
    await peer.click(ada, root, "Approve")
    await finish(app, ada, thread)
    before = len(peer.bot_messages(thread))
    peer.react(bob, result_in(peer, thread), "👍")
    peer.react(bob, root, "🎉")
    await app.quiet()
    assert len(peer.bot_messages(thread)) == before


async def test_a_reaction_counts_after_a_restart_and_with_the_role_one_has_then(peer, guild, general, ada, tmp_path):
    bob, editors = peer.person("bob", guild), peer.role(guild, "editors")
    settings = {"NOD_APPROVERS": f"discord:role/{editors.id}"}
    async with nod_in_discord(peer, tmp_path, **settings) as app:
        root, thread = await begun(app, ada, general)
    peer.give_role(guild, bob, editors)
    async with nod_in_discord(peer, tmp_path, **settings) as app:
        peer.react(bob, root, "✅")
        await asked(app, thread)
        assert "Approved by bob by reaction" in root.text


async def test_a_reaction_read_again_without_its_member_is_looked_up(peer, guild, general, ada, tmp_path):
    bob, editors = peer.person("bob", guild), peer.role(guild, "editors")
    peer.give_role(guild, bob, editors)
    async with nod_in_discord(peer, tmp_path, NOD_APPROVERS=f"discord:role/{editors.id}") as app:
        root, thread = await begun(app, ada, general)
        data = {
            "guild_id": str(guild.id),
            "channel_id": str(general.id),
            "message_id": str(root.id),
            "user_id": str(bob.id),
            "emoji": {"id": None, "name": "✅"},
        }
        await app.heard("MESSAGE_REACTION_ADD", data)
        await asked(app, thread)
        assert (await run_in(app)).plans[-1].decision.actor.name == "bob"


async def test_in_direct_messages_reactions_count_too(app, peer, ada):
    direct = peer.direct(ada)
    peer.say(ada, direct, "write a blog about AI")
    root = await asked(app, direct)
    peer.react(ada, root, "👍")
    await peer.until(lambda: "Approved by ada by reaction" in root.text)


async def test_a_reply_to_one_of_several_open_cards_decides_that_one(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    peer.say(ada, thread, "no, because it is dry", reply_to=step)
    await peer.until(lambda: "Rejected by ada by reply" in step.text)
    assert "it is dry" in step.text
    assert thread is await thread_of(app, general)


async def test_a_reaction_to_a_card_that_was_posted_a_moment_ago_counts(app, peer, general, ada):
    hold = peer.faults.hold("POST /channels/*/messages", after_commit=True)
    await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"})
    await hold.arrived.wait()
    [root] = peer.bot_messages(general)
    peer.react(ada, root, "🛑")
    await peer.until(
        lambda: [each for each in peer.requests if each.name.startswith("GET") and str(root.id) in each.name]
    )
    hold.release()
    await peer.until(lambda: "Stopped" in root.text)
