"""RunState -> the Cards of a chat's thread: one root with the goal, the plan and its progress, then what happens.

A chat shows what people write by itself, so only what came through another door is told there.
"""

from collections.abc import Iterator
from dataclasses import replace

from agent_core.cards import Card, CardKind, Verb
from agent_core.i18n import translator
from agent_core.journal.state import NoteKind, RunState
from agent_core.presenter.controls import controls_of
from agent_core.presenter.plan import plan_card
from agent_core.presenter.result import result_card
from agent_core.presenter.step import step_card
from agent_core.presenter.thread import goal_card, note_card, question_card

ROOT = "plan"  # the root Card's id: what is decided on it is decided on the Plan


def chat_cards(state: RunState) -> tuple[Card, ...]:
    """Return a Run's Cards in thread order, the root first. The same state gives the same Cards."""
    return (root_card(state), *_thread(state))


def root_card(state: RunState) -> Card:
    """Return the Card that stands for the whole Run: what was asked, the plan, its progress, and the controls."""
    goal = goal_card(state)
    controls = controls_of(state)
    if state.plan is None:
        return replace(goal, id=ROOT, kind=CardKind.PLAN, buttons=controls)
    plan = plan_card(state, state.plan)
    return replace(
        plan,
        id=ROOT,
        title=goal.title,
        sections=(*goal.sections, *plan.sections),
        facts=(*goal.facts, *plan.facts),
        buttons=(*plan.buttons, *controls),
        files=goal.files,
        at=goal.at,
    )


def _thread(state: RunState) -> Iterator[Card]:
    notes = {str(note.seq): note for note in state.notes}
    for subject in state.order:
        kind, _colon, name = subject.partition(":")
        if kind == "step":
            card = step_card(state, state.steps[name])
            # the rest is approved on the root, where all of it can be seen
            yield replace(card, buttons=tuple(each for each in card.buttons if each.verb is not Verb.APPROVE_REST))
        elif kind == "question":
            yield question_card(state, state.questions[name])
        elif kind == "note" and not _said_here(state, name):
            yield note_card(state, notes[name])
    if state.status.over:
        _ = translator(state.language)
        yield replace(result_card(state), footer=_("Reply here to go on from this result."))


def _said_here(state: RunState, seq: str) -> bool:
    """Say whether a note is something that a person wrote in this very thread."""
    note = next(note for note in state.notes if str(note.seq) == seq)
    here = note.actor is not None and note.actor.platform == state.origin.platform
    return here and note.kind is NoteKind.FEEDBACK
