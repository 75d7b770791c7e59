"""Takes documents apart: main text of a page, text of a PDF, rules of a robots.txt. A program of its own.

It is started as a script, in a process that can be killed and has limits: what it is given was written by strangers,
and can hold a parser for minutes. It imports nothing of Nod. On stdin and stdout are frames: the lengths of a JSON
object and of bytes, four bytes each, then both; an answer has no bytes.
"""

import json
import os
import re
import resource
import signal
import struct
import sys
import time
from contextlib import suppress
from io import BytesIO
from typing import Any, BinaryIO

import trafilatura
from protego import Protego
from pypdf import PdfReader
from pypdf.errors import PyPdfError

LENGTHS = struct.Struct(">II")
MEMORY = 1_200_000_000  # bytes of addresses; the libraries alone have 110 million
TEXT = 2_000_000  # characters of one document: some 300,000 words
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_SCRIPT = re.compile(rb"<script", re.IGNORECASE)


def extracted(given: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Return what a document says: title, author, date, text; `fault` where nothing can be told."""
    match given["kind"]:
        case "html":
            return _page(body, given["url"], given["charset"])
        case "pdf":
            return _pdf(body, given["seconds"])
        case "robots":
            return _robots(_decoded(body, "utf-8"), given["url"], given["agent"])
        case _:
            return {"text": _decoded(body, given["charset"])[:TEXT]}


def _page(body: bytes, url: str, charset: str) -> dict[str, Any]:
    declared = _CHARSET.search(body[:4096])
    html = _decoded(body, charset or (declared[1].decode("ascii") if declared else ""))
    tree = trafilatura.load_html(html)
    if tree is None:  # trafilatura takes a piece of a page for no page
        tree = trafilatura.load_html(f"<!doctype html><html><body>{html}</body></html>")
    if tree is None:
        return {"text": "", "scripts": bool(_SCRIPT.search(body))}
    _make_absolute(tree, url)
    known = trafilatura.extract_metadata(tree, default_url=url)
    text = trafilatura.extract(
        tree, url=url, output_format="markdown", include_links=True, include_comments=False, include_tables=True
    )
    return {
        "title": _line(known.title),
        "author": _line(known.author),
        "date": _line(known.date),
        "text": (text or trafilatura.html2txt(tree) or "").strip()[:TEXT],
        "scripts": bool(_SCRIPT.search(body)),
    }


def _make_absolute(tree: Any, url: str) -> None:
    """Make each link of a page lead where it does for a reader; trafilatura reads all from the root of the host."""
    try:
        tree.make_links_absolute(url, handle_failures="ignore")
    except ValueError:  # what the page calls its base is none
        tree.make_links_absolute(url, resolve_base_href=False, handle_failures="ignore")


def _pdf(body: bytes, seconds: float) -> dict[str, Any]:
    until = time.monotonic() + seconds
    reader = PdfReader(BytesIO(body))
    if reader.is_encrypted and not reader.decrypt(""):
        return {"fault": "encrypted"}
    parts, size, pages = list[str](), 0, len(reader.pages)
    for page in reader.pages:
        if time.monotonic() > until or size > TEXT:
            break
        parts.append(page.extract_text().strip())
        size += len(parts[-1])
    known = reader.metadata
    made = known.creation_date if known else None
    return {
        "title": _line(known.title) if known else "",
        "author": _line(known.author) if known else "",
        "date": made.date().isoformat() if made else "",
        "text": "\n\n".join(parts).strip()[:TEXT],
        "pages": pages,
        "read": len(parts),
    }


def _robots(text: str, url: str, agent: str) -> dict[str, Any]:
    rules = Protego.parse(text)
    return {"allowed": rules.can_fetch(url, agent), "delay": rules.crawl_delay(agent) or 0}


def _decoded(body: bytes, charset: str) -> str:
    for name in (charset, "utf-8-sig"):
        try:
            return body.decode(name or "utf-8-sig")
        except (LookupError, UnicodeError):
            pass
    from charset_normalizer import from_bytes  # noqa: PLC0415  (rarely needed, and slow to guess)

    best = from_bytes(body[:100_000]).best()
    return body.decode(best.encoding if best else "latin-1", "replace")


def _line(text: object) -> str:
    return " ".join(str(text).split())[:300] if text else ""


def _answer(given: dict[str, Any], body: bytes) -> dict[str, Any]:
    try:
        return extracted(given, body)
    except MemoryError:
        return {"fault": "large"}
    except PyPdfError:
        return {"fault": "garbled"}
    except Exception:  # noqa: BLE001  whatever a parser raises at what strangers wrote
        return {"fault": "garbled"}


def main() -> None:
    """Answer frames until stdin ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    with suppress(ValueError, OSError):  # macOS knows the limit and takes none
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _send(answers, {"ready": True})
    while (frame := _frame(sys.stdin.buffer)) is not None:
        given, body = frame
        # the default handler ends the process in the kernel, wherever a parser is: nobody may be left to do it
        signal.setitimer(signal.ITIMER_REAL, given["seconds"] + 10)
        answer = _answer(given, body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(answers, answer)


def _frame(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    lengths = source.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    said, carried = LENGTHS.unpack(lengths)
    return json.loads(source.read(said)), source.read(carried)


def _send(answers: BinaryIO, answer: dict[str, Any]) -> None:
    said = json.dumps(answer).encode()
    answers.write(LENGTHS.pack(len(said), 0) + said)
    answers.flush()


if __name__ == "__main__":
    main()
