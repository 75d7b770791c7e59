from tests.peers.discord.fixtures import ada, general, guild, peer

__all__ = ["ada", "general", "guild", "peer"]
