"""Replies in the thread of a run: they decide, answer and steer."""

import pytest

from agent_core.domain import Outcome, RunStatus
from tests.adapters.slack.here import Here, buttons, decides
from tests.adapters.slack.test_deciding import begun
from tests.agent_core.scripted import plan, subtask


@pytest.mark.parametrize("word", ["approve", "yes", "!approve", "同意", "OK.", ":+1:".replace(":+1:", "👍")])
async def test_a_plain_word_approves_when_one_question_is_open(here: Here, word):
    root, step = await begun(here)
    await here.reply(word, root)
    decision = (await here.state()).steps["s1-1"].decision
    assert (decision.outcome, decision.via) == (Outcome.APPROVED, "reply")
    assert "Approved by ann by reply" in here.words(step)


async def test_words_decide_in_the_thread_of_a_mention_too(here: Here):
    said = await here.slack.mention("ann", here.channel, "write a blog about AI")
    await here.settled()
    await here.slack.reply("ben", here.channel, said.ts, "approve")
    await here.settled()
    assert (await here.state()).plans[0].decision.actor.name == "ben"


async def test_no_with_a_reason_rejects_for_it(here: Here):
    root, step = await begun(here)
    await here.reply("no, because it is too short", root)
    decision = (await here.state()).steps["s1-1"].decision
    assert (decision.outcome, decision.reason) == (Outcome.REJECTED, "it is too short")
    assert buttons(here.now(step)) == []


async def test_when_several_questions_are_open_nod_asks_which_is_meant(here: Here, scripted):
    scripted.plans = lambda _: plan(subtask("one"), subtask("two"))
    root, _step = await begun(here)
    await here.reply("yes", root)
    state = await here.state()
    assert all(step.decision is None for step in state.steps.values())
    [told] = here.told("ann")
    assert told.startswith("2 questions are open here")
    assert "Use the buttons of the one you mean, or react to it." in told


async def test_when_nothing_is_asked_nod_says_so(here: Here):
    root, _step = await begun(here)
    await here.reply("pause", root)
    await here.reply("approve", root)
    assert here.told("ann") == ["Nothing is asked here now, so there is nothing to decide."]


@pytest.mark.parametrize("word", ["stop", "!stop", "停止"])
async def test_stop_stops_the_run(here: Here, word):
    root, _step = await begun(here)
    await here.reply(word, root)
    assert (await here.state()).status is RunStatus.STOPPED


async def test_pause_and_resume_work_as_replies(here: Here):
    root, _step = await begun(here)
    await here.reply("!pause", root)
    assert (await here.state()).paused
    await here.reply("!resume", root)
    assert not (await here.state()).paused


async def test_everything_else_steers_the_run(here: Here):
    root, _step = await begun(here)
    await here.reply("mind the <https://example.com|style guide> & <@" + here.slack.users["ben"] + ">", root)
    [note] = (await here.state()).notes
    assert note.text == "mind the style guide (https://example.com) & @ben"


async def test_a_reply_that_slack_sends_again_is_heard_once(here: Here):
    root, _step = await begun(here)
    await here.reply("mind the style", root)
    await here.slack.redeliver(kind="event")
    await here.settled()
    assert len((await here.state()).notes) == 1


async def test_a_word_that_is_handled_again_after_a_crash_decides_nothing_that_came_after(here: Here):
    root, _step = await begun(here)
    said = await here.reply("approve", root)
    state = await here.state()
    assert state.steps["s1-1"].decision is not None
    payload = {
        "kind": "event",
        "body": said.delivery.payload,
        "team": here.slack.team.id,
        "key": "event:again",
    }
    await here.slack.slack.transport.handling.handle(payload)
    await here.settled()
    later = await here.state()
    assert [step.decision is None for step in later.steps.values()] == [False, True]
    assert here.told("ann") == [
        "Nod was restarted while it heard “approve”. Look whether it was done, and say it again if it was not."
    ]


