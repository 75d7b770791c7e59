"""Plan -> Card: the one Card of a Run that tells its whole progress."""

from collections.abc import Iterator, Mapping

from agent_core.cards import Button, Card, CardKind, Fact, Section, Tone, Verb
from agent_core.domain import Outcome, Plan, PolicyName, RunStatus
from agent_core.i18n import N_, format_time, listed, translator
from agent_core.journal.records import timestamp
from agent_core.journal.state import PastPlan, RunState
from agent_core.plan_text import render_plan, told_plan
from agent_core.presenter.activity import activity
from agent_core.presenter.progress import items_of
from agent_core.presenter.words import (
    button,
    decided_by,
    only_shown,
    rehearsal_words,
    run_word,
    status_word,
    who_may_decide,
)
from agent_core.rules import plan_asks

# a Plan of a Run that only observes asks nobody
_ASKS_NEXT: Mapping[PolicyName, str] = {
    PolicyName.EVERY_STEP: N_(
        "Every step, before it runs: one or more for each of the {count} subtasks. "
        "“Approve the rest of this run” ends the asking."
    ),
    PolicyName.SIDE_EFFECTS: N_(
        "Of the steps of these {count} subtasks, those that change something or leave this machine. "
        "“Approve the rest of this run” ends the asking."
    ),
}


def plan_card(state: RunState, plan: Plan) -> Card:
    """Return the Card of the Plan as it stands, with its progress."""
    asks = plan_asks(state) and not state.paused
    status, tone = _standing(state, asks=asks)
    _ = translator(state.language)
    title = _("Plan") if state.revision <= 1 else _("Plan, revision {number}").format(number=state.revision)
    return Card(
        id="plan",
        kind=CardKind.PLAN,
        tone=tone,
        title=title,
        status=status,
        sections=tuple(_sections(state, plan, asks=asks)),
        facts=tuple(_facts(state)),
        items=items_of(state, plan),
        buttons=_buttons(state) if asks else (),
        editable=render_plan(plan, state.language) if asks else "",
        digest=plan.digest,
        footer=_footer(state, asks=asks),
        rehearsal=rehearsal_words(state),
        at=timestamp(state.plans[0].at),
    )


def _standing(state: RunState, *, asks: bool) -> tuple[str, Tone]:
    _ = translator(state.language)
    if state.status.over:
        shown = only_shown(state.status, state.policy.name)
        tone = Tone.QUIET if shown else Tone.DONE if state.status is RunStatus.FINISHED else Tone.BAD
        return run_word(state, state.language), tone
    if state.paused:
        return status_word(RunStatus.PAUSED, state.language), Tone.QUIET
    if asks:
        return _("Waiting for a decision"), Tone.ASKING
    doing = activity(state)
    if doing:
        return doing, Tone.WORKING
    return _("Waiting for a decision on a step or question"), Tone.QUIET


def _facts(state: RunState) -> Iterator[Fact]:
    _ = translator(state.language)
    if state.plan_sources:
        yield Fact(_("Made after reading from outside"), listed(list(state.plan_sources), state.language), grave=True)


def _sections(state: RunState, plan: Plan, *, asks: bool) -> Iterator[Section]:
    _ = translator(state.language)
    newest = state.plans[-1]
    if asks:
        yield Section(_("What asks next"), _(_ASKS_NEXT[state.policy.name]).format(count=len(plan.subtasks)))
    if newest.why:
        yield Section(_("Why"), newest.why)
    if newest.decision is not None and newest.decision.reason:
        yield Section(_("Reason given"), newest.decision.reason)
    if newest.proposed != plan:
        yield Section(_("As it was proposed"), told_plan(newest.proposed, state.language), folded=True)
    for past in reversed(state.plans[:-1]):
        yield Section(_earlier(state, past), _earlier_text(state, past), folded=True)


def _earlier(state: RunState, past: PastPlan) -> str:
    """Return the label of an earlier revision: what became of it."""
    _ = translator(state.language)
    if past.decision is not None and past.decision.outcome is Outcome.REJECTED and past.decision.actor is not None:
        label = _("Revision {number}, rejected by {who}")
        return label.format(number=past.revision, who=past.decision.actor.display)
    return _("Revision {number}, replaced by a newer one").format(number=past.revision)


def _earlier_text(state: RunState, past: PastPlan) -> str:
    _ = translator(state.language)
    lines = [format_time(past.at, state.language)]
    if past.decision is not None:
        lines.append(decided_by(past.decision, past.decided_at, state.language))
        if past.decision.reason:
            lines.append(_("Reason given: {reason}").format(reason=past.decision.reason))
    return "\n".join(lines) + "\n\n" + told_plan(past.proposed, state.language)


def _buttons(state: RunState) -> tuple[Button, ...]:
    return tuple(button(verb, state.language) for verb in (Verb.APPROVE, Verb.EDIT, Verb.REJECT))


def _footer(state: RunState, *, asks: bool) -> str:
    if asks:
        return who_may_decide(state)
    newest = state.plans[-1]
    return decided_by(newest.decision, newest.decided_at, state.language) if newest.decision is not None else ""
