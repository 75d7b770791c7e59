"""The Dispatcher of a single process: wakes Runs here, and sweeps for those nobody is advancing."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from agent_core.changes import Wake
from agent_core.errors import JournalBroken, NodError, RunUnknown
from agent_core.runner import Runner

SIDE_BY_SIDE = 64  # Runs advanced at once; the others wait their turn
SWEEP = timedelta(seconds=30)  # at least this often, in case another process left something behind
log = structlog.get_logger(__name__)


@dataclass(eq=False)
class LocalDispatcher:
    """Carries wakes within the process; `sweep` is for the one process that owns the database."""

    runner: Runner
    _live: dict[str, Wake] = field(default_factory=dict[str, Wake])
    _work: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SIDE_BY_SIDE))
    _closing: bool = False

    async def wake(self, run_id: str) -> None:
        """Have the Run advanced soon; at least once, and idempotent."""
        if run_id in self._live:
            self._live[run_id].set()
        elif not self._closing:
            self._live[run_id] = Wake()
            work = asyncio.create_task(self._advance(run_id), name=f"advance:{run_id}")
            self._work.add(work)
            work.add_done_callback(self._work.discard)

    async def idle(self) -> None:
        """Wait until no Run is being advanced here."""
        while self._work:
            await asyncio.wait(tuple(self._work))

    async def sweep(self) -> None:
        """Void every lease, for this process is alone, and then wake what is due, for ever."""
        await self.void_leases()
        await self.wake_due()

    async def void_leases(self) -> None:
        """Void every lease: only for a process that knows it is alone."""
        await self.runner.recorder.store.void_leases()

    async def wake_due(self) -> None:
        """Wake what is due, for ever: what was left running, and what waited for a time."""
        store, clock = self.runner.recorder.store, self.runner.recorder.clock
        while True:
            try:
                for run_id in await store.due(clock()):
                    await self.wake(run_id)
                upcoming = await store.next_wake()
            except NodError as error:
                log.warning("sweep_failed", error=type(error).__name__)
                upcoming = None
            pause = SWEEP if upcoming is None else min(SWEEP, max(upcoming - clock(), timedelta(seconds=1)))
            await asyncio.sleep(pause.total_seconds())

    async def close(self) -> None:
        """Take no more wakes, and cut short what is under way; its Journal knows where it was."""
        self._closing = True
        for work in tuple(self._work):
            work.cancel()
        await self.idle()

    async def _advance(self, run_id: str) -> None:
        woken = self._live[run_id]
        try:
            async with self._places:
                while await self._advanced(run_id, woken) or woken.pending:
                    pass  # woken while it was letting go of the lease
        finally:
            del self._live[run_id]

    async def _advanced(self, run_id: str, woken: Wake) -> bool:
        """Advance a Run once; say whether it must be tried again."""
        try:
            await self.runner.advance(run_id, woken)
        except (JournalBroken, RunUnknown) as error:
            log.error("run_unreadable", run_id=run_id, error=str(error))  # noqa: TRY400  (the sentence says it all)
            woken.clear()
        except NodError as error:
            log.warning("advance_failed", run_id=run_id, error=type(error).__name__)
            await asyncio.sleep(self.runner.retry)
            return True
        return False
