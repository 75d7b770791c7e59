"""Cards -> modals in which people edit and give reasons, and what they typed there. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.buttons import Press, read_press
from adapters.slack.calls import inner
from adapters.slack.limits import INPUT_LABEL, INPUT_TEXT, MODAL_BYTES, MODAL_TITLE, PRIVATE_METADATA, VIEW_BLOCKS
from adapters.slack.rich import Block, line, plain, rich_text, span
from adapters.slack.troubles import TooLongForSlack
from agent_core.cards import Card, Field, Verb
from agent_core.domain import digest_of
from agent_core.presenter.chat_words import Dialog, ask_about_dialog, part_of, verb_dialog

DECIDE = "nod.decide"  # callback ids of modals
ASK = "nod.ask"
TOLD = "nod.told"

WORDS = "words"  # the id of the one box of a modal that asks for words
PART = 2_400  # characters of a text that one box begins with: people need room to add some

_ENTRY = "entry"  # the action_id of every box


@dataclass(frozen=True, slots=True)
class Subject:
    """What a modal is about. It is read from the modal, where it authorises nothing."""

    press: Press
    team: str
    channel: str
    thread: str
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A Goal typed about a message; `message` is what is known of it, as Slack gave it."""

    goal: str
    channel: str
    thread: str
    message: Mapping[str, Any]
    language: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a text that is edited in several boxes. `ending` is what parts it from the next one."""

    text: str
    ending: str


def decision_modal(card: Card, subject: Subject) -> Block:
    """Return the modal for a verb that needs words, or an edit. Raises TooLongForSlack."""
    dialog = verb_dialog(subject.press.verb, subject.language)
    if subject.press.verb is Verb.EDIT:
        blocks = list(_field_blocks(_fields(card, dialog), subject.language))
    else:
        blocks = [_box(WORDS, dialog.box, "", multiline=True, optional=subject.press.verb is not Verb.ANSWER)]
    about = {"channel": subject.channel, "thread": subject.thread, "language": subject.language}
    metadata = {**about, "verb": subject.press.verb, "press": subject.press.written()}
    view = _modal(DECIDE, dialog, blocks, json.dumps(metadata))
    if len(blocks) > VIEW_BLOCKS or len(json.dumps(view, ensure_ascii=False).encode()) > MODAL_BYTES:
        raise TooLongForSlack
    return view


def ask_modal(channel: str, thread: str, message: Mapping[str, Any], language: str) -> Block:
    """Return the modal that asks what is to be done with a message."""
    dialog = ask_about_dialog(language)
    kept = ("ts", "user", "bot_id", "username", "app_id")
    about: dict[str, Any] = {name: message[name] for name in kept if message.get(name)}
    metadata = {"channel": channel, "thread": thread, "language": language, "message": about}
    return _modal(ASK, dialog, [_box(WORDS, dialog.box, "", multiline=True, optional=False)], json.dumps(metadata))


def told_modal(title: str, text: str, close: str) -> Block:
    """Return a modal that only says something, in place of one that cannot be submitted any more."""
    blocks = [rich_text([line(span(text))])]
    head = {"title": plain(title[:MODAL_TITLE]), "close": plain(close[:MODAL_TITLE])}
    return {"type": "modal", "callback_id": TOLD, **head, "blocks": blocks}


def read_subject(body: Mapping[str, Any]) -> Subject | None:
    """Return what a submitted modal is about; None when it is none of ours, or of an earlier Nod."""
    view = inner(body, "view")
    said = _metadata(view)
    press = read_press(str(said.get("verb", "")), str(said.get("press", "")))
    if view.get("callback_id") != DECIDE or press is None:
        return None
    team = str(inner(body, "team").get("id") or view.get("team_id") or "")
    place = (str(said.get("channel", "")), str(said.get("thread", "")), str(said.get("language", "")))
    return Subject(press, team, *place)


def read_asked(body: Mapping[str, Any]) -> Asked | None:
    """Return the Goal of a submitted modal about a message; None when it is another modal."""
    view = inner(body, "view")
    if view.get("callback_id") != ASK:
        return None
    said = _metadata(view)
    place = (str(said.get("channel", "")), str(said.get("thread", "")))
    return Asked(words_of(body), *place, inner(said, "message"), str(said.get("language", "")))


def words_of(body: Mapping[str, Any]) -> str:
    """Return what was typed into the box for words."""
    return _values(body).get(WORDS, "")


def edits_of(card: Card, body: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return the fields that a person changed, whole, by name; the plan's text under an empty name."""
    values = _values(body)
    edits: dict[str, str] = {}
    for field in _fields(card, verb_dialog(Verb.EDIT, language)):
        parts = _parts(field.value)
        typed = [_typed(values.get(_id(field.name, number), ""), part) for number, part in enumerate(parts)]
        text = "".join(piece + part.ending for piece, part in zip(typed, parts, strict=True))
        if text != field.value:
            edits["" if card.editable else field.name] = text
    return edits


