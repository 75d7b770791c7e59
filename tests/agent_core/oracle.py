"""What must hold of every Journal, told from its events alone and without the code that it judges."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent_core.domain import Actor, Choice, Outcome, Plan, PolicyName, Risk
from agent_core.journal import events as e
from agent_core.journal.records import Entry


@dataclass
class _Step:
    proposed: e.StepProposed
    digest: str
    decided: bool = False
    refused: bool = False
    allowed: int = 1  #: how often it may start
    starts: int = 0
    finished: int = 0
    under_way: bool = False
    uncertain: bool = False


@dataclass
class Witness:
    """Reads a Journal from its first event on, and fails at the first one that should not be there."""

    steps: dict[str, _Step] = field(default_factory=dict)
    plan: Plan | None = None
    proposed: Plan | None = None
    sent_back: bool = False  #: people were asked about a Plan, and did not accept it
    said: int = 0  #: the seq of what people wrote last
    known: int = 0  #: the seq up to which whoever made the proposed Plan knew the Journal
    seq: int = 0
    sources: dict[str, bool] = field(default_factory=dict)  #: by Subtask: something from outside was read
    tainted_plan: bool = False
    rest: bool = False
    paused: bool = False
    over: bool = False
    started: Counter = field(default_factory=Counter)  #: by digest, not counting READ
    ended: Counter = field(default_factory=Counter)
    cost: float = 0.0

    def read(self, entries: Sequence[Entry]) -> "Witness":
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        for entry in entries:
            self.seq = entry.seq
            self._note(entry.event)
        return self

    def _note(self, event: e.Event) -> None:
        actor = getattr(event, "actor", None) or getattr(getattr(event, "decision", None), "actor", None)
        if isinstance(event, e.GoalSubmitted):
            self.policy, self.deciders = event.policy.name, {event.actor, *event.policy.approvers}
        assert actor is None or actor in self.deciders, f"{actor} has no say"
        if isinstance(event, e.PlanProposed | e.StepProposed | e.SubtaskJudged | e.StepStarted | e.RunFinished):
            assert not self.over, f"{type(event).__name__} after the end"
        note = getattr(self, f"_{type(event).__name__}", None)
        if note:
            note(event)

    def _MemoryRecalled(self, event: e.MemoryRecalled) -> None:  # noqa: N802
        self.tainted_plan |= bool(event.sources)

    def _PlanProposed(self, event: e.PlanProposed) -> None:  # noqa: N802
        assert not any(step.under_way or step.uncertain for step in self.steps.values()), "a new Plan hides what runs"
        self.tainted_plan |= any(self.sources.values())
        self.sent_back |= self.proposed is not None and len(self.proposed.subtasks) > 1
        self.proposed, self.plan, self.known = event.plan, None, event.seen or 0

    def _PlanDecided(self, event: e.PlanDecided) -> None:  # noqa: N802
        assert self.proposed is not None
        small = len(self.proposed.subtasks) == 1 and not self.sent_back
        waved = small or self.policy is PolicyName.OBSERVE
        assert event.decision.actor is not None or waved, "nobody decided on the Plan"
        assert self.said <= self.known, "a Plan that does not know of what people wrote"
        self.sent_back |= event.decision.outcome is Outcome.REJECTED
        plan = event.plan or self.proposed
        assert event.decision.digest == plan.digest
        self.plan = None if event.decision.outcome is Outcome.REJECTED else plan
        self.proposed = None

    def _FeedbackGiven(self, event: e.FeedbackGiven) -> None:  # noqa: N802
        self.said = self.seq

    def _StepProposed(self, event: e.StepProposed) -> None:  # noqa: N802
        assert event.step_id not in self.steps
        assert self.plan is not None, "a Step without an accepted Plan"
        self.steps[event.step_id] = _Step(event, event.call.digest)

    def _StepDecided(self, event: e.StepDecided) -> None:  # noqa: N802
        step, decision = self.steps[event.step_id], event.decision
        assert not step.decided, "decided twice"
        assert isinstance(decision.actor, Actor)
        step.decided, step.refused = True, decision.outcome is Outcome.REJECTED
        assert (event.call is not None) == (decision.outcome is Outcome.EDITED)
        step.digest = event.call.digest if event.call else step.digest
        assert decision.digest == step.digest

    def _StepExpired(self, event: e.StepExpired) -> None:  # noqa: N802
        assert not self.steps[event.step_id].decided
        self.steps[event.step_id].refused = True

    def _StepStarted(self, event: e.StepStarted) -> None:  # noqa: N802
        step = self.steps[event.step_id]
        step.starts += 1
        step.under_way = True
        assert not self.paused, "started in a paused Run"
        assert self.plan is not None
        assert step.proposed.subtask_id in {subtask.id for subtask in self.plan.subtasks}, "of a Plan that is no more"
        assert not step.refused
        assert event.digest == step.digest, "not what was approved"
        assert step.starts <= step.allowed, "started twice on one Decision"
        assert step.decided or step.allowed > 1 or self._waved(step.proposed), "nobody approved it"
        if step.proposed.risk is not Risk.READ:
            self.started[step.digest] += 1

    def _waved(self, step: e.StepProposed) -> bool:
        tainted = self._tainted(step.subtask_id)
        if self.policy is PolicyName.OBSERVE:
            return False
        if step.call.tool == "answer" or (step.risk is Risk.READ and not (step.outside and tainted)):
            return self.policy is PolicyName.SIDE_EFFECTS or self.rest
        return self.rest and not tainted

    def _tainted(self, subtask_id: str) -> bool:
        assert self.plan is not None
        after = self.plan.subtask(subtask_id).after
        return self.tainted_plan or self.sources.get(subtask_id, False) or any(map(self._tainted, after))

    def _StepFinished(self, event: e.StepFinished) -> None:  # noqa: N802
        step = self.steps[event.step_id]
        assert step.under_way, "finished without a start"
        step.under_way = False
        step.finished += 1
        self.sources[step.proposed.subtask_id] = (
            self.sources.get(step.proposed.subtask_id, False) or not event.observation.trusted
        )
        if step.proposed.risk is not Risk.READ and event.observation.ok:
            self.ended[step.digest] += 1

    def _StepSkipped(self, event: e.StepSkipped) -> None:  # noqa: N802
        assert not self.steps[event.step_id].starts

    def _StepUncertain(self, event: e.StepUncertain) -> None:  # noqa: N802
        step = self.steps[event.step_id]
        assert step.under_way
        assert step.proposed.risk is not Risk.READ
        step.under_way, step.uncertain = False, True

    def _StepResolved(self, event: e.StepResolved) -> None:  # noqa: N802
        step = self.steps[event.step_id]
        assert step.uncertain
        step.uncertain = False
        step.allowed += event.choice is Choice.AGAIN

    def _RestApproved(self, _: e.RestApproved) -> None:  # noqa: N802
        self.rest = True

    def _ModelCalled(self, event: e.ModelCalled) -> None:  # noqa: N802
        self.cost += event.usage.cost or 0.0

    def _RunPaused(self, _: e.RunPaused) -> None:  # noqa: N802
        self.paused = True

    def _RunResumed(self, _: e.RunResumed) -> None:  # noqa: N802
        self.paused = False

    def _end(self, _: e.Event) -> None:
        assert not self.over, "ended twice"
        self.over = True

    _RunStopped = _RunFinished = _RunFailed = _end
