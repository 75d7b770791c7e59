"""Cards that somebody deletes: what is asked on them is asked anew, and what is not stays away."""

from adapters.discord.messenger import MOST_DELETED, DiscordMessenger
from agent_core.cards import Verb
from agent_core.presenter import chat_cards
from tests.adapters.discord.listening import listening
from tests.adapters.discord.looking import approve, asked, begun, finish, result_in, run_in, said, stepping


async def test_an_open_question_that_somebody_deleted_is_asked_anew_at_once(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    await app.quiet()
    peer.delete(general.in_guild.owner, step)
    again = await asked(app, thread)
    assert again is not step
    assert again.text == step.text
    await approve(app, ada, again)
    assert "Approved by ada by button" in again.text
    await finish(app, ada, thread)


async def test_a_card_that_is_deleted_again_and_again_is_told_of_instead(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    for _ in range(MOST_DELETED):
        await app.quiet()
        peer.delete(general.in_guild.owner, step)
        step = await asked(app, thread)
    await app.quiet()
    assert peer.bot_messages(thread) == [step]
    peer.delete(general.in_guild.owner, step)
    await said(app, peer.direct(ada), "what Nod writes there is deleted again and again")
    await app.quiet()
    assert peer.bot_messages(thread) == []


async def test_a_decided_card_that_somebody_deleted_stays_deleted(app, peer, general, ada):
    step, thread = await stepping(app, ada, general)
    await approve(app, ada, step)
    peer.delete(general.in_guild.owner, step)
    await finish(app, ada, thread)
    await app.quiet()
    assert step.text not in [each.text for each in peer.bot_messages(thread)]
    assert result_in(peer, thread)


async def test_a_deletion_that_nobody_told_of_is_found_when_the_card_changes(app, peer, general, ada):
    root, thread = await begun(app, ada, general)
    peer.faults.swallow("MESSAGE_DELETE")
    peer.delete(general.in_guild.owner, root)
    run = await run_in(app)
    await app.service.control(run.run_id, Verb.PAUSE, actor=run.actor, via="web")
    again = await asked(app, thread, "Resume")
    assert "write a blog about AI" in again.text


async def test_a_first_card_that_was_deleted_comes_back_in_its_thread_which_goes_on(app, peer, general, ada):
    root, thread = await begun(app, ada, general)
    peer.delete(general.in_guild.owner, root)
    again = await asked(app, thread)
    assert peer.bot_messages(general) == []
    peer.say(ada, thread, "yes")  # the thread is still that of the run
    await peer.until(lambda: "Approved by ada" in again.text)
    await finish(app, ada, thread)
    peer.say(ada, thread, "now translate it into German")
    await said(app, thread, "now translate it into German")
    assert peer.threads(general) == [thread]


async def test_what_is_asked_beside_a_first_card_that_is_gone_for_good_is_still_asked_in_its_thread(
    app, peer, general, ada
):
    root, thread = await begun(app, ada, general)
    await approve(app, ada, root)
    await finish(app, ada, thread)
    await app.quiet()
    peer.delete(general.in_guild.owner, root)
    peer.say(ada, thread, "now translate it into German", reply_to=result_in(peer, thread))
    await asked(app, thread)
    await app.quiet()
    assert peer.bot_messages(general) == []


async def test_messages_deleted_together_are_each_heard_of_once(peer, guild, general, tmp_path):
    async with listening(peer, tmp_path) as nod:
        _, one = await nod.ask(general, guild=guild)
        _, two = await nod.ask(general, guild=guild)
        peer.faults.duplicate("MESSAGE_DELETE_BULK")
        peer.delete_many(guild.owner, one, two)
        await nod.until(lambda: len(nod.handling.of("message_delete")) == 2)
        await nod.settled()
        ids = [(data["channel_id"], data["id"]) for data in nod.handling.of("message_delete")]
    assert sorted(ids) == sorted((str(general.id), str(each.id)) for each in (one, two))


async def test_a_card_that_was_deleted_while_nobody_listened_is_heard_of_after_a_restart(
    peer, guild, general, tmp_path
):
    async with listening(peer, tmp_path) as nod:
        _, plan = await nod.ask(general, guild=guild)
    peer.delete(guild.owner, plan)
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.of("message_delete"))
        assert [data["id"] for data in later.handling.of("message_delete")] == [str(plan.id)]


async def test_a_card_whose_post_lost_its_answer_and_that_was_deleted_before_it_was_looked_for_is_shown(
    app, peer, general, ada
):
    step, thread = await stepping(app, ada, general)
    await app.quiet()
    state = await app.service.state((await run_in(app)).run_id)
    card = next(card for card in chat_cards(state) if card.id.startswith("step:"))
    later = DiscordMessenger(app, app.service, app.inbox)  # as after a restart that came before the answer was kept
    peer.faults.swallow("MESSAGE_DELETE")
    peer.delete(general.in_guild.owner, step)
    assert await later.find(state.origin, state.run_id, card.id) == ""
    await later.post(state.origin, state.run_id, card)
    [again] = [each for each in peer.bot_messages(thread) if each.text == step.text]
    assert "Approve" in again.buttons
