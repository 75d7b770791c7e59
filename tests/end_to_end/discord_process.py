"""Nod in Discord as its own process, and the Discord it is in."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.end_to_end.nod_process import NodProcess
from tests.peers.discord.peer import DiscordPeer


@dataclass
class Nod:
    """The process, and the Discord it is in."""

    peer: DiscordPeer
    process: NodProcess

    async def start(self):
        """Start it, and wait until it listens and has told of its commands."""
        self.peer.guard = 60.0
        before = self.peer.gateway.identified
        await asyncio.to_thread(self.process.start)
        await self.peer.until(lambda: self.peer.gateway.identified > before and self.peer.app.commands.get(None))

    async def kill(self):
        """End it with SIGKILL; the peer sees its connections break off."""
        await asyncio.to_thread(self.process.kill)
        await self.peer.until(lambda: not any(each.connected for each in self.peer.world.sessions.values()))

    @property
    def log(self):
        return (self.process.folder / "log.txt").read_text()


@asynccontextmanager
async def opened(peer, folder, **more):
    process = NodProcess(folder, {"DISCORD_TOKEN": peer.token, "DISCORD_API_URL": peer.api_url, **more})
    nod = Nod(peer, process)
    try:
        await nod.start()
        yield nod
    finally:
        await asyncio.to_thread(process.kill)
    assert "Traceback" not in nod.log
    assert peer.token not in nod.log
    assert peer.counts.too_many == 0
    assert peer.pinging() == []
