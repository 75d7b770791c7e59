"""What people do in Discord's client, as tests let them."""

from tests.peers.discord.people.interacting import Interacting
from tests.peers.discord.people.looking import Looking
from tests.peers.discord.people.moderating import Moderating
from tests.peers.discord.people.talking import Talking

__all__ = ["Interacting", "Looking", "Moderating", "Talking"]
