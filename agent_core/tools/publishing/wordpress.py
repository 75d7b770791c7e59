"""WordPress: posts by its REST interface, signed in with an application password.

Source: WordPress REST API Handbook, reference of posts, media, categories, tags and users.
"""

import base64
import html as entities
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any

from agent_core.errors import SiteError
from agent_core.i18n import N_
from agent_core.tools.publishing.api import Api, OnSite, guard_of
from agent_core.tools.publishing.posts import DRAFT, Found, Media, Post, marked, to_html, unmarked
from agent_core.tools.publishing.settings import WordPressSettings
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.client import open_client

ANY = "publish,future,draft,pending,private"  # every status but the bin's


@dataclass(frozen=True)
class WordPress(OnSite):
    """One site of WordPress. It is asked by `rest_route`, which works whatever its addresses look like."""

    has_categories = True

    async def find(self, slug: str) -> Found | None:
        """Return the post at that address, live or not."""
        posts = await self._get("posts", slug=slug, status=ANY, context="edit")
        return await self._found(posts[0]) if posts else None

    async def put(self, post: Post, found: Found | None) -> Found:
        """Make the site have the post.

        A new one is a draft first: an address is made unique only when a post goes live, so that one that is sent
        twice would be there twice.
        """
        pictures = {each.path: await self._upload(each) for each in post.media}
        fields: dict[str, Any] = {
            "title": entities.escape(post.title, quote=False),
            "content": marked(to_html(post.text, {path: url for path, (_, url) in pictures.items()}), post.mark),
            "excerpt": post.excerpt,
            "slug": post.slug,
            "categories": [await self._term("categories", name) for name in post.categories],
            "tags": [await self._term("tags", name) for name in post.tags],
        }
        if post.cover:
            fields["featured_media"] = pictures[post.cover][0]
        if not fields["categories"]:
            del fields["categories"]  # there is always one, the site's usual one
        number = found.id if found else str((await self._post("posts", {**fields, "status": DRAFT}))["id"])
        return await self._found(await self._post(f"posts/{number}", {**fields, "status": post.status}))

    async def check(self) -> str:
        """Sign in and say as whom."""
        me = await self._get("users/me", context="edit")
        may: Mapping[str, bool] = me.get("capabilities", {})
        if not may.get("edit_posts"):
            raise SiteError(site=self.name, reason=N_("its user may not write posts; make them an author at least."))
        if not may.get("publish_posts"):
            raise SiteError(
                site=self.name, reason=N_("its user may write posts but not publish them; make them an author.")
            )
        return str(me.get("name") or me.get("slug"))

    async def _get(self, path: str, **query: Any) -> Any:
        return await self.api.ask("GET", "/", {"rest_route": f"/wp/v2/{path}", **query})

    async def _post(self, path: str, fields: Mapping[str, Any]) -> Any:
        return await self.api.ask("POST", "/", {"rest_route": f"/wp/v2/{path}", "context": "edit"}, fields)

    async def _found(self, said: Mapping[str, Any]) -> Found:
        text, mark = unmarked(said["content"]["raw"])
        return Found(
            id=str(said["id"]),
            slug=said["slug"],
            title=entities.unescape(said["title"]["raw"]),
            html=text,
            status=said["status"],
            link=said["link"],
            excerpt=said["excerpt"]["raw"],
            categories=await self._names("categories", said["categories"]),
            tags=await self._names("tags", said["tags"]),
            mark=mark,
        )

    async def _names(self, kind: str, ids: Sequence[int]) -> tuple[str, ...]:
        if not ids:
            return ()
        terms = await self._get(kind, include=",".join(map(str, ids)), per_page=100)
        return tuple(sorted(entities.unescape(each["name"]) for each in terms))

    async def _term(self, kind: str, name: str) -> int:
        """Return the number of a category or tag, made if there is none of that name."""
        for each in await self._get(kind, search=name, per_page=100):
            if entities.unescape(each["name"]).casefold() == name.casefold():
                return each["id"]
        return (await self._post(kind, {"name": name}))["id"]

    async def _upload(self, media: Media) -> tuple[int, str]:
        """Return the number and address of a picture; its name is made of its content, so it is there once."""
        path = PurePosixPath(media.path)
        name = f"nod-{media.digest[:32]}"
        for each in await self._get("media", slug=name, status="inherit,private", context="edit"):
            return each["id"], each["source_url"]
        headers = {
            "Content-Type": guess_type(path.name)[0] or "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{name}{path.suffix}"',
        }
        reply = await self.api.send("POST", "/", {"rest_route": "/wp/v2/media"}, media.content, headers)
        made = self.api.read("POST", reply)
        return made["id"], made["source_url"]


@asynccontextmanager
async def open_wordpress(name: str, settings: WordPressSettings) -> AsyncGenerator[WordPress]:
    """Yield the site that a connection names."""
    password = settings.password.get_secret_value().replace(" ", "")  # they are shown in groups of four
    token = base64.b64encode(f"{settings.user}:{password}".encode()).decode()
    async with open_client(guard_of(web_address(settings.url))) as client:
        yield WordPress(Api(name, settings.url, client, lambda: {"Authorization": f"Basic {token}"}))
