"""The links of a Markdown text, and what they lead to."""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from agent_core.errors import AddressRefused
from agent_core.i18n import N_
from agent_core.tools.web import addresses

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# a bare address is a link wherever people read Markdown (GitHub Flavored Markdown, autolinks extension)
_BARE = re.compile(r"https?://[^\s<>\"'`，。；：！？、（）【】《》「」]+")
_TRAILING = ".,;:!?*_~)]}'\""
_SLUG_DROPS = re.compile(r"[^\w\- ]")
_SPEAKS_FOR_ITSELF = frozenset({"mailto", "tel", "data"})


@dataclass(slots=True)
class Markdown:
    """The links of a Markdown text in the order they stand, and the anchors one can link to."""

    links: list[str] = field(default_factory=list[str])
    anchors: set[str] = field(default_factory=set[str])


def parsed(text: str) -> Markdown:
    """Return the links and anchors of `text`: Markdown's own, bare addresses and HTML's."""
    found, html, slugs = Markdown(), _Html(), Counter[str]()
    tokens = _MARKDOWN.parse(text)
    for index, token in enumerate(tokens):
        if token.type == "html_block":
            html.feed(token.content)
        children = token.children or []
        _collect(children, found, html)
        if index and tokens[index - 1].type == "heading_open":
            found.anchors.add(_unused_slug(children, slugs))
    html.close()
    found.links += html.links
    found.anchors |= html.anchors
    return found


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a Markdown text."""
    return _MARKDOWN.parse(text)


def links_of(children: Sequence[Token]) -> list[str]:
    """Return the links among the children of an inline token, HTML's aside."""
    found = Markdown()
    _collect(children, found, _Html())
    return found.links


def web_address(url: str) -> str:
    """Return a web address in the one form in which two are compared: as Tools name it, without fragment."""
    with suppress(AddressRefused):
        url = str(addresses.web_address(f"https:{url}" if url.startswith("//") else url))
    return urldefrag(_MARKDOWN.normalizeLink(url)).url.rstrip("/")


def fault_of_link(
    link: str, path: str, paths: frozenset[str], read: frozenset[str], anchors_of: Callable[[str], set[str]]
) -> str:
    """Return why `link`, which stands in the file `path`, leads nowhere; empty when it leads somewhere.

    `paths` are the files there are, `read` the web addresses (as `web_address` gives them) that Steps have read,
    and `anchors_of` gives the anchors of a Markdown file.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return N_("is not a proper address")
    if parts.scheme in {"http", "https"} or parts.netloc:
        address = f"https:{link}" if link.startswith("//") else link
        return "" if web_address(address) in read else N_("was not read in this run, and Nod opens no web link unasked")
    if parts.scheme:
        return "" if parts.scheme in _SPEAKS_FOR_ITSELF and parts.path else N_("is of a kind that cannot be checked")
    return _fault_of_relative(unquote(parts.path), unquote(parts.fragment), path, paths, anchors_of)


def _fault_of_relative(
    target: str, anchor: str, path: str, paths: frozenset[str], anchors_of: Callable[[str], set[str]]
) -> str:
    if target.startswith("/"):
        return N_("starts with /, which is not in the workspace; link relative to the file")
    if not (target or anchor):
        return N_("is empty")
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
    if meant == ".." or meant.startswith("../"):
        return N_("leads out of the workspace")
    if meant not in paths:
        folder = "" if meant == "." else f"{meant}/"
        return "" if any(each.startswith(folder) for each in paths) else N_("is not in the workspace")
    if anchor and anchor != "top" and meant.endswith((".md", ".markdown")) and anchor not in anchors_of(meant):
        return N_("matches no heading")
    return ""


def _collect(children: Sequence[Token], found: Markdown, html: "_Html") -> None:
    within_link = 0
    for token in children:
        match token.type:
            case "link_open":
                found.links.append(str(token.attrGet("href") or ""))
                within_link += 1
            case "link_close":
                within_link -= 1
            case "image":
                found.links.append(str(token.attrGet("src") or ""))
            case "html_inline":
                html.feed(token.content)
            case "text" if not within_link:
                found.links += (bare.rstrip(_TRAILING) for bare in _BARE.findall(token.content))
            case _:
                pass


def _unused_slug(children: list[Token], used: Counter[str]) -> str:
    """Return the heading's anchor by GitHub's rule: lower case, no punctuation, `-` for spaces, `-1` when taken."""
    text = "".join(token.content for token in children if token.type in {"text", "code_inline", "image"})
    slug = _SLUG_DROPS.sub("", text.strip().lower()).replace(" ", "-")
    count = used[slug]
    used[slug] += 1
    return f"{slug}-{count}" if count else slug


class _Html(HTMLParser):
    """Collects what HTML within Markdown links to and can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the base's form
        for name, value in attrs:
            if name in {"href", "src"}:
                self.links.append(value or "")
            elif name in {"id", "name"} and value:
                self.anchors.add(value)
