"""Taking documents apart, in the test's own process."""

from datetime import UTC, datetime

import pytest

from agent_core.tools.web import extraction
from agent_core.tools.web.cache import CHARACTERS, Cache, Kept, Page
from agent_core.tools.web.read_page import told
from tests.agent_core.tools.web.documents import pdf

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("base", "link", "leads"),
    [
        ("", "other", "https://a.example/dir/other"),
        ("", "../up?b=c", "https://a.example/up?b=c"),
        ("", "/root", "https://a.example/root"),
        ("", "//b.example/x", "https://b.example/x"),
        ("", "https://b.example/y", "https://b.example/y"),
        ('<base href="https://b.example/there/">', "other", "https://b.example/there/other"),
        ('<base href="below/">', "other", "https://a.example/dir/below/other"),
        ('<base href="//[">', "other", "https://a.example/dir/other"),
        ("", "//[", ""),
    ],
)
def test_a_link_leads_where_it_does_for_a_reader(base: str, link: str, leads: str) -> None:
    words = "There is more of it than anybody could want to read, and so this is an article."
    body = f'<article><p>See <a href="{link}">there</a>. {words}</p></article>'
    html = f"<html><head>{base}</head><body>{body}</body></html>"

    found = extraction.extracted(
        {"kind": "html", "url": "https://a.example/dir/page", "charset": "", "seconds": 9}, html.encode()
    )

    assert words in found["text"]
    assert f"[there]({leads})" in found["text"] or not leads


def test_a_pdf_is_read_as_far_as_the_time_goes() -> None:
    given = {"kind": "pdf", "url": "u", "charset": "", "seconds": 0}

    found = extraction.extracted(given, pdf(*["a page"] * 30))

    assert (found["pages"], found["read"], found["text"]) == (30, 0, "")


def test_a_reader_is_told_that_a_pdf_was_read_in_part() -> None:
    remark = "Only the first {read} of {pages} pages of this PDF were read."
    page = Page("u", "u", "text", NOW, remark=remark, remark_fields=(("read", 3), ("pages", 9)))

    assert "Only the first 3 of 9 pages of this PDF were read." in told(page, 0, "en")
    assert "此 PDF 共 9 页，只读了前 3 页。" in told(page, 0, "zh")


def test_the_pages_unused_longest_make_room() -> None:
    cache = Cache()
    for name in "abc":
        cache.put(Kept(Page(name, name, "x" * (CHARACTERS // 3), NOW), NOW))
    cache.get("a")
    cache.put(Kept(Page("d", "d", "x" * 10, NOW), NOW))

    assert (cache.get("b"), cache.size <= CHARACTERS) == (None, True)
    assert all(cache.get(name) for name in "acd")
