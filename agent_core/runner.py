"""The runner: takes the lease of a Run, has it worked on until it waits, and lets go of it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from agent_core import closing
from agent_core.changes import Wake
from agent_core.domain import Topic
from agent_core.errors import JournalBroken, LeaseLost, NodError, RunUnknown, StorageError
from agent_core.evaluator import Evaluator
from agent_core.executor import Executor
from agent_core.i18n import translator
from agent_core.journal import events as e
from agent_core.journal.state import RunState
from agent_core.performing import Append, Performer, actions_of, started
from agent_core.ports import Taking, Under
from agent_core.recorder import Recorder
from agent_core.rules import ExecuteStep
from agent_core.stretch import PASSING, Stretch

LEASE = timedelta(seconds=30)  # renewed three times as often; a dead worker's Run is taken over after it
RETRY = 5.0  # seconds before storage is tried again that was full or busy
UNREADABLE = (JournalBroken, RunUnknown)  # there is no Run to ask people in
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Runner:
    """Advances Runs, one worker at a time each."""

    recorder: Recorder
    executor: Executor
    evaluator: Evaluator
    worker: str
    retry: float = RETRY

    async def advance(self, run_id: str, woken: Wake) -> None:
        """Do all that can be done in a Run now. `woken` is set when something else happened to it meanwhile."""
        woken.clear()  # what comes from here on is for the holder of the lease, here or elsewhere, to look at
        taken = await self._started(run_id, woken) or await self._acquired(run_id, woken)
        if taken is None:
            return  # its holder has been told to look again
        stretch, begun, behind = taken
        try:
            async with self._renewing(stretch, woken):
                while stretch.held:
                    await self._work(stretch, begun, behind=behind)
                    begun, behind = None, True
                    if stretch.held and not stretch.called_back and await self._release(stretch):
                        return
        except LeaseLost:
            log.warning("lease_lost", run_id=run_id, epoch=stretch.epoch)
        except BaseException:
            with suppress(NodError):  # a lease that cannot be let go of runs out
                while stretch.held and not await self._release(stretch):
                    pass  # woken meanwhile, but nobody here looks again
            raise

    async def _started(self, run_id: str, woken: Wake) -> "tuple[Stretch, ExecuteStep | None, bool] | None":
        """Take the lease and record the Step that is to run as started, in one append, if that is all there is to do.

        Return None when it is not, or when the lease is not free: then it is taken the usual way.
        """
        known, clock = self.recorder.known(run_id), self.recorder.clock
        actions = () if known is None else actions_of(known, clock)
        if len(actions) != 1 or not isinstance(actions[0], ExecuteStep):
            return None
        step = actions[0]

        def start(now: RunState) -> Sequence[e.Event]:
            return [started(step, now)] if actions_of(now, clock) == (step,) else []

        try:
            taking = Taking(self.worker, clock() + LEASE, clock())
            _, lease = await self.recorder.append_under(run_id, start, lambda _: taking)
        except LeaseLost:
            return None
        return (self._stretch(run_id, lease.epoch, woken), step, False) if lease else None

    async def _acquired(self, run_id: str, woken: Wake) -> "tuple[Stretch, ExecuteStep | None, bool] | None":
        """Take the lease; None while another worker has it."""
        clock = self.recorder.clock
        lease = await self.recorder.store.acquire(run_id, self.worker, clock() + LEASE, clock())
        if lease is None:
            return None
        known = self.recorder.known(run_id)
        return self._stretch(run_id, lease.epoch, woken), None, known is None or known.seq < lease.seq

    def _stretch(self, run_id: str, epoch: int, woken: Wake) -> Stretch:
        def performer(append: Append, append_once: Append) -> Performer:
            return Performer(self.executor, self.evaluator, self.recorder.clock, append, append_once)

        return Stretch(self.recorder, run_id, epoch, woken, self.retry, performer)

    async def _release(self, stretch: Stretch) -> bool:
        return await self.recorder.store.release(stretch.run_id, stretch.epoch)

    async def _work(self, stretch: Stretch, begun: ExecuteStep | None, *, behind: bool) -> None:
        try:
            if behind:  # another process may have appended
                await self.recorder.load(stretch.run_id)
            await stretch.until_wait(begun)
        except (LeaseLost, *PASSING, *UNREADABLE):
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, people are told, and the Run waits for them)
            await self._fault(stretch, error)

    async def _fault(self, stretch: Stretch, error: Exception) -> None:
        """Tell people that Nod itself met an error; the log has its traceback, and the Run waits for them."""
        log.error("advance_fault", run_id=stretch.run_id, exc_info=error)

        def ask(state: RunState) -> Sequence[e.Event]:
            if state.status.over:
                return []
            _ = translator(state.language)
            text = _("Nod met an error of its own ({kind}); the log has the details.")
            return [closing.question(Topic.FAULT, "", text.format(kind=type(error).__name__))(state)]

        await self.recorder.append_under(stretch.run_id, ask, lambda _: Under(stretch.epoch))

    @asynccontextmanager
    async def _renewing(self, stretch: Stretch, woken: Wake) -> AsyncGenerator[None]:
        """Lengthen the lease from time to time; most work is done long before the first time."""
        renewals: list[asyncio.Task[None]] = []
        pause = LEASE.total_seconds() / 3

        async def renew() -> None:
            while True:
                with suppress(StorageError):  # tried again in time
                    if not await self.recorder.store.renew(
                        stretch.run_id, stretch.epoch, self.recorder.clock() + LEASE
                    ):
                        return  # the next append under this epoch finds out
                    known = await self.recorder.latest(stretch.run_id)
                    if (await self.recorder.load(stretch.run_id)).seq > known.seq:
                        woken.set()  # another process appended, a stop perhaps
                await asyncio.sleep(pause)

        timer = asyncio.get_running_loop().call_later(pause, lambda: renewals.append(asyncio.create_task(renew())))
        try:
            yield
        finally:
            timer.cancel()
            for renewal in renewals:
                renewal.cancel()
                await asyncio.wait([renewal])
