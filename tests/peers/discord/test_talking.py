"""Login, guilds and messages, with stock discord.py."""

import discord

from tests.peers.discord import File
from tests.peers.discord.stock import App, running


async def test_an_app_logs_in_and_knows_its_guild_with_all_members(peer, guild, ada) -> None:
    async with running(peer, App()) as app:
        assert app.user.name == "Nod"
        assert app.application.id == peer.app.id
        [known] = app.guilds
        assert known.name == "Team"
        assert known.get_member(ada.id).name == "ada"
        assert [channel.name for channel in known.text_channels] == ["general"]


async def test_what_people_say_arrives_and_what_the_app_says_is_there(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        said = peer.say(ada, general, "hello", files=[File("notes.txt", b"some notes")])
        [heard] = await app.until(lambda: app.said)
        assert heard.content == "hello"
        assert heard.author.display_name == "ada"
        assert await heard.attachments[0].read() == b"some notes"

        answer = await heard.reply("hi", file=discord.File(__file__, "code.py"))
        [_, shown] = peer.messages(general)
        assert shown.text == "hi"
        assert shown.reply_to is said
        assert shown.id == answer.id
        assert b"with stock discord.py" in shown.files["code.py"]
