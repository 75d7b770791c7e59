"""Messages: nonces, mentions, intents, history, direct conversations, reactions, files."""

from io import BytesIO

import discord
import pytest

from tests.peers.discord import File, Permission, Pings
from tests.peers.discord.limits import MIB
from tests.peers.discord.stock import App, running


def refusal(error: pytest.ExceptionInfo[discord.HTTPException]) -> tuple[int, int]:
    return error.value.status, error.value.code


async def test_a_nonce_is_posted_once_within_its_window(peer, general) -> None:
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        first = await channel.send("card", nonce="run1-card1")
        again = await channel.send("card", nonce="run1-card1")
        assert first.id == again.id
        assert (await channel.send("another", nonce="run1-card2")).id != first.id
        peer.clock.advance(minutes=6)
        assert (await channel.send("card", nonce="run1-card1")).id != first.id
        assert [message.text for message in peer.messages(general)] == ["card", "another", "card"]
        assert peer.messages(general)[0].nonce == "run1-card1"


async def test_a_careless_app_pings_and_a_careful_one_does_not(peer, guild, general, ada) -> None:
    ops = peer.role(guild, "ops", mentionable=True)
    quiet = peer.role(guild, "quiet")
    text = f"@everyone {ada.mention} {ops.mention} {quiet.mention}"
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        careless = await channel.send(text)
        careful = await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
        # everybody may mention everyone in a new guild, and so every role
        assert general.messages[careless.id].pings == Pings(frozenset({ada}), frozenset({ops, quiet}), everyone=True)
        assert not general.messages[careful.id].pings
        assert careful.mentions == []
        assert peer.pinging() == [general.messages[careless.id]]

        peer.deny(general, guild.everyone, Permission.MENTION_EVERYONE)
        weaker = await channel.send(text)
        assert general.messages[weaker.id].pings == Pings(frozenset({ada}), frozenset({ops}))


