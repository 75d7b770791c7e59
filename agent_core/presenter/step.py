"""Step -> Card: a ToolCall whole, who decided it, and what came of it."""

from collections.abc import Iterator
from typing import Any

from agent_core.cards import Button, Card, CardKind, Fact, Section, Verb
from agent_core.domain import Choice, Outcome, Risk
from agent_core.i18n import N_, format_time, listed, translator
from agent_core.journal.records import timestamp
from agent_core.journal.state import RunState, StepState, StepStatus, taint
from agent_core.presenter.arguments import (
    about,
    argument_sections,
    call_fields,
    deceiving_letters,
    hidden_characters,
    text_section,
)
from agent_core.presenter.firings import waiting_since
from agent_core.presenter.standing import asks_now, standing, uncertain_now
from agent_core.presenter.words import (
    TOOLS,
    argument_word,
    button,
    decided_by,
    how,
    rehearsal_words,
    risk_word,
    who_may_decide,
)


def step_card(state: RunState, step: StepState) -> Card:
    """Return the Card of a Step."""
    _ = translator(state.language)
    asks, waits = asks_now(state, step), uncertain_now(state, step)
    status, tone = standing(state, step)
    seen = step.observation
    return Card(
        id=f"step:{step.id}",
        kind=CardKind.STEP,
        tone=tone,
        title=_(TOOLS.get(step.call.tool, step.call.tool)),
        status=_(status),
        sections=tuple(_sections(state, step)),
        facts=tuple(_facts(state, step, asks=asks)),
        buttons=_buttons(state, step) if asks else _uncertain_buttons(state) if waits else (),
        fields=call_fields(step.call, state.language) if asks else (),
        digest=step.call.digest,
        footer=_footer(state, step, open_to_people=asks or waits),
        rehearsal=rehearsal_words(state),
        files=tuple(file.path for file in seen.files) if seen else (),
        at=timestamp(step.at),
        about=about(step.call),
    )


def _facts(state: RunState, step: StepState, *, asks: bool) -> Iterator[Fact]:
    _ = translator(state.language)
    subtask = state.subtasks.get(step.subtask_id)
    yield Fact(_("Tool"), step.call.tool)
    yield Fact(_("Step"), step.id)
    if subtask is not None:
        yield Fact(_("Subtask"), subtask.subtask.title)
    risk = risk_word(step.call.tool, step.risk, state.language)
    yield Fact(_("Risk"), risk, grave=step.risk in (Risk.EXECUTE, Risk.SEND))
    yield from (Fact(each.label, each.value, each.grave) for each in step.preview.facts)
    if step.outside:
        yield Fact(_("Beware"), _("its target can carry data out of this machine"), grave=True)
    hidden = hidden_characters(step.call)
    if hidden:
        told = _("it contains characters that cannot be seen: {which}").format(which=hidden)
        yield Fact(_("Beware"), told, grave=True)
    alike = deceiving_letters(step.call)
    if alike:
        told = _("it contains letters that only look like the ones beside them: {which}").format(which=alike)
        yield Fact(_("Beware"), told, grave=True)
    # what was read later says nothing of a Step that is over and done with
    read = taint(state, step.subtask_id) if not step.status.concluded else ()
    if read:
        yield Fact(_("Has read from outside"), listed(list(read), state.language), grave=True)
    if asks and state.described_by:
        yield Fact(_("Was told of tools by"), listed(list(state.described_by), state.language), grave=True)
    if asks:
        yield from waiting_since(state, step.at)
    if asks and step.expires_at is not None:
        yield Fact(_("Expires"), format_time(step.expires_at, state.language))
    if step.decision is None and step.grounds:
        yield Fact(_("Ran without asking, because"), _grounds(state, step.grounds))


