"""Words for another channel of the workspace: shown whole, posted once, and only where both Nod and who asked are."""

import json

import pytest

from adapters.slack.messenger import SlackMessenger
from agent_core.domain import Actor, Origin
from agent_core.journal.state import StepStatus
from agent_core.platform_ports import Audience
from agent_core.tools.post_message import PostMessage
from tests.adapters.slack.here import Here, decides, open_here
from tests.adapters.slack.test_safety import FORGED, PINGS
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, report

TEXT = f"{PINGS} {FORGED} https://evil.example/page"


def posts(channel, text=TEXT):
    return lambda m: report() if answered(m) else calls(call("post_message", channel=channel, text=text))


@pytest.fixture
def model():
    return ScriptedModel(turns=posts("#news"))


@pytest.fixture
async def posting(slack, tmp_path, model):
    """A Nod in Slack that writes to other channels, too."""
    post = PostMessage()
    async with open_here(slack, tmp_path, model, sources=[post]) as nod:
        post.writers["slack"] = nod.messenger = SlackMessenger(nod.workspaces, nod.service)
        nod.channel = await slack.channel("general")
        yield nod


async def proposed(here: Here):
    """Ask, and return the message that shows the call."""
    await here.agent("tell the others")
    return here.asking(here.root())[-1]


async def test_a_message_is_shown_whole_with_who_sees_it_and_then_posted_letter_by_letter(posting: Here):
    news = await posting.slack.channel("news")

    step = await proposed(posting)
    shown = posting.words(step)
    assert decides(step) == ["Approve", "Edit", "Reject"]
    assert f"#news ({news})" in shown
    assert "public: everybody in the workspace" in shown
    assert "Slack" in shown
    assert posting.slack.messages(news) == []

    await posting.press("Approve", step)
    [said] = posting.slack.messages(news)
    assert "Hello <!channel>" in posting.slack.words(said)
    sent = next(each for each in posting.slack.requests.of("chat.postMessage") if each.arguments["channel"] == news)
    blocks = sent.arguments["blocks"]
    blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
    assert {element["type"] for part in blocks[0]["elements"] for element in part["elements"]} == {"text"}
    for forbidden in ("<!", "<@", "<#", "@channel", "@here"):
        assert forbidden not in sent.arguments["text"]
    assert {str(sent.arguments[each]).lower() for each in ("unfurl_links", "unfurl_media")} <= {"false", "0"}


async def test_a_message_whose_answer_was_lost_is_found_by_its_mark_and_not_posted_twice(posting: Here):
    news = await posting.slack.channel("news")
    step = await proposed(posting)
    posting.slack.lose_answer(channel=news)

    await posting.press("Approve", step)

    assert len(posting.slack.messages(news)) == 1
    assert (await posting.state()).steps["s1-1"].observation.text == "Posted in #news."


async def test_the_same_words_approved_twice_are_two_messages(posting: Here, model):
    model.turns = lambda m: report() if len(answered(m)) > 1 else calls(call("post_message", channel="news", text="Hi"))
    news = await posting.slack.channel("news")

    await posting.press("Approve", await proposed(posting))
    await posting.press("Approve", posting.asking(posting.root())[-1])

    assert [posting.slack.words(each) for each in posting.slack.messages(news)] == ["Hi", "Hi"]


@pytest.mark.parametrize(
    ("code", "status"),
    [("internal_error", StepStatus.UNCERTAIN), ("fatal_error", StepStatus.UNCERTAIN), ("restricted_action", None)],
)
async def test_an_error_after_which_part_may_have_been_done_is_a_doubt_and_a_refusal_is_none(
    posting: Here, model, code, status
):
    model.turns = lambda m: report() if answered(m) else posts("news")(m)
    news = await posting.slack.channel("news")
    step = await proposed(posting)
    posting.slack.refuse("chat.postMessage", code, channel=news)

    await posting.press("Approve", step)

    assert (await posting.state()).steps["s1-1"].status is (status or StepStatus.FINISHED)
    assert posting.slack.messages(news) == []


async def test_a_message_that_is_not_found_again_is_left_to_people(posting: Here):
    news = await posting.slack.channel("news")
    step = await proposed(posting)
    posting.slack.lose_answer(channel=news, stored=False)

    await posting.press("Approve", step)

    assert (await posting.state()).steps["s1-1"].status is StepStatus.UNCERTAIN
    await posting.press("Do it again", posting.asking(posting.root())[-1])
    assert len(posting.slack.messages(news)) == 1


async def test_a_channel_that_the_asker_or_nod_is_not_in_is_told_like_none_at_all(posting: Here):
    slack = posting.slack
    ours = await slack.channel("ours", private=True, members=["ann", "ben"])
    await slack.channel("theirs", private=True, members=["ben"])
    await slack.channel("without-nod", private=True, members=["ann"], bot=False)
    await slack.channel("open-without-ann", members=["ben"])
    origin, ann = Origin("slack", slack.team.id, posting.channel), Actor("slack", slack.users["ann"], "Ann")

    found = await posting.messenger.channel(origin, ann, "ours")
    names = ("theirs", "without-nod", "open-without-ann", "nothing")
    assert (found.id, found.audience) == (ours, Audience.MEMBERS)
    assert await posting.messenger.channel(origin, ann, ours) == found
    assert [await posting.messenger.channel(origin, ann, each) for each in names] == [None] * 4


@pytest.mark.parametrize("named", ["#theirs", "#nothing"])
async def test_the_model_hears_the_same_of_a_channel_unseen_and_of_one_that_is_not_there(posting: Here, model, named):
    await posting.slack.channel("theirs", private=True, members=["ben"])
    model.turns = lambda m: report() if "there is no channel" in str(m[-1]) else posts(named)(m)

    await posting.agent("tell the others")

    told = f"there is no channel {named} that both Nod and who asked are in; invite Nod there, or name another."
    assert any(told in str(prompt[-1]) for prompt in model.prompts)
