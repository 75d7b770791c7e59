"""Pages that were read, kept in memory for a while, so that a long one is read on and one read again is not sent again.

In memory, because the Journal already keeps what a Run was told: on the disk there would be a second copy that
retention and erasure would have to know of. A restart costs a request.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

CHARACTERS = 20_000_000  # of all texts kept
KEPT = timedelta(hours=1)  # that the parts of a long page stay those of one reading
FRESH = timedelta(minutes=5)  # when a server does not say how long
FRESH_AT_MOST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page said. `address` is where it was found, `asked` where it was looked for; `at` when it came."""

    asked: str
    address: str
    text: str
    at: datetime
    title: str = ""
    author: str = ""
    date: str = ""
    remark: str = ""  #: what a reader must know of the text, a msgid
    remark_fields: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A page, until when it need not be asked for again, and what to ask with then."""

    page: Page
    until: datetime
    conditions: tuple[tuple[str, str], ...] = ()


@dataclass
class Cache:
    """Pages by the address that was asked for, the longest unused given up first."""

    kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict[str, Kept])
    size: int = 0

    def get(self, asked: str) -> Kept | None:
        """Return what is kept of an address."""
        if asked in self.kept:
            self.kept.move_to_end(asked)
        return self.kept.get(asked)

    def put(self, kept: Kept) -> None:
        """Keep a page in the place of what was kept of its address."""
        self.drop(kept.page.asked)
        self.kept[kept.page.asked] = kept
        self.size += len(kept.page.text)
        while self.size > CHARACTERS:
            self.drop(next(iter(self.kept)))

    def drop(self, asked: str) -> None:
        """Give up what is kept of an address."""
        if old := self.kept.pop(asked, None):
            self.size -= len(old.page.text)


def kept_of(page: Page, headers: Mapping[str, str]) -> Kept:
    """Return a page with what its headers (RFC 9111; named in lower case) say of keeping it."""
    named = (("If-None-Match", headers.get("etag")), ("If-Modified-Since", headers.get("last-modified")))
    conditions = tuple((name, value) for name, value in named if value)
    return Kept(page, page.at + _fresh(headers), conditions)


def confirmed(kept: Kept, at: datetime, headers: Mapping[str, str]) -> Kept:
    """Return what is kept of a page that did not change: it is as if it had come now."""
    return replace(kept, page=replace(kept.page, at=at), until=at + _fresh(headers))


def _fresh(headers: Mapping[str, str]) -> timedelta:
    said: dict[str, Any] = {}
    for each in headers.get("cache-control", "").lower().split(","):
        name, _, value = each.strip().partition("=")
        said[name] = value.strip('"')
    if said.keys() & {"no-store", "no-cache"}:
        return timedelta(0)
    seconds = said.get("max-age", "")
    return min(timedelta(seconds=int(seconds[:9])), FRESH_AT_MOST) if seconds.isdecimal() else FRESH
