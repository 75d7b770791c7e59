"""The application's commands, and telling Discord of them when they have changed: never at every start."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from adapters.discord import limits
from adapters.discord.connection import Connection
from adapters.discord.people import PLATFORM
from agent_core.i18n import N_, translator
from agent_core.platform_ports import NoteStore

GOAL, FILES = "goal", ("file", "file_2", "file_3")
ASK = N_("Ask Nod")

TEXT, ATTACHMENT = 3, 11  # docs, Application Command Option Type
SLASH, MESSAGE_MENU = 1, 3  # docs, Application Command Types
IN_SERVERS, DIRECT = 0, 1  # docs, Interaction Context Types
LOCALES = {"zh": ("zh-CN", "zh-TW")}  # docs, Locales

WHAT_IT_DOES = N_("Have something done; Nod asks you before every step")
WHAT_IT_TAKES = N_("What you want done; or one of: help, runs, stop, policy, schedules, memory")
WHAT_A_FILE_IS = N_("A file for Nod to work with")

log = structlog.get_logger(__name__)


def commands() -> Sequence[Mapping[str, Any]]:
    """Return every command that the application has.

    The goal is an option of `/agent` itself, so that `/agent write a blog` is all there is to type; a command of
    Discord's that has sub-commands takes no options. So sub-words are typed in place of a goal, as everywhere else.
    """
    file = {"type": ATTACHMENT, **_described(WHAT_A_FILE_IS), "required": False}
    goal = {"type": TEXT, "name": GOAL, **_described(WHAT_IT_TAKES), "required": True, "max_length": limits.GOAL}
    everywhere = {"contexts": [IN_SERVERS, DIRECT], "integration_types": [0]}
    return [
        {
            "type": SLASH,
            "name": "agent",
            **_described(WHAT_IT_DOES),
            "options": [goal, *({"name": name, **file} for name in FILES)],
            **everywhere,
        },
        {"type": MESSAGE_MENU, "name": ASK, "name_localizations": _localised(ASK), **everywhere},
    ]


async def synchronise(connection: Connection, notes: NoteStore) -> bool:
    """Tell Discord of the commands if they are not what it was told last; return whether it was told.

    Raises:
        discord.HTTPException, aiohttp.ClientError, OSError: it could not be told.
        StorageError: what it was told last is not known.
    """
    wanted = [dict(command) for command in commands()]
    written = json.dumps(wanted, sort_keys=True, ensure_ascii=False)
    name, digest = f"commands:{connection.application_id}", hashlib.sha256(written.encode()).hexdigest()
    if await notes.note(PLATFORM, name) == digest:
        return False
    payload: Any = wanted
    await connection.client.http.bulk_upsert_global_commands(connection.application_id, payload)
    await notes.keep(PLATFORM, name, digest)
    log.info("discord_commands_told", count=len(wanted))
    return True


def _described(text: str) -> Mapping[str, Any]:
    return {"description": text, "description_localizations": _localised(text)}


def _localised(text: str) -> Mapping[str, str]:
    return {locale: translator(language)(text) for language, locales in LOCALES.items() for locale in locales}
