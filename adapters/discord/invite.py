"""The invitation: what Nod needs of a server, and no more. Pure."""

from collections.abc import Mapping
from urllib.parse import urlencode

import discord

from agent_core.i18n import N_

AUTHORISE = "https://discord.com/oauth2/authorize"
SCOPES = ("bot", "applications.commands")

#: by discord.py's name: what Discord calls it where it is switched on, and what Nod cannot do without it
NEEDED: Mapping[str, tuple[str, str]] = {
    "view_channel": (N_("View Channels"), N_("see that it is asked")),
    "send_messages": (N_("Send Messages"), N_("answer")),
    "create_public_threads": (N_("Create Public Threads"), N_("open a thread for a goal")),
    "send_messages_in_threads": (N_("Send Messages in Threads"), N_("show the plan and its steps")),
    "attach_files": (N_("Attach Files"), N_("hand over what it made")),
    "read_message_history": (N_("Read Message History"), N_("find its own messages again, and what was missed")),
}


def needed() -> discord.Permissions:
    """Return the least permissions Nod works with."""
    return discord.Permissions(**dict.fromkeys(NEEDED, True))


def invitation(application_id: int) -> str:
    """Return the link with which somebody who may manage a server lets Nod in."""
    words = {"client_id": application_id, "scope": " ".join(SCOPES), "permissions": needed().value}
    return f"{AUTHORISE}?{urlencode(words)}"
