"""How people ask: by command, by mention, in a thread, in direct messages, about a message, in the view for agents."""

from dataclasses import replace

import pytest

from adapters.slack import attachments
from adapters.slack.naming import Naming
from adapters.slack.people import People
from adapters.slack.telling import Telling, Whom
from agent_core.cards import Card, CardKind, Section, Tone
from agent_core.domain import RunStatus
from tests.adapters.slack.here import Here, decides


async def test_a_command_runs_once_however_often_slack_sends_it(here: Here):
    await here.agent("write a blog about AI")
    await here.slack.redeliver(kind="command")
    await here.settled()
    assert len(await here.service.runs()) == 1
    assert len(here.slack.messages(here.channel)) == 1


async def test_a_mention_starts_a_run_in_its_own_thread_once_though_it_comes_as_two_events(here: Here):
    said = await here.slack.mention("ann", here.channel, "write a blog about AI")
    await here.settled()
    [run] = await here.service.runs()
    assert (run.goal, run.origin.thread, run.actor.name) == ("write a blog about AI", said.ts, "ann")
    root = here.thread({"channel": here.channel, "ts": said.ts})[0]
    assert "write a blog about AI" in here.words(root)
    assert decides(root) == ["Approve", "Edit", "Reject"]


async def test_a_mention_in_a_thread_knows_what_was_said_there_and_whose_words_to_trust(here: Here):
    first = await here.slack.say("ben", here.channel, "Our launch is on <#C1|launch> & we need a text")
    await here.slack.reply("cas", here.channel, first.ts, "It should be funny.")
    await here.slack.bot_message(here.channel, "Build 7 failed", thread_ts=first.ts)
    await here.slack.mention("ann", here.channel, "write it", thread_ts=first.ts)
    await here.settled()
    state = await here.state()
    assert state.recalled == (
        "ben wrote: Our launch is on #launch & we need a text",
        "cas wrote: It should be funny.",
        "other wrote: Build 7 failed",
    )
    assert state.recalled_sources == ("other in this conversation",)
    assert state.origin.thread == first.ts


async def test_a_thread_of_members_alone_is_trusted(here: Here):
    first = await here.slack.say("ben", here.channel, "We need a text")
    await here.slack.mention("ann", here.channel, "write it", thread_ts=first.ts)
    await here.settled()
    assert (await here.state()).recalled_sources == ()


async def test_a_direct_message_starts_a_run_in_its_thread(here: Here):
    said = await here.slack.dm("ann", "write a blog about AI")
    await here.settled()
    [run] = await here.service.runs()
    assert run.origin.thread == said.ts
    assert "write a blog about AI" in here.words(here.thread({"channel": said.channel, "ts": said.ts})[0])


async def test_a_word_beside_the_thread_decides_in_direct_messages_when_one_run_is_under_way(here: Here):
    await here.slack.dm("ann", "write a blog about AI")
    await here.settled()
    await here.slack.dm("ann", "yes")
    await here.settled()
    [run] = await here.service.runs()
    assert (await here.service.state(run.run_id)).plans[0].decision.via == "reply"


async def test_of_several_runs_in_direct_messages_nod_asks_which_is_meant(here: Here):
    await here.slack.dm("ann", "write a blog about AI")
    await here.slack.dm("ann", "write a poem about tea")
    await here.settled()
    await here.slack.dm("ann", "yes")
    await here.settled()
    for run in await here.service.runs():
        assert (await here.service.state(run.run_id)).plans[0].decision is None
    [told] = here.told("ann")
    assert "Which run is this for?" in told
    assert "write a poem about tea" in told


async def test_a_file_beside_the_thread_is_for_the_one_run_of_direct_messages_that_is_under_way(here: Here):
    await here.slack.dm("ann", "Sum up the files I attach next, on one page")
    await here.settled()
    await here.slack.dm("ann", "", files=[("data.csv", b"a,b\n1,2\n")])
    await here.settled()
    [run] = await here.service.runs()
    assert await here.service.read_file(run.run_id, "data.csv") == b"a,b\n1,2\n"
    assert here.told("ann") == []


async def test_of_several_runs_a_file_beside_their_threads_is_for_none_and_help_is_shown(here: Here):
    await here.slack.dm("ann", "write a blog about AI")
    await here.slack.dm("ann", "write a poem about tea")
    await here.settled()
    await here.slack.dm("ann", "", files=[("data.csv", b"a,b\n")])
    await here.settled()
    assert [await here.service.files(run.run_id) for run in await here.service.runs()] == [(), ()]
    assert "What you can say to Nod" in here.told("ann")[0]


async def test_a_word_without_a_run_in_direct_messages_is_a_goal(here: Here):
    await here.slack.dm("ann", "yes")
    await here.settled()
    assert [run.goal for run in await here.service.runs()] == ["yes"]