async def test_an_edit_names_people_and_pings_nobody(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        sent = await app.get_channel(general.id).send("hello")
        await sent.edit(content=f"hello {ada.mention}")
        assert peer.messages(general)[0].mentions.users == {ada}
        assert peer.pinging() == []


async def test_a_reply_pings_unless_told_otherwise(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        peer.say(ada, general, "hello")
        [heard] = await app.until(lambda: app.said)
        loud, soft = await heard.reply("yes?"), await heard.reply("yes", mention_author=False)
        assert general.messages[loud.id].pings.users == {ada}
        assert not general.messages[soft.id].pings
        assert loud.type is discord.MessageType.reply


async def test_without_the_content_intent_only_what_concerns_the_app_is_told(peer, general, ada) -> None:
    peer.app.message_content = False
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    async with running(peer, App(intents)) as app:
        own = await app.get_channel(general.id).send("my own")
        peer.say(ada, general, "for others", files=[File("a.txt", b"a")])
        peer.say(ada, general, f"for {peer.bot.mention}")
        peer.say(ada, general, "a reply", reply_to=general.messages[own.id])
        peer.say(ada, peer.direct(ada), "in private")
        await app.until(lambda: len(app.said) == 5)
        told = [message.content for message in app.said]
        assert told == ["my own", "", f"for {peer.bot.mention}", "a reply", "in private"]
        assert app.said[1].attachments == []
        fetched = [message.content async for message in app.get_channel(general.id).history(oldest_first=True)]
        assert fetched == ["my own", "", f"for {peer.bot.mention}", "a reply"]


async def test_events_come_only_with_their_intents(peer, general, ada) -> None:
    async with running(peer, App(discord.Intents(guilds=True))) as app:
        said = peer.say(ada, general, "hello")
        peer.react(ada, said, "👍")
        peer.start_thread(ada, general, "talk")
        await app.until(lambda: "THREAD_CREATE" in app.heard)
        assert not {"MESSAGE_CREATE", "MESSAGE_REACTION_ADD"} & {*app.heard}


async def test_history_is_paged(peer, general, ada) -> None:
    said = [peer.say(ada, general, str(number)) for number in range(5)]
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        assert [each.content async for each in channel.history(limit=2)] == ["4", "3"]
        first = discord.Object(said[1].id)
        assert [each.content async for each in channel.history(limit=2, after=first)] == ["2", "3"]
        assert [each.content async for each in channel.history(limit=2, before=first)] == ["0"]
        around = channel.history(limit=3, around=discord.Object(said[2].id))
        assert {each.content async for each in around} == {"1", "2", "3"}
        assert (await channel.fetch_message(said[3].id)).content == "3"
        peer.delete(ada, said[3])
        with pytest.raises(discord.NotFound) as error:
            await channel.fetch_message(said[3].id)
        assert error.value.code == 10008


async def test_direct_conversations_and_people_who_refuse_them(peer, guild, ada) -> None:
    bob = peer.person("bob", guild)
    bob.accepts_direct_messages = False
    async with running(peer, App()) as app:
        await (await app.fetch_user(ada.id)).send("psst")
        assert [message.text for message in peer.messages(peer.direct(ada))] == ["psst"]
        with pytest.raises(discord.Forbidden) as error:
            await (await app.fetch_user(bob.id)).send("psst")
        assert error.value.code == 50007


async def test_reactions_are_told_and_can_be_listed(peer, guild, general, ada) -> None:
    bob = peer.person("bob", guild)
    async with running(peer, App()) as app:
        sent = await app.get_channel(general.id).send("May I?")
        shown = general.messages[sent.id]
        peer.react(ada, shown, "✅")
        peer.react(bob, shown, "✅")
        peer.unreact(ada, shown, "✅")
        await app.until(lambda: "MESSAGE_REACTION_REMOVE" in app.heard)
        await sent.add_reaction("⏳")
        fetched = await sent.channel.fetch_message(sent.id)
        assert [(str(each.emoji), each.count, each.me) for each in fetched.reactions] == [
            ("✅", 1, False),
            ("⏳", 1, True),
        ]
        assert [user.name async for user in fetched.reactions[0].users()] == ["bob"]
        await sent.remove_reaction("⏳", app.user)
        assert [*shown.reactions] == ["✅"]


async def test_super_reactions_are_listed_apart(peer, guild, general, ada) -> None:
    bob = peer.person("bob", guild)
    async with running(peer, App()) as app:
        sent = await app.get_channel(general.id).send("May I?")
        peer.react(ada, general.messages[sent.id], "✅")
        peer.react(bob, general.messages[sent.id], "✅", burst=True)
        [reaction] = (await sent.channel.fetch_message(sent.id)).reactions
        assert (reaction.count, reaction.normal_count, reaction.burst_count) == (2, 1, 1)
        assert [user.name async for user in reaction.users(type=discord.ReactionType.normal)] == ["ada"]
        assert [user.name async for user in reaction.users(type=discord.ReactionType.burst)] == ["bob"]


async def test_another_s_message_cannot_be_edited_nor_deleted(peer, general, ada) -> None:
    peer.say(ada, general, "mine")
    async with running(peer, App()) as app:
        [fetched] = [each async for each in app.get_channel(general.id).history()]
        with pytest.raises(discord.Forbidden) as edit:
            await fetched.edit(content="yours")
        with pytest.raises(discord.Forbidden) as delete:
            await fetched.delete()
        assert (refusal(edit), refusal(delete)) == ((403, 50005), (403, 50013))


async def test_old_messages_take_only_so_many_edits(peer, general) -> None:
    peer.world.old_edits_allowed = 1
    async with running(peer, App(max_ratelimit_timeout=30)) as app:
        sent = await app.get_channel(general.id).send("card")
        await sent.edit(content="0")
        peer.clock.advance(hours=2)
        await sent.edit(content="1")
        with pytest.raises(discord.RateLimited):
            await sent.edit(content="2")
        assert peer.requests[-1].code == 30046
        assert peer.messages(general)[0].text == "1"


@pytest.mark.parametrize(("tier", "most"), [(0, 10), (2, 50)])
async def test_files_have_a_size_by_boost_tier(peer, tier: int, most: int) -> None:
    general = peer.channel(peer.guild(boost_tier=tier))
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        assert channel.guild.filesize_limit == most * MIB
        await channel.send(file=discord.File(_zeros(most * MIB), "fits.bin"))
        with pytest.raises(discord.HTTPException) as error:
            await channel.send(file=discord.File(_zeros(most * MIB + 1), "not.bin"))
        assert refusal(error) == (413, 40005)
        assert [[*message.files] for message in peer.messages(general)] == [["fits.bin"]]


def _zeros(size: int) -> BytesIO:
    return BytesIO(bytes(size))


async def test_names_of_files_are_made_plain_and_told_as_titles(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        channel = app.get_channel(general.id)
        sent = await channel.send(file=discord.File(_zeros(1), "博客 draft.md"))
        assert (sent.attachments[0].filename, sent.attachments[0].title) == ("draft.md", "博客 draft")
        peer.say(ada, general, files=[File("博客.md", b"words")])
        heard = (await app.until(lambda: [each for each in app.said if each.author.id == ada.id]))[0]
        assert heard.attachments[0].title == "博客"
        assert heard.attachments[0].filename.endswith(".md")
        assert await heard.attachments[0].read() == b"words"
        assert [[*message.files] for message in peer.messages(general)] == [["博客 draft.md"], ["博客.md"]]

        view = discord.ui.LayoutView()
        view.add_item(discord.ui.File("attachment://博客.md"))
        with pytest.raises(discord.HTTPException, match="was not found"):
            await channel.send(view=view, file=discord.File(_zeros(1), "博客.md"))


async def test_a_download_can_fail(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        peer.say(ada, general, files=[File("a.txt", b"a")])
        [heard] = await app.until(lambda: app.said)
        peer.faults.answer("GET /attachments/**", 404)
        with pytest.raises(discord.NotFound):
            await heard.attachments[0].read()
        assert await heard.attachments[0].read() == b"a"