def _grounds(state: RunState, grounds: str) -> str:
    """Return in words what waved a Step through (`rules.grounds`)."""
    _ = translator(state.language)
    kind, _space, name = grounds.partition(" ")
    if kind == "policy":
        return _("the policy is {name}").format(name=name)
    by = grounds.rpartition(" ")[2]
    if state.rest_approved is not None and str(state.rest_approved) == by:
        by = state.rest_approved.display
    return _("{who} approved the rest of this run").format(who=by)


def _sections(state: RunState, step: StepState) -> Iterator[Section]:
    _ = translator(state.language)
    if step.status is StepStatus.UNCERTAIN:
        cut_off = _(
            "Nod was cut off while this ran, so nobody knows whether it took effect. Look at its target, "
            "then say: it happened, do it again, or leave it undone. Nothing is done twice on its own."
        )
        told = _(
            "{why} Look at its target, then say: it happened, do it again, or leave it undone. "
            "Nothing is done twice on its own."
        )
        yield Section(_("What happened"), told.format(why=step.doubt) if step.doubt else cut_off)
    if step.why:
        yield Section(_("Why"), step.why)
    yield from argument_sections(step.call, step.preview, state.language)
    if step.decision is not None and step.decision.outcome is Outcome.EDITED:
        yield from _as_proposed(step, state.language)
    if step.decision is not None and step.decision.reason:
        yield Section(_("Reason given"), step.decision.reason)
    yield from _observed(state, step)


def _as_proposed(step: StepState, language: str) -> Iterator[Section]:
    """Yield the arguments that a person's edit changed, as they were proposed."""
    _ = translator(language)
    label = _("{name}, as it was proposed")
    missing = object()
    for name, value in step.proposed.arguments.items():
        if step.call.arguments.get(name, missing) != value:
            word = argument_word(step.call.tool, name, language)
            yield text_section(label.format(name=word), value, language, folded=True)


def _observed(state: RunState, step: StepState) -> Iterator[Section]:
    """Yield what the Tool returned, said to be from outside where it is."""
    _ = translator(state.language)
    seen = step.observation
    if seen is None:
        return
    if not seen.trusted:
        label = _("What it returned, from outside ({sources})")
        label = label.format(sources=listed(list(seen.sources or (step.call.tool,)), state.language))
    else:
        label = _("What it returned")
    if seen.text:
        yield text_section(label, seen.text, state.language)
    shown: list[Any] = [seen.text, *step.call.arguments.values()]
    if seen.answer and seen.answer not in shown:
        yield text_section(_("Answer"), seen.answer, state.language, markdown=True)


def _buttons(state: RunState, step: StepState) -> tuple[Button, ...]:
    verbs = [Verb.APPROVE, Verb.REJECT]
    if step.call.arguments:
        verbs.insert(1, Verb.EDIT)
    if state.rest_approved is None:
        verbs.append(Verb.APPROVE_REST)
    return tuple(button(verb, state.language) for verb in verbs)


def _uncertain_buttons(state: RunState) -> tuple[Button, ...]:
    again = button(Verb.AGAIN, state.language, N_("Do it again"))
    return (button(Verb.HAPPENED, state.language), again, button(Verb.SKIP, state.language))


def _footer(state: RunState, step: StepState, *, open_to_people: bool) -> str:
    _ = translator(state.language)
    if open_to_people:
        return who_may_decide(state)
    said: list[str] = []
    if step.decision is not None:
        said.append(decided_by(step.decision, step.decided_at, state.language))
    if step.resolved is not None and step.resolved_by is not None and step.resolved_at is not None:
        choice = {
            Choice.HAPPENED: _("{who} said {via} that it happened, {when}"),
            Choice.AGAIN: _("{who} said {via} to do it again, {when}"),
            Choice.SKIP: _("{who} said {via} to leave it undone, {when}"),
        }[step.resolved]
        when = format_time(step.resolved_at, state.language)
        said.append(choice.format(who=step.resolved_by.display, via=how(step.resolved_via, state.language), when=when))
    return " · ".join(said)
