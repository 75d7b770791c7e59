"""The Tool `publish_post`: a Markdown file of the workspace becomes a post, a draft first, once and never twice."""

import asyncio
import html
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from agent_core.domain import Observation, Preview, Risk
from agent_core.errors import BasisChanged, ConnectionUnknown, SiteAnswerLost, SiteError, ToolFailed, ToolUncertain
from agent_core.i18n import N_, Phrase, translator
from agent_core.tools.files import WorkspacePath
from agent_core.tools.publishing.posts import DRAFT, LIVE, SLUG, Found, Post, Site, to_html
from agent_core.tools.publishing.reading import PUBLISH_POST, Wanted, post_of
from agent_core.tools.publishing.showing import basis_of, changes, facts
from agent_core.tools.toolbox import Tool, ToolContext, tool

SECONDS = 180.0  # pictures take their time

SiteName = Annotated[str, Field(description="The name of the connection to the site")]
Path = Annotated[WorkspacePath, Field(description="The post's text: a Markdown file of the workspace, without title")]
Title = Annotated[str, Field(min_length=1, max_length=200, description="The post's title")]
Slug = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9-]*$",
        max_length=SLUG,
        description="The last part of the post's address, which names it: the same one updates that post",
    ),
]
Status = Annotated[
    Literal["draft", "publish"], Field(description="draft: only the site's authors see it; publish: everybody does")
]
Excerpt = Annotated[str, Field(max_length=2000, description="What stands in lists of posts")]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Categories = Annotated[tuple[Name, ...], Field(max_length=20, description="Names of categories")]
Tags = Annotated[tuple[Name, ...], Field(max_length=20, description="Names of tags")]
Cover = Annotated[str, Field(description="A picture of the workspace to stand above the post")]


def publish_post_tool(sites: Mapping[str, Site]) -> Tool:
    """Return the Tool that publishes on these sites."""
    locks = {name: asyncio.Lock() for name in sites}

    async def _publish_post(  # noqa: PLR0917  (called by name)
        context: ToolContext,
        site: SiteName,
        path: Path,
        title: Title,
        slug: Slug = "",
        status: Status = "draft",
        excerpt: Excerpt = "",
        categories: Categories = (),
        tags: Tags = (),
        cover: Cover = "",
    ) -> Observation:
        """Put a post on a site, as a draft unless told to publish, or update the one that has its slug.

        Pictures that the Markdown names by their path in the workspace are uploaded with it.
        """
        where = _named(sites, site)
        wanted = Wanted(path, title, slug, status, excerpt, categories, tags, cover)
        post, foreign = await asyncio.to_thread(post_of, context, where, wanted)
        if foreign and not context.decided:
            pattern = N_("{files} came from outside, and nobody looked at this call; read it first, then call again.")
            raise ToolFailed(tool=PUBLISH_POST, reason=Phrase(pattern, files=foreign))
        async with locks[site]:
            return await _put(context, where, post)

    async def _preview(context: ToolContext, site: str, **given: Any) -> Preview:
        """Show the post as it will look, or what becomes different of the one that is there."""
        where = _named(sites, site)
        post, foreign = await asyncio.to_thread(post_of, context, where, Wanted(**given))
        found = await where.find(post.slug)
        told = tuple(facts(context.language, where, post, found, foreign))
        if found is None:
            return Preview(f"# {post.title}\n\n{post.text}", basis_of(post, None), told, markdown=True)
        return Preview(changes(context.language, post, found), basis_of(post, found), told)

    made = tool(risk=Risk.SEND, timeout=SECONDS, preview=_preview, keeps_basis=True)(_publish_post)
    return replace(made, description=f"{made.description} Sites: {', '.join(sorted(sites))}.")


async def _put(context: ToolContext, site: Site, post: Post) -> Observation:
    """Put a post on its site unless it is there; an answer that was lost is found again by the post's mark.

    Raises:
        BasisChanged: what people were shown is not what would happen.
    """
    found = await site.find(post.slug)
    if found is not None and found.mark == post.mark and found.status == post.status and _same(post, found):
        return _told(context, site, found, N_("It is there already, exactly so; nothing was sent again."))
    if context.basis and context.basis != basis_of(post, found):
        raise BasisChanged
    try:
        made = await site.put(post, found)
    except SiteAnswerLost as lost:
        try:
            again = await site.find(post.slug)
        except SiteError:
            raise ToolUncertain(tool=PUBLISH_POST, reason=lost) from lost
        if again is not None and again.mark == post.mark and again.status == post.status:
            return _told(context, site, again, N_("Its answer was lost, but the post was found on the site."))
        pattern = N_("{why} The post is not on the site as it should be; call this again: it goes on, not twice.")
        raise ToolFailed(tool=PUBLISH_POST, reason=Phrase(pattern, why=lost)) from lost
    return _told(context, site, made, N_("Done."))


def _told(context: ToolContext, site: Site, found: Found, first: str) -> Observation:
    _ = translator(context.language)
    pattern = {
        LIVE: N_("“{title}” is live on {place}: {link}"),
        DRAFT: N_("“{title}” is a draft on {place}: {link}"),
    }.get(found.status, N_("“{title}” is on {place}, as “{status}”: {link}"))
    # the title is the site's word by now, and the link too
    said = _(pattern).format(title=found.title, place=site.place, link=found.link, status=found.status)
    return Observation(f"{_(first)} {said}", trusted=False, sources=(f"site {site.place}",))


def _same(post: Post, found: Found) -> bool:
    """Say whether nobody changed the post on the site since it was put there, as far as its words go."""
    return found.title == post.title and _words(found.html) == _words(to_html(post.text))


def _words(text: str) -> list[str]:
    """Return the words of HTML without its tags: sites write those anew."""
    return html.unescape(re.sub(r"<[^<>]*>", " ", text)).split()


def _named(sites: Mapping[str, Site], name: str) -> Site:
    if name not in sites:
        raise ConnectionUnknown(name=name, known=", ".join(sorted(sites)))
    return sites[name]
