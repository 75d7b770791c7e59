"""From a goal to its result, by what people do in Discord."""

from tests.adapters.discord.looking import asked, asking, begun, finish, result_in, said, thread_of


async def test_a_goal_gets_a_thread_its_steps_are_approved_there_and_its_file_is_attached(app, peer, general, ada):
    answer = await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"})
    assert (answer.kind, answer.ephemeral) == ("deferred", True)
    assert answer.latency < 3
    assert "Nod makes a plan" in (await peer.settled(answer)).text
    root = await asked(app, general)
    assert "ada asked" in root.text
    assert "write a blog about AI" in root.text
    await peer.click(ada, root, "Approve")
    thread = await thread_of(app, general)
    assert (thread.id, thread.name) == (root.id, "write a blog about AI")
    steps = await finish(app, ada, thread)
    assert len(steps) > 1
    result = result_in(peer, thread)
    assert b"ehearsal" in result.files["blog.md"]
    assert "Approved by ada by button" in steps[0].text
    assert all(step.buttons == [] for step in steps)
    assert peer.pinging() == []
    assert asking(peer, thread) == []


async def test_the_root_card_shows_live_progress_and_the_thread_is_not_renamed(app, peer, general, ada):
    root, thread = await begun(app, ada, general)
    before = root.text
    await peer.click(ada, root, "Approve")
    await finish(app, ada, thread)
    await peer.until(lambda: "Finished" in root.text)
    assert root.text != before
    assert "Done" in root.text
    assert root.buttons == []
    assert thread.renamed == []


async def test_a_reply_to_the_result_is_a_follow_up_in_the_same_thread(app, peer, general, ada):
    root, thread = await begun(app, ada, general)
    await peer.click(ada, root, "Approve")
    await finish(app, ada, thread)
    peer.say(ada, thread, "now translate it into German", reply_to=result_in(peer, thread))
    again = await said(app, thread, "now translate it into German")
    assert "Follows run" in again.text
    assert len(peer.threads(general)) == 1


async def test_a_goal_in_chinese_is_answered_in_chinese(app, peer, general, ada):
    await peer.slash(ada, general, "agent", {"goal": "写一篇关于人工智能的博客文章"})
    root = await asked(app, general, "批准")
    await peer.click(ada, root, "批准")
    step = await asked(app, await thread_of(app, general), "批准")
    assert "可以决定的人：ada" in step.text
