"""What a call of `publish_post` asks for, read from the workspace. Blocks; call it in a thread."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent_core.domain import FileRef, digest_of
from agent_core.errors import ToolFailed
from agent_core.i18n import N_, Phrase
from agent_core.tools.files import text_of
from agent_core.tools.publishing.posts import Media, Post, Site, pictures_in, slug_of
from agent_core.tools.toolbox import ToolContext

PUBLISH_POST = "publish_post"
_PICTURE = re.compile(r".+\.(png|jpe?g|gif|webp)", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z]+:|//|/|#", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The arguments of a call, but for the site."""

    path: str
    title: str
    slug: str
    status: str
    excerpt: str
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    cover: str


def post_of(context: ToolContext, site: Site, wanted: Wanted) -> tuple[Post, tuple[str, ...]]:
    """Return the post with all its files, and the paths of those that came from outside.

    Raises:
        ToolFailed: it cannot be a post of that site.
        WorkspaceError: a file cannot be read.
    """
    slug = wanted.slug or slug_of(wanted.title)
    if not slug or slug.isdecimal():
        # a site makes another address of a bare number, and then a second post where the first was
        raise ToolFailed(tool=PUBLISH_POST, reason=N_("give a slug of letters from a to z, such as our-new-product."))
    if wanted.categories and not site.has_categories:
        reason = Phrase(N_("{site} has no categories; give tags, the most important first."), site=site.name)
        raise ToolFailed(tool=PUBLISH_POST, reason=reason)
    text, file = _text(context, wanted.path)
    trusted = context.trusts(file.path, file.digest)
    named = [*(each for each in pictures_in(text) if not _ADDRESS.match(each)), *filter(None, [wanted.cover])]
    media, foreign = _media(context, dict.fromkeys(named))
    post = Post(
        title=wanted.title.strip(),
        text=text,
        slug=slug,
        status=wanted.status,
        excerpt=wanted.excerpt,
        categories=tuple(wanted.categories),
        tags=tuple(wanted.tags),
        media=media,
        cover=wanted.cover.removeprefix("./"),
        file=file,
    )
    return post, (*(() if trusted else (wanted.path,)), *foreign)


def _text(context: ToolContext, path: str) -> tuple[str, FileRef]:
    content = context.workspace.read(path)
    text = text_of(content)
    if text is None or not text.strip():
        raise ToolFailed(tool=PUBLISH_POST, reason=Phrase(N_("{path} holds no text."), path=path))
    return text, FileRef(path, digest_of(content), len(content))


def _media(context: ToolContext, paths: Iterable[str]) -> tuple[tuple[Media, ...], tuple[str, ...]]:
    found, foreign = list[Media](), list[str]()
    for path in paths:
        if not _PICTURE.fullmatch(path):
            reason = Phrase(N_("{path} is no picture that sites take; use PNG, JPEG, GIF or WebP."), path=path)
            raise ToolFailed(tool=PUBLISH_POST, reason=reason)
        content = context.workspace.read(path)
        found.append(Media(path.removeprefix("./"), content, digest_of(content)))
        if not context.trusts(path, found[-1].digest):
            foreign.append(path)
    return tuple(found), tuple(foreign)
