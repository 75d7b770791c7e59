"""Words for another channel of the Discord server: shown whole, approved, and there once, whatever becomes of answers.

A model that only calls `post_message` speaks through its own server; Nod is its own process.
"""

import pytest

from tests.adapters.discord.looking import approve, asked, result_in, said, thread_of
from tests.end_to_end.discord_process import opened
from tests.peers.discord.fixtures import ada, general, guild, peer
from tests.peers.openai_server import Say, ToolUse, as_json, open_openai_server

__all__ = ["ada", "general", "guild", "peer"]

GOAL = "tell the others in #news"
TEXT = "@everyone the <b>launch</b> is on [Monday](https://evil.example)"
PLAN = {
    "question": "",
    "why": "one thing",
    "subtasks": [
        {
            "key": "one",
            "title": "Tell them",
            "instructions": "Post it.",
            "criteria": [{"text": "They know", "check": "none", "path": "", "number": 0, "needle": ""}],
            "after": [],
        }
    ],
}
VERDICT = {"judgements": [{"criterion": 1, "met": True, "evidence": ["result"], "note": "seen"}], "advice": ""}


def answer(calls):
    """What the model says to a request: these calls in its turns, one after the other, and then that it is done."""

    def said_to(request):
        form = request.get("response_format", {}).get("json_schema", {}).get("name", "")
        if form:
            return as_json(PLAN if form.startswith("Plan") else VERDICT)
        taken = sum(message["role"] == "tool" for message in request["messages"])
        return Say(calls=(ToolUse("post_message", calls[taken]),)) if taken < len(calls) else Say("They are told.")

    return said_to


@pytest.fixture
def words():
    """What the model wants to post, in one call each."""
    return [TEXT]


@pytest.fixture
async def model(words):
    async with open_openai_server() as server:
        server.respond = answer([{"why": "It was asked for.", "channel": "#news", "text": each} for each in words])
        yield server


@pytest.fixture
async def nod(peer, tmp_path, model):
    settings = {"OPENAI_API_KEY": "sk-of-a-test", "OPENAI_BASE_URL": model.base_url, "NOD_MODEL": "gpt-of-a-test"}
    async with opened(peer, tmp_path, **settings) as started:
        yield started


@pytest.fixture
def propose(nod, peer, general, ada):
    """Asks, and gives the message that shows the call, and its thread."""

    async def propose():
        await peer.slash(ada, general, "agent", {"goal": GOAL})
        thread = await thread_of(nod, general)
        return await asked(nod, thread), thread

    return propose


@pytest.fixture
def news(peer, guild):
    return peer.channel(guild, "news")


async def test_a_message_is_shown_whole_and_stands_in_the_other_channel_once_it_is_approved(
    nod, peer, propose, ada, news
):
    step, thread = await propose()
    assert f"#news ({news.id})" in step.text
    assert "public: everybody in the workspace" in step.text
    assert "the <b>launch</b> is on" in step.text.replace("\\", "")
    assert peer.bot_messages(news) == []

    await approve(nod, ada, step)
    await peer.until(lambda: result_in(peer, thread))

    [message] = peer.bot_messages(news)
    assert "launch" in message.text
    assert peer.pinging() == []


async def test_a_message_whose_answers_were_lost_is_found_by_its_mark_and_stands_there_once(
    nod, peer, propose, ada, news
):
    step, thread = await propose()
    peer.faults.lose(f"POST /channels/{news.id}/messages", after_commit=True, times=10)

    await approve(nod, ada, step)
    await peer.until(lambda: result_in(peer, thread) and "Posted in #news." in step.text)

    assert len(peer.bot_messages(news)) == 1


async def test_a_message_that_is_not_found_again_is_left_to_people_and_stands_there_once_they_say_again(
    nod, peer, propose, ada, news
):
    step, thread = await propose()
    peer.faults.lose(f"POST /channels/{news.id}/messages", after_commit=False, times=10)

    await approve(nod, ada, step)
    doubt = await asked(nod, thread, "Do it again")
    assert "Nobody knows whether it took effect" in doubt.text
    assert peer.bot_messages(news) == []
    peer.faults.end()
    await peer.click(ada, doubt, "Do it again")
    await peer.until(lambda: result_in(peer, thread))

    assert len(peer.bot_messages(news)) == 1


async def test_a_kill_between_the_message_and_its_record_asks_people_and_does_not_post_it_twice(
    nod, peer, propose, ada, news
):
    step, thread = await propose()
    hold = peer.faults.hold(f"POST /channels/{news.id}/messages", after_commit=True)
    await peer.click(ada, step, "Approve")
    await hold.arrived.wait()
    await nod.kill()
    hold.release()
    await nod.start()
    doubt = await asked(nod, thread, "Do it again")

    await peer.click(ada, doubt, "Do it again")
    await peer.until(lambda: result_in(peer, thread))

    assert len(peer.bot_messages(news)) == 1
    assert await said(nod, thread, "It is in #news already and was not posted again.")


@pytest.mark.parametrize("words", [["Drink water."] * 2])
async def test_the_same_words_approved_twice_are_two_messages(nod, peer, propose, ada, news):
    step, thread = await propose()
    await approve(nod, ada, step)
    again = await asked(nod, thread)
    assert again is not step

    await approve(nod, ada, again)
    await peer.until(lambda: result_in(peer, thread))

    assert [each.text for each in peer.bot_messages(news)] == ["Drink water."] * 2
