"""What people ask of Nod: by command, mention, reply, direct message, message menu and forum post."""

import pytest

from tests.adapters.discord.app import nod_in_discord
from tests.adapters.discord.looking import asked, asking, begun, result_in, run_in, said, thread_of
from tests.peers.discord import File, Permission


async def test_a_mention_opens_a_thread_on_its_message(app, peer, general, ada):
    mention = peer.say(ada, general, f"<@{peer.bot.id}> write a blog about AI")
    thread = await thread_of(app, general)
    root = await asked(app, thread)
    assert thread.id == mention.id
    assert "write a blog about AI" in root.text
    assert peer.bot_messages(general) == []
    assert (await run_in(app)).goal == "write a blog about AI"


async def test_a_reply_to_nod_asks_as_well(app, peer, general, ada):
    peer.say(ada, general, f"<@{peer.bot.id}> help")
    helped = await said(app, general, "What you can say to Nod")
    reply = peer.say(ada, general, "write a blog about AI", reply_to=helped)
    thread = await thread_of(app, general)
    await asked(app, thread)
    assert thread.id == reply.id


async def test_a_direct_message_asks_and_a_yes_in_it_decides(app, peer, ada):
    direct = peer.direct(ada)
    peer.say(ada, direct, "write a blog about AI")
    root = await asked(app, direct)
    peer.say(ada, direct, "yes")
    await peer.until(lambda: "Approved by ada by reply" in root.text)
    assert peer.threads(next(iter(peer.world.guilds.values()))) == []


