"""A schedule in Discord: from the phrase to a firing in a thread of its own, and what a list's buttons do."""

import pytest

from agent_core.recurring import ScheduleStatus
from tests.adapters.discord.looking import asked

PHRASE = "every weekday at 9:00 write a blog about AI"


async def kept(app, peer, general, ada):
    await peer.slash(ada, general, "agent", {"goal": PHRASE})
    await app.quiet()
    [thread] = peer.threads(general)
    card = await asked(app, thread)
    assert "every weekday at 09:00" in card.text
    assert "UTC" in card.text
    await peer.click(ada, card, "Approve")
    await app.quiet()
    [listed] = await app.service.schedules.list()
    return listed.schedule


async def listed(app, peer, general, ada):
    answer = await peer.slash(ada, general, "agent", {"goal": "schedules"})
    return await peer.settled(answer)


async def test_a_phrase_is_confirmed_on_a_card_and_fires_in_a_thread_of_its_own(app, peer, general, ada):
    schedule = await kept(app, peer, general, ada)
    before = {thread.id for thread in peer.threads(general)}
    shown = await listed(app, peer, general, ada)
    assert "next:" in shown.text
    assert shown.buttons == ["Show", "Pause", "Run now", "Edit", "Remove"]

    await peer.click(ada, shown, "Run now")
    await app.quiet()
    [thread] = [thread for thread in peer.threads(general) if thread.id not in before]
    assert thread.name.startswith("write a blog about AI · ")
    [firing] = await app.service.schedules.store.firings(schedule.schedule_id)
    assert firing.run_id


async def test_buttons_of_the_list_pause_it_and_somebody_else_may_not(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    schedule = await kept(app, peer, general, ada)

    async def status():
        return (await app.service.schedules.store.schedule(schedule.schedule_id)).status

    await peer.slash(bob, general, "agent", {"goal": f"schedule pause {schedule.schedule_id}"})
    await app.quiet()
    assert await status() is ScheduleStatus.ACTIVE
    await peer.click(ada, await listed(app, peer, general, ada), "Pause")
    await app.quiet()
    assert await status() is ScheduleStatus.PAUSED


async def test_asked_for_in_a_forum_each_firing_opens_a_post_of_its_own_there(app, peer, guild, ada):
    forum = peer.forum(guild, tags=("Nod", "other"), requires_tag=True)
    asking = peer.forum_post(ada, forum, PHRASE, f"<@{peer.bot.id}> for beginners", tags=tuple(forum.tags)[:1])
    await peer.click(ada, await asked(app, asking), "Approve")
    await app.quiet()
    [listed_] = await app.service.schedules.list()
    await app.service.schedules.run_now(listed_.schedule, listed_.schedule.owner, "now")
    post = await peer.until(lambda: next((each for each in peer.threads(forum) if each.id != asking.id), None))
    assert post.name.startswith("write a blog about AI for beginners · ")
    root = await asked(app, post)
    peer.say(ada, post, f"<@{peer.bot.id}> yes")
    await peer.until(lambda: "Approve" not in root.buttons)
    assert await asked(app, post)  # the first step asks in the same post
    assert len(peer.threads(forum)) == 2


@pytest.mark.parametrize("lost", ["answered with a fault", "not answered"])
async def test_a_post_in_a_forum_whose_answer_was_lost_is_found_and_not_opened_twice(app, peer, guild, ada, lost):
    forum = peer.forum(guild)
    asking = peer.forum_post(ada, forum, PHRASE, f"<@{peer.bot.id}> for beginners")
    await peer.click(ada, await asked(app, asking), "Approve")
    await app.quiet()
    [listed_] = await app.service.schedules.list()
    if lost == "not answered":
        peer.faults.lose("POST /channels/*/threads", after_commit=True)
    else:
        peer.faults.answer("POST /channels/*/threads", 502, after_commit=True)
    await app.service.schedules.run_now(listed_.schedule, listed_.schedule.owner, "now")
    post = await peer.until(lambda: next((each for each in peer.threads(forum) if each.id != asking.id), None))
    root = await asked(app, post)
    await peer.click(ada, root, "Approve")
    assert await asked(app, post)
    await app.quiet()
    assert len(peer.threads(forum)) == 2
