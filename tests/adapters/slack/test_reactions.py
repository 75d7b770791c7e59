"""What people decide with reactions."""

import pytest

from agent_core.domain import Outcome, RunStatus
from tests.adapters.slack.here import Here, buttons, decides
from tests.adapters.slack.test_deciding import begun

APPROVING = ["white_check_mark", "+1", "thumbsup", "+1::skin-tone-2", "thumbsup::skin-tone-6"]
REJECTING = ["x", "-1", "thumbsdown", "-1::skin-tone-4"]


@pytest.mark.parametrize("emoji", APPROVING)
async def test_a_thumb_or_a_tick_approves_whatever_its_skin_tone(here: Here, emoji):
    _root, step = await begun(here)
    await here.react(emoji, step)
    decision = (await here.state()).steps["s1-1"].decision
    assert (decision.outcome, decision.via) == (Outcome.APPROVED, "reaction")
    assert "Approved by ann by reaction" in here.words(step)


@pytest.mark.parametrize("emoji", REJECTING)
async def test_a_cross_rejects_and_nod_asks_why_in_the_thread_and_does_not_wait(here: Here, emoji):
    root, step = await begun(here)
    await here.react(emoji, step)
    state = await here.state()
    assert state.steps["s1-1"].decision.outcome is Outcome.REJECTED
    asked = [here.words(message) for message in here.thread(root) if "Why?" in here.words(message)]
    assert asked == [
        "ann rejected this. Why? Reply here, and the next attempt takes it into account; Nod does not wait for it."
    ]
    assert len(state.steps) == 2


async def test_a_reaction_on_the_root_decides_on_the_plan(here: Here):
    await here.agent("write a blog about AI")
    await here.react("white_check_mark", here.root(), "ben")
    assert (await here.state()).plans[0].decision.outcome is Outcome.APPROVED


async def test_fast_forward_approves_the_rest(here: Here):
    _root, step = await begun(here)
    await here.react("fast_forward", step)
    assert (await here.state()).status is RunStatus.FINISHED


async def test_a_stop_sign_stops_the_run(here: Here):
    root, step = await begun(here)
    await here.react("octagonal_sign", step)
    assert (await here.state()).status is RunStatus.STOPPED
    assert buttons(here.now(root)) == []


@pytest.mark.parametrize("emoji", ["eyes", "tada", "heavy_check_mark", "+1_custom"])
async def test_other_emoji_mean_nothing(here: Here, emoji):
    _root, step = await begun(here)
    before = (await here.state()).seq
    await here.react(emoji, step)
    assert (await here.state()).seq == before
    assert here.told("ann") == []


async def test_a_reaction_of_who_may_not_decide_counts_for_nothing(here: Here):
    _root, step = await begun(here)
    await here.react("+1", step, "cas")
    assert (await here.state()).steps["s1-1"].decision is None
    assert here.told("cas") == ["cas may not decide here; ann, Ben may."]


async def test_removing_a_reaction_undoes_nothing_and_nod_says_so_once(here: Here):
    root, step = await begun(here)
    await here.react("+1", step)
    for _ in range(2):
        await here.slack.unreact("ann", step["channel"], step["ts"], "+1")
        await here.settled()
        await here.slack.react("ann", step["channel"], step["ts"], "+1")
        await here.settled()
    state = await here.state()
    assert state.steps["s1-1"].decision.outcome is Outcome.APPROVED
    said = [text for text in here.told("ann") if "undoes nothing" in text]
    assert len(said) == 1
    assert root


async def test_a_reaction_to_what_is_no_card_means_nothing(here: Here):
    said = await here.slack.say("ann", here.channel, "hello")
    await here.slack.react("ann", here.channel, said.ts, "+1")
    await here.settled()
    assert here.told("ann") == []


async def test_nods_own_reactions_never_count(here: Here):
    _root, step = await begun(here)
    client = await here.client()
    await client.reactions_add(channel=step["channel"], timestamp=step["ts"], name="white_check_mark")
    await here.settled()
    assert decides(here.now(step)) == ["Approve", "Edit", "Reject"]


async def test_a_reaction_that_slack_sends_again_says_nothing_twice(here: Here):
    root, step = await begun(here)
    await here.react("x", step)
    await here.slack.redeliver(kind="event")
    await here.settled()
    assert len([message for message in here.thread(root) if "Why?" in here.words(message)]) == 1
