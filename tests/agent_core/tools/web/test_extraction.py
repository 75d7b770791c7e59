"""Taking documents apart, in the test's own process."""

from datetime import UTC, datetime

from agent_core.tools.web import extraction
from agent_core.tools.web.cache import CHARACTERS, Cache, Kept, Page
from agent_core.tools.web.read_page import told
from tests.agent_core.tools.web.documents import pdf

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


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