async def test_a_mention_in_a_runs_thread_is_a_reply(here: Here):
    root, _step = await begun(here)
    await here.slack.mention("ann", here.channel, "approve", thread_ts=root["ts"])
    await here.settled()
    assert (await here.state()).steps["s1-1"].decision.via == "reply"
    assert len(await here.service.runs()) == 1


async def test_who_may_not_steer_a_run_is_told_once_and_whenever_they_call_nod(here: Here):
    root, _step = await begun(here)
    await here.reply("I like it", root, "cas")
    await here.reply("and this", root, "cas")
    assert here.told("cas") == ["cas may not decide here; ann, Ben may."]
    await here.slack.mention("cas", here.channel, "approve", thread_ts=root["ts"])
    await here.settled()
    assert len(here.told("cas")) == 2
    assert (await here.state()).notes == ()


async def test_what_is_said_to_another_person_in_a_runs_thread_is_not_for_nod(here: Here):
    root, _step = await begun(here)
    await here.reply(f"<@{here.slack.users['ben']}> what do you think?", root)
    assert (await here.state()).notes == ()


async def test_a_file_in_a_reply_becomes_a_workspace_file(here: Here):
    root, _step = await begun(here)
    await here.reply("use this", root, files=[("style.md", b"# Style\n")])
    [run] = await here.service.runs()
    assert await here.service.read_file(run.run_id, "style.md") == b"# Style\n"


async def test_a_file_needs_no_words_in_a_reply(here: Here):
    root, _step = await begun(here)
    await here.reply("", root, files=[("style.md", b"# Style\n")])
    state = await here.state()
    assert await here.service.read_file(state.run_id, "style.md") == b"# Style\n"
    assert [note.text for note in state.notes] == ["[style.md]"]
    assert here.told("ann") == []


async def test_a_reply_after_the_end_follows_the_run_up_in_the_same_thread(here: Here):
    root, step = await begun(here)
    await here.react("fast_forward", step)
    before = len(here.thread(root))
    await here.reply("make it shorter", root)
    first, second = sorted(await here.service.runs(), key=lambda run: run.created_at)
    assert (second.goal, second.follows, second.origin) == ("make it shorter", first.run_id, first.origin)
    again = here.thread(root)[before + 1]
    assert "make it shorter" in here.words(again)
    await here.reply("yes", root)
    assert (await here.service.state(second.run_id)).plans[0].decision.via == "reply"
    assert len(here.slack.messages(here.channel)) == 1


async def test_help_in_a_thread_is_answered_to_who_asked(here: Here):
    root, _step = await begun(here)
    await here.reply("help", root, "ben")
    assert "What you can say to Nod" in here.told("ben")[0]


async def test_a_reply_also_sent_to_the_channel_counts_once(here: Here):
    root, _step = await begun(here)
    await here.reply("approve", root, broadcast=True)
    state = await here.state()
    assert [step.decision is None for step in state.steps.values()] == [False, True]


async def test_talk_outside_of_threads_is_not_for_nod(here: Here):
    await begun(here)
    await here.slack.say("ann", here.channel, "approve")
    await here.settled()
    assert (await here.state()).steps["s1-1"].decision is None
    assert decides(here.thread(here.root())[-1]) == ["Approve", "Edit", "Reject"]


async def test_editing_deleting_and_programs_change_nothing(here: Here):
    root, step = await begun(here)
    said = await here.slack.reply("cas", here.channel, root["ts"], "hm")
    await here.settled()
    before = (await here.state()).seq
    await here.slack.edit("cas", here.channel, said.ts, "approve")
    await here.slack.delete("cas", here.channel, said.ts)
    await here.slack.bot_message(here.channel, "approve", thread_ts=root["ts"])
    await here.settled()
    assert (await here.state()).seq == before
    assert decides(here.now(step)) == ["Approve", "Edit", "Reject"]


async def test_nods_own_messages_are_never_heard(here: Here):
    root, _step = await begun(here)
    client = await here.client()
    await client.chat_postMessage(channel=here.channel, thread_ts=root["ts"], text="approve")
    await here.settled()
    assert (await here.state()).steps["s1-1"].decision is None
