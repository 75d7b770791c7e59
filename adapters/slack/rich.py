"""Rich text: texts that Slack shows as they are. Nothing in them is markup, so they ping nobody and forge no link."""

from collections.abc import Iterable
from typing import Any

from adapters.slack.limits import BLOCK_WEIGHT
from adapters.slack.markdown import names_another_site

Block = dict[str, Any]


def span(text: str, **style: bool) -> Block:
    """Return a run of text; `style` is bold, italic, strike or code."""
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def link(url: str, text: str) -> Block:
    """Return a link; only for addresses that Slack itself gave, or that the text names."""
    return {"type": "link", "url": url, "text": text}


def leading(url: str | None, text: str) -> tuple[Block, ...]:
    """Return a text that leads to an address, if there is one; one that names another site has its link beside it."""
    if not url or not text:
        return (span(text),)
    if names_another_site(text, url):
        return span(f"{text} "), link(url, "↗")
    return (link(url, text),)


def line(*spans: Block) -> Block:
    """Return a paragraph."""
    return {"type": "rich_text_section", "elements": [each for each in spans if each.get("text") != ""]}


def preformatted(text: str) -> Block:
    """Return a text in letters of one width, lines as they are."""
    return {"type": "rich_text_preformatted", "elements": [span(text)]}


def bullets(lines: Iterable[Block]) -> Block:
    """Return a list of paragraphs."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}


def rich_text(elements: Iterable[Block]) -> Block:
    """Return the block that holds paragraphs, lists and preformatted texts."""
    return {"type": "rich_text", "elements": list(elements)}


def plain(text: str) -> Block:
    """Return a text object that Slack shows as it is."""
    return {"type": "plain_text", "text": text, "emoji": False}


def context(text: str) -> Block:
    """Return a line in small letters."""
    return {"type": "context", "elements": [plain(text)]}


def weight(blocks: Iterable[Block]) -> int:
    """Return what Slack counts of blocks against the limit of all together, or somewhat more."""
    return sum(_letters(block) + BLOCK_WEIGHT for block in blocks)


def _letters(value: Any) -> int:
    if isinstance(value, list):
        return sum(_letters(each) for each in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return sum(
            len(each) if isinstance(each, str) and name in ("text", "title") else _letters(each)
            for name, each in value.items()  # pyright: ignore[reportUnknownVariableType]
        )
    return 0
