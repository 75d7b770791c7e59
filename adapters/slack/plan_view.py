"""A Plan's Items -> blocks: Slack's plan block, or a list where Slack does not take that. Pure."""

from collections.abc import Mapping, Sequence

from adapters.slack.layout import Spill, spilled
from adapters.slack.limits import TASK_TITLE
from adapters.slack.rich import Block, bullets, line, rich_text, span, weight
from agent_core.cards import Card, Form, Item, Mark, Tone
from agent_core.presenter.characters import revealed

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
    blocks = _blocks(card, card.items, modern=modern)
    titles = all(len(_title(number, item)) <= TASK_TITLE for number, item in enumerate(card.items, start=1))
    if titles and weight(blocks) <= DETAILS_ROOM:
        return blocks, None
    bare = [Item(item.id, item.mark, item.label, _cut(item.title), note=_cut(item.note)) for item in card.items]
    return _blocks(card, bare, modern=modern), spilled(card, "plan", _written(card.items), Form.PLAIN)


def step_head(card: Card) -> Block:
    """Return Slack's task card as the head of a Step's message."""
    block = {
        "type": "task_card",
        "task_id": card.id,
        "title": _cut(revealed(card.title)),
        "status": _STEP_STATUS[card.tone],
    }
    return {**block, "details": rich_text([line(span(revealed(card.status)))])} if card.status else block


def _blocks(card: Card, items: Sequence[Item], *, modern: bool) -> list[Block]:
    if not modern:
        return [rich_text(_listed(items))]
    tasks = [_task(number, item) for number, item in enumerate(items, start=1)]
    return [{"type": "plan", "title": _cut(revealed(card.status or card.title)), "tasks": tasks}]


def _task(number: int, item: Item) -> Block:
    task: Block = {"task_id": item.id, "title": _title(number, item), "status": _TASK_STATUS[item.mark]}
    if item.details:
        task["details"] = rich_text([bullets(line(span(revealed(each))) for each in item.details)])
    task["output"] = rich_text([line(span(_standing(item)))])
    return {"type": "task_card", **task}


def _listed(items: Sequence[Item]) -> list[Block]:
    elements: list[Block] = []
    for number, item in enumerate(items, start=1):
        elements.append(
            line(span(f"{_SIGNS[item.mark]} "), span(_title(number, item), bold=True), span(f"  {_standing(item)}"))
        )
        if item.details:
            elements.append(bullets(line(span(revealed(each))) for each in item.details))
    return elements


def _title(number: int, item: Item) -> str:
    return revealed(f"{number}. {item.title}")


def _standing(item: Item) -> str:
    return revealed(" · ".join(part for part in (item.label, item.note) if part))


def _written(items: Sequence[Item]) -> str:
    """Return a Plan's Subtasks with all that is told of them, as a text."""
    parts = [
        "\n".join([_title(number, item), _standing(item), *(revealed(f"- {each}") for each in item.details)])
        for number, item in enumerate(items, start=1)
    ]
    return "\n\n".join(parts)


def _cut(text: str) -> str:
    """Return a text that a title can hold; what does not fit is in the file."""
    room = TASK_TITLE - 8  # a number and a dot go before it
    return text if len(text) <= room else f"{text[: room - 1]}…"
