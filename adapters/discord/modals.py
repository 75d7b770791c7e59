"""Modals: a Card's arguments, or its plan, as text inputs, and what comes back. Pure.

A modal has five places. A text that one input cannot hold goes on in the next; what even five cannot hold is uploaded
as a file, which the Card has attached; and what has no place at all is named, with where to edit it instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from adapters.discord.limits import INPUT, INPUT_DESCRIPTION, INPUT_LABEL, MODAL_COMPONENTS, MODAL_TITLE
from adapters.discord.markup import escaped, weight
from adapters.discord.names import Named
from adapters.discord.payloads import Data, listed, within
from agent_core.cards import Card, Field, Verb
from agent_core.i18n import listed as as_list
from agent_core.presenter.chat_notices import edit_elsewhere, upload_to_edit
from agent_core.presenter.chat_words import part_of, verb_dialog

TYPED = frozenset({Verb.EDIT, Verb.REJECT, Verb.ANSWER, Verb.STOP})  #: what a modal is opened for

_WORDS = "words"  # the custom id of the one input of all verbs but EDIT

Json = dict[str, Any]
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Edited:
    """A field and the pieces it is edited in; `pieces` is empty when it is uploaded."""

    field: Field
    pieces: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.field.label or self.field.name

    @property
    def places(self) -> int:
        return len(self.pieces) or 1


def modal_of(named: Named, card: Card, language: str, *, draft: Values | None = None, address: str = "") -> Json:
    """Return the modal for a verb on a Card, filled in with what it has now, or with a draft of it."""
    dialog = verb_dialog(named.verb, language)
    modal = ui.Modal(title=dialog.title[:MODAL_TITLE], custom_id=str(named))
    draft = draft or {}
    if named.verb is Verb.EDIT:
        for item in _edit_items(card, language, dialog.box, draft, address):
            modal.add_item(item)
        return modal.to_dict()
    box = ui.TextInput[ui.Modal](
        custom_id=_WORDS,
        style=discord.TextStyle.long,
        required=named.verb is Verb.ANSWER,
        max_length=INPUT,
        default=draft.get(_WORDS),
    )
    modal.add_item(ui.Label(text=dialog.title[:INPUT_LABEL], description=dialog.box[:INPUT_DESCRIPTION], component=box))
    return modal.to_dict()


def _edit_items(card: Card, language: str, plan: str, draft: Values, address: str) -> Sequence[ui.Item[ui.Modal]]:
    shown, left = _placed(_fields(card, plan))
    items: list[ui.Item[ui.Modal]] = []
    for number, each in enumerate(shown):
        if not each.pieces:
            upload = ui.FileUpload[ui.Modal](custom_id=f"{number}", required=False, max_values=1)
            how = upload_to_edit(language)[:INPUT_DESCRIPTION]
            items.append(ui.Label(text=each.label[:INPUT_LABEL], description=how, component=upload))
        for part, piece in enumerate(each.pieces):
            label = part_of(each.label, part + 1, len(each.pieces), language)
            name = f"{number}.{part}"
            box = _input(name, draft.get(name, piece), each.field)
            hint = each.field.hint[:INPUT_DESCRIPTION] or None
            items.append(ui.Label(text=label[-INPUT_LABEL:], description=hint, component=box))
    if left:
        names = as_list([each.label for each in left], language)
        text: Any = ui.TextDisplay  # discord.py types it for messages alone, and modals take it as well
        items.append(text(escaped(edit_elsewhere(names, address, language))))
    return items


def _input(name: str, value: str, field: Field) -> ui.TextInput[ui.Modal]:
    style = discord.TextStyle.long if field.multiline else discord.TextStyle.short
    return ui.TextInput(custom_id=name, style=style, default=value or None, required=False, max_length=INPUT)


def _fields(card: Card, plan: str) -> list[_Edited]:
    fields = [Field(plan, card.editable, is_text=True, multiline=True)] if card.editable else card.fields
    return [_Edited(field, _pieces(field.value)) for field in fields]


def _placed(fields: Sequence[_Edited]) -> tuple[list[_Edited], list[_Edited]]:
    """Return the fields as they fit into a modal, and those that do not."""
    shown, left = list(fields), list[_Edited]()
    while sum(each.places for each in shown) > MODAL_COMPONENTS and any(each.places > 1 for each in shown):
        longest = max(range(len(shown)), key=lambda at: shown[at].places)
        shown[longest] = _Edited(shown[longest].field, ())
    if len(shown) > MODAL_COMPONENTS:
        shown, left = shown[: MODAL_COMPONENTS - 1], shown[MODAL_COMPONENTS - 1 :]
    return shown, left


def _pieces(text: str) -> tuple[str, ...]:
    """Return a text parted at ends of lines, so that each piece fits an input; nothing when a line does not."""
    pieces: list[str] = []
    for line in text.split("\n"):
        longer = f"{pieces[-1]}\n{line}" if pieces else line
        if pieces and weight(longer)[0] <= INPUT:
            pieces[-1] = longer
        elif weight(line)[0] <= INPUT:
            pieces.append(line)
        else:
            return ()
    return tuple(pieces)


# --- what comes back ---


def submitted_values(data: Data) -> Values:
    """Return what was typed, by the custom ids of the inputs."""
    return {field["custom_id"]: field["value"] for field in _inputs(data) if "value" in field}


def submitted_files(data: Data) -> Mapping[str, Data]:
    """Return what was uploaded, by the custom ids of the places."""
    resolved = within(data, "data", "resolved", "attachments")
    return {
        field["custom_id"]: resolved[field["values"][0]]
        for field in _inputs(data)
        if field.get("values") and field["values"][0] in resolved
    }


def _inputs(data: Data) -> list[Data]:
    return [within(label, "component") for label in listed(within(data, "data"), "components")]


def words_of(values: Values) -> str:
    """Return the reason or the answer."""
    return values.get(_WORDS, "")


def edited_fields(card: Card, values: Values) -> dict[str, str]:
    """Return the fields with the edits in them, by name; those that the modal had no place for are left out.

    Discord takes away spaces at both ends of an input, so what differs in nothing else is as it was.
    """
    shown, _left = _placed(_fields(card, ""))
    edited: dict[str, str] = {}
    for number, each in enumerate(shown):
        if not each.pieces:
            if str(number) in values:
                edited[each.field.name] = values[str(number)]
            continue
        named = ((f"{number}.{part}", piece) for part, piece in enumerate(each.pieces))
        edited[each.field.name] = "\n".join(_kept(piece, values.get(name, piece)) for name, piece in named)
    return edited


def _kept(piece: str, typed: str) -> str:
    typed = typed.replace("\r\n", "\n")
    return piece if typed.strip() == piece.strip() else typed
