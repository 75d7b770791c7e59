"""What people are shown of a post before it is put on a site. Pure."""

from collections.abc import Iterator

from agent_core.domain import PreviewFact
from agent_core.i18n import listed, translator
from agent_core.tools.diffs import diff
from agent_core.tools.facts import file_words
from agent_core.tools.publishing.posts import ABSENT, LIVE, Found, Post, Site, to_html


def basis_of(post: Post, found: Found | None) -> str:
    """Return what names both the post and what it goes in the place of."""
    return f"{post.digest}:{found.digest if found else ABSENT}"


def facts(
    language: str, site: Site, post: Post, found: Found | None, foreign: tuple[str, ...]
) -> Iterator[PreviewFact]:
    """Yield what a post's words alone do not say. `foreign` are files from outside."""
    _ = translator(language)
    yield PreviewFact(_("Site"), f"{site.name} ({site.place})", grave=True)
    after = _("live: everybody can read it") if post.status == LIVE else _("draft: only the site's authors see it")
    yield PreviewFact(_("Afterwards"), after, grave=post.status == LIVE)
    if found is not None:
        yield PreviewFact(_("Replaces"), f"{found.title} · {found.status} · {found.link}", grave=True)
        if found.status == LIVE and post.status != LIVE:
            yield PreviewFact(_("Beware"), _("the post is live now and would be taken off"), grave=True)
    yield PreviewFact(_("Slug"), post.slug)
    if post.categories:
        yield PreviewFact(_("Categories"), listed(list(post.categories), language))
    if post.tags:
        yield PreviewFact(_("Tags"), listed(list(post.tags), language))
    if post.file is not None:
        yield PreviewFact(_("Text"), file_words(post.file.path, post.file.size, post.file.digest, language))
    for each in post.media:
        yield PreviewFact(_("Picture"), file_words(each.path, len(each.content), each.digest, language))
    if foreign:
        yield PreviewFact(_("From outside"), listed(list(foreign), language), grave=True)


def changes(language: str, post: Post, found: Found) -> str:
    """Return the difference between the post as the site has it and as it will have it."""
    _ = translator(language)
    there = _form(found, found.categories, found.tags, found.html)
    pictures = {each.path: each.path for each in post.media}
    # a site gives a post without categories its usual one
    categories = tuple(sorted(post.categories)) or found.categories
    new = _form(post, categories, tuple(sorted(post.tags)), to_html(post.text, pictures))
    return diff(found.slug, there, new) or _("The post is there already, exactly so.")


def _form(post: Post | Found, categories: tuple[str, ...], tags: tuple[str, ...], html: str) -> str:
    head = {"title": post.title, "status": post.status, "excerpt": post.excerpt}
    head |= {"categories": ", ".join(categories), "tags": ", ".join(tags)}
    return "\n".join([*(f"{name}: {value}" for name, value in head.items()), "", html, ""])
