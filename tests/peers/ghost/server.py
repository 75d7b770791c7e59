"""A site of Ghost on this machine.

Source: Ghost Admin API documentation (token authentication, posts, images, errors).
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from tests.peers.web.server import Asked, Web, open_web, page

KEY_ID, KEY_SECRET = "6489a1b2c3d4e5f60718293a", "ab" * 32
ADMIN_KEY = f"{KEY_ID}:{KEY_SECRET}"


class Refused(Exception):
    def __init__(self, status: str, kind: str, message: str, context: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.errors = [{"message": message, "context": context, "type": kind, "details": None, "code": None}]


@dataclass
class GhostServer:
    web: Web
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    images: dict[str, bytes] = field(default_factory=dict)
    numbers: count = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"http://{self.web.host}:{self.web.port}"

    def answer(self, asked: Asked) -> bytes:
        try:
            status, told = self._answer(asked)
        except Refused as error:
            status, told = error.status, {"errors": error.errors}
        return page(json.dumps(told), status=status, kind="application/json; charset=utf-8")

    def _answer(self, asked: Asked) -> tuple[str, dict[str, Any]]:
        where = urlsplit(asked.target)
        query = {name: values[0] for name, values in parse_qs(where.query).items()}
        self._signed_in(asked)
        path = where.path.removeprefix("/ghost/api/admin")
        match asked.method, path.strip("/").split("/"):
            case "GET", ["site"]:
                return "200 OK", {"site": {"title": "A Ghost", "url": f"{self.url}/", "version": "5.80"}}
            case "GET", ["posts"]:
                return "200 OK", {"posts": [self._shown(each, query) for each in self._chosen(query)]}
            case "POST", ["posts"]:
                return "201 Created", {"posts": [self._shown(self._add(_sent(asked), query), query)]}
            case "PUT", ["posts", number]:
                return "200 OK", {"posts": [self._shown(self._edit(number, _sent(asked), query), query)]}
            case "POST", ["images", "upload"]:
                return "201 Created", {"images": [{"url": self._upload(asked), "ref": None}]}
            case _:
                raise Refused("404 Not Found", "NotFoundError", "Resource not found error, cannot find it.")

    def _signed_in(self, asked: Asked) -> None:
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Ghost":
            raise Refused("403 Forbidden", "NoPermissionError", "Authorization failed")
        try:
            if jwt.get_unverified_header(token).get("kid") != KEY_ID:
                raise Refused("401 Unauthorized", "UnauthorizedError", "Unknown Admin API Key")
            claims = jwt.decode(
                token, bytes.fromhex(KEY_SECRET), ["HS256"], audience="/admin/", options={"require": ["exp", "iat"]}
            )
        except jwt.PyJWTError as error:
            raise Refused("401 Unauthorized", "UnauthorizedError", "Invalid token", str(error)) from None
        if claims["exp"] - claims["iat"] > 300:
            raise Refused("401 Unauthorized", "UnauthorizedError", "Invalid token: maxAge exceeded")

    def _chosen(self, query: dict[str, str]) -> list[dict[str, Any]]:
        found = re.fullmatch(r"slug:'([^']*)'", query.get("filter", ""))
        return [each for each in self.posts.values() if found is None or each["slug"] == found[1]]

    def _add(self, sent: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        if not sent.get("title"):
            raise Refused("422 Unprocessable Entity", "ValidationError", "Validation error", "title is missing")
        number = f"{next(self.numbers):024x}"
        taken = {each["slug"] for each in self.posts.values()}
        named = chain([sent["slug"]], (f"{sent['slug']}-{number}" for number in count(2)))
        slug = next(each for each in named if each not in taken)
        self.posts[number] = {"id": number, "tags": [], "status": "draft", **sent, "slug": slug}
        return self._kept(number, query)

    def _edit(self, number: str, sent: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        post = self.posts.get(number)
        if post is None:
            raise Refused("404 Not Found", "NotFoundError", "Post not found.")
        if sent.pop("updated_at", None) != post["updated_at"]:
            raise Refused(
                "409 Conflict",
                "UpdateCollisionError",
                "Saving failed! Someone else is editing this post.",
            )
        post.update(sent)
        return self._kept(number, query)

    def _kept(self, number: str, query: dict[str, str]) -> dict[str, Any]:
        post = self.posts[number]
        post["updated_at"] = f"2026-03-01T12:00:00.{next(self.numbers):03}Z"
        post["tags"] = [each if isinstance(each, dict) else {"name": each} for each in post["tags"]]
        if query.get("source") == "html":
            # outside cards, HTML is taken apart and written anew: comments go, and so do classes
            parts = re.split(r"(<!--kg-card-begin: html-->.*?<!--kg-card-end: html-->)", post["html"], flags=re.DOTALL)
            parts[::2] = [re.sub(r"<!--.*?-->", "", part) for part in parts[::2]]
            post["html"] = "".join(parts)
        return post

    def _shown(self, post: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        shown = {**post, "url": f"{self.url}/{post['slug'] if post['status'] == 'published' else 'p/' + post['id']}/"}
        if query.get("formats") != "html":
            del shown["html"]
        return shown

    def _upload(self, asked: Asked) -> str:
        boundary = asked.headers["content-type"].partition("boundary=")[2].encode()
        _, part, _ = asked.body.split(b"--" + boundary)
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="file"; filename="([^"]+)"', head)
        if name is None:
            raise Refused("422 Unprocessable Entity", "ValidationError", "Please select an image.")
        content = content.removesuffix(b"\r\n")
        self.images[hashlib.sha256(content).hexdigest()] = content
        return f"{self.url}/content/images/2026/03/{name[1].decode()}"


def _sent(asked: Asked) -> dict[str, Any]:
    return json.loads(asked.body)["posts"][0]


@asynccontextmanager
async def open_ghost_server() -> AsyncIterator[GhostServer]:
    async with open_web() as web:
        ghost = GhostServer(web)
        web.answering = ghost.answer
        yield ghost
