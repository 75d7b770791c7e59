"""A Card's Buttons -> Slack's, and what a pressed one says. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.limits import ACTION_ELEMENTS, BUTTON_TEXT, CONFIRM_BUTTON, CONFIRM_TEXT, CONFIRM_TITLE
from adapters.slack.rich import Block, plain
from agent_core.cards import Button, Card, Section, Verb
from agent_core.presenter.chat_words import approve_rest_dialog

PREFIX = "nod."  # of the action_id of every button that decides something

#: verbs for the Run as a whole; all others decide on a Card
CONTROLS = frozenset({Verb.PAUSE, Verb.RESUME, Verb.STOP, Verb.APPROVE_REST})

_STYLES = {Verb.APPROVE: "primary", Verb.REJECT: "danger", Verb.STOP: "danger"}


@dataclass(frozen=True, slots=True)
class Press:
    """What a button or dialog is about: a Card of a Run as it was shown. It authorises nothing."""

    run_id: str
    card_id: str
    digest: str
    verb: Verb

    def written(self) -> str:
        """Return it as a button's value or a modal's metadata carries it."""
        return json.dumps({"run": self.run_id, "card": self.card_id, "digest": self.digest})


def pressed(action: Mapping[str, Any]) -> Press | None:
    """Return what a pressed button says; None for what is none of ours, or of an earlier Nod."""
    name = str(action.get("action_id", ""))
    return read_press(name.removeprefix(PREFIX), str(action.get("value", ""))) if name.startswith(PREFIX) else None


def read_press(verb: str, value: str) -> Press | None:
    """Return what a verb and a value as `Press.written` gave it say; None when they say nothing."""
    try:
        said = json.loads(value)
        return Press(str(said["run"]), str(said["card"]), str(said["digest"]), Verb(verb))
    except (ValueError, KeyError, TypeError):
        return None


def button_blocks(run_id: str, card: Card, language: str) -> list[Block]:
    """Return the blocks of a Card's buttons: what decides on the Card, then what is for the Run as a whole."""
    own = [each for each in card.buttons if each.subject or each.verb not in CONTROLS]
    whole = [each for each in card.buttons if each not in own]
    rows = [row[at : at + ACTION_ELEMENTS] for row in (own, whole) for at in range(0, len(row), ACTION_ELEMENTS)]
    return [_actions(run_id, card, row, language) for row in rows]


def section_buttons(card: Card, section: Section, language: str) -> list[Block]:
    """Return the block of the buttons that stand with a Section."""
    return [_actions("", card, section.buttons, language)] if section.buttons else []


def _press(run_id: str, card: Card, button: Button) -> Press:
    return (
        Press("", button.subject, "", button.verb)
        if button.subject
        else Press(run_id, card.id, card.digest, button.verb)
    )


def _actions(run_id: str, card: Card, row: Sequence[Button], language: str) -> Block:
    return {"type": "actions", "elements": [_button(run_id, card, each, language) for each in row]}


def _button(run_id: str, card: Card, button: Button, language: str) -> Block:
    element: Block = {
        "type": "button",
        "action_id": f"{PREFIX}{button.verb}",
        "text": plain(button.label[:BUTTON_TEXT]),
        "value": _press(run_id, card, button).written(),
    }
    if button.verb in _STYLES:
        element["style"] = _STYLES[button.verb]
    if button.verb is Verb.APPROVE_REST:
        dialog = approve_rest_dialog(language)
        element["confirm"] = {
            "title": plain(dialog.title[:CONFIRM_TITLE]),
            "text": plain(dialog.text[:CONFIRM_TEXT]),
            "confirm": plain(dialog.yes[:CONFIRM_BUTTON]),
            "deny": plain(dialog.no[:CONFIRM_BUTTON]),
        }
    return element