async def test_the_shortcut_asks_what_to_do_with_a_message_and_the_run_knows_it(here: Here):
    said = await here.slack.say("ben", here.channel, "The server is slow", files=[("log.txt", b"slow, slow")])
    await here.settled()
    await here.slack.shortcut("ann", "ask_about", channel=here.channel, message=said.ts)
    await here.settled()
    [modal] = here.slack.modals("ann")
    assert modal["title"]["text"] == "Ask Nod about this"
    answer = await here.slack.submit_view("ann", modal, {"words": "find out why"})
    await here.settled()
    assert answer.ok
    assert here.slack.modals("ann") == []
    state = await here.state()
    assert (state.goal, state.origin.thread) == ("find out why", said.ts)
    assert state.recalled == ("ben wrote: The server is slow\n[log.txt]",)
    assert [file.path for file in state.attachments] == ["log.txt"]


async def test_a_shortcut_on_a_reply_starts_a_run_in_that_thread(here: Here):
    first = await here.slack.say("ben", here.channel, "The server is slow")
    reply = await here.slack.reply("cas", here.channel, first.ts, "Since noon")
    await here.slack.shortcut("ann", "ask_about", channel=here.channel, message=reply.ts)
    await here.settled()
    await here.slack.submit_view("ann", here.slack.modals("ann")[0], {"words": "find out why"})
    await here.settled()
    state = await here.state()
    assert (state.origin.thread, state.recalled) == (first.ts, ("cas wrote: Since noon",))


async def test_a_shortcut_where_nod_is_not_is_answered_in_direct_messages(here: Here):
    channel = await here.slack.channel("secret", bot=False, private=True)
    said = await here.slack.say("ben", channel, "The server is slow")
    await here.slack.shortcut("ben", "ask_about", channel=channel, message=said.ts)
    await here.settled()
    await here.slack.submit_view("ben", here.slack.modals("ben")[0], {"words": "find out why"})
    await here.settled()
    assert await here.service.runs() == []
    opened = await here.slack.open_home("ben", tab="messages")
    [told] = here.slack.messages(opened.channel)
    assert "Write /invite and Nod’s name in it" in here.slack.words(told)


async def test_the_view_for_agents_offers_goals_in_the_language_of_who_opens_it(here: Here):
    opened = await here.slack.open_home("ann", tab="messages")
    await here.settled()
    prompts = here.slack.status(opened.channel, "")["prompts"]
    assert {"title": "Write a blog about AI", "message": "Write a blog about AI"} in prompts
    here.slack.team.users["ben"] = replace(here.slack.team.users["ben"], locale="zh-CN")
    opened = await here.slack.open_home("ben", tab="messages")
    await here.settled()
    assert "写一篇关于人工智能的博客文章" in [
        each["title"] for each in here.slack.status(opened.channel, "")["prompts"]
    ]


async def test_where_somebody_looks_meanwhile_changes_nothing(here: Here):
    assert (await here.slack.look_at("ann", here.channel)).ok
    await here.settled()
    assert await here.service.runs() == []


async def test_the_view_for_agents_shows_that_nod_is_at_it_and_gets_a_title(here: Here):
    said = await here.slack.dm("ann", "write a blog about AI")
    await here.settled()
    shown = here.slack.status(said.channel, said.ts)
    assert (shown["title"], shown["status"]) == ("write a blog about AI", "is making a plan …")


async def test_a_thread_of_the_view_for_assistants_offers_goals_and_is_the_thread_of_its_run(here: Here):
    thread = await here.slack.assistant_thread("ann")
    await here.settled()
    prompts = here.slack.status(thread.channel, thread.ts)["prompts"]
    assert {"title": "Write a blog about AI", "message": "Write a blog about AI"} in prompts
    await here.slack.dm("ann", prompts[0]["message"], thread_ts=thread.ts)
    await here.settled()
    shown = here.slack.status(thread.channel, thread.ts)
    assert (shown["title"], shown["status"]) == ("Write a blog about AI", "is making a plan …")
    [run] = await here.service.runs()
    assert run.origin.thread == thread.ts


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("help", "What you can say to Nod"),
        ("", "What you can say to Nod"),
        ("runs", "There are none yet."),
        ("stop", "Nothing runs here now, so there is nothing to stop."),
        ("policy", "Policy here: every-step"),
        ("schedules", "There are none yet. Write for example: every weekday at 9:00"),
        ("memory", "Memory across runs is not built yet."),
    ],
)
async def test_sub_words_of_the_command_are_answered_to_who_typed_them_alone(here: Here, typed, shown):
    assert await here.agent(typed) == []
    [told] = here.told("ann")
    assert shown in told
    assert await here.service.runs() == []


