"""Which texts of a Card its message holds, and which lie in a file beside it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.slack.limits import BLOCK_WEIGHT, MESSAGE_BLOCKS
from agent_core.cards import Card, Form, Section
from agent_core.characters import revealed
from agent_core.domain import digest_of

BEGINNINGS = (800, 200, 0)  # characters shown of a text that lies in a file, as many as there is room for
DIGEST_SHOWN = 16  # hexadecimal digits of a digest that people compare
LONGEST_NAME = 60  # characters of a file's name

_NOTE = 220  # characters of the line that names a file
_WITH_LABEL = 20  # what a Section takes beside its letters
_OTHER_BLOCKS = 14  # of a message, at most: head, facts, plan, notes, small letters, buttons
_ENDINGS = {Form.DIFF: ".diff", Form.MARKDOWN: ".md", Form.CODE: ".txt", Form.PLAIN: ".txt"}
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Spill:
    """A text that lies in a file of the thread. `key` names file and content; `digest` is the Card's, to compare."""

    key: str
    name: str
    title: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A Section as a message holds it: the whole text or its beginning, with where the whole lies."""

    section: Section
    text: str
    spill: Spill | None = None

    @property
    def size(self) -> int:
        """What it takes of a message's room."""
        markdown = 2 * BLOCK_WEIGHT if self.section.form is Form.MARKDOWN else 0
        note = _NOTE if self.spill else 0
        return len(self.section.label) + len(self.text) + _WITH_LABEL + markdown + note


def laid_out(card: Card, sections: Sequence[Section], room: int) -> tuple[Shown, ...]:
    """Return the Sections so that together they take at most `room`, as much of them as there is room for.

    What is folded goes into files first, then what is longest.
    """
    whole = tuple(Shown(section, revealed(section.text)) for section in sections)
    if _size(whole) <= room and _fit(whole):
        return whole
    order = sorted(range(len(whole)), key=lambda at: (not whole[at].section.folded, -len(whole[at].text)))
    for beginning in BEGINNINGS:
        shown = list(whole)
        for at in order:
            if _size(shown) <= room:
                break
            if len(shown[at].text) > beginning + _NOTE:
                shown[at] = _begun(card, shown[at], beginning)
        if _size(shown) <= room and _fit(shown):
            return tuple(shown)
    return (_together(card, whole),)


def spilled(card: Card, label: str, text: str, form: Form = Form.PLAIN) -> Spill:
    """Return a text of a Card as a file."""
    name = f"{_part(card.id)}-{_part(label) or 'text'}"[:LONGEST_NAME] + _ENDINGS[form]
    digest = card.digest[:DIGEST_SHOWN]
    title = " · ".join(part for part in (label or card.title, digest) if part)
    return Spill(f"{name}:{digest_of(text)[:DIGEST_SHOWN]}", name, title, text, digest)


def _begun(card: Card, shown: Shown, beginning: int) -> Shown:
    start = shown.text[:beginning]
    at_line = start.rpartition("\n")[0] or start  # a line is not cut where that can be helped
    spill = spilled(card, shown.section.label, shown.text, shown.section.form)
    return replace(shown, text=f"{at_line}…" if beginning else "", spill=spill)


def _together(card: Card, whole: Sequence[Shown]) -> Shown:
    """Return all Sections as one that lies in a file: there are too many to stand on a message."""
    text = "\n\n".join(f"{each.section.label}\n{each.text}".strip() for each in whole)
    section = Section("", text)
    return _begun(card, Shown(section, text), BEGINNINGS[0])


def _fit(shown: Sequence[Shown]) -> bool:
    """Say whether a message has blocks enough: only Markdown needs its own, beside one for what is around it."""
    return 2 * sum(each.section.form is Form.MARKDOWN for each in shown) <= MESSAGE_BLOCKS - _OTHER_BLOCKS


def _part(text: str) -> str:
    return _NOT_IN_NAMES.sub("-", text).strip("-.")


def _size(shown: Sequence[Shown]) -> int:
    return sum(each.size for each in shown)
