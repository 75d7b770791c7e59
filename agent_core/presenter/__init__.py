"""RunState -> Cards: all that people see of a Run, in its language. Pure."""

from agent_core.cards import Card
from agent_core.journal.state import RunState
from agent_core.presenter.chat import ROOT, chat_cards
from agent_core.presenter.controls import controls_of
from agent_core.presenter.plan import plan_card
from agent_core.presenter.result import account_of, result_card, result_of
from agent_core.presenter.step import step_card
from agent_core.presenter.thread import goal_card, note_card, question_card
from agent_core.presenter.words import only_shown, run_word, status_word

__all__ = [
    "ROOT",
    "account_of",
    "cards_of",
    "chat_cards",
    "controls_of",
    "only_shown",
    "result_of",
    "run_word",
    "status_word",
]


def cards_of(state: RunState) -> tuple[Card, ...]:
    """Return a Run's Cards in thread order. The same state gives the same Cards, whenever it is asked."""
    notes = {str(note.seq): note for note in state.notes}
    cards = [goal_card(state)]
    for subject in state.order:
        kind, _colon, name = subject.partition(":")
        match kind:
            case "plan" if state.plan is not None:
                cards.append(plan_card(state, state.plan))
            case "step":
                cards.append(step_card(state, state.steps[name]))
            case "question":
                cards.append(question_card(state, state.questions[name]))
            case "note":
                cards.append(note_card(state, notes[name]))
            case _:
                raise AssertionError(subject)  # the fold puts nothing else there
    if state.status.over:
        cards.append(result_card(state))
    return tuple(cards)
