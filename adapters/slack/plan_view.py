"""A Plan's Items -> blocks: Slack's plan block, or a list where Slack does not take that. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.slack.layout import Spill, spilled
from adapters.slack.limits import TASK_TITLE
from adapters.slack.rich import Block, bullets, line, rich_text, span, weight
from agent_core.cards import Card, Form, Item, Mark, Tone
from agent_core.characters import revealed

DETAILS_ROOM = 5_000  # of a message's room for what the Subtasks are told; the rest of it is for the other texts

_TASK_STATUS: Mapping[Mark, str] = {
    Mark.TODO: "pending",
    Mark.ACTIVE: "in_progress",
    Mark.ASKING: "in_progress",
    Mark.DONE: "complete",
    Mark.FAILED: "error",
}
_SIGNS: Mapping[Mark, str] = {
    Mark.TODO: "○",
    Mark.ACTIVE: "▶",
    Mark.ASKING: "?",
    Mark.DONE: "✓",
    Mark.FAILED: "✗",
}
_STEP_STATUS: Mapping[Tone, str] = {
    Tone.ASKING: "pending",
    Tone.QUIET: "pending",
    Tone.WORKING: "in_progress",
    Tone.DONE: "complete",
    Tone.BAD: "error",
}


def plan_blocks(card: Card, *, modern: bool) -> tuple[list[Block], Spill | None]:
    """Return the blocks of a Plan with its progress, and the file its details lie in if they do not fit.

    `modern`: with Slack's plan block.
    """
    if not card.items:
        return [], None
    tasks = [_Task(item.id, item.mark, *_told(number, item)) for number, item in enumerate(card.items, start=1)]
    blocks = _blocks(card, tasks, modern=modern)
    if all(len(task.title) <= TASK_TITLE for task in tasks) and weight(blocks) <= DETAILS_ROOM:
        return blocks, None
    short = [_Task(task.id, task.mark, _cut(task.title), _cut(task.standing), ()) for task in tasks]
    text = "\n\n".join("\n".join((task.title, task.standing, *task.details)) for task in tasks)
    return _blocks(card, short, modern=modern), spilled(card, "plan", text, Form.PLAIN)


def title_of(card: Card) -> str:
    """Return a Card's title, with what a Step is about."""
    return revealed(" · ".join(part for part in (card.title, card.about) if part))


def step_head(card: Card) -> Block:
    """Return Slack's task card as the head of a Step's message."""
    block = {
        "type": "task_card",
        "task_id": card.id,
        "title": _cut(title_of(card)),
        "status": _STEP_STATUS[card.tone],
    }
    return {**block, "details": rich_text([line(span(revealed(card.status)))])} if card.status else block


@dataclass(frozen=True, slots=True)
class _Task:
    """A Subtask in words that can be shown."""

    id: str
    mark: Mark
    title: str
    standing: str
    details: tuple[str, ...]


def _told(number: int, item: Item) -> tuple[str, str, tuple[str, ...]]:
    """Return an Item's title, how it stands, and its details."""
    standing = revealed(" · ".join(part for part in (item.label, item.note) if part))
    return revealed(f"{number}. {item.title}"), standing, tuple(map(revealed, item.details))


def _blocks(card: Card, tasks: Sequence[_Task], *, modern: bool) -> list[Block]:
    if not modern:
        return [rich_text(_listed(tasks))]
    return [{"type": "plan", "title": _cut(revealed(card.status or card.title)), "tasks": list(map(_card_of, tasks))}]


def _card_of(task: _Task) -> Block:
    card: Block = {"type": "task_card", "task_id": task.id, "title": task.title, "status": _TASK_STATUS[task.mark]}
    if task.details:
        card["details"] = rich_text([bullets(line(span(each)) for each in task.details)])
    if task.standing:
        card["output"] = rich_text([line(span(task.standing))])
    return card


def _listed(tasks: Sequence[_Task]) -> list[Block]:
    elements: list[Block] = []
    for task in tasks:
        sign = span(f"{_SIGNS[task.mark]} ")
        elements.append(line(sign, span(task.title, bold=True), span(f"  {task.standing}")))
        if task.details:
            elements.append(bullets(line(span(each)) for each in task.details))
    return elements


def _cut(text: str) -> str:
    """Return a text that a title can hold; what does not fit is in the file."""
    return text if len(text) <= TASK_TITLE else f"{text[: TASK_TITLE - 1]}…"
