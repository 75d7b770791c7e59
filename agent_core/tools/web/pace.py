"""How often a host is asked: one request after the other, with the pause that it asks for, or one of our own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent_core.errors import WebError
from agent_core.i18n import N_, Phrase
from agent_core.ports import Clock

PAUSE = 1.0  # seconds between two requests to a host that asks for none
LONGEST_WAIT = 30.0  # seconds that a reader waits for its turn; a Tool has a minute for everything
_KNOWN = 500  # hosts remembered

Wait = Callable[[float], Awaitable[None]]


@dataclass
class Pace:
    """Whose turn it is at each host. `wait` sleeps for so many seconds."""

    clock: Clock
    wait: Wait
    free: dict[str, datetime] = field(default_factory=dict[str, datetime])  #: when a host can be asked next

    async def turn(self, host: str, url: str, pause: float = PAUSE) -> None:
        """Return when it is this request's turn; the next one's is `pause` seconds later.

        Raises:
            WebError: its turn would come too late.
        """
        now = self.clock()
        at = max(now, self.free.get(host, now))
        late = (at - now).total_seconds()
        if late > LONGEST_WAIT:
            reason = Phrase(
                N_("its server is to be asked slowly, and it would be {seconds:,.0f} seconds; try again later."),
                seconds=late,
            )
            raise WebError(url=url, reason=reason)
        self._forget(now)
        self.free[host] = at + timedelta(seconds=pause)
        if late > 0:
            await self.wait(late)

    def _forget(self, now: datetime) -> None:
        if len(self.free) >= _KNOWN:
            self.free = {host: at for host, at in self.free.items() if at > now}
