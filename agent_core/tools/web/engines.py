"""What each search engine is asked, and what its answer says. Pure: each is a request and a reading of JSON."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, cast
from urllib.parse import urlencode

from agent_core.errors import AddressRefused
from agent_core.tools.web.addresses import WebAddress, web_address
from agent_core.tools.web.settings import EngineName, SearchSettings

_TITLE = 200  # characters
_TEXT = 500
_TAG = re.compile(r"<[^<>]{1,200}>")


@dataclass(frozen=True, slots=True)
class Found:
    """One result of a search, as the engine words it. `url` is in the one form of web addresses."""

    title: str
    url: str
    text: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What an engine is asked."""

    address: WebAddress
    method: str
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Engine:
    """A search engine with an API. `fields` name title, address, text and date of a result; `at` leads to the list."""

    name: str
    usual: str
    request: Callable[[str, str, str, int], Request]
    at: tuple[str, ...]
    fields: tuple[str, str, str, str]

    def asked(self, settings: SearchSettings, query: str, count: int) -> Request:
        """Return the request for a query."""
        key = settings.key.get_secret_value() if settings.key else ""
        return self.request(settings.url or self.usual, key, query, count)

    def read(self, answer: Any, count: int) -> tuple[Found, ...]:
        """Return the results in an answer. Raises ValueError when it is of another form."""
        for name in self.at:
            if not isinstance(answer, dict):
                raise ValueError(name)  # noqa: TRY004  (of what a server sent, not of a caller's)
            answer = cast("dict[str, Any]", answer).get(name, [] if name == self.at[-1] else {})
        if not isinstance(answer, list):
            raise ValueError(self.at[-1])  # noqa: TRY004  (of what a server sent, not of a caller's)
        return tuple(found_in(cast("list[Any]", answer), self.fields))[:count]


def found_in(results: list[Any], fields: tuple[str, str, str, str]) -> Iterator[Found]:
    """Yield the results that name a proper web address, once each."""
    seen = set[str]()
    for each in results:
        if not isinstance(each, dict):
            continue
        named = cast("dict[str, Any]", each)
        title, url, text, date = (named.get(name) for name in fields)
        try:
            address = str(web_address(str(url)))
        except AddressRefused:
            continue
        if address not in seen:
            seen.add(address)
            yield Found(_line(title, _TITLE) or address, address, _line(text, _TEXT), _line(date, 40))


def _line(text: Any, most: int) -> str:
    if not isinstance(text, str):
        return ""
    line = " ".join(unescape(_TAG.sub("", text)).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _json(**body: Any) -> bytes:
    return json.dumps(body).encode()


def _searxng(url: str, _key: str, query: str, _count: int) -> Request:
    asked = urlencode({"q": query, "format": "json"})
    return Request(web_address(f"{url}/search?{asked}"), "GET", {"Accept": "application/json"})


def _brave(url: str, key: str, query: str, count: int) -> Request:
    asked = urlencode({"q": query, "count": count, "text_decorations": "false"})
    headers = {"Accept": "application/json", "X-Subscription-Token": key}
    return Request(web_address(f"{url}/res/v1/web/search?{asked}"), "GET", headers)


def _tavily(url: str, key: str, query: str, count: int) -> Request:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    return Request(web_address(f"{url}/search"), "POST", headers, _json(query=query, max_results=count))


def _serper(url: str, key: str, query: str, count: int) -> Request:
    headers = {"Content-Type": "application/json", "X-API-KEY": key}
    return Request(web_address(f"{url}/search"), "POST", headers, _json(q=query, num=count))


# Sources: SearXNG, Search API; Brave, Web Search API; Tavily, POST /search; Serper, playground's examples
ENGINES: Mapping[EngineName, Engine] = {
    EngineName.SEARXNG: Engine("SearXNG", "", _searxng, ("results",), ("title", "url", "content", "publishedDate")),
    EngineName.BRAVE: Engine(
        "Brave", "https://api.search.brave.com", _brave, ("web", "results"), ("title", "url", "description", "age")
    ),
    EngineName.TAVILY: Engine(
        "Tavily", "https://api.tavily.com", _tavily, ("results",), ("title", "url", "content", "published_date")
    ),
    EngineName.SERPER: Engine(
        "Serper", "https://google.serper.dev", _serper, ("organic",), ("title", "link", "snippet", "date")
    ),
}
