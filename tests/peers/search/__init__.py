"""Search engines that speak the protocols of SearXNG, Brave, Tavily and Serper, errors included."""

from tests.peers.search.engines import KEY, SPEAKING, Engine, open_engine

__all__ = ["KEY", "SPEAKING", "Engine", "open_engine"]
