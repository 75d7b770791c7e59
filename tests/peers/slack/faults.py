"""What can be made to go wrong with a call of the Web API, on demand."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.peers.slack.calls import Call


@dataclass(frozen=True)
class Say:
    """Answer so: a status and body instead of Slack's own; `stored`: the call was carried out all the same."""

    status: int
    body: str
    stored: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """Break the connection off instead of answering; `stored`: after the call was carried out."""

    stored: bool = True


@dataclass
class Hold:
    """Answer late: when `release` is called, or after these seconds. `reached` is set when a call is held."""

    stored: bool = False
    seconds: float | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the held calls go on, and those to come."""
        self.released.set()

    async def wait(self) -> None:
        self.reached.set()
        try:
            async with asyncio.timeout(self.seconds):
                await self.released.wait()
        except TimeoutError:
            return  # slow enough


Fault = Say | Cut | Hold


@dataclass
class Planned:
    """A fault, and which calls get it."""

    fault: Fault
    method: str  # "*": any
    channel: str | None
    times: int

    def fits(self, call: Call) -> bool:
        here = self.channel is None or self.channel in (call.get("channel"), call.get("channel_id"))
        return self.times > 0 and self.method in ("*", call.method) and here


class Faults:
    """The faults to come, in the order in which they were planned."""

    def __init__(self) -> None:
        self.planned: list[Planned] = []

    def plan(self, fault: Fault, method: str, channel: str | None, times: int) -> None:
        self.planned.append(Planned(fault, method, channel, times))

    def take(self, call: Call) -> Fault | None:
        """The fault that this call gets, which is then used up by one."""
        for planned in self.planned:
            if planned.fits(call):
                planned.times -= 1
                return planned.fault
        return None

    def release_all(self) -> None:
        """Let everything that is held go on."""
        for planned in self.planned:
            if isinstance(planned.fault, Hold):
                planned.fault.release()
