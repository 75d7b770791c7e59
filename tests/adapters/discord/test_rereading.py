"""What was missed while nobody listened is read again over REST, and nothing is done twice."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.rereading import LONGEST, SKEW, since
from agent_core.cards import Verb
from agent_core.domain import Actor
from tests.adapters.discord.listening import listening
from tests.peers.discord.permissions import Permission

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("heard", "from_"),
    [
        (None, NOW),
        (NOW - timedelta(hours=1), NOW - timedelta(hours=1) - SKEW),
        (NOW - timedelta(days=40), NOW - LONGEST),
    ],
)
def test_it_is_read_from_a_little_before_something_last_came_on(heard, from_):
    assert since(heard, NOW) == from_


async def test_a_reaction_that_nobody_heard_is_heard_after_a_restart(peer, guild, general, ada, tmp_path):
    role = peer.role(guild, "approvers")
    peer.give_role(guild, ada, role)
    async with listening(peer, tmp_path) as nod:
        _, plan = await nod.ask(general, guild=guild)
    peer.react(ada, plan, "✅")
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.of("reaction_add"))
        (data,) = later.handling.of("reaction_add")
    assert (data["message_id"], data["user_id"]) == (str(plan.id), str(ada.id))
    assert data["guild_id"] == str(guild.id)
    assert data["member"]["roles"] == [str(role.id)]  # who may decide is asked by role
    assert data["emoji"]["name"] == "✅"


async def test_super_reactions_that_nobody_heard_are_heard_after_a_restart_and_once(
    peer, guild, general, ada, tmp_path
):
    async with listening(peer, tmp_path) as nod:
        _, plan = await nod.ask(general, guild=guild)
    peer.react(peer.person("bo", guild), plan, "✅")
    peer.react(ada, plan, "✅", burst=True)
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: len(later.handling.of("reaction_add")) == 2)
        assert {(each["user_id"], each["burst"]) for each in later.handling.of("reaction_add")} >= {(str(ada.id), True)}
    async with listening(peer, tmp_path) as again:
        peer.react(peer.person("cy", guild), plan, "👎")
        await again.until(lambda: again.handling.payloads)
        assert [each["emoji"]["name"] for each in again.handling.of("reaction_add")] == ["👎"]


async def test_a_reaction_that_was_heard_is_not_heard_again_after_a_restart(peer, guild, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        _, plan = await nod.ask(general, guild=guild)
        peer.react(ada, plan, "✅")
        await nod.until(lambda: nod.handling.of("reaction_add"))
    for _ in range(2):
        async with listening(peer, tmp_path) as later:
            peer.react(peer.person("bo", guild), plan, "👎")
            await later.until(lambda: later.handling.payloads)
            assert [data["emoji"]["name"] for data in later.handling.of("reaction_add")] == ["👎"]
        for each in [*plan.reactions.get("👎", [])]:
            peer.unreact(each, plan, "👎")


async def test_a_reaction_taken_back_and_given_again_in_a_gap_is_heard_again(peer, guild, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        _, plan = await nod.ask(general, guild=guild)
        peer.react(ada, plan, "✅")
        await nod.until(lambda: nod.handling.of("reaction_add"))
    peer.unreact(ada, plan, "✅")
    async with listening(peer, tmp_path) as seen:
        assert seen.handling.payloads == []
    peer.react(ada, plan, "✅")
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.of("reaction_add"))


async def test_reactions_on_what_is_decided_are_not_read_but_those_on_a_runs_controls_are(
    peer, guild, general, ada, tmp_path
):
    async with listening(peer, tmp_path) as nod:
        run_id, plan = await nod.ask(general, guild=guild)
        stopped, other = await nod.ask(general, guild=guild)
        owner = Actor("discord", "1")
        await nod.nod.service.control(stopped, Verb.STOP, actor=owner, via="button")
        await nod.nod.dispatcher.idle()
    peer.react(ada, other, "✅")
    peer.react(ada, plan, "🛑")
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.payloads)
        await later.settled()
        assert [data["message_id"] for data in later.handling.of("reaction_add")] == [str(plan.id)]
    assert run_id != stopped


async def test_what_was_written_for_nod_in_a_gap_is_read_in_order_with_who_wrote_it(
    peer, guild, general, ada, tmp_path
):
    thread = peer.start_thread(ada, general, "ours")
    async with listening(peer, tmp_path) as nod:
        peer.say(ada, thread, "heard before")
        await nod.until(lambda: nod.handling.of("message"))
    peer.say(ada, general, "nothing to do with Nod")
    texts = [f"reply {number}" for number in range(3)]
    for text in texts:
        peer.say(ada, thread, text)
    peer.say(ada, general, f"<@{peer.bot.id}> write a blog")
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: len(later.handling.of("message")) >= 4)
        await later.settled()
        found = later.handling.of("message")
    assert [data["content"] for data in found if data["channel_id"] == str(thread.id)] == texts
    assert len(found) == 4
    assert {data["guild_id"] for data in found} == {str(guild.id)}
    assert all("roles" in data["member"] for data in found)


async def test_direct_messages_of_a_gap_are_read_of_everybody_who_wrote_to_nod_before(peer, guild, ada, tmp_path):
    people = [ada, peer.person("bo", guild)]
    async with listening(peer, tmp_path) as nod:
        for person in people:
            peer.say(person, peer.direct(person), "hello")  # no run is asked for
        await nod.until(lambda: len(nod.handling.of("message")) == 2)
    for person in people:
        peer.say(person, peer.direct(person), f"shorter, please, says {person.name}")
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: len(later.handling.of("message")) == 2)
        texts = [data["content"] for data in later.handling.of("message")]
        assert sorted(texts) == ["shorter, please, says ada", "shorter, please, says bo"]


async def test_a_direct_conversation_that_only_clicked_is_remembered_too(peer, ada, tmp_path):
    direct = peer.direct(ada)
    async with listening(peer, tmp_path) as nod:
        await peer.slash(ada, direct, "agent", {"goal": "help"})
        await nod.until(lambda: nod.handling.of("command"))
    peer.say(ada, direct, "write a blog")
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.of("message"))
        assert [data["content"] for data in later.handling.of("message")] == ["write a blog"]


async def test_what_was_written_in_a_thread_that_was_archived_in_the_same_gap_is_read(
    peer, guild, general, ada, tmp_path
):
    old, thread = (peer.start_thread(ada, general, name) for name in ("old", "ours"))
    async with listening(peer, tmp_path) as nod:
        await nod.ask(general, thread=thread, guild=guild)
        peer.say(ada, thread, "heard before")
        peer.say(ada, old, "heard before, too")
        await nod.until(lambda: len(nod.handling.of("message")) == 2)
        peer.archive_thread(ada, old)
    peer.say(ada, thread, "shorter, please")
    peer.archive_thread(ada, thread)
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.of("message"))
        await later.settled()
        assert [data["content"] for data in later.handling.of("message")] == ["shorter, please"]


async def test_a_post_of_a_gap_is_heard(peer, guild, general, ada, tmp_path):
    forum = peer.forum(guild)
    async with listening(peer, tmp_path) as nod:
        peer.say(ada, general, f"<@{peer.bot.id}> hello")
        await nod.until(lambda: nod.handling.payloads)
    post = peer.forum_post(ada, forum, "A blog", "write a blog about AI")
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.of("message"))
        assert [data["channel_id"] for data in later.handling.of("message")] == [str(post.id)]


async def test_a_new_database_answers_nothing_that_is_old(peer, general, ada, tmp_path):
    peer.say(ada, general, f"<@{peer.bot.id}> write a blog")
    async with listening(peer, tmp_path) as nod:
        assert nod.handling.payloads == []


async def test_a_channel_that_nod_may_not_read_any_more_holds_up_no_other(peer, guild, general, ada, tmp_path):
    closed = peer.channel(guild, "closed")
    async with listening(peer, tmp_path) as nod:
        peer.say(ada, general, f"<@{peer.bot.id}> hello")
        await nod.until(lambda: nod.handling.payloads)
    for channel in (closed, general):
        peer.say(ada, channel, f"<@{peer.bot.id}> write a blog")
    peer.deny(closed, peer.bot_role(guild), Permission.READ_MESSAGE_HISTORY)
    peer.faults.answer(f"GET /channels/{closed.id}/messages", 403)
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.of("message"))
        assert [data["channel_id"] for data in later.handling.of("message")] == [str(general.id)]


async def test_what_could_not_be_read_is_tried_again(peer, guild, general, ada, tmp_path):
    async with listening(peer, tmp_path) as nod:
        _, plan = await nod.ask(general, guild=guild)
    peer.react(ada, plan, "✅")
    peer.faults.answer(f"GET /channels/{general.id}/messages/{plan.id}", 503)
    async with listening(peer, tmp_path) as later:
        await later.until(lambda: later.handling.of("reaction_add"))
