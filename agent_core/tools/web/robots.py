"""What a host's robots.txt lets Nod read, as RFC 9309 says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent_core.errors import AddressRefused, WebError
from agent_core.i18n import N_
from agent_core.ports import Clock
from agent_core.tools.web.addresses import WebAddress
from agent_core.tools.web.client import Limits, WebClient
from agent_core.tools.web.pace import PAUSE, Pace
from agent_core.tools.web.readers import Readers

AGENT = "Nod"  # the name that rules in a robots.txt are for
KEPT = timedelta(hours=1)  # RFC 9309, 2.4: no longer than a day
LIMITS = Limits(seconds=10.0, body=512 * 1024)  # RFC 9309, 2.5: at least 500 KiB are read
_KNOWN = 200  # origins remembered
_PARSING = 5.0  # seconds; rules with many asterisks take as long as they like

_UNREACHABLE = N_("its robots.txt could not be read, and so it is not known whether Nod may read the page.")
_DISALLOWED = N_("its robots.txt says that programs such as Nod are not to read this page.")


@dataclass(frozen=True, slots=True)
class _Rules:
    """`text` of a robots.txt; empty when there are no rules, None when they could not be read."""

    text: bytes | None
    until: datetime


@dataclass
class Robots:
    """The rules of hosts, remembered for an hour."""

    client: WebClient
    readers: Readers
    pace: Pace
    clock: Clock
    known: dict[str, _Rules] = field(default_factory=dict[str, _Rules])

    async def pause(self, address: WebAddress) -> float:
        """Return the seconds that the host wants between two requests.

        Raises:
            WebError: Nod may not read the address, or that could not be found out.
        """
        rules = self.known.get(address.origin)
        if rules is None or rules.until <= self.clock():
            rules = await self._fetched(address)
            if len(self.known) >= _KNOWN:
                self.known.pop(next(iter(self.known)))
            self.known[address.origin] = rules
        if rules.text is None:
            raise WebError(url=str(address), reason=_UNREACHABLE)
        if not rules.text.strip():
            return PAUSE
        found = await self.readers.read(str(address), "robots", rules.text, seconds=_PARSING, agent=AGENT)
        if not found["allowed"]:
            raise WebError(url=str(address), reason=_DISALLOWED)
        return max(PAUSE, float(found["delay"]))

    async def _fetched(self, address: WebAddress) -> _Rules:
        until = self.clock() + KEPT

        async def in_turn(hop: WebAddress) -> None:
            await self.pace.turn(hop.place, str(hop), 0)

        try:
            reply = await self.client.fetch(address.at("/robots.txt"), limits=LIMITS, before=in_turn)
        except AddressRefused:
            raise
        except WebError:
            return _Rules(None, self.clock() + KEPT / 60)
        match reply.status // 100:
            case 2:
                return _Rules(reply.body, until)
            case 4 if reply.status != 429:  # noqa: PLR2004  (too many requests: RFC 9309 leaves it open, so be careful)
                return _Rules(b"", until)
            case _:
                return _Rules(None, self.clock() + KEPT / 60)
