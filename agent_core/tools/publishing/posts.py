"""Posts as they are written here, and as a site has them. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import nh3
from markdown_it import MarkdownIt

from agent_core.domain import FileRef, canonical_json, digest_of

ABSENT = "absent"  # the digest of a post that is not there
DRAFT, LIVE = "draft", "publish"
SLUG = 80  # characters
_MARK = re.compile(r"<!-- nod:([0-9a-f]{32}) -->")
_CARD = re.compile(r"(?<!\s)\s*<!--kg-card-begin: html-->\s*<!--kg-card-end: html-->\s*")  # Ghost's, around nothing
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p"),
    *("pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "code": {"class"}}
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Media:
    """A picture that goes with a post: its path in the workspace, and its bytes."""

    path: str
    content: bytes = field(repr=False)
    digest: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post to be on a site: its text in Markdown. `status` is DRAFT or LIVE; `cover` the path of one of `media`.

    `file` is the workspace file that the text stands in; it names no part of the content.
    """

    title: str
    text: str
    slug: str
    status: str = DRAFT
    excerpt: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    cover: str = ""
    file: FileRef | None = None

    @property
    def digest(self) -> str:
        """What names its content, whether it is live or not."""
        parts = (self.title, self.text, self.slug, self.excerpt, self.categories, self.tags, self.cover)
        return digest_of(canonical_json([*parts, [[each.path, each.digest] for each in self.media]]))

    @property
    def mark(self) -> str:
        """What stands in it on the site, unseen, so that it is found again."""
        return self.digest[:32]


@dataclass(frozen=True, slots=True)
class Found:
    """A post as a site has it. `html` is without the mark; `version` is the site's own, for those that have one."""

    id: str
    slug: str
    title: str
    html: str
    status: str
    link: str
    excerpt: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    mark: str = ""
    version: str = ""

    @property
    def digest(self) -> str:
        """What an update is based on."""
        parts = (self.id, self.slug, self.title, self.html, self.status, self.excerpt, self.categories, self.tags)
        return digest_of(canonical_json(list(parts)))


class Site(Protocol):
    """A site to publish on. Every method may raise SiteError; those that change something, SiteAnswerLost too."""

    @property
    def name(self) -> str:
        """What the connection is called."""
        ...

    @property
    def place(self) -> str:
        """Its host, and its port where that is unusual."""
        ...

    @property
    def has_categories(self) -> bool:
        """Whether posts have categories beside tags."""
        ...

    async def find(self, slug: str) -> Found | None:
        """Return the post at that address, live or not; None when there is none."""
        ...

    async def put(self, post: Post, found: Found | None) -> Found:
        """Make the site have the post, anew or in the place of the one found; return it as the site has it."""
        ...

    async def check(self) -> str:
        """Sign in, and return in a few words as whom, and what may be done.

        Raises:
            SiteError: it cannot be signed in, or not published.
        """
        ...


def slug_of(title: str) -> str:
    """Return the last part of a post's address, made of its title; empty when that is not in Latin letters.

    Sites put other letters into Latin ones each in their own way, and then do not find the post by what it was called.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(c))
    if any(c.isalnum() and not c.isascii() for c in plain):
        return ""
    return _SLUG.sub("-", plain).strip("-")[:SLUG].rstrip("-")


def to_html(text: str, pictures: Mapping[str, str] | None = None) -> str:
    """Return Markdown as HTML without scripts and styles; `pictures` are the addresses of files by their paths."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        for each in token.children or ():
            if each.type == "image":
                source = str(each.attrGet("src") or "")
                each.attrSet("src", (pictures or {}).get(source.removeprefix("./"), source))
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None).strip()


def pictures_in(text: str) -> Sequence[str]:
    """Return the addresses of the pictures in a Markdown text, in their order, each once."""
    children = (each for token in _MARKDOWN.parse(text) for each in token.children or ())
    found = (str(each.attrGet("src") or "") for each in children if each.type == "image")
    return tuple(dict.fromkeys(source.removeprefix("./") for source in found if source))


def marked(html: str, mark: str) -> str:
    """Return HTML with the mark at its end, within the last words: beside them WordPress makes a paragraph of it."""
    end = re.search(r"(?:</\w+>\s*)*\Z", html)
    place = end.start() if end else len(html)
    return f"{html[:place]}<!-- nod:{mark} -->{html[place:]}"


def unmarked(html: str) -> tuple[str, str]:
    """Return HTML without its mark, and the mark; an empty one when it has none."""
    found = _MARK.search(html)
    return _CARD.sub("", _MARK.sub("", html)).strip(), found[1] if found else ""
