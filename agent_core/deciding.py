"""Decisions: whether one counts, and the events it becomes. Pure but for preparing an edit's preview."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent_core.cards import Verb
from agent_core.domain import Actor, Choice, Decision, FileRef, Outcome, Policy, Preview, RunStatus, ToolCall, Topic
from agent_core.errors import (
    AlreadyDecided,
    ApprovalExpired,
    DigestMismatch,
    EditRefused,
    NodError,
    NoLongerAsked,
    NotAllowedToDecide,
    NotJson,
    RunOver,
    SubjectUnknown,
)
from agent_core.executor import Executor
from agent_core.i18n import N_
from agent_core.journal import events as e
from agent_core.journal.state import PlanStatus, Question, RunState, StepState, StepStatus
from agent_core.plan_text import parse_plan
from agent_core.policy import Ruling, deciders, is_approver, may_decide, ruling
from agent_core.ports import Clock, ModelToolCall
from agent_core.rules import asking, plan_asks

Propose = Callable[[RunState], Sequence[e.Event]]

OUTCOMES = {Verb.APPROVE: Outcome.APPROVED, Verb.EDIT: Outcome.EDITED, Verb.REJECT: Outcome.REJECTED}
CHOICES = {
    Verb.ANSWER: Choice.ANSWER,
    Verb.AGAIN: Choice.AGAIN,
    Verb.END: Choice.END,
    Verb.HAPPENED: Choice.HAPPENED,
    Verb.SKIP: Choice.SKIP,
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a person wants to decide: the Card, the verb, the digest they saw, and what they typed."""

    subject: str
    verb: Verb
    actor: Actor
    via: str
    digest: str = ""
    text: str = ""
    arguments: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An edited ToolCall, checked, with its Preview."""

    call: ToolCall
    preview: Preview


async def prepare(executor: Executor, state: RunState, request: Request) -> Prepared | None:
    """Return the ToolCall that an edit makes of a Step, or None when the request names no arguments of a Step.

    Raises:
        NotAllowedToDecide: this person may not, and so is shown nothing.
        EditRefused: the edited arguments cannot be used.
    """
    step = state.steps.get(request.subject.removeprefix("step:"))
    if request.verb is not Verb.EDIT or step is None or request.arguments is None:
        return None
    must_decide(state, request.actor)
    return await _prepared(executor, state, step, request.arguments)


async def check_edit(
    executor: Executor, state: RunState, subject: str, text: str, arguments: Mapping[str, str]
) -> None:
    """Look whether an edit of a Step or of the Plan can be used, whoever makes it. It decides nothing.

    Raises:
        EditRefused: it cannot be used.
    """
    step = state.steps.get(subject.removeprefix("step:"))
    if step is not None:
        await _prepared(executor, state, step, arguments)
    elif state.plan is not None:
        parse_plan(text, state.plan, state.subtask_count + 1, state.language)


async def _prepared(executor: Executor, state: RunState, step: StepState, edits: Mapping[str, str]) -> Prepared:
    arguments = _edited(step.call.arguments, edits)
    try:
        _, call, preview = await executor.prepare(state, ModelToolCall(step.id, step.call.tool, arguments))
    except NodError as error:
        raise EditRefused(reason=error) from error
    return Prepared(call, preview)


def _edited(arguments: Mapping[str, Any], edits: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments with the edits in them: texts as they are, everything else read as JSON."""
    edited = dict(arguments)
    for name, text in edits.items():
        if name not in arguments or isinstance(arguments[name], str):
            edited[name] = text.replace("\r\n", "\n")
            continue
        try:
            edited[name] = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise EditRefused(reason=NotJson(name=name)) from error
    return edited


def decided(request: Request, prepared: Prepared | None, clock: Clock) -> Propose:
    """Return what makes the request's events of a state, or raises why it does not count."""

    def propose(state: RunState) -> Sequence[e.Event]:
        kind, _, name = request.subject.partition(":")
        known = {"plan": state.plans, "step": name in state.steps, "question": name in state.questions}
        if not known.get(kind):
            raise SubjectUnknown(run_id=state.run_id, subject=request.subject)
        must_decide(state, request.actor)
        match kind:
            case "step":
                return [_step(state, state.steps[name], request, prepared, clock())]
            case "question":
                return [_question(state, state.questions[name], request)]
            case _:
                return [_plan(state, request)]

    return propose


def must_decide(state: RunState, actor: Actor) -> None:
    """Raise NotAllowedToDecide unless this person's Decisions count in the Run."""
    if not may_decide(state, actor):
        raise NotAllowedToDecide(who=actor.display, deciders=", ".join(each.display for each in deciders(state)))


def must_approve(policy: Policy, actor: Actor) -> None:
    """Raise NotAllowedToDecide unless the person is one of the Policy's approvers."""
    if not is_approver(policy, actor):
        named = ", ".join(each.display for each in policy.approvers) or N_("the people in NOD_APPROVERS")
        raise NotAllowedToDecide(who=actor.display, deciders=named)


def _must_match(request: Request, digest: str) -> None:
    if request.digest != digest:
        raise DigestMismatch


def _not_over(state: RunState) -> None:
    if state.status.over:
        raise RunOver(run_id=state.run_id, status=state.status)


