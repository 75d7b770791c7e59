"""Commands, buttons, selects and modals. Each gives back what the app answered first."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from tests.peers.discord.filenames import stored
from tests.peers.discord.interaction import COMMAND, COMPONENT, MODAL_SUBMIT, Answer, Interaction
from tests.peers.discord.messages import Attachment, File, Message, Modal
from tests.peers.discord.model import Channel, Thread, User
from tests.peers.discord.payloads import attachment_json, channel_json, member_json, message_json, user_json
from tests.peers.discord.people.client import Client, NotAllowedError, need
from tests.peers.discord.people.commands import Filled, find_command, find_subcommand
from tests.peers.discord.people.forms import filled_modal
from tests.peers.discord.permissions import EVERYTHING, Permission

Json = dict[str, Any]
GUILD, BOT_DIRECT = 0, 1  # docs, Interaction Context Types


class Interacting(Client):
    """What people do with the app."""

    async def slash(
        self,
        user: User,
        channel: Channel,
        command: str,
        options: Mapping[str, Any] | None = None,
        *,
        subcommand: str | None = None,
        attachments: Iterable[File] = (),
    ) -> Answer:
        """Use a slash command; `subcommand` is "name" or "group name"; files go to its attachment options in order."""
        found = find_command(self.world, user, channel, command, 1)
        path = (subcommand or "").split()
        takes = find_subcommand(found, path).get("options") or []
        filled = Filled(self.world, channel)
        filled.fill(takes, dict(options or {}), tuple(attachments))
        if filled.uploads:
            uploaded = {own: self._upload(channel, int(own), file) for own, file in filled.uploads.items()}
            filled.resolved["attachments"] = {own: attachment_json(each) for own, each in uploaded.items()}
        inner = filled.options
        for depth, name in reversed(list(enumerate(path))):
            kind = 2 if len(path) == 2 and depth == 0 else 1
            inner = [{"name": name, "type": kind, "options": inner}]
        data = {**_named(found), "options": inner, "resolved": filled.resolved}
        return await self._command(user, channel, data)

    async def context_menu(self, user: User, message: Message, command: str) -> Answer:
        """Use a message command on a message; its content is told whatever the app's intents are."""
        found = find_command(self.world, user, message.channel, command, 3)
        told = message_json(message, self.world.app)
        resolved = {"messages": {str(message.id): told}}
        data = {**_named(found), "target_id": str(message.id), "resolved": resolved}
        return await self._command(user, message.channel, data)

    async def click(self, user: User, message: Message, button: str) -> Answer:
        """Click a button, by its label or its custom id."""
        part = _component(message, button, (2,))
        if part["style"] == 5:
            raise NotAllowedError(f"{button} is a link")
        return await self._component(user, message, part, {})

    async def select(self, user: User, message: Message, menu: str, *values: str) -> Answer:
        """Choose in a select menu, by its placeholder or its custom id."""
        part = _component(message, menu, (3, 5, 6, 7, 8))
        known = [option["value"] for option in part.get("options") or []]
        if part["type"] == 3 and not set(values) <= set(known):
            raise NotAllowedError(f"{menu} offers {known}")
        return await self._component(user, message, part, {"values": list(values)})

    async def submit_modal(self, user: User, modal: Modal, values: Mapping[str, Any] | None = None) -> Answer:
        """Send a modal off; `values` by label or custom id, the others stay as they were filled in.

        The value of a file upload is a sequence of files.
        """
        if modal.person is not user:
            raise NotAllowedError(f"{user.name} does not see that modal")
        before, given, attachments = modal.interaction, dict(values or {}), {}
        for name, files in given.items():
            if not isinstance(files, str) and any(isinstance(each, File) for each in files):
                uploads = [self._upload(before.channel, self.world.new_id(), each) for each in files]
                attachments |= {str(each.id): attachment_json(each) for each in uploads}
                given[name] = [str(each.id) for each in uploads]
        data = {"custom_id": modal.custom_id, "components": filled_modal(modal, given)}
        if attachments:
            data["resolved"] = {"attachments": attachments}
        return await self._interact(MODAL_SUBMIT, user, before.channel, data, message=before.message, opened_by=before)

    async def _command(self, user: User, channel: Channel, data: Json) -> Answer:
        need(user, channel, Permission.USE_APPLICATION_COMMANDS)
        if isinstance(channel, Thread) and channel.archived:
            raise NotAllowedError("archived threads take no commands")
        return await self._interact(COMMAND, user, channel, data)

    async def _component(self, user: User, message: Message, part: Json, more: Json) -> Answer:
        need(user, message.channel)
        if message.deleted or message.audience not in (None, user):
            raise NotAllowedError(f"{user.name} does not see that message")
        if part.get("disabled"):
            raise NotAllowedError(f"{part.get('label')} is disabled")
        data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"], **more}
        return await self._interact(COMPONENT, user, message.channel, data, message=message)

    async def _interact(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        *,
        message: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Answer:
        world, own = self.world, self.world.new_id()
        began = asyncio.get_running_loop().time()
        token = f"aW50ZXJhY3Rpb246{own:x}"
        interaction = Interaction(own, token, kind, user, channel, data, world.clock.now, began, message, opened_by)
        world.interactions[token] = interaction
        if not world.sessions:
            world.fail(interaction)  # nobody is there to hear it
        world.dispatch("INTERACTION_CREATE", self._told(interaction), always=True)
        try:
            async with asyncio.timeout(self.guard):
                return await asyncio.shield(interaction.answer)
        except TimeoutError:
            raise AssertionError(f"the app said nothing to {data} for {self.guard} s of real time") from None

    def _told(self, interaction: Interaction) -> Json:
        world, channel, user = self.world, interaction.channel, interaction.person
        told: Json = {
            "id": str(interaction.id),
            "application_id": str(world.app.id),
            "type": interaction.type,
            "data": interaction.data,
            "token": interaction.token,
            "version": 1,
            "channel_id": str(channel.id),
            "channel": {**channel_json(channel, world.app.bot), "permissions": str(int(channel.allowed(user)))},
            "app_permissions": str(int(channel.allowed(world.app.bot) & EVERYTHING)),
            "locale": "en-US",
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": {"0": str(channel.guild.id) if channel.guild else "0"},
            "context": GUILD if channel.guild else BOT_DIRECT,
            "attachment_size_limit": world.file_size(channel),
        }
        if channel.guild is None:
            told["user"] = user_json(user)
        else:
            guild, member = channel.guild, channel.guild.member(user)
            told |= {"guild_id": str(guild.id), "guild_locale": "en-US"}
            told["guild"] = {"id": str(guild.id), "locale": "en-US", "features": []}
            if member is None:
                raise NotAllowedError(f"{user.name} is not in {guild.name}")
            told["member"] = {**member_json(member), "permissions": str(int(channel.allowed(user)))}
        if interaction.message is not None:
            told["message"] = message_json(interaction.message, world.app)
        return told

    def _upload(self, channel: Channel, own: int, given: File) -> Attachment:
        file = stored(given)
        if len(file.content) > self.world.file_size(channel):
            raise NotAllowedError(f"{file.name} is too large to upload")
        self.world.cdn[channel.id, own, file.name] = file.content
        url = f"{self.world.cdn_url}/ephemeral-attachments/{channel.id}/{own}/{file.name}"
        return Attachment(own, file, url, ephemeral=True)


def _named(command: Json) -> Json:
    named = {"id": command["id"], "name": command["name"], "type": command["type"]}
    return {**named, "guild_id": command["guild_id"]} if "guild_id" in command else named


def _component(message: Message, name: str, kinds: tuple[int, ...]) -> Json:
    """The component of that label, placeholder or custom id."""
    offered = [part for part in message.parts if part["type"] in kinds]
    for key in ("custom_id", "label", "placeholder"):
        for part in offered:
            if part.get(key) == name:
                return part
    shown = [part.get("label") or part.get("placeholder") or part.get("custom_id") for part in offered]
    raise NotAllowedError(f"there is no {name!r} to use, but {shown}")
