"""Each engine checks what it is asked as the real one does, and answers in its form."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.peers.web.server import Asked, Web, open_web, page

KEY = "a-key-of-the-test"


@dataclass(frozen=True)
class Result:
    title: str
    url: str
    text: str
    date: str = ""


@dataclass
class Engine:
    """`results` are what it knows; `failing` are answers that it gives first, whatever it is asked."""

    web: Web
    results: list[Result] = field(default_factory=list)
    failing: list[bytes] = field(default_factory=list)
    queries: list[tuple[str, int]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.web.url("")


def said(body: Any, status: str = "200 OK", **headers: str) -> bytes:
    return page(json.dumps(body), status=status, kind="application/json", **headers)


def searxng(engine: Engine, asked: Asked) -> bytes:
    query = _query(asked)
    if asked.method != "GET" or not asked.target.startswith("/search?"):
        return page("", status="404 Not Found")
    if query.get("format") != "json":
        return page("<html>", status="200 OK")
    engine.queries.append((query["q"], 0))
    results = [
        {"title": each.title, "url": each.url, "content": each.text, "publishedDate": each.date or None, "engine": "x"}
        for each in engine.results
    ]
    return said({"query": query["q"], "number_of_results": 0, "results": results, "unresponsive_engines": []})


def brave(engine: Engine, asked: Asked) -> bytes:
    query = _query(asked)
    if asked.headers.get("x-subscription-token") != KEY:
        error = {"code": "SUBSCRIPTION_TOKEN_INVALID", "detail": "The provided subscription token is invalid."}
        return said({"type": "ErrorResponse", "error": error}, "422 Unprocessable Entity")
    if asked.method != "GET" or urlsplit(asked.target).path != "/res/v1/web/search" or not 0 < len(query["q"]) <= 400:
        return said({"type": "ErrorResponse"}, "422 Unprocessable Entity")
    engine.queries.append((query["q"], int(query["count"])))
    results = [
        {"title": each.title, "url": each.url, "description": each.text, "age": each.date} for each in engine.results
    ]
    answer: dict[str, Any] = {"type": "search", "query": {"original": query["q"]}}
    return said({**answer, "web": {"type": "search", "results": results}} if results else answer)


def tavily(engine: Engine, asked: Asked) -> bytes:
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        error = {"detail": {"error": "Unauthorized: missing or invalid API key."}}
        return said(error, "401 Unauthorized")
    body = _body(asked, "/search")
    if not body or not isinstance(body.get("query"), str):
        return said({"detail": []}, "422 Unprocessable Entity")
    engine.queries.append((body["query"], body["max_results"]))
    results = [
        {"title": each.title, "url": each.url, "content": each.text, "score": 0.9, "raw_content": None}
        for each in engine.results
    ]
    return said({"query": body["query"], "answer": None, "images": [], "results": results, "response_time": 1.2})


def serper(engine: Engine, asked: Asked) -> bytes:
    if asked.headers.get("x-api-key") != KEY:
        return said({"message": "Unauthorized.", "statusCode": 403}, "403 Forbidden")
    body = _body(asked, "/search")
    if not body or not isinstance(body.get("q"), str):
        return said({"message": "Missing query parameter", "statusCode": 400}, "400 Bad Request")
    engine.queries.append((body["q"], body["num"]))
    results = [
        {"title": each.title, "link": each.url, "snippet": each.text, "position": n}
        | ({"date": each.date} if each.date else {})
        for n, each in enumerate(engine.results, start=1)
    ]
    return said({"searchParameters": {"q": body["q"], "type": "search"}, "organic": results, "credits": 1})


SPEAKING: dict[str, Callable[[Engine, Asked], bytes]] = {
    "searxng": searxng,
    "brave": brave,
    "tavily": tavily,
    "serper": serper,
}


@asynccontextmanager
async def open_engine(name: str) -> AsyncIterator[Engine]:
    async with open_web() as web:
        engine = Engine(web)

        def answering(asked: Asked) -> bytes:
            return engine.failing.pop(0) if engine.failing else SPEAKING[name](engine, asked)

        web.answering = answering
        yield engine


def _query(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.target).query).items()}


def _body(asked: Asked, path: str) -> dict[str, Any]:
    if asked.method != "POST" or asked.target != path or asked.headers.get("content-type") != "application/json":
        return {}
    return json.loads(asked.body)
