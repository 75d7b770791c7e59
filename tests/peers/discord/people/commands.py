"""Commands as the client offers them: found by name, their options checked before anything is sent."""

from typing import Any

from tests.peers.discord.messages import File
from tests.peers.discord.model import Channel, User
from tests.peers.discord.payloads import channel_json, member_json, role_json, user_json
from tests.peers.discord.people.client import NotAllowedError
from tests.peers.discord.permissions import Permission
from tests.peers.discord.world import World

Json = dict[str, Any]
SUBCOMMAND, GROUP, TEXT, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)


def find_command(world: World, user: User, channel: Channel, name: str, kind: int) -> Json:
    """The command as the person sees it here; a guild's own hides one of the same name that is everywhere."""
    scopes = [channel.guild.id, None] if channel.guild else [None]
    for scope in scopes:
        for command in world.app.commands.get(scope, []):
            if command["name"] == name and command["type"] == kind and _offered(command, user, channel):
                return command
    raise NotAllowedError(f"{user.name} finds no command {name} in {channel.name}")


def _offered(command: Json, user: User, channel: Channel) -> bool:
    contexts = command.get("contexts")
    if contexts is not None and (0 if channel.guild else 1) not in contexts:
        return False
    if channel.guild is None:
        return command.get("dm_permission") is not False
    needed = command.get("default_member_permissions")
    return needed is None or channel.may(user, Permission(int(needed)))


def find_subcommand(command: Json, path: list[str]) -> Json:
    """The command or sub-command that takes the options."""
    found = command
    for name in path:
        inner = [each for each in found.get("options") or [] if each["type"] in (SUBCOMMAND, GROUP)]
        found = next((each for each in inner if each["name"] == name), {})
        if not found:
            raise NotAllowedError(f"{command['name']} has no sub-command {name}")
    if any(each["type"] in (SUBCOMMAND, GROUP) for each in found.get("options") or []):
        raise NotAllowedError(f"{command['name']} needs a sub-command")
    return found


class Filled:
    """Options with values, and what `resolved` says of them."""

    def __init__(self, world: World, channel: Channel) -> None:
        self._world, self._channel = world, channel
        self.options: list[Json] = []
        self.resolved: dict[str, Json] = {}
        self.uploads: dict[str, File] = {}  # by the id an attachment will have

    def fill(self, takes: list[Json], given: dict[str, Any], files: tuple[File, ...]) -> None:
        """Fill in what the command takes, files going to its attachment options in order."""
        free = [each["name"] for each in takes if each["type"] == ATTACHMENT and each["name"] not in given]
        given = {**given, **dict(zip(free, files, strict=False))}
        unknown = given.keys() - {each["name"] for each in takes}
        if unknown or len(files) > len(free):
            raise NotAllowedError(f"no such options: {sorted(unknown)} or too many files")
        for option in takes:
            if option["name"] in given:
                value = self._value(option, given[option["name"]])
                self.options.append({"name": option["name"], "type": option["type"], "value": value})
            elif option.get("required"):
                raise NotAllowedError(f"the option {option['name']} is required")

    def _value(self, option: Json, value: Any) -> Any:
        kind = option["type"]
        if kind == TEXT:
            least, most = option.get("min_length", 0), option.get("max_length", 6000)
            if not isinstance(value, str) or not least <= len(value) <= most:
                raise NotAllowedError(f"{option['name']} takes text of {least} to {most} characters")
        choices = option.get("choices")
        if choices and value not in [choice["value"] for choice in choices]:
            raise NotAllowedError(f"{option['name']} is one of {[choice['value'] for choice in choices]}")
        if kind in (TEXT, INTEGER, BOOLEAN, NUMBER):
            return value
        if kind == ATTACHMENT:
            own = str(self._world.new_id())
            self.uploads[own] = value
            return own
        self._resolve(kind, value)
        return str(value.id)

    def _resolve(self, kind: int, value: Any) -> None:
        guild = self._channel.guild
        if kind == CHANNEL:
            self._note("channels", value, {**channel_json(value, self._world.app.bot), "permissions": "0"})
        elif isinstance(value, User):
            self._note("users", value, user_json(value))
            if guild is not None and (member := guild.member(value)) is not None:
                permitted = str(int(self._channel.allowed(value)))
                self._note("members", value, {**member_json(member, with_user=False), "permissions": permitted})
        else:
            self._note("roles", value, role_json(value))

    def _note(self, kind: str, value: Any, told: Json) -> None:
        self.resolved.setdefault(kind, {})[str(value.id)] = told
