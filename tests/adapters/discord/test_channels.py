"""Words for another channel of the server: only where both Nod and who asked may write, and once."""

import pytest

from agent_core.domain import Actor, Origin
from agent_core.platform_ports import AnswerLost, Audience, Standing
from tests.peers.discord import Permission

POST = "POST /channels/*/messages"
TEXT = "@everyone <@1> [bank](https://evil.example) **bold**"


@pytest.fixture
def asked(guild, general, ada):
    """Where it was asked, and by whom."""
    return Origin("discord", str(guild.id), str(general.id)), Actor("discord", str(ada.id), "Ada")


async def test_a_channel_is_found_by_name_or_id_with_who_reads_it(app, peer, guild, ada, asked):
    news = peer.channel(guild, "news")
    secret = peer.channel(guild, "secret")
    everyone = guild.everyone
    peer.deny(secret, everyone, Permission.VIEW_CHANNEL)
    for each in (peer.bot, ada):
        peer.allow(secret, each, Permission.VIEW_CHANNEL)

    found = await app.messenger.channel(*asked, "news")
    assert (found.id, found.name, found.place, found.audience) == (str(news.id), "news", guild.name, Audience.WORKSPACE)
    assert await app.messenger.channel(*asked, str(news.id)) == found
    assert (await app.messenger.channel(*asked, "secret")).audience is Audience.MEMBERS


async def test_what_the_asker_or_nod_cannot_see_or_write_in_is_not_there(app, peer, guild, ada, asked):
    peer.deny(peer.channel(guild, "unseen"), ada, Permission.VIEW_CHANNEL)
    peer.deny(peer.channel(guild, "mute"), ada, Permission.SEND_MESSAGES)
    peer.deny(peer.channel(guild, "without-nod"), peer.bot, Permission.VIEW_CHANNEL)

    names = ("unseen", "mute", "without-nod", "nothing")
    assert [await app.messenger.channel(*asked, each) for each in names] == [None] * 4


async def test_a_message_pings_nobody_hides_no_link_and_is_known_by_its_mark(app, peer, guild, asked):
    news = peer.channel(guild, "news")
    channel = await app.messenger.channel(*asked, "news")
    assert not await app.messenger.written(channel, "mark")

    await app.messenger.write(channel, TEXT, "mark")

    sent = [each for each in peer.requests if each.name.startswith(f"POST /channels/{news.id}/messages")][-1].body
    assert sent["allowed_mentions"]["parse"] == []
    assert sent["components"][0]["content"].startswith(r"\@everyone \<\@1> \[bank\](https://evil.example) \*\*bold")
    assert await app.messenger.written(channel, "mark")
    assert not await app.messenger.written(channel, "another mark")
    await app.messenger.write(channel, TEXT, "mark")
    assert len(peer.bot_messages(news)) == 1


async def test_a_message_whose_answer_was_lost_is_found_again(app, peer, guild, asked):
    news = peer.channel(guild, "news")
    channel = await app.messenger.channel(*asked, "news")
    peer.faults.lose(POST, after_commit=True, times=10)

    with pytest.raises(AnswerLost):
        await app.messenger.write(channel, TEXT, "mark")

    assert await app.messenger.written(channel, "mark")
    assert len(peer.bot_messages(news)) == 1


async def test_a_schedule_s_owner_is_gone_who_left_or_cannot_read_its_channel_any_more(
    app, peer, guild, general, asked
):
    origin, owner = asked
    quiet = peer.channel(guild, "quiet")
    unseen = Origin("discord", str(guild.id), str(quiet.id))
    bob = peer.person("bob", guild)
    assert await app.messenger.standing(origin, owner) is Standing.FINE

    peer.deny(quiet, guild.everyone, Permission.VIEW_CHANNEL)
    peer.allow(quiet, peer.bot, Permission.VIEW_CHANNEL)
    assert await app.messenger.standing(unseen, owner) is Standing.OWNER_GONE

    peer.kick(guild, bob)
    assert await app.messenger.standing(origin, Actor("discord", str(bob.id))) is Standing.OWNER_GONE

    peer.delete_channel(general)
    assert await app.messenger.standing(origin, owner) is Standing.CHANNEL_GONE
