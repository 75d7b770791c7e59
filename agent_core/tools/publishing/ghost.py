"""Ghost: posts by its Admin API, signed in with the key of a custom integration.

Source: Ghost Admin API documentation: token authentication, posts, images, source=html.
"""

import html as entities
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any

import jwt

from agent_core.tools.publishing.api import Api, OnSite, guard_of
from agent_core.tools.publishing.posts import DRAFT, LIVE, Found, Media, Post, to_html, unmarked
from agent_core.tools.publishing.settings import GhostSettings
from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.client import open_client

ADMIN = "/ghost/api/admin"
VERSION = "v5.0"  # Accept-Version: the lowest that answers as is read here
TOKEN_SECONDS = 300  # the most that Ghost takes
BOUNDARY = "nod-a-part-of-this-begins-here"
_STATUS = {DRAFT: "draft", LIVE: "published"}
_OURS = {theirs: ours for ours, theirs in _STATUS.items()}


@dataclass(frozen=True)
class Ghost(OnSite):
    """One site of Ghost."""

    has_categories = False

    async def find(self, slug: str) -> Found | None:
        """Return the post at that address, live or not."""
        query = {"filter": f"slug:'{slug}'", "formats": "html", "include": "tags"}
        posts = (await self.api.ask("GET", f"{ADMIN}/posts/", query))["posts"]
        return _found(posts[0]) if posts else None

    async def put(self, post: Post, found: Found | None) -> Found:
        """Make the site have the post; a new one is a draft first, so that only one thing at a time can be lost."""
        pictures = {each.path: await self._upload(each) for each in post.media}
        fields: dict[str, Any] = {
            "title": post.title,
            "slug": post.slug,
            "html": _marked(to_html(post.text, pictures), post.mark),
            "custom_excerpt": post.excerpt or None,
            "tags": [{"name": name} for name in post.tags],
        }
        if post.cover:
            fields["feature_image"] = pictures[post.cover]
        there = found or _found(await self._send("POST", "/posts/", {**fields, "status": _STATUS[DRAFT]}))
        if found is None and post.status == DRAFT:
            return there
        # Ghost refuses it when somebody changed the post since this version
        fields |= {"updated_at": there.version, "status": _STATUS[post.status]}
        return _found(await self._send("PUT", f"/posts/{there.id}/", fields))

    async def check(self) -> str:
        """Sign in and say where. An integration that can sign in may write and publish."""
        await self.api.ask("GET", f"{ADMIN}/posts/", {"limit": "1", "fields": "id"})
        site: Mapping[str, Any] = (await self.api.ask("GET", f"{ADMIN}/site/"))["site"]
        return str(site.get("title", ""))

    async def _send(self, method: str, path: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        query = {"source": "html", "formats": "html", "include": "tags"}
        return (await self.api.ask(method, f"{ADMIN}{path}", query, {"posts": [fields]}))["posts"][0]

    async def _upload(self, media: Media) -> str:
        suffix = PurePosixPath(media.path).suffix
        kind = guess_type(f"a{suffix}")[0] or "application/octet-stream"
        head = (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="file"; filename="nod-{media.digest[:32]}{suffix}"\r\nContent-Type: {kind}\r\n\r\n'
        )
        body = head.encode() + media.content + f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        reply = await self.api.send("POST", f"{ADMIN}/images/upload/", None, body, headers)
        return self.api.read("POST", reply)["images"][0]["url"]


def _marked(html: str, mark: str) -> str:
    """Return HTML with the mark in a card of its own: Ghost rewrites HTML, and leaves those as they are."""
    return f"{html}\n<!--kg-card-begin: html-->\n<!-- nod:{mark} -->\n<!--kg-card-end: html-->"


def _found(said: Mapping[str, Any]) -> Found:
    text, mark = unmarked(said.get("html") or "")
    return Found(
        id=said["id"],
        slug=said["slug"],
        title=entities.unescape(said["title"]),
        html=text,
        status=_OURS.get(str(said["status"]), str(said["status"])),
        link=said["url"],
        excerpt=said.get("custom_excerpt") or "",
        tags=tuple(sorted(each["name"] for each in said.get("tags", []))),
        mark=mark,
        version=said["updated_at"],
    )


def _token(admin_key: str) -> str:
    """Return what signs one request in, for the next minutes."""
    number, _, secret = admin_key.partition(":")
    now = int(time.time())
    claims = {"iat": now, "exp": now + TOKEN_SECONDS, "aud": "/admin/"}
    return jwt.encode(claims, bytes.fromhex(secret), algorithm="HS256", headers={"kid": number})


@asynccontextmanager
async def open_ghost(name: str, settings: GhostSettings) -> AsyncGenerator[Ghost]:
    """Yield the site that a connection names."""
    key = settings.admin_key.get_secret_value()

    def sign() -> Mapping[str, str]:
        return {"Authorization": f"Ghost {_token(key)}", "Accept-Version": VERSION}

    async with open_client(guard_of(web_address(settings.url))) as client:
        yield Ghost(Api(name, settings.url, client, sign))
