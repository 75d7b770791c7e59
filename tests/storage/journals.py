"""Runs with real journals for the stores' tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent_core.domain import Actor, Observation, Origin, RunStatus
from agent_core.journal.events import Event, FeedbackGiven, StepFinished
from agent_core.journal.records import GENESIS, Record, seal
from agent_core.ports import Commit, OpenApproval, RunSummary

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALICE = Actor("nod", "alice", "Alice")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def summary_of(run_id: str, seq: int = 1, **changed) -> RunSummary:
    summary = RunSummary(
        run_id=run_id,
        seq=seq,
        status=RunStatus.RUNNING,
        goal="write a blog about AI",
        origin=Origin("web", "", "", run_id),
        actor=ALICE,
        policy="every-step",
        language="en",
        workspace=run_id,
        follows="",
        cost=0.25 * seq,
        tokens=100 * seq,
        rehearsal=False,
        created_at=NOON,
        updated_at=after(seq),
    )
    return replace(summary, **changed)


def said(text: str) -> FeedbackGiven:
    return FeedbackGiven(ALICE, text)


class Journal:
    """Seals one run's events, one commit after the other."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.records: list[Record] = []

    def next(self, *events: Event, approvals: Sequence[OpenApproval] = (), **changed) -> Commit:
        """Return the commit that adds `events` (one StepFinished when none is given)."""
        blobs: dict[str, bytes] = {}
        added: list[Record] = []
        for event in events or (StepFinished(f"s{len(self.records)}", Observation("done")),):
            record, contents = seal(self.run_id, len(self.records) + 1, self._last(), event, NOON)
            self.records.append(record)
            added.append(record)
            blobs |= contents
        return Commit(added, blobs, summary_of(self.run_id, len(self.records), **changed), approvals)

    def _last(self) -> str:
        return self.records[-1].digest if self.records else GENESIS
