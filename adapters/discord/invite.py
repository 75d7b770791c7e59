"""The invitation: what Nod needs of a server, and no more. Pure."""

from collections.abc import Mapping
from urllib.parse import urlencode

import discord

AUTHORISE = "https://discord.com/oauth2/authorize"
SCOPES = ("bot", "applications.commands")

#: what Nod needs in a channel, by discord.py's name, with the name that Discord's settings have for it
NEEDED: Mapping[str, str] = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
}


def needed() -> discord.Permissions:
    """Return the least permissions Nod works with."""
    return discord.Permissions(**dict.fromkeys(NEEDED, True))


def invitation(application_id: int) -> str:
    """Return the link with which somebody who may manage a server lets Nod in."""
    words = {"client_id": application_id, "scope": " ".join(SCOPES), "permissions": needed().value}
    return f"{AUTHORISE}?{urlencode(words)}"
