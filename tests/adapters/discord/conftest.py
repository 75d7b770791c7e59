"""Nod in a Discord of each test's own."""

import pytest

from tests.adapters.discord.app import nod_in_discord
from tests.peers.discord.fixtures import ada, general, guild, peer

__all__ = ["ada", "general", "guild", "peer"]


@pytest.fixture
async def app(peer, guild, tmp_path):
    async with nod_in_discord(peer, tmp_path) as opened:
        yield opened
