"""Markdown from models and people, as HTML that is safe to show: pure."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from adapters.web.views import reveal, revealed

_TEXT_TAGS = {"a", "br", "code", "del", "em", "s", "strong"}
_BLOCK_TAGS = {"blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
_TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
# Markdown takes 10 to 20 microseconds for each letter or table cell at worst, and a row of one letter may fill as many
# cells as its table has columns; what nests deeper than the parser follows is left out by it
_MOST_READ = 100_000  # characters
_MOST_CELLS = 10_000
_HEADINGS_START_AT = 3  # a page has its own h1 and a Card its h2

# raw HTML is shown as text; a picture would fetch an address a model chose, so its markup becomes a link
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
_DEEPEST = _MARKDOWN.options["maxNesting"] - 1  # where the parser leaves out what is deeper still
_UNDER_HEADS = re.compile(r"[\s>|:-]+")  # the line under a table's head


def to_html(text: str) -> Markup:
    """Return Markdown as sanitised HTML: no scripts, pictures, styles or forms, links to the web and to mail only.

    What is too long, too wide or too deep to be read as Markdown is shown as it is written, all of it.
    """
    if len(text) > _MOST_READ or _cells(text) > _MOST_CELLS:
        return _as_written(text)
    return _to_html(text)


def hides(text: str) -> bool:
    """Say whether Markdown has words that `to_html` does not show: then whoever decides on it sees it as it is written.

    Those are definitions of links, titles of links, words beside a fence's language, and characters that cannot be
    seen, written as entities. Where a link leads is not among them: pages show that beside it.
    """
    if len(text) > _MOST_READ or _cells(text) > _MOST_CELLS:
        return False
    kept: dict[str, Any] = {}
    tokens = _MARKDOWN.parse(reveal(text), kept)
    return bool(kept.get("references")) or any(_hides(token) for token in _flat(tokens))


def _hides(token: Token) -> bool:
    titled = token.type == "link_open" and token.attrGet("title") is not None
    noted = token.type == "fence" and len(token.info.split()) > 1
    return titled or noted or reveal(token.content) != token.content


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _as_written(text: str) -> Markup:
    return Markup('<p class="plain">{}</p>').format(revealed(text))


def _cells(text: str) -> int:
    """Return how many cells the tables in a text have, or somewhat more: columns times the lines up to an empty one."""
    cells = columns = 0
    for line in text.split("\n"):
        if not line.strip():
            columns = 0
        elif "|" in line and _UNDER_HEADS.fullmatch(line):
            columns = max(columns, line.count("|") + 1)
        cells += columns
    return cells


@lru_cache(maxsize=32)  # few: each may be as long as texts get here
def _to_html(text: str) -> Markup:
    tokens = _MARKDOWN.parse(reveal(text))
    if any(token.level >= _DEEPEST for token in tokens):
        return _as_written(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + _HEADINGS_START_AT - 1)}"
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(  # noqa: S704 - sanitised in this very expression
        nh3.clean(
            html,
            tags=_TEXT_TAGS | _BLOCK_TAGS | _TABLE_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer nofollow",
        )
    )
