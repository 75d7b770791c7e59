"""The Recorder: loads Runs from their Journals and appends to them. Races are decided by the store's primary key."""

import json
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from functools import cache
from typing import Any

import structlog

from agent_core.changes import Changes
from agent_core.domain import digest_of
from agent_core.errors import JournalBroken, JournalConflict, RequestRefused, RunUnknown
from agent_core.journal.events import Event
from agent_core.journal.fold import apply, fold
from agent_core.journal.records import GENESIS, Entry, Record, blobs_of, seal, timestamp, unseal, verify
from agent_core.journal.state import RunState
from agent_core.ports import Clock, Commit, Hold, JournalStore, Lease
from agent_core.projections import approvals_of, said_of, summary_of
from agent_core.rules import settled

KEPT_STATES = 256  # folded Runs kept at hand; any of them can be folded again at any time

_IDS = ("step_id", "subtask_id", "question_id")  # what a log line names beside the Run
log = structlog.get_logger(__name__)

Propose = Callable[[RunState], Sequence[Event]]
Create = Callable[[Commit, str], Awaitable[str]]


@cache
def _ids_of(kind: type[Event]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name in _IDS)


class Recorder:
    """Every read and every append of Journals goes through here."""

    def __init__(self, store: JournalStore, clock: Clock, changes: Changes) -> None:
        self.store = store
        self.clock = clock
        self.changes = changes
        self._states: OrderedDict[str, RunState] = OrderedDict()

    async def begin(self, run_id: str, events: Sequence[Event], key: str = "", *, create: Create | None = None) -> str:
        """Start a Journal and return its Run's id: an earlier Run's if `key` was used before.

        `create` stores it as the store's own would, where something else is stored with it.
        """
        state, commit = self._commit(run_id, None, events)
        kept = await (create or self.store.create)(commit, key)
        if kept == run_id:
            self._keep(state)
            self._tell(commit.records, events)
        return kept

    async def load(self, run_id: str) -> RunState:
        """Return the Run's state now.

        Raises:
            RunUnknown: there is no such Run.
            JournalBroken: its Journal cannot be folded.
        """
        known = self._states.get(run_id)
        entries = await self.entries(run_id, known.seq if known else 0)
        if not entries:
            if known is None:
                raise RunUnknown(run_id=run_id)
            return known
        return self._keep(settled(fold(entries, known), self.clock()))

    async def latest(self, run_id: str) -> RunState:
        """Return the newest state known here; what another process appended is found when it matters, at an append."""
        return self._states.get(run_id) or await self.load(run_id)

    async def entries(self, run_id: str, after: int = 0) -> list[Entry]:
        """Return a Run's events with seq > `after`, oldest first."""
        records = await self.store.records(run_id, after)
        wanted = frozenset[str]().union(*(blobs_of(record) for record in records))
        blobs = await self._blobs(wanted)
        return [Entry(record.run_id, record.seq, record.at, record.digest, unseal(record, blobs)) for record in records]

    async def _blobs(self, digests: frozenset[str]) -> Mapping[str, bytes]:
        return await self.store.blobs(digests) if digests else {}

    async def verify(self, run_id: str) -> int:
        """Verify a Run's chain and its large contents, and return how many events that were.

        Raises:
            RunUnknown: there is no such Run.
            JournalBroken: an event is missing, moved or changed, or a large content is.
        """
        summary = await self.store.summary(run_id)
        records = await self.store.records(run_id)
        verify(records)
        if len(records) < summary.seq:
            raise JournalBroken(run_id=run_id, seq=len(records) + 1, reason="events are missing at its end")
        for record in records:
            wanted = blobs_of(record)
            blobs = await self._blobs(wanted)
            if any(digest not in blobs or digest_of(blobs[digest]) != digest for digest in wanted):
                raise JournalBroken(run_id=run_id, seq=record.seq, reason="a large content of it is missing or changed")
        return len(records)

    async def export(self, run_id: str) -> AsyncGenerator[dict[str, Any]]:
        """Yield a Run's rows as JSON values, oldest first; with their payloads, one can verify the chain elsewhere."""
        for record in await self.store.records(run_id):
            wanted = blobs_of(record)
            blobs = await self._blobs(wanted)
            yield {
                **asdict(record),
                "at": timestamp(record.at),
                "payload": None if record.payload is None else json.loads(record.payload),
                "blobs": {digest: content.decode("utf-8", "replace") for digest, content in blobs.items()},
            }

    def known(self, run_id: str) -> RunState | None:
        """Return the newest state known here, None when it must be loaded."""
        return self._states.get(run_id)

    async def append(self, run_id: str, propose: Propose) -> RunState:
        """Append what `propose` makes of the state, and return the state after it.

        `propose` is asked again whenever somebody else appended first; it returns nothing when what it wanted
        no longer makes sense, or raises, and then nothing is appended: that it says of the state there is now.
        """
        state = self.known(run_id)
        if state is not None:
            with suppress(RequestRefused):
                if events := propose(state):
                    return (await self._append(run_id, state, events, propose))[0]
        # perhaps another process appended
        state = await self.load(run_id)
        events = propose(state)
        return (await self._append(run_id, state, events, propose))[0] if events else state

    async def append_under(
        self, run_id: str, propose: Propose, hold: Callable[[RunState], Hold]
    ) -> tuple[RunState, Lease | None]:
        """Append as a worker, which knows of the Run what matters; `hold` says of the state after it what to hold.

        Return the state, and the lease that is left with the worker. If nothing was appended, that is None.

        Raises:
            LeaseLost: the lease is not the one `hold` names, or is not free to take.
        """
        state = await self.latest(run_id)
        events = propose(state)
        return await self._append(run_id, state, events, propose, hold) if events else (state, None)

    async def _append(
        self,
        run_id: str,
        state: RunState,
        events: Sequence[Event],
        propose: Propose,
        hold: Callable[[RunState], Hold] | None = None,
    ) -> tuple[RunState, Lease | None]:
        while events:
            after, commit = self._commit(run_id, state, events)
            try:
                lease = await self.store.append(commit, hold(after) if hold else None)
            except JournalConflict:
                state = await self.load(run_id)
                events = propose(state)
                continue
            self._keep(after)
            self._tell(commit.records, events)
            return after, lease
        return state, None

    def _tell(self, records: Sequence[Record], events: Sequence[Event]) -> None:
        """Log what was appended, one line an event without contents, and tell who watches."""
        run_id = records[0].run_id
        told = log.bind(run_id=run_id)
        for record, event in zip(records, events, strict=True):
            ids = {name: getattr(event, name) for name in _ids_of(type(event))}
            told.info("appended", kind=record.kind, seq=record.seq, **ids)
        self.changes.notify(run_id)

    def _commit(self, run_id: str, state: RunState | None, events: Sequence[Event]) -> tuple[RunState, Commit]:
        now, asked = self.clock(), approvals_of(state) if state else None
        records: list[Record] = []
        blobs: dict[str, bytes] = {}
        for event in events:
            seq, previous = (state.seq + 1, state.digest) if state else (1, GENESIS)
            record, apart = seal(run_id, seq, previous, event, now)
            records.append(record)
            blobs.update(apart)
            state = apply(state, Entry(run_id, seq, now, record.digest, event))
        assert state is not None  # noqa: S101  (there is at least one event)
        state = settled(state, now)
        asks = approvals_of(state)
        approvals = None if asks == asked else asks
        return state, Commit(records, blobs, summary_of(state), approvals, said_of(state, events))

    def _keep(self, state: RunState) -> RunState:
        known = self._states.get(state.run_id)
        if known is None or known.seq <= state.seq:
            self._states[state.run_id] = state
            self._states.move_to_end(state.run_id)
            if len(self._states) > KEPT_STATES:
                self._states.popitem(last=False)
        return state
