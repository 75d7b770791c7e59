"""Commands, buttons and modals, with stock discord.py."""

import asyncio

import discord
import pytest
from discord import app_commands, ui

from tests.peers.discord import File, NotAllowedError, Permission, Pings
from tests.peers.discord.stock import App, command, running


async def test_a_slash_command_is_answered_in_the_channel(peer, general, ada) -> None:
    app = App()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction, goal: str) -> None:
        await interaction.response.send_message(f"{interaction.user.name} wants {goal}")

    async with running(peer, app, sync=True):
        answer = await peer.slash(ada, general, "agent", {"goal": "a blog"})
        assert (answer.kind, answer.text, answer.ephemeral) == ("message", "ada wants a blog", False)
        assert 0 < answer.latency < 3
        assert peer.messages(general) == [answer.message]


async def test_the_client_refuses_what_a_command_does_not_take(peer, general, ada) -> None:
    app = App()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction, goal: str) -> None:
        raise NotImplementedError

    async with running(peer, app, sync=True):
        with pytest.raises(NotAllowedError, match="goal is required"):
            await peer.slash(ada, general, "agent")
        with pytest.raises(NotAllowedError, match="no command nod"):
            await peer.slash(ada, general, "nod")
        assert "INTERACTION_CREATE" not in app.heard


async def test_sub_commands_have_options_people_channels_and_files(peer, guild, general, ada) -> None:
    app = App()
    group = app_commands.Group(name="nod", description="all of it")
    app.tree.add_command(group)
    got = {}

    @group.command(name="share", description="share it")
    async def share(
        interaction: discord.Interaction, who: discord.Member, where: discord.TextChannel, what: discord.Attachment
    ) -> None:
        got.update(who=who.name, where=where.name, what=await what.read(), size=what.size)
        await interaction.response.send_message("shared", ephemeral=True)

    async with running(peer, app, sync=True):
        bob = peer.person("bob", guild)
        paper = File("paper.txt", b"words")
        options = {"who": bob, "where": general}
        answer = await peer.slash(ada, general, "nod", options, subcommand="share", attachments=[paper])
        assert got == {"who": "bob", "where": "general", "what": b"words", "size": 5}
        assert answer.ephemeral
        assert peer.ephemerals(ada) == [answer.message]
        assert peer.ephemerals(bob) == []
        assert peer.messages(general) == []


async def test_a_deferred_answer_settles_when_the_app_fills_it_in(peer, general, ada) -> None:
    app = App()
    work = asyncio.Event()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await work.wait()
        await interaction.followup.send("done at last")
        await interaction.followup.send("and more", ephemeral=True)

    async with running(peer, app, sync=True):
        answer = await peer.slash(ada, general, "agent")
        assert answer.kind == "deferred"
        assert answer.message.loading
        work.set()
        assert (await peer.settled(answer)).text == "done at last"
        assert answer.message.edited_at is None
        [more] = await peer.until(lambda: answer.followups)
        assert (more.text, more.ephemeral) == ("and more", True)


async def test_a_message_menu_reads_the_message_even_without_the_content_intent(peer, general, ada) -> None:
    peer.app.message_content = False
    app = App(discord.Intents(guilds=True, guild_messages=True))

    @app.tree.context_menu(name="Ask Nod")
    async def ask(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"about {message.content}", ephemeral=True)

    async with running(peer, app, sync=True):
        said = peer.say(ada, general, "the weather")
        answer = await peer.context_menu(ada, said, "Ask Nod")
        assert answer.text == "about the weather"
        assert app.said[0].content == ""


class Question(ui.LayoutView):
    row = ui.ActionRow()

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.text = ui.TextDisplay("May I?")
        self.add_item(ui.Container(self.text))

    @row.button(label="Approve", custom_id="approve", style=discord.ButtonStyle.success)
    async def approve(self, interaction: discord.Interaction, button: ui.Button) -> None:
        self.text.content = f"Approved by {interaction.user.name}"
        button.disabled = True
        await interaction.response.edit_message(view=self)

    @row.button(label="Edit", custom_id="edit")
    async def change(self, interaction: discord.Interaction, button: ui.Button) -> None:
        await interaction.response.send_modal(Reason())


class Reason(ui.Modal, title="Why?"):
    reason = ui.Label(text="Reason", component=ui.TextInput(style=discord.TextStyle.long, min_length=3))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Because {self.reason.component.value}")


