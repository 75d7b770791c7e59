"""Markdown from models and people, as HTML that is safe to show: pure."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from adapters.web.views import reveal

_TEXT_TAGS = {"a", "br", "code", "del", "em", "s", "strong"}
_BLOCK_TAGS = {"blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
_TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_HEADINGS_START_AT = 3  # a page has its own h1 and a Card its h2

# raw HTML is shown as text; a picture would fetch an address a model chose, so its markup becomes a link
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


@lru_cache(maxsize=512)
def to_html(text: str) -> Markup:
    """Return Markdown as sanitised HTML: no scripts, pictures, styles or forms, links to the web and to mail only."""
    tokens = _MARKDOWN.parse(reveal(text))
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
