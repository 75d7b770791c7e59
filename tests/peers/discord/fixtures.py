"""Fixtures of the peer. A server takes a few milliseconds to start, so each test has one, and a guild of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.peers.discord.model import Channel, Guild, User
from tests.peers.discord.peer import DiscordPeer, open_discord_peer, pointed_at


@pytest.fixture
async def peer() -> AsyncIterator[DiscordPeer]:
    """Discord, which discord.py in this process takes for the real one."""
    async with open_discord_peer() as opened:
        with pointed_at(opened):
            yield opened


@pytest.fixture
def guild(peer: DiscordPeer) -> Guild:
    return peer.guild()


@pytest.fixture
def general(peer: DiscordPeer, guild: Guild) -> Channel:
    return peer.channel(guild, "general")


@pytest.fixture
def ada(peer: DiscordPeer, guild: Guild) -> User:
    return peer.person("ada", guild)
