"""Rich text, and the blocks made of it: tables, tasks and plans."""

from typing import Any

from tests.peers.slack import limits
from tests.peers.slack.checks.schema import (
    Check,
    Complaints,
    anything,
    array,
    boolean,
    complaint,
    fields,
    integer,
    one_of,
    string,
    typed,
)

style = fields({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "unlink"), boolean))
span = typed(
    {
        "text": fields({"text": string()}, {"style": style}),
        "link": fields({"url": string()}, {"text": string(), "style": style, "unsafe": boolean}),
        "emoji": fields({"name": string()}, {"unicode": string(), "skin_tone": anything, "style": style}),
        "user": fields({"user_id": string()}, {"style": style}),
        "usergroup": fields({"usergroup_id": string()}, {"style": style}),
        "channel": fields({"channel_id": string()}, {"style": style}),
        "broadcast": fields({"range": one_of("here", "channel", "everyone")}, {"style": style}),
        "color": fields({"value": string()}, {"style": style}),
        "date": fields({"timestamp": anything, "format": string()}, {"url": string(), "fallback": string()}),
    }
)
spans = array(span, least=0)
section = fields({"elements": spans})
part = typed(
    {
        "rich_text_section": section,
        "rich_text_preformatted": fields({"elements": spans}, {"border": integer(0, 1), "language": string()}),
        "rich_text_quote": fields({"elements": spans}, {"border": integer(0, 1)}),
        "rich_text_list": fields(
            {"elements": array(typed({"rich_text_section": section})), "style": one_of("bullet", "ordered")},
            {"indent": integer(0, 8), "offset": integer(0, 1_000), "border": integer(0, 1)},
        ),
    }
)
BLOCK_ID = {"block_id": string(limits.BLOCK_ID)}
rich_text = fields({"elements": array(part)}, BLOCK_ID)
rich_text_block = typed({"rich_text": rich_text})

cell = typed(
    {
        "raw_text": fields({"text": string()}),
        "raw_number": fields({"value": anything}, {"text": string()}),
        "rich_text": rich_text,
    }
)
column = fields({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def column_or_none(value: Any, at: str) -> Complaints:
    if value is not None:
        yield from column(value, at)


table = fields(
    {"rows": array(array(cell, most=limits.TABLE_CELLS), most=limits.TABLE_ROWS)},
    {"column_settings": array(column_or_none, most=limits.TABLE_CELLS, least=0), **BLOCK_ID},
)

source = typed({"url": fields({"url": string(), "text": string()})})
task_fields: dict[str, Check] = {"task_id": string(), "title": string(limits.TASK_TITLE)}
task_options: dict[str, Check] = {
    "details": rich_text_block,
    "output": rich_text_block,
    "sources": array(source, least=0),
    "status": one_of("pending", "in_progress", "complete", "error"),
    **BLOCK_ID,
}
task_card = fields(task_fields, task_options)


def plan(value: Any, at: str) -> Complaints:
    """Tasks of a plan are task cards, with or without their type; their ids differ."""
    tasks = array(task_card, most=limits.MESSAGE_BLOCKS, least=0)
    yield from fields({"title": string(limits.TASK_TITLE)}, {"tasks": tasks, **BLOCK_ID})(value, at)
    seen: set[str] = set()
    for place, task in enumerate(value.get("tasks") or ()):
        known = task.get("task_id") if isinstance(task, dict) else None
        if known in seen:
            yield complaint(f'`task_id` "{known}" already exists', f"{at}/tasks/{place}/task_id")
        seen.add(str(known))
