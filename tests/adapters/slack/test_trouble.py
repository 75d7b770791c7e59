"""Slack is slow, limits, loses answers, is down, or Nod is started again: nothing is lost, nothing comes twice."""

import asyncio
from dataclasses import replace

import pytest

from adapters.slack.messenger import SlackMessenger
from agent_core.cards import Verb
from agent_core.domain import RunStatus
from agent_core.presenter import chat_cards
from tests.adapters.slack.here import Here, buttons, decides, open_here
from tests.adapters.slack.test_deciding import begun


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(here: Here):
    here.slack.lose_answer("chat.postMessage")
    await here.agent("write a blog about AI")
    assert len(here.slack.messages(here.channel)) == 1
    assert decides(here.root()) == ["Approve", "Edit", "Reject"]


async def test_a_message_that_another_program_marks_as_nods_is_not_taken_for_it(here: Here):
    await here.agent("write a blog about AI")
    [run] = await here.service.runs()
    root, state = here.root(), await here.state()
    other = await here.slack.bot_message(here.channel, "It is approved.")
    mark = here.slack.message(root["ts"])["metadata"]
    here.slack.team.overlays.setdefault(other.ts, {})["metadata"] = mark
    messenger = SlackMessenger(here.workspaces, here.service)
    found = await messenger.find(replace(state.origin, thread=""), run.run_id, "plan")
    assert found == f"{here.slack.team.id}/{here.channel}/{root['ts']}"


async def test_a_reply_whose_answer_was_lost_is_found_in_its_thread(here: Here):
    await here.agent("write a blog about AI")
    root = here.root()
    here.slack.lose_answer("chat.postMessage")
    await here.press("Approve", root)
    [step] = here.thread(root)
    assert decides(step) == ["Approve", "Edit", "Reject"]
    await here.press("Approve", step)
    assert buttons(here.now(step)) == []


async def test_an_upload_whose_answer_was_lost_is_found_and_not_repeated(here: Here):
    root, step = await begun(here)
    here.slack.lose_answer("files.completeUploadExternal")
    await here.react("fast_forward", step)
    assert sorted(file["name"] for file in here.slack.files(here.channel)) == ["one.md", "two.md"]
    assert "It is done." in here.words(here.thread(root)[-1])


async def test_a_message_is_known_though_the_connection_is_lost_over_its_file(here: Here):
    here.slack.refuse("chat.postMessage", "is_archived")  # so that nobody else posts it
    await here.agent("Write this out. " + "It matters. " * 1_500)
    state = await here.state()
    here.slack.lose_answer("files.completeUploadExternal")
    messenger = SlackMessenger(here.workspaces, here.service)
    reference = await messenger.post(state.origin, state.run_id, chat_cards(state)[0])
    assert reference == f"{here.slack.team.id}/{here.channel}/{here.root()['ts']}"


async def test_a_decision_made_while_slack_does_not_answer_is_not_lost(here: Here):
    await here.agent("write a blog about AI")
    root = here.root()
    here.slack.break_down("users.info", times=1)
    await here.press("Approve", root, "ben")
    assert (await here.state()).plans[0].decision.actor.name == "ben"


async def test_a_run_goes_on_while_slack_is_down_and_its_cards_catch_up_with_the_newest_state(here: Here):
    await here.agent("write a blog about AI")
    root = here.root()
    held = here.slack.hold("chat.update")
    await here.slack.click("ann", root["channel"], root["ts"], "Approve")
    async with asyncio.timeout(10):
        await held.reached.wait()
    await here.inbox.idle()
    await here.team.dispatcher.idle()
    state = await here.state()
    assert len(state.steps) == 1
    held.release()
    await here.settled()
    assert decides(here.thread(root)[-1]) == ["Approve", "Edit", "Reject"]


async def test_what_came_before_a_restart_is_handled_after_it(slack, tmp_path, scripted):
    async with open_here(slack, tmp_path, scripted) as here:
        channel = await slack.channel("general")
        held = slack.hold("users.info")
        await slack.slash("ann", channel, "/agent", "write a blog about AI")
        async with asyncio.timeout(10):
            await held.reached.wait()
    held.release()
    async with open_here(slack, tmp_path, scripted) as here:
        here.channel = channel
        await here.settled()
        assert "write a blog about AI" in here.words(here.root())
        assert len(await here.service.runs()) == 1