def _plan(state: RunState, request: Request) -> e.Event:
    past, plan = state.plans[-1], state.plan
    # a click on an earlier revision is told what became of that one
    meant = next((each for each in reversed(state.plans) if each.proposed.digest == request.digest), past)
    if meant.decision is not None:
        raise _already(meant.decision)
    _not_over(state)
    if meant is not past or state.plan_status is PlanStatus.WANTED:
        raise NoLongerAsked(reason=N_("Nod makes a new plan with what was written since"))
    if plan is None or not plan_asks(state) or request.verb not in OUTCOMES:
        raise NoLongerAsked(reason=N_("the plan needs no decision"))
    _must_match(request, plan.digest)
    outcome, edited = OUTCOMES[request.verb], None
    if outcome is Outcome.EDITED:
        edited = parse_plan(request.text, plan, state.subtask_count + 1, state.language)
    digest = edited.digest if edited else plan.digest
    reason = "" if edited else request.text
    return e.PlanDecided(past.revision, Decision(outcome, digest, request.actor, request.via, reason), edited)


def _already(decision: Decision) -> AlreadyDecided:
    who = decision.actor.display if decision.actor else N_("the policy")
    return AlreadyDecided(who=who, outcome=decision.outcome)


def _step(state: RunState, step: StepState, request: Request, prepared: Prepared | None, now: datetime) -> e.Event:
    if step.status is StepStatus.UNCERTAIN and request.verb in (Verb.HAPPENED, Verb.AGAIN, Verb.SKIP):
        _not_over(state)
        _must_match(request, step.call.digest)
        return e.StepResolved(step.id, CHOICES[request.verb], request.actor, request.via)
    _must_ask(state, step, now)
    if request.verb not in OUTCOMES:
        raise NoLongerAsked(reason=N_("a step is approved, edited or rejected"))
    _must_match(request, step.call.digest)
    outcome = OUTCOMES[request.verb]
    if outcome is Outcome.EDITED and prepared is None:
        raise EditRefused(reason=N_("it names no arguments. Give those that are to change, by name."))
    if prepared is None or prepared.call.digest == step.call.digest:
        outcome = Outcome.REJECTED if outcome is Outcome.REJECTED else Outcome.APPROVED
        decision = Decision(outcome, step.call.digest, request.actor, request.via, request.text)
        return e.StepDecided(step.id, decision)
    decision = Decision(outcome, prepared.call.digest, request.actor, request.via, request.text)
    return e.StepDecided(step.id, decision, prepared.call, prepared.preview)


def _must_ask(state: RunState, step: StepState, now: datetime) -> None:
    """Raise why a Step's Decision would not count any more."""
    if step.status is StepStatus.EXPIRED or (
        step.status is StepStatus.PROPOSED and step.expires_at is not None and step.expires_at <= now
    ):
        raise ApprovalExpired
    if step.decision is not None:
        raise _already(step.decision)
    _not_over(state)
    if step.status is StepStatus.DROPPED:
        raise NoLongerAsked(reason=N_("the plan was changed"))
    if step.status is not StepStatus.PROPOSED or ruling(state, step) is not Ruling.ASK:
        raise NoLongerAsked(reason=N_("it needs no decision"))


def _question(state: RunState, question: Question, request: Request) -> e.Event:
    if question.choice is not None:
        raise AlreadyDecided(who=question.actor.display if question.actor else "", outcome=question.choice)
    _not_over(state)
    choices = (Verb.ANSWER, Verb.END) if question.topic is Topic.CLARIFY else (Verb.AGAIN, Verb.END)
    if request.verb not in choices:
        raise NoLongerAsked(reason=N_("this question is answered otherwise"))
    if request.verb is Verb.ANSWER and not request.text:
        raise EditRefused(reason=N_("write an answer."))
    return e.QuestionAnswered(question.id, CHOICES[request.verb], request.actor, request.via, request.text)


def heard(text: str, files: tuple[FileRef, ...], actor: Actor, via: str, key: str = "") -> Propose:
    """Return what makes events of a person's words in a live Run's thread: an answer, or feedback.

    What was heard before under the same `key` makes none.
    """

    def propose(state: RunState) -> Sequence[e.Event]:
        if state.status.over or (key and key in state.heard):
            return []
        must_decide(state, actor)
        asked = [question for question in state.open_questions() if question.topic is Topic.CLARIFY]
        answers = [e.QuestionAnswered(question.id, Choice.ANSWER, actor, via, text, key) for question in asked[:1]]
        if answers and not files:
            return answers
        return [*answers, e.FeedbackGiven(actor, text, files, key), *_sent_back(state, text, actor, via)]

    return propose


def _sent_back(state: RunState, text: str, actor: Actor, via: str) -> Sequence[e.Event]:
    """Return what words do to the one call of a Run about a Schedule: it is asked for anew, as they want it."""
    if state.scheduling is None:
        return []
    return [
        e.StepDecided(step.id, Decision(Outcome.REJECTED, step.call.digest, actor, via, text)) for step in asking(state)
    ]


def controlled(verb: Verb, actor: Actor, via: str, text: str) -> Propose:
    """Return what makes events of pausing, resuming, stopping or approving the rest; none if it is so already."""

    def propose(state: RunState) -> Sequence[e.Event]:
        must_decide(state, actor)
        if verb is Verb.STOP and state.status is RunStatus.STOPPED:
            return []
        _not_over(state)
        match verb:
            case Verb.PAUSE:
                return [] if state.paused else [e.RunPaused(actor, text)]
            case Verb.RESUME:
                return [e.RunResumed(actor)] if state.paused else []
            case Verb.STOP:
                return [e.RunStopped(actor, text)]
            case Verb.APPROVE_REST:
                return [] if state.rest_approved else [e.RestApproved(actor, via)]
            case _:
                raise NoLongerAsked(reason=N_("a run is paused, resumed, stopped, or its rest approved"))

    return propose
