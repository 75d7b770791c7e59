"""Discord for tests: REST v10 and gateway v10 on loopback, the people in front of it, and faults on demand."""

from tests.peers.discord.interaction import Answer
from tests.peers.discord.messages import File, Message, Modal, Pings
from tests.peers.discord.model import Channel, ChannelType, Guild, Role, Thread, User
from tests.peers.discord.peer import DiscordPeer, open_discord_peer, pointed_at
from tests.peers.discord.people.client import NotAllowedError
from tests.peers.discord.permissions import Permission

__all__ = [
    "Answer",
    "Channel",
    "ChannelType",
    "DiscordPeer",
    "File",
    "Guild",
    "Message",
    "Modal",
    "NotAllowedError",
    "Permission",
    "Pings",
    "Role",
    "Thread",
    "User",
    "open_discord_peer",
    "pointed_at",
]
