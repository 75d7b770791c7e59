"""What can be made to go wrong. Requests are named as "POST /channels/*/messages"; `*` is one part, `**` are any."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Literal

Scope = Literal["user", "global", "shared"]


@dataclass(eq=False)
class Fault:
    """One thing that will happen to `times` requests that match."""

    request: re.Pattern[str]
    kind: Literal["status", "lose", "hold", "throttle"]
    times: int = 1
    after_commit: bool = False
    status: int = 500
    retry_after: float = 0.0
    scope: Scope = "user"


@dataclass(eq=False)
class Hold(Fault):
    """A request that waits: `arrived` is set when it came, and it goes on when it is released."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self._released.set()

    async def wait(self) -> None:
        self.arrived.set()
        await self._released.wait()


class Faults:
    """The faults of REST and, for the gateway, whether it refuses connections and sessions.

    `DiscordPeer.gateway_*` methods do what is done to connections that exist.
    """

    def __init__(self) -> None:
        self.gateway_refused = False  #: websockets are answered with 503
        self._refused_resumes = 0
        self._http: list[Fault] = []
        self._doubled: dict[str, int] = {}
        self._swallowed: dict[str, int] = {}

    def answer(self, request: str, status: int = 500, *, after_commit: bool = False, times: int = 1) -> None:
        """Answer with this status, before anything was done, or after it was."""
        self._add(Fault(pattern(request), "status", times, after_commit, status=status))

    def lose(self, request: str, *, after_commit: bool = True, times: int = 1) -> None:
        """Break the connection off without an answer, after the request was carried out, or before."""
        self._add(Fault(pattern(request), "lose", times, after_commit))

    def hold(self, request: str, *, after_commit: bool = False) -> Hold:
        """Let one request wait until it is released, before it is carried out, or before it is answered."""
        hold = Hold(pattern(request), "hold", 1, after_commit)
        self._add(hold)
        return hold

    def throttle(self, request: str, retry_after: float = 0.01, *, scope: Scope = "user", times: int = 1) -> None:
        """Answer with 429."""
        self._add(Fault(pattern(request), "throttle", times, retry_after=retry_after, scope=scope))

    def refuse_resumes(self, times: int = 1) -> None:
        """Answer RESUME with an invalid session, which cannot be resumed."""
        self._refused_resumes += times

    def duplicate(self, event: str, times: int = 1) -> None:
        """Send the next of these events twice."""
        self._doubled[event] = self._doubled.get(event, 0) + times

    def swallow(self, event: str, times: int = 1) -> None:
        """Lose the next of these events: no session ever has it."""
        self._swallowed[event] = self._swallowed.get(event, 0) + times

    def release(self) -> None:
        """Let every request go on that waits."""
        for fault in self._http:
            if isinstance(fault, Hold):
                fault.release()

    def end(self) -> None:
        """Let no more requests go wrong."""
        self.release()
        self._http.clear()

    def copies(self, event: str) -> int:
        """How often this event is to be sent."""
        for counted, copies in ((self._swallowed, 0), (self._doubled, 2)):
            if counted.get(event, 0):
                counted[event] -= 1
                return copies
        return 1

    def resume_refused(self) -> bool:
        if not self._refused_resumes:
            return False
        self._refused_resumes -= 1
        return True

    def take(self, request: str, *, after_commit: bool) -> Fault | None:
        """The fault for this request, used up."""
        for fault in self._http:
            if fault.times and fault.after_commit is after_commit and fault.request.fullmatch(request):
                fault.times -= 1
                return fault
        return None

    def _add(self, fault: Fault) -> None:
        self._http.append(fault)


def pattern(request: str) -> re.Pattern[str]:
    """A pattern for "METHOD /path" of requests."""
    parts = re.split(r"(\*\*|\*)", request)
    kinds = {"**": ".*", "*": "[^/]+"}
    return re.compile("".join(kinds.get(part, re.escape(part)) for part in parts))
