"""The rehearsal model: with no key set, a scripted server of the OpenAI protocol on loopback stands in for a model.

It is deterministic, knows nothing, and everything it writes says so.
"""

from bot.rehearsal.serving import Rehearsal, serve_rehearsal

__all__ = ["Rehearsal", "serve_rehearsal"]