def box_of(card: Card, name: str, language: str) -> str:
    """Return the id of the first box of a field; that of the first field where there is none of that name."""
    names = [field.name for field in _fields(card, verb_dialog(Verb.EDIT, language))]
    return _id(name if name in names else names[0], 0)


def _fields(card: Card, dialog: Dialog) -> Sequence[Field]:
    return (Field(dialog.box, card.editable, is_text=True, multiline=True),) if card.editable else card.fields


def _field_blocks(fields: Sequence[Field], language: str) -> Iterator[Block]:
    for field in fields:
        parts = _parts(field.value)
        for number, part in enumerate(parts):
            label = part_of(field.label or field.name, number + 1, len(parts), language)
            box = _box(_id(field.name, number), label, part.text, multiline=field.multiline, optional=True)
            yield {**box, "hint": plain(field.hint[:INPUT_LABEL])} if field.hint else box


def _parts(text: str) -> tuple[_Part, ...]:
    """Return a text in pieces that fit into boxes, parted at ends of lines where there are any."""
    parts: list[_Part] = []
    while len(text) > PART:
        at = text.rfind("\n", 1, PART)
        if at > 0:
            parts.append(_Part(text[:at], "\n"))
            text = text[at + 1 :]
        else:
            parts.append(_Part(text[:PART], ""))
            text = text[PART:]
    return (*parts, _Part(text, ""))


def _typed(value: str, part: _Part) -> str:
    """Return what a box holds; one that was not changed as it was, for Slack may trim what it gives back."""
    value = value.replace("\r\n", "\n")
    return part.text if value.strip() == part.text.strip() else value


def _id(field: str, part: int) -> str:
    # by its name, not its place: the order of arguments is not kept, and names may be longer than ids
    return f"{digest_of(field)[:16]}-{part}"


def _box(block_id: str, label: str, value: str, *, multiline: bool, optional: bool) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": _ENTRY, "multiline": multiline}
    element["max_length"] = INPUT_TEXT
    if value:
        element["initial_value"] = value
    label = label[:INPUT_LABEL] or block_id
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, "optional": optional}


def _modal(callback: str, dialog: Dialog, blocks: list[Block], metadata: str) -> Block:
    if len(metadata) > PRIVATE_METADATA:
        raise TooLongForSlack
    buttons = {"submit": plain(dialog.yes[:MODAL_TITLE]), "close": plain(dialog.no[:MODAL_TITLE])}
    head = {"type": "modal", "callback_id": callback, "title": plain(dialog.title[:MODAL_TITLE])}
    return {**head, **buttons, "private_metadata": metadata, "blocks": blocks}


def _metadata(view: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return inner({"said": json.loads(str(view.get("private_metadata") or "{}"))}, "said")
    except ValueError:
        return {}


def _values(body: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed, by the box's id."""
    values = inner(inner(inner(body, "view"), "state"), "values")
    return {name: str(inner(inner(values, name), _ENTRY).get("value") or "") for name in values}
