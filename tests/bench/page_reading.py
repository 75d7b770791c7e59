"""Reading a page: Nod, with its guard and a process that can be killed, beside plain trafilatura in the same program.

Both fetch the same article over loopback and give Markdown with links, title, author and date. They are asked in turns.
"""

import argparse
import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import trafilatura

from agent_core.tools.web.addresses import web_address
from agent_core.tools.web.opening import open_page_reader
from agent_core.tools.web.settings import WebSettings
from tests.bench.measure import percentile
from tests.bench.report import Machine, this_machine, with_figures
from tests.peers.web.server import Web, open_web, page

BEGIN, END = "<!-- page reading: written by make bench -->", "<!-- end of page reading -->"
PLAIN, NOD, AGAIN = "plain trafilatura", "Nod", "Nod, the same page again"
ROUNDS = 40
CLIENT = httpx2.Client(trust_env=False)
SIZES = (500, 2_500, 10_000)  # words


@dataclass(frozen=True, slots=True)
class Reading:
    """How long one side took for articles of so many words."""

    side: str
    words: int
    p50_ms: float
    p99_ms: float


def article(words: int) -> str:
    """An article with headings, links and a frame around it."""
    paragraphs = "".join(
        f"<h2>Part {n}</h2><p>"
        + " ".join(f'<a href="/{n}/{m}">word{m}</a>' if m % 25 == 0 else f"word{n}{m}" for m in range(100))
        + ".</p>"
        for n in range(words // 100)
    )
    menu = "".join(f'<li><a href="/menu/{n}">entry {n}</a></li>' for n in range(60))
    return (
        '<html lang="en"><head><title>Measured</title><meta name="author" content="Ann Author">'
        f"</head><body><nav><ul>{menu}</ul></nav><article><h1>Measured</h1>{paragraphs}</article>"
        f"<footer><ul>{menu}</ul></footer></body></html>"
    )


@contextmanager
def serving() -> Iterator[Web]:
    """A server in a thread of its own, so that plain trafilatura, which blocks, can ask it."""
    ready, ended, found = threading.Event(), threading.Event(), list[Web]()

    async def serve() -> None:
        async with open_web() as web:
            web.pages = {f"/{words}/{n}": page(article(words)) for words in SIZES for n in range(ROUNDS + 1)}
            found.append(web)
            ready.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield found[0]
    finally:
        ended.set()
        thread.join()


def plainly(url: str) -> None:
    tree = trafilatura.load_html(CLIENT.get(url).content)  # trafilatura's own client refuses loopback
    known = trafilatura.extract_metadata(tree, default_url=url)
    text = trafilatura.extract(tree, url=url, output_format="markdown", include_links=True, include_comments=False)
    if not text or known.title != "Measured":
        raise RuntimeError(f"trafilatura read nothing at {url}")


def now() -> datetime:
    return datetime.now(UTC)


async def no_pause(_seconds: float) -> None:
    """Loopback needs no consideration."""


async def measured(web: Web) -> list[Reading]:
    took: dict[tuple[str, int], list[float]] = {(side, n): [] for side in (PLAIN, NOD, AGAIN) for n in SIZES}
    settings = WebSettings(allowed=(f"127.0.0.1:{web.port}",))
    async with open_page_reader(settings, clock=now, wait=no_pause) as reader:
        for number in range(ROUNDS + 1):
            reader.pace.free.clear()
            for words in SIZES:
                url = web.url(f"/{words}/{number}")
                times = {PLAIN: timed(lambda url=url: plainly(url))}
                for side in (NOD, AGAIN):
                    begun = time.perf_counter()
                    await reader.page(web_address(url))
                    times[side] = time.perf_counter() - begun
                    reader.pace.free.clear()
                for side, seconds in times.items():
                    if number:  # the first of each starts what is then warm
                        took[side, words].append(seconds * 1000)
    return [Reading(side, words, percentile(each, 0.5), percentile(each, 0.99)) for (side, words), each in took.items()]


def timed(call: Callable[[], None]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def markdown(readings: list[Reading], machine: Machine) -> str:
    """Return the figures as Markdown."""
    plain = {each.words: each.p50_ms for each in readings if each.side == PLAIN}
    where = f"{machine.cpu}, {machine.cores} cores, {machine.system}, Python {machine.python}"
    lines = [
        f"Measured on {machine.measured_at}: {where}.",
        "",
        "| words | reader | p50 | p99 | p50 beside plain |",
        "|---:|---|---:|---:|---:|",
        *(
            f"| {each.words:,} | {each.side} | {each.p50_ms:.1f} ms | {each.p99_ms:.1f} ms "
            f"| {each.p50_ms / plain[each.words]:.2f} × |"
            for each in sorted(readings, key=lambda each: each.words)
        ),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, required=True)
    given = parser.parse_args()
    with serving() as web:
        readings = asyncio.run(measured(web))
    given.page.write_text(
        with_figures(given.page.read_text("utf-8"), markdown(readings, this_machine()), BEGIN, END), "utf-8"
    )
    print(json.dumps([asdict(each) for each in readings], indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
