"""Reads pages: allowed by the guard and robots.txt, at the host's pace, once while it is fresh, as text."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from agent_core.errors import WebError
from agent_core.i18n import N_, Phrase
from agent_core.ports import Clock
from agent_core.tools.web.addresses import WebAddress
from agent_core.tools.web.browser import Browser, Rendered
from agent_core.tools.web.cache import KEPT, Cache, Kept, Page, confirmed, kept_of
from agent_core.tools.web.client import Reply, WebClient
from agent_core.tools.web.pace import PAUSE, Pace
from agent_core.tools.web.readers import Readers
from agent_core.tools.web.robots import Robots

ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.9,*/*;q=0.5"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TEXT = frozenset(
    {"application/json", "application/xml", "application/javascript", "application/yaml", "application/toml"}
)
_LATER = frozenset({429, 503})
_NO_TEXT = N_("no text was found on it; what it shows may be made by scripts.")
_SCRIPTS_RAN = N_("Its scripts were run in a browser to read it.")
_SCRIPTS_WANTED = N_(
    "Its scripts were run in a browser to read it; {count:,} of the addresses that they opened may not be read."
)
_SCRIPTS_FAILED = N_("Its scripts could not be run, so that whatever they show is missing.")
_NO_TEXT_WITHOUT = N_(
    "no text was found on it; {count:,} of the addresses that its scripts opened may not be read, by robots.txt or by "
    "what Nod is allowed to reach."
)
_LEAST = 200  # characters: a page with scripts and less text than that is likely to be made by them
_PART_OF_PDF = N_("Only the first {read} of {pages} pages of this PDF were read.")


@dataclass(frozen=True)
class PageReader:
    """Reads pages for every Run. `robots` is None where the settings say not to look at robots.txt.

    `browser` runs the scripts of pages that show nothing without; None where the settings, or the machine, have none.
    """

    client: WebClient
    readers: Readers
    pace: Pace
    clock: Clock
    robots: Robots | None
    browser: Browser | None = None
    cache: Cache = field(default_factory=Cache)

    async def page(self, address: WebAddress, *, read_on: bool = False) -> Page:
        """Return a page as it is now, or, to `read_on`, as it was when it was read last.

        Raises:
            WebError: it cannot be read, in a sentence.
        """
        kept = self.cache.get(str(address))
        now = self.clock()
        if kept and (now < kept.until or (read_on and now < kept.page.at + KEPT)):
            return kept.page
        conditions = dict(kept.conditions) if kept else {}
        reply = await self.client.fetch(address, headers={"Accept": ACCEPT, **conditions}, before=self._allowed)
        if kept and reply.status == HTTPStatus.NOT_MODIFIED:
            kept = confirmed(kept, self.clock(), reply.headers)
        else:
            kept = await self._read(address, reply)
        self.cache.put(kept)
        return kept.page

    async def _allowed(self, hop: WebAddress) -> None:
        pause = await self.robots.pause(hop) if self.robots else PAUSE
        await self.pace.turn(hop.place, str(hop), pause)

    async def _read(self, asked: WebAddress, reply: Reply) -> Kept:
        _refuse_status(reply)
        kind, charset = _kind(reply)
        url = str(reply.address)
        found = await self.readers.read(url, kind, reply.body, charset=charset)
        remark, fields = "", ()
        if kind == "pdf" and found["read"] < found["pages"]:
            remark, fields = _PART_OF_PDF, (("read", int(found["read"])), ("pages", int(found["pages"])))
        if self.browser and kind == "html" and found["scripts"] and len(found["text"]) < _LEAST:
            try:
                rendered = await self._rendered(self.browser, reply.address)
                found, remark = await self.readers.read(url, kind, rendered.html), _SCRIPTS_RAN
                if rendered.refused:
                    remark, fields = _SCRIPTS_WANTED, (("count", rendered.refused),)
            except WebError:
                if not found["text"].strip():
                    raise
                remark = _SCRIPTS_FAILED  # little text may be all there is: a short page that counts its readers
        text = str(found["text"])
        if not text.strip():
            reason = Phrase(_NO_TEXT_WITHOUT, **dict(fields)) if remark == _SCRIPTS_WANTED else _NO_TEXT
            raise WebError(url=url, reason=reason)
        page = Page(str(asked), url, text, self.clock(), **_told(found), remark=remark, remark_fields=fields)
        return kept_of(page, reply.headers)

    async def _rendered(self, browser: Browser, page: WebAddress) -> Rendered:
        """Return a page as a browser shows it: asked for in its turn, with what the robots.txt of other sites allow.

        What a page loads comes in one go, like for a person: a pause before each script would take minutes. Its own
        site has allowed the page itself, and so what belongs to it.
        """
        robots, asking = self.robots, defaultdict[str, asyncio.Lock](asyncio.Lock)

        async def may(address: WebAddress) -> None:
            if robots and address.origin != page.origin:
                async with asking[address.origin]:  # many scripts of one site wait for one robots.txt
                    await robots.pause(address)

        await self._allowed(page)
        return await browser.render(page, may)


def _told(found: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(found.get(name) or "") for name in ("title", "author", "date")}


def _refuse_status(reply: Reply) -> None:
    """Raise WebError for a reply that is no page."""
    if reply.status in _LATER and (after := reply.headers.get("retry-after")):
        reason = Phrase(N_("its server is busy and says to ask again later ({when})."), when=after[:40])
        raise WebError(url=str(reply.address), reason=reason)
    if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        try:
            said = f"{reply.status} {HTTPStatus(reply.status).phrase}"
        except ValueError:
            said = str(reply.status)
        raise WebError(url=str(reply.address), reason=Phrase(N_("its server answered: {said}."), said=said))


def _kind(reply: Reply) -> tuple[str, str]:
    """Return what takes a reply apart, and its declared character set. Raises WebError for what has no text."""
    named, _, more = reply.headers.get("content-type", "").partition(";")
    kind, charset = named.strip().lower(), more.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    if reply.body.startswith(b"%PDF-"):
        return "pdf", ""
    if kind in _HTML or (not kind and reply.body.lstrip()[:1] == b"<"):
        return "html", charset
    if kind.startswith("text/") or kind in _TEXT or kind.endswith(("+json", "+xml")) or not kind:
        return "text", charset
    reason = Phrase(N_("it is no text but {kind}, {size:,} bytes."), kind=kind[:80], size=len(reply.body))
    raise WebError(url=str(reply.address), reason=reason)
