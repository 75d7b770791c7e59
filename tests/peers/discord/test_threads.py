"""Threads and forums, and who may do what."""

import discord
import pytest

from tests.peers.discord import NotAllowedError, Permission
from tests.peers.discord.stock import App, command, running


def refusal(error: pytest.ExceptionInfo[discord.HTTPException]) -> tuple[int, int]:
    return error.value.status, error.value.code


async def test_one_thread_from_a_message(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        said = peer.say(ada, general, "write a blog")
        [heard] = await app.until(lambda: app.said)
        thread = await heard.create_thread(name="a blog")
        assert thread.id == said.id
        [shown] = peer.threads(general)
        assert (shown.name, said.thread) == ("a blog", shown)
        with pytest.raises(discord.HTTPException) as error:
            await heard.create_thread(name="again")
        assert refusal(error) == (400, 160004)
        await thread.send("the plan")
        assert [message.text for message in peer.messages(shown)] == ["the plan"]
        peer.say(ada, shown, "good")
        await app.until(lambda: any(message.content == "good" for message in app.said))
        assert ada.id in shown.joined


async def test_threads_without_a_message_are_public_or_private(peer, guild, general, ada) -> None:
    bob = peer.person("bob", guild)
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        await channel.create_thread(name="open", type=discord.ChannelType.public_thread)
        closed = await channel.create_thread(name="closed")
        await closed.add_user(discord.Object(ada.id))
        shown = peer.threads(general)[1]
        assert shown.visible_to(ada)
        with pytest.raises(NotAllowedError, match="bob cannot see closed"):
            peer.say(bob, shown, "let me in")
        assert [member.id for member in await closed.fetch_members()] == [app.user.id, ada.id]


async def test_forum_posts_of_people_and_of_the_app(peer, guild, ada) -> None:
    forum = peer.forum(guild, tags=("goal",), requires_tag=True)
    async with running(peer, App()) as app:
        post = peer.forum_post(ada, forum, "a blog", "write a blog")
        [heard] = await app.until(lambda: app.said)
        assert (heard.channel.id, heard.content, heard.channel.parent.id) == (post.id, "write a blog", forum.id)
        channel = app.get_channel(forum.id)
        with pytest.raises(discord.HTTPException) as error:
            await channel.create_thread(name="mine", content="words")
        assert refusal(error) == (400, 40067)
        own = await channel.create_thread(name="mine", content="words", applied_tags=channel.available_tags)
        assert own.message.id == own.thread.id
        assert [thread.name for thread in peer.threads(forum)] == ["a blog", "mine"]


async def test_archived_threads_wake_when_written_into_and_locked_ones_do_not(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        thread = await app.get_channel(general.id).create_thread(name="t", type=discord.ChannelType.public_thread)
        sent = await thread.send("a card")
        [shown] = peer.threads(general)
        peer.archive_thread(peer.app.owner, shown)
        with pytest.raises(discord.HTTPException) as error:
            await sent.edit(content="a new card")
        assert refusal(error) == (400, 50083)
        with pytest.raises(discord.HTTPException) as error:
            await sent.add_reaction("👍")
        assert refusal(error) == (400, 50083)
        await thread.send("awake")
        assert not shown.archived

        peer.lock_thread(peer.app.owner, shown)
        for attempt in (thread.send("hello"), sent.edit(content="hello"), sent.delete()):
            with pytest.raises(discord.HTTPException) as error:
                await attempt
            assert refusal(error) == (403, 160005)
        peer.change_role(general.guild, peer.bot_role(general.guild), Permission.MANAGE_THREADS)
        await thread.send("a moderator's word")
        assert not shown.archived
        await sent.add_reaction("👍")
        assert shown.locked


async def test_a_thread_has_two_new_names_in_ten_minutes(peer, general) -> None:
    async with running(peer, App(max_ratelimit_timeout=30)) as app:
        thread = await app.get_channel(general.id).create_thread(name="0", type=discord.ChannelType.public_thread)
        await thread.edit(name="1")
        await thread.edit(name="2")
        with pytest.raises(discord.RateLimited) as error:
            await thread.edit(name="3")
        assert error.value.retry_after == 600
        assert (peer.counts.too_many, peer.counts.invalid) == (1, 1)
        peer.clock.advance(minutes=10)
        await thread.edit(name="4")
        assert peer.threads(general)[0].name == "4"


async def test_only_moderators_lock_and_delete(peer, guild, general) -> None:
    async with running(peer, App()) as app:
        thread = await app.get_channel(general.id).create_thread(name="t", type=discord.ChannelType.public_thread)
        for attempt in (thread.edit(locked=True), thread.delete()):
            with pytest.raises(discord.Forbidden) as error:
                await attempt
            assert error.value.code == 50013
        await thread.edit(archived=True)
        assert peer.threads(general)[0].archived
        peer.change_role(guild, peer.bot_role(guild), Permission.MANAGE_THREADS)
        await thread.delete()
        assert peer.threads(general) == []


@pytest.mark.parametrize(("denied", "code"), [(Permission.VIEW_CHANNEL, 50001), (Permission.SEND_MESSAGES, 50013)])
async def test_a_channel_s_overwrites_hold(peer, guild, general, denied: Permission, code: int) -> None:
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        peer.deny(general, guild.everyone, denied)
        with pytest.raises(discord.Forbidden) as error:
            await channel.send("hello")
        assert error.value.code == code
        peer.allow(general, peer.bot_role(guild), denied)
        await channel.send("hello")
        assert peer.counts.invalid == 1


async def test_files_and_threads_need_permissions_of_their_own(peer, guild, general, ada) -> None:
    peer.deny(general, peer.bot, Permission.ATTACH_FILES | Permission.CREATE_PUBLIC_THREADS)
    peer.deny(general, peer.bot, Permission.ADD_REACTIONS)
    async with running(peer, App()) as app:
        sent = await app.get_channel(general.id).send("hello")
        for attempt in (
            sent.channel.send(file=discord.File(__file__, "t.py")),
            sent.create_thread(name="t"),
            sent.add_reaction("👍"),
        ):
            with pytest.raises(discord.Forbidden) as error:
                await attempt
            assert error.value.code == 50013


async def test_what_was_taken_away_is_told(peer, guild, general, ada) -> None:
    app = App()

    @command(app, "agent", guild=discord.Object(guild.id))
    async def agent(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("yes")

    async with running(peer, app):
        await app.tree.sync(guild=discord.Object(guild.id))
        ops = peer.role(guild, "ops")
        peer.give_role(guild, ada, ops)
        await app.until(lambda: "GUILD_MEMBER_UPDATE" in app.heard)
        assert [role.name for role in app.guilds[0].get_member(ada.id).roles] == ["@everyone", "ops"]
        peer.delete_role(guild, ops)
        thread = peer.start_thread(ada, general, "t")
        peer.delete_thread(peer.app.owner, thread)
        peer.delete_channel(general)
        other = peer.channel(guild, "other")
        assert (await peer.slash(ada, other, "agent")).text == "yes"
        peer.kick_bot(guild)
        await app.until(lambda: "GUILD_DELETE" in app.heard)
        assert {"GUILD_ROLE_CREATE", "GUILD_ROLE_DELETE", "THREAD_DELETE", "CHANNEL_DELETE"} <= {*app.heard}
        assert not app.guilds
        with pytest.raises(discord.Forbidden):
            await app.get_partial_messageable(other.id).send("hello?")
