"""Markdown of models and people -> Slack's own markdown block, without what could ping, forge a link or load a picture.

Slack reads the Markdown; here it is only made harmless first, and read once more to see that it is. What cannot be
made so is shown letter by letter instead.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.parser_inline import RuleFuncInlineType
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import image as image_rule
from markdown_it.rules_inline import link as link_rule

_MOST_READ = 20_000  # characters; longer texts come as a file anyway
_LONG = 300  # characters of a link's text; what is longer is written out with its address
_PASSES = 3  # links stand within links' texts only so deep
# what Slack's own markup takes for a ping, a channel or a link with another text (Slack, "Formatting message text")
_SPECIAL = re.compile(
    r"<(?=[@#][A-Z0-9]|!(?:channel|here|everyone|group|subteam\^|date\^)|(?:https?|mailto|tel):[^\s<>]*\|)",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^\s/@()\[\]<>]+@)?((?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,})\b", re.IGNORECASE
)
_JOINER = "\u2060"  # a word joiner is not seen, and no name or tag goes on after it


@dataclass(frozen=True, slots=True)
class _Found:
    """A link or picture as it is written, its text, and where it leads."""

    written: str
    text: str
    url: str
    picture: bool


def harmless(text: str) -> str | None:
    """Return Markdown that Slack may read; None where it must be shown letter by letter."""
    if len(text) > _MOST_READ:
        return None
    return _harmless(text)


@lru_cache(maxsize=64)
def _harmless(text: str) -> str | None:
    text = quieted(_SPECIAL.sub(f"<{_JOINER}", text))
    for _ in range(_PASSES):
        bad = [found for found in _links(text) if found.picture or names_another_site(found.text, found.url)]
        if not bad:
            return text
        for found in bad:
            text = text.replace(found.written, _told(found))
    return None


def quieted(text: str) -> str:
    """Return a text whose @channel, @here and the like call nobody, wherever Slack may look for them."""
    return _SHOUTED.sub(f"@{_JOINER}", text)


def names_another_site(text: str, url: str) -> bool:
    """Say whether a link's text looks like the address of a site that the link does not lead to, or is too long."""
    host = _host(url)
    return len(text) > _LONG or any(not _is_within(host, named.casefold()) for named in _HOST.findall(text))


def _is_within(host: str, named: str) -> bool:
    return host in (named, f"www.{named}") or named == f"www.{host}"


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        if parts.scheme == "mailto":
            return parts.path.rpartition("@")[2].casefold()
        return (parts.hostname or "").casefold()
    except ValueError:
        return ""


def _told(found: _Found) -> str:
    """Return a link as its text and its address, both to be seen."""
    text = found.text.replace("[", "(").replace("]", ")")
    told = f"{text} " if text.strip() else ""
    # the address stands in code: there it is no link, and hides nothing
    return f"{told}`{found.url.replace('`', '%60')}`"


def _links(text: str) -> list[_Found]:
    """Return the links with a text of their own, and the pictures, in the order they end."""
    found: list[_Found] = []
    _MARKDOWN.parse(text, {"found": found})
    return found


def _watching(rule: RuleFuncInlineType, *, picture: bool) -> RuleFuncInlineType:
    def watched(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  (the form of a rule)
        start, before = state.pos, len(state.tokens)
        matched = bool(rule(state, silent))
        if matched and not silent:
            made = state.tokens[before:]
            url = str(made[0].attrGet("src" if picture else "href") or "")
            text = "".join(token.content for token in made)
            state.env["found"].append(_Found(state.src[start : state.pos], text, url, picture))
        return matched

    return watched


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.inline.ruler.at("link", _watching(link_rule, picture=False))
    reader.inline.ruler.at("image", _watching(image_rule, picture=True))
    return reader


_MARKDOWN = _reader()
