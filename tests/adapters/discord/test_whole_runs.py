"""From a goal to its result, by what people do in Discord."""

from tests.adapters.discord.looking import asking, finish, root_of, thread_of


async def test_a_goal_gets_a_thread_its_steps_are_approved_there_and_its_file_is_attached(app, peer, general, ada):
    answer = await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"})
    assert (answer.kind, answer.ephemeral) == ("deferred", True)
    assert answer.latency < 3
    assert "Nod makes a plan" in (await peer.settled(answer)).text
    root = await root_of(app, general)
    assert "ada asked" in root.text
    assert "write a blog about AI" in root.text
    await peer.click(ada, root, "Approve")
    thread = await thread_of(app, general)
    assert thread.id == root.id
    steps = await finish(app, ada, thread)
    assert len(steps) > 1
    result = peer.bot_messages(thread)[-1]
    assert "blog.md" in result.files
    assert b"Rehearsal" in result.files["blog.md"] or b"rehearsal" in result.files["blog.md"]
    assert "Approved by ada by button" in steps[0].text
    assert steps[0].buttons == []
    assert peer.pinging() == []
    assert asking(peer, thread) == []