async def test_a_button_changes_its_message_and_is_then_disabled(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        await app.get_channel(general.id).send(view=Question())
        [shown] = peer.messages(general)
        assert shown.buttons == ["Approve", "Edit"]
        answer = await peer.click(ada, shown, "Approve")
        assert answer.kind == "update"
        assert shown.text == "Approved by ada"
        assert shown.buttons == ["Edit"]
        with pytest.raises(NotAllowedError, match="disabled"):
            await peer.click(ada, shown, "approve")


async def test_a_modal_opens_is_checked_and_submitted(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        await app.get_channel(general.id).send(view=Question())
        [shown] = peer.messages(general)
        opened = await peer.click(ada, shown, "Edit")
        assert opened.kind == "modal"
        assert peer.modals(ada) == [opened.modal]
        assert opened.modal.title == "Why?"
        with pytest.raises(NotAllowedError, match="3 to 4000 characters"):
            await peer.submit_modal(ada, opened.modal, {"Reason": "no"})
        answer = await peer.submit_modal(ada, opened.modal, {"Reason": "it is late"})
        assert answer.text == "Because it is late"
        assert answer.message.reply_to is shown


async def test_after_three_seconds_nobody_hears_the_answer(peer, general, ada) -> None:
    app = App()
    late = asyncio.Event()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        late.set()
        await peer.until(lambda: peer.world.interactions[interaction.token].failed)
        await interaction.response.send_message("too late")

    async with running(peer, app, sync=True):
        asking = asyncio.create_task(peer.slash(ada, general, "agent"))
        await late.wait()
        peer.clock.advance(3.1)
        assert (await asking).failed
        [error] = await app.until(lambda: app.errors)
        assert (error.status, error.code) == (404, 10062)
        assert peer.messages(general) == []


async def test_an_interaction_is_acknowledged_once(peer, general, ada) -> None:
    app = App()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("once")
        interaction.response._response_type = None  # as another process would, which does not know
        await interaction.response.send_message("twice")

    async with running(peer, app, sync=True):
        assert (await peer.slash(ada, general, "agent")).text == "once"
        [error] = await app.until(lambda: app.errors)
        assert (error.status, error.code) == (400, 40060)


async def test_a_token_lasts_a_quarter_of_an_hour(peer, general, ada) -> None:
    app = App()
    asked = []

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        asked.append(interaction)
        await interaction.response.defer(ephemeral=True)

    async with running(peer, app, sync=True):
        answer = await peer.slash(ada, general, "agent")
        peer.clock.advance(minutes=14)
        await asked[0].edit_original_response(content="still here")
        assert answer.message.text == "still here"
        peer.clock.advance(minutes=2)
        with pytest.raises(discord.HTTPException) as refused:
            await asked[0].edit_original_response(content="gone")
        assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_nobody_answers_while_the_app_is_away(peer, general, ada) -> None:
    peer.app.commands[None] = [{"id": "1", "name": "agent", "type": 1, "options": []}]
    answer = await peer.slash(ada, general, "agent")
    assert answer.failed


async def test_in_private_and_on_ephemeral_messages_all_works_too(peer, guild, ada) -> None:
    app = App()
    bob = peer.person("bob", guild)

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Question(), ephemeral=True)

    async with running(peer, app, sync=True):
        asked = await peer.slash(ada, peer.direct(ada), "agent")
        assert (asked.ephemeral, asked.text) == (True, "May I?")
        with pytest.raises(NotAllowedError, match="bob"):
            await peer.click(bob, asked.message, "Approve")
        await peer.click(ada, asked.message, "Approve")
        assert peer.ephemerals(ada)[0].text == "Approved by ada"
        assert peer.messages(peer.direct(ada)) == []


class Choice(ui.View):
    @ui.select(placeholder="Which?", options=[discord.SelectOption(label="One"), discord.SelectOption(label="Two")])
    async def which(self, interaction: discord.Interaction, select: ui.Select) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"You chose {select.values[0]}", view=None)


async def test_a_choice_in_a_menu_is_deferred_and_then_changes_its_message(peer, general, ada) -> None:
    async with running(peer, App()) as app:
        await app.get_channel(general.id).send("Choose", view=Choice())
        [shown] = peer.messages(general)
        with pytest.raises(NotAllowedError, match="offers"):
            await peer.select(ada, shown, "Which?", "Three")
        answer = await peer.select(ada, shown, "Which?", "Two")
        assert answer.kind == "deferred_update"
        await peer.until(lambda: shown.text == "You chose Two")
        assert shown.parts == []


async def test_an_answer_can_be_deleted(peer, general, ada) -> None:
    app = App()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("oops")
        await interaction.delete_original_response()

    async with running(peer, app, sync=True):
        answer = await peer.slash(ada, general, "agent")
        await peer.until(lambda: answer.message.deleted)
        assert peer.messages(general) == []


async def test_answers_ping_nobody_but_users_by_default(peer, guild, general, ada) -> None:
    app = App()

    @command(app, "agent")
    async def agent(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"@everyone {ada.mention}")

    async with running(peer, app, sync=True):
        peer.allow(general, peer.bot, Permission.MENTION_EVERYONE)
        answer = await peer.slash(ada, general, "agent")
        assert answer.message.pings == Pings(frozenset({ada}))
