"""From the lines of a list to the threads of the Runs that they tell of."""

import re
from collections.abc import Mapping

from adapters.discord.names import DIRECT
from agent_core.cards import Card
from agent_core.threads import Threads

_MESSAGES = "https://discord.com/channels/"  # then a `Ref`: what "Copy Message Link" gives
_REF = re.compile(rf"({DIRECT}|\d+)/\d+/\d+")  # of Discord: a Run may have been asked for elsewhere


async def ways(threads: Threads, card: Card) -> Mapping[str, str]:
    """Return the addresses of the messages that begin the threads of the Runs that a Card's lines are about, by Run."""
    roots = await threads.roots_of(card)
    return {run_id: f"{_MESSAGES}{ref}" for run_id, ref in roots.items() if _REF.fullmatch(ref)}