async def test_the_message_menu_takes_the_message_for_the_goal_of_who_chose_it(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    written = peer.say(bob, general, "write a blog about AI")
    answer = await peer.context_menu(ada, written, "Ask Nod")
    assert answer.ephemeral
    thread = await thread_of(app, general)
    root = await asked(app, thread)
    assert thread.id == written.id
    assert "ada asked" in root.text


async def test_a_forum_post_that_names_nod_is_a_goal_with_its_title(app, peer, guild, ada):
    forum = peer.forum(guild)
    thread = peer.forum_post(ada, forum, "write a blog about AI", f"<@{peer.bot.id}> for beginners")
    await asked(app, thread)
    state = await run_in(app)
    assert state.goal == "write a blog about AI\n\nfor beginners"
    assert (state.origin.channel, state.origin.thread) == (str(forum.id), str(thread.id))


@pytest.mark.parametrize(
    "said_and_answered",
    [
        ("help", "What you can say to Nod"),
        ("runs", "Runs of this channel"),
        ("policy", "Policy here: every-step"),
        ("schedules", "There are none yet"),
        ("memory", "not built yet"),
    ],
)
async def test_sub_commands_are_answered_to_who_typed_them(app, peer, general, ada, said_and_answered):
    word, answered = said_and_answered
    answer = await peer.slash(ada, general, "agent", {"goal": word})
    assert answered in (await peer.settled(answer)).text
    assert answer.ephemeral
    assert peer.bot_messages(general) == []


async def test_a_list_of_runs_leads_to_their_threads(app, peer, guild, general, ada):
    root, _thread = await begun(app, ada, general)
    way = f"https://discord.com/channels/{guild.id}/{general.id}/{root.id}"
    for word in ("runs", "stop"):
        answer = await peer.slash(ada, general, "agent", {"goal": word})
        assert f"write a blog about AI\n{way}" in (await peer.settled(answer)).text


async def test_stop_ends_the_run_of_the_channel(app, peer, general, ada):
    root, _thread = await begun(app, ada, general)
    answer = await peer.slash(ada, general, "agent", {"goal": "stop"})
    assert "is stopped" in (await peer.settled(answer)).text
    await peer.until(lambda: "Stopped" in root.text)
    assert root.buttons == []


async def test_attachments_become_workspace_files(app, peer, general, ada):
    notes, more = File("notes.md", b"# Notes"), File("notes.md", b"# More")
    await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"}, attachments=[notes, more])
    await asked(app, general)
    run = await run_in(app)
    assert await app.service.read_file(run.run_id, "notes.md") == b"# Notes"
    assert await app.service.read_file(run.run_id, "notes-2.md") == b"# More"


async def test_a_file_with_a_reply_comes_to_the_run(app, peer, general, ada):
    _root, thread = await begun(app, ada, general)
    peer.say(ada, thread, "mind these", files=[File("博客.md", b"words")])
    await app.quiet()
    run = await run_in(app)
    assert [file.path for file in await app.service.files(run.run_id)] == ["博客.md"]


async def test_what_was_said_in_a_thread_before_is_known(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    thread = peer.start_thread(bob, general, "ideas")
    peer.say(bob, thread, "people liked the one about bees")
    peer.say(ada, thread, f"<@{peer.bot.id}> write a blog about AI")
    await asked(app, thread)
    assert "bob wrote: people liked the one about bees" in (await run_in(app)).recalled


async def test_without_the_content_intent_mentions_replies_and_direct_messages_work(
    peer, guild, general, ada, tmp_path
):
    async with nod_in_discord(peer, tmp_path, contents=False) as app:
        peer.say(ada, general, f"<@{peer.bot.id}> write a blog about AI")
        thread = await thread_of(app, general)
        root = await asked(app, thread)
        peer.say(ada, thread, "yes")
        told = await said(app, thread, "unless you mention it")
        peer.say(ada, thread, "anybody there?")
        await app.quiet()
        assert [each for each in peer.bot_messages(thread) if "unless you mention it" in each.text] == [told]
        peer.say(ada, thread, "yes", reply_to=root)
        await peer.until(lambda: "Approved by ada by reply" in root.text)
        direct = peer.direct(ada)
        peer.say(ada, direct, "write a poem about the sea")
        await said(app, direct, "write a poem about the sea")


async def test_a_dispatch_delivered_twice_starts_nothing_twice(app, peer, general, ada):
    peer.faults.duplicate("INTERACTION_CREATE")
    peer.faults.duplicate("MESSAGE_CREATE")
    await begun(app, ada, general)
    peer.say(ada, general, f"<@{peer.bot.id}> write a poem about the sea")
    await peer.until(lambda: len(peer.threads(general)) == 2)
    await app.quiet()
    assert len(await app.service.runs()) == 2


async def test_what_nod_lacks_in_a_channel_is_told_before_anything_starts(app, peer, guild, general, ada):
    peer.deny(general, peer.bot_role(guild), Permission.CREATE_PUBLIC_THREADS)
    answer = await peer.slash(ada, general, "agent", {"goal": "write a blog about AI"})
    assert "it lacks Create Public Threads" in (await peer.settled(answer)).text
    peer.say(ada, general, f"<@{peer.bot.id}> write a blog about AI")
    await said(app, general, "it lacks Create Public Threads")
    assert await app.service.runs() == []


async def test_people_may_talk_to_each_other_in_a_run_s_thread(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    _root, thread = await begun(app, ada, general)
    peer.say(ada, thread, f"<@{bob.id}> what do you think?")
    ours = peer.say(ada, thread, "make it funny")
    peer.say(bob, thread, "yes", reply_to=ours)
    await app.quiet()
    state = await run_in(app)
    assert [note.text for note in state.notes] == ["make it funny"]
    assert result_in(peer, thread) is None


async def test_somebody_else_s_words_do_not_steer_and_they_are_told_once(app, peer, guild, general, ada):
    bob = peer.person("bob", guild)
    _root, thread = await begun(app, ada, general)
    first = peer.say(bob, thread, "make it about cats")
    peer.say(bob, thread, "or dogs")
    told = await said(app, thread, "bob may not decide here")
    await app.quiet()
    assert told.reply_to is first
    assert told.pings == type(told.pings)()
    assert len([each for each in peer.bot_messages(thread) if "may not decide" in each.text]) == 1
    assert (await run_in(app)).notes == ()


async def test_text_of_people_neither_pings_nor_becomes_markup(app, peer, guild, general, ada):
    role = peer.role(guild, "team", mentionable=True)
    goal = f"@everyone <@&{role.id}> <@{ada.id}> **write** [a blog](https://evil.example) about AI\n# x"
    await peer.slash(ada, general, "agent", {"goal": goal})
    root = await asked(app, general)
    assert peer.pinging() == []
    assert r"\*\*write\*\* \[a blog\](https://evil.example)" in root.text
    assert r"\<\@&" in root.text


async def test_a_forum_post_with_nod_s_tag_is_a_goal_and_others_are_not(app, peer, guild, ada):
    forum = peer.forum(guild, tags=("Nod", "chat"))
    ours, theirs = forum.tags
    peer.forum_post(ada, forum, "what do you think?", "of this", tags=(theirs,))
    thread = peer.forum_post(ada, forum, "write a blog about AI", "for beginners", tags=(ours,))
    await asked(app, thread)
    assert len(await app.service.runs()) == 1


async def test_a_command_in_the_thread_of_a_run_starts_another_there(app, peer, general, ada):
    _root, thread = await begun(app, ada, general)
    await peer.slash(ada, thread, "agent", {"goal": "write a poem about the sea"})
    root = await asked(app, thread)
    assert "write a poem about the sea" in root.text
    assert len(peer.threads(general)) == 1


async def test_programs_are_not_heard(app, peer, guild, general, ada):
    root, thread = await begun(app, ada, general)
    robot = peer.person("robot", guild)
    robot.bot = True
    peer.say(robot, general, f"<@{peer.bot.id}> write a poem about the sea")
    peer.say(robot, thread, "yes")
    peer.react(robot, root, "👍")
    await app.quiet()
    assert len(await app.service.runs()) == 1
    assert "Approve" in root.buttons


async def test_a_file_that_is_too_large_is_refused_before_it_is_fetched(app, peer, general, ada, monkeypatch):
    monkeypatch.setattr("adapters.discord.attachments.FILE_BYTES", 4)
    answer = await peer.slash(ada, general, "agent", {"goal": "read this"}, attachments=[File("notes.md", b"12345")])
    assert "notes.md: it is larger than 10 MB" in (await peer.settled(answer)).text
    assert await app.service.runs() == []
    assert not [each for each in peer.requests if "attachments" in each.name]


async def test_where_nod_may_not_write_a_mention_is_answered_to_its_sender_alone(app, peer, guild, general, ada):
    for right in (Permission.SEND_MESSAGES, Permission.CREATE_PUBLIC_THREADS):
        peer.deny(general, peer.bot_role(guild), right)
    peer.say(ada, general, f"<@{peer.bot.id}> write a poem about the sea")
    await said(app, peer.direct(ada), "it lacks Create Public Threads")
    assert peer.bot_messages(general) == []
    assert await app.service.runs() == []


async def test_who_asks_is_brought_into_the_thread_so_that_discord_tells_them_what_is_asked(app, peer, general, ada):
    _root, thread = await begun(app, ada, general)
    await peer.until(lambda: ada.id in thread.joined)
    bob = peer.person("bob", general.in_guild)
    noted = peer.say(bob, general, "write a blog about wasps")
    await peer.context_menu(ada, noted, "Ask Nod")
    await peer.until(lambda: noted.thread and ada.id in noted.thread.joined)
    assert bob.id not in noted.thread.joined
    assert peer.pinging() == []


async def test_a_thread_that_the_asker_cannot_be_brought_into_is_used_all_the_same(app, peer, general, ada):
    peer.faults.answer("PUT /channels/*/thread-members/*", 403)
    root, thread = await begun(app, ada, general)
    await peer.click(ada, root, "Approve")
    await asked(app, thread)
    assert ada.id not in thread.joined


async def test_a_stop_in_a_thread_stops_its_run_however_many_there_are(app, peer, general, ada):
    one, thread = await begun(app, ada, general)
    await peer.slash(ada, general, "agent", {"goal": "write a blog about bees"})
    other = await peer.until(lambda: next((each for each in asking(peer, general) if each is not one), None))
    answer = await peer.slash(ada, thread, "agent", {"goal": "stop"})
    assert "is stopped" in (await peer.settled(answer)).text
    await peer.until(lambda: one.buttons == [])
    assert "Approve" in other.buttons


async def test_only_threads_of_runs_concern_nod_when_they_change(app, peer, general, ada):
    _root, ours = await begun(app, ada, general)
    other = peer.start_thread(ada, general, "between people")
    place = {"guild_id": str(general.in_guild.id), "parent_id": str(general.id)}
    assert await app.handling.concerns("thread_update", {**place, "id": str(ours.id)})
    assert not await app.handling.concerns("thread_update", {**place, "id": str(other.id)})
