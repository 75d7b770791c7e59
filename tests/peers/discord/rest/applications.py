"""The application, its bot, where its gateway is, and its commands."""

import re
from typing import Any

from tests.peers.discord import limits
from tests.peers.discord.errors import FormErrors, missing_access, unknown
from tests.peers.discord.payloads import user_json
from tests.peers.discord.rest.calls import Call, Routes, Status

routes = Routes()
Json = dict[str, Any]
NAME = re.compile(r"[-_'\w]{1,32}")  # docs, Application Command Naming
SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2


@routes("GET", "/users/@me")
async def get_self(call: Call) -> Json:
    return {**user_json(call.bot), "verified": True, "mfa_enabled": True, "email": None, "flags": 0, "locale": "en-US"}


def _application(call: Call) -> Json:
    app = call.world.app
    return {
        "id": str(app.id),
        "name": app.name,
        "description": "",
        "icon": None,
        "rpc_origins": [],
        "bot_public": True,
        "bot_require_code_grant": False,
        "bot": user_json(app.bot),
        "owner": user_json(app.owner),
        "team": None,
        "verify_key": "0" * 64,
        "flags": app.flags,
        "interactions_endpoint_url": None,
        "redirect_uris": [],
        "approximate_guild_count": sum(guild.has(app.bot) for guild in call.world.guilds.values()),
    }


@routes("GET", "/applications/@me")
async def get_application(call: Call) -> Json:
    return _application(call)


@routes("GET", "/oauth2/applications/@me")
async def get_own_application(call: Call) -> Json:
    return _application(call)


@routes("GET", "/gateway", without_token=True)
async def get_gateway(call: Call) -> Json:
    return {"url": call.world.gateway_url}


@routes("GET", "/gateway/bot")
async def get_gateway_bot(call: Call) -> Json:
    left = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {"url": call.world.gateway_url, "shards": 1, "session_start_limit": left}


@routes("GET", "/applications/{app}/commands")
async def list_global(call: Call) -> list[Json]:
    return _commands(call, None)


@routes("GET", "/applications/{app}/guilds/{guild}/commands")
async def list_of_guild(call: Call) -> list[Json]:
    return _commands(call, _guild(call))


@routes("PUT", "/applications/{app}/commands")
async def overwrite_global(call: Call) -> Status:
    return _overwrite(call, None)


@routes("PUT", "/applications/{app}/guilds/{guild}/commands")
async def overwrite_of_guild(call: Call) -> Status:
    return _overwrite(call, _guild(call))


def _guild(call: Call) -> int:
    guild = call.world.guilds.get(call.ids["guild"])
    if guild is None:
        raise unknown("Guild")
    if not guild.has(call.bot):
        raise missing_access()
    return guild.id


def _commands(call: Call, guild: int | None) -> list[Json]:
    if call.ids["app"] != call.world.app.id:
        raise missing_access()
    return call.world.app.commands.get(guild, [])


def _overwrite(call: Call, guild: int | None) -> Status:
    """Replace all commands of a scope; one that keeps its name and type keeps its id."""
    before = {(each["name"], each["type"]): each["id"] for each in _commands(call, guild)}
    errors = FormErrors()
    errors.length((), call.body, 0, limits.COMMANDS)
    for place, command in enumerate(call.body):
        _check_command(command, errors, (place,))
    errors.raise_if_any()
    found = []
    for command in call.body:
        kind = command.get("type", SLASH)
        own = before.get((command["name"], kind)) or str(call.world.new_id())
        about = {"id": own, "application_id": str(call.world.app.id), "version": str(call.world.new_id())}
        if guild is not None:
            about["guild_id"] = str(guild)
        defaults = {"description": "", "options": [], "default_member_permissions": None, "nsfw": False}
        found.append({**defaults, **command, "type": kind, **about})
    call.world.app.commands[guild] = found
    call.world.bell.ring()
    return Status(200, found)


def _check_command(command: Json, errors: FormErrors, path: tuple[str | int, ...]) -> None:
    name, kind = command.get("name") or "", command.get("type", SLASH)
    if kind in (USER_MENU, MESSAGE_MENU):
        errors.length((*path, "name"), name, 1, 32)
        return
    _check_named(command, errors, path)
    _check_options(command.get("options") or [], errors, (*path, "options"))


def _check_named(thing: Json, errors: FormErrors, path: tuple[str | int, ...]) -> None:
    name = thing.get("name") or ""
    if not NAME.fullmatch(name) or name != name.lower():
        errors.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    errors.length((*path, "description"), thing.get("description"), 1, limits.COMMAND_DESCRIPTION)


def _check_options(options: list[Json], errors: FormErrors, path: tuple[str | int, ...]) -> None:
    errors.length(path, options, 0, limits.COMMAND_OPTIONS)
    optional = False
    for place, option in enumerate(options):
        _check_named(option, errors, (*path, place))
        errors.length((*path, place, "choices"), option.get("choices") or [], 0, limits.CHOICES)
        if option["type"] in (SUBCOMMAND, GROUP):
            _check_options(option.get("options") or [], errors, (*path, place, "options"))
        elif option.get("required") and optional:
            message = "Required options must be placed before non-required options"
            errors.add((*path, place), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional = optional or not option.get("required")