async def test_what_is_too_long_for_one_message_to_one_person_follows_whole_in_more(here: Here):
    telling = Telling(here.workspaces, here.service.threads, Naming(People(here.workspaces, here.service.policy)))
    text = "\n".join(f"This is line {number}." for number in range(1_200))
    card = Card("runs", CardKind.NOTE, Tone.QUIET, "Runs", "", sections=(Section("All", text),))
    await telling.show(Whom(here.slack.team.id, here.channel, here.slack.users["ann"]), card, "en")
    first, *more = here.told("ann")
    assert "runs-All.txt" in first
    assert len(more) > 1
    assert all(piece.startswith("runs-All.txt (") for piece in more)
    assert all(f"This is line {number}." in "".join(more) for number in (0, 600, 1_199))


async def test_stop_ends_the_run_of_the_channel(here: Here):
    await here.agent("write a blog about AI")
    await here.agent("stop")
    assert (await here.state()).status is RunStatus.STOPPED
    assert "is stopped" in here.told("ann")[-1]


async def test_who_is_no_approver_is_told_so_when_setting_a_policy(here: Here):
    await here.agent("policy observe")
    assert "ann may not decide here; Ben may." in here.told("ann")
    await here.agent("policy observe", "ben")
    assert "Policy here: observe" in here.told("ben")[0]


async def test_a_mention_without_words_is_answered_with_help(here: Here):
    await here.slack.mention("ann", here.channel, "")
    await here.settled()
    assert "What you can say to Nod" in here.told("ann")[0]


async def test_people_are_told_in_the_language_slack_is_set_to(here: Here):
    ann = here.slack.team.users["ann"]
    here.slack.team.users["ann"] = replace(ann, locale="zh-CN")
    await here.agent("policy")
    assert "此处的策略" in here.told("ann")[0]


async def test_a_goal_in_chinese_is_shown_in_chinese(here: Here):
    await here.agent("写一篇关于人工智能的博客")
    assert decides(here.root()) == ["批准", "修改", "拒绝"]


async def test_an_open_channel_is_joined_when_somebody_asks_there(here: Here):
    channel = await here.slack.channel("elsewhere", bot=False)
    await here.agent("write a blog about AI", channel=channel)
    assert len(here.slack.requests.of("conversations.join")) == 1
    assert "write a blog about AI" in here.words(here.root(channel))


async def test_in_a_private_channel_without_nod_the_asker_is_told_to_invite_it(here: Here):
    channel = await here.slack.channel("secret", bot=False, private=True)
    await here.agent("write a blog about AI", channel=channel)
    assert await here.service.runs() == []
    assert "Write /invite and Nod’s name in it" in here.told("ann")[0]


async def test_who_uses_the_command_in_direct_messages_with_a_person_is_told_where_to_ask(here: Here):
    said = await here.slack.dm("ann", "help")
    await here.settled()
    here.slack.refuse("conversations.info", "channel_not_found")  # as it is where Nod takes no part
    await here.agent("write a blog about AI", channel=said.channel)
    assert await here.service.runs() == []
    assert here.told("ann")[-1].startswith("Nod cannot read direct messages between people.")


async def test_a_command_whose_answer_slack_no_longer_takes_is_answered_all_the_same(here: Here):
    here.slack.break_down("response_url", status=404)
    await here.agent("help")
    assert "/agent" in here.told("ann")[0]
    assert here.slack.requests.of("chat.postEphemeral")


async def test_attachments_of_a_goal_become_workspace_files(here: Here):
    files = [("data.csv", b"a,b\n1,2\n"), ("data.csv", b"c\n")]
    await here.slack.mention("ann", here.channel, "sum this up", files=files)
    await here.settled()
    [run] = await here.service.runs()
    assert [file.path for file in await here.service.files(run.run_id)] == ["data-2.csv", "data.csv"]
    assert await here.service.read_file(run.run_id, "data.csv") == b"a,b\n1,2\n"


async def test_an_attachment_that_is_too_large_is_refused_in_a_sentence(here: Here, monkeypatch):
    monkeypatch.setattr(attachments, "FILE_BYTES", 10)
    await here.slack.mention("ann", here.channel, "sum this up", files=[("big.bin", b"0" * 11)])
    await here.settled()
    assert await here.service.runs() == []
    assert here.told("ann") == ["big.bin: it is larger than 10 MB; attach a smaller one."]


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://files.slack.com/files-pri/T1-F1/x", True),
        ("https://files.slack-gov.com/files-pri/T1-F1/x", True),
        ("https://slack.com.evil.example/x", False),
        ("https://evilslack.com/x", False),
        ("http://files.slack.com/x", False),
    ],
)
def test_the_token_is_sent_to_slack_alone(url, sent):
    assert attachments.may_see_the_token(url, "https://slack.com/api/") is sent
