"""The blocks of messages and views: their fields, their limits, and which ids may not meet."""

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.peers.slack import limits
from tests.peers.slack.checks import elements, rich
from tests.peers.slack.checks.schema import Complaints, anything, array, boolean, complaint, fields, string, text, typed
from tests.peers.slack.errors import SlackError, refused_blocks

BLOCK_ID = {"block_id": string(limits.BLOCK_ID)}
PLAIN = "plain_text"


def section(value: Any, at: str) -> Complaints:
    yield from fields(
        {},
        {
            **BLOCK_ID,
            "text": text(limits.SECTION_TEXT),
            "fields": array(text(limits.FIELD_TEXT), most=limits.SECTION_FIELDS),
            "accessory": elements.in_section,
            "expand": boolean,
        },
    )(value, at)
    if "text" not in value and "fields" not in value:
        yield complaint("must provide at least one of: text, fields", at)


def image(value: Any, at: str) -> Complaints:
    yield from fields(
        {"alt_text": string(limits.ALT_TEXT)},
        {
            **BLOCK_ID,
            "image_url": string(limits.IMAGE_URL),
            "slack_file": anything,
            "title": text(limits.IMAGE_TITLE, PLAIN),
        },
    )(value, at)
    if ("image_url" in value) == ("slack_file" in value):
        yield complaint("must provide exactly one of: image_url, slack_file", at)


input_block = fields(
    {"label": text(limits.INPUT_LABEL, PLAIN), "element": elements.in_input},
    {**BLOCK_ID, "hint": text(limits.INPUT_LABEL, PLAIN), "optional": boolean, "dispatch_action": boolean},
)
EVERYWHERE = {
    "section": section,
    "header": fields({"text": text(limits.HEADER_TEXT, PLAIN)}, BLOCK_ID),
    "divider": fields({}, BLOCK_ID),
    "context": fields({"elements": array(elements.in_context, most=limits.CONTEXT_ELEMENTS)}, BLOCK_ID),
    "actions": fields({"elements": array(elements.in_actions, most=limits.ACTIONS_ELEMENTS)}, BLOCK_ID),
    "input": input_block,
    "image": image,
    "rich_text": rich.rich_text,
}
IN_MESSAGES = {
    **EVERYWHERE,
    "markdown": fields({"text": string(limits.MARKDOWN_TEXT)}, BLOCK_ID),
    "file": fields({"external_id": string(), "source": string()}, BLOCK_ID),
    "plan": rich.plan,
    "task_card": rich.task_card,
    "table": rich.table,
}


def checked_blocks(blocks: Any) -> list[dict[str, Any]]:
    """A message's blocks with the ids that Slack gives to those without.

    Raises:
        SlackError: they are malformed, or too long together.
    """
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    complaints = list(array(typed(IN_MESSAGES), most=limits.MESSAGE_BLOCKS, least=0)(blocks, "/blocks"))
    complaints += list(repeated_ids(blocks, "/blocks"))
    if complaints:
        raise refused_blocks("invalid_blocks", complaints)
    kinds = Counter(block["type"] for block in blocks)
    if kinds["table"] > 1:
        raise refused_blocks("invalid_attachments", ["only_one_table_allowed"])
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > limits.MARKDOWN_TEXT or weight(blocks) > limits.ALL_BLOCKS_TEXT:
        raise SlackError("msg_blocks_too_long")
    return with_ids(blocks)


def weight(blocks: list[dict[str, Any]]) -> int:
    """What Slack counts against the limit of all blocks: their characters, and something for each block."""
    return sum(len(words) for words in texts(blocks)) + limits.BLOCK_WEIGHT * len(blocks)


def texts(value: Any) -> Iterator[str]:
    """Every text that is shown, wherever it stands."""
    if isinstance(value, list):
        for entry in value:
            yield from texts(entry)
    elif isinstance(value, dict):
        for name, entry in value.items():
            if isinstance(entry, str) and name in ("text", "title", "alt_text"):
                yield entry
            else:
                yield from texts(entry)


def inside(block: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The elements of a block that people can use, with their pointers from the block."""
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield block[name], f"/{name}"
    found = block.get("elements") if block.get("type") == "actions" else None
    if isinstance(found, list):
        yield from ((element, f"/elements/{n}") for n, element in enumerate(found) if isinstance(element, dict))


def repeated_ids(blocks: list[dict[str, Any]], at: str) -> Complaints:
    """Block ids that another block has, and action ids that another element of the same block has."""
    block_ids: set[str] = set()
    for place, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in block_ids:
            yield complaint(f'`block_id` "{block_id}" already exists', f"{at}/{place}/block_id")
        if block_id is not None:
            block_ids.add(block_id)
        action_ids: set[str] = set()
        for element, pointer in inside(block):
            action_id = element.get("action_id")
            if action_id in action_ids:
                yield complaint(f'`action_id` "{action_id}" already exists', f"{at}/{place}{pointer}/action_id")
            if action_id is not None:
                action_ids.add(action_id)


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks as Slack keeps them: what had no block_id or action_id has one."""
    kept = copy.deepcopy(blocks)
    for place, block in enumerate(kept):
        block.setdefault("block_id", f"block{place}")
        for element, pointer in inside(block):
            if element["type"] != "image":
                element.setdefault("action_id", f"action{place}{pointer.replace('/', '-')}")
    return kept