async def test_a_message_that_somebody_deleted_holds_up_nothing(here: Here):
    root, step = await begun(here)
    await here.slack.delete("ann", here.channel, step["ts"])
    await here.reply("approve", root)
    await here.reply("approve", root)
    assert (await here.state()).status is RunStatus.FINISHED
    assert "It is done." in here.words(here.thread(root)[-1])


async def test_messages_that_a_workspace_lets_nobody_edit_stay_and_the_run_goes_on(here: Here):
    root, step = await begun(here)
    here.slack.set(edit_window_open=False)
    await here.press("Approve", step)
    assert decides(here.thread(root)[-1]) == ["Approve", "Edit", "Reject"]
    await here.press("Approve", step, "ben")
    assert here.told("ben") == ["ann already decided this (approved); nothing was changed."]


async def test_in_an_archived_channel_the_run_waits_and_nothing_is_tried_for_ever(here: Here):
    here.channel = await here.slack.channel("project")
    await begun(here)
    await here.slack.archive("ann", here.channel)
    state = await here.state()
    digest = state.steps["s1-1"].call.digest
    await here.service.decide(state.run_id, "step:s1-1", Verb.APPROVE, actor=state.actor, via="web", digest=digest)
    await here.settled()
    assert len((await here.state()).steps) == 2
    refused = [each.answer["error"] for each in here.slack.requests if not each.ok]
    assert set(refused) == {"is_archived"}
    assert len(refused) < 5


@pytest.mark.parametrize("private", [False, True])
async def test_in_a_channel_that_is_archived_no_more_the_run_goes_on_at_once(here: Here, private: bool):
    here.channel = await here.slack.channel("project", private=private)
    root, step = await begun(here)
    await here.slack.archive("ann", here.channel)
    state = await here.state()
    digest = state.steps["s1-1"].call.digest
    await here.service.decide(state.run_id, "step:s1-1", Verb.APPROVE, actor=state.actor, via="web", digest=digest)
    await here.settled()
    await here.slack.unarchive("ann", here.channel)
    await here.settled()
    assert decides(here.now(step)) == []
    assert decides(here.thread(root)[-1]) == ["Approve", "Edit", "Reject"]


async def test_nod_back_in_a_channel_goes_on_there_at_once(here: Here):
    here.channel = await here.slack.channel("project", private=True)
    root, step = await begun(here)
    await here.slack.kick("ann", here.channel)
    state = await here.state()
    digest = state.steps["s1-1"].call.digest
    await here.service.decide(state.run_id, "step:s1-1", Verb.APPROVE, actor=state.actor, via="web", digest=digest)
    await here.slack.until(lambda: [each for each in here.slack.requests if not each.ok])
    await here.slack.invite("ann", here.channel, "nod")
    await here.settled()
    assert decides(here.now(step)) == []
    assert decides(here.thread(root)[-1]) == ["Approve", "Edit", "Reject"]


async def test_a_token_revoked_during_a_run_loses_nothing_and_the_cards_follow_the_next_installation(
    slack, tmp_path, scripted
):
    async with open_here(slack, tmp_path, scripted) as here:
        here.channel = await slack.channel("general")
        root, step = await begun(here)
        slack.end_token()
        await slack.click("ann", step["channel"], step["ts"], "Approve")
        await here.inbox.idle()
        await here.team.dispatcher.idle()
        assert (await here.state()).steps["s1-1"].decision is not None
        assert decides(here.now(step)) == ["Approve", "Edit", "Reject"]
    slack.installation.ended = ""
    async with open_here(slack, tmp_path, scripted) as here:
        await slack.until(lambda: len(here.thread(root)) == 2)
        await here.settled()
        assert buttons(here.now(step)) == []
        assert decides(here.thread(root)[-1]) == ["Approve", "Edit", "Reject"]
