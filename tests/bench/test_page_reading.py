"""The benchmark of page reading measures what it says."""

from tests.bench.page_reading import AGAIN, BEGIN, END, NOD, PLAIN, Reading, article, markdown, plainly, serving
from tests.bench.report import Machine, with_figures

MACHINE = Machine("Abacus 3000", 2, "3.11.4", "Linux x86_64", "2026-01-31")
READINGS = [Reading(PLAIN, 500, 10.0, 20.0), Reading(NOD, 500, 12.5, 30.0), Reading(AGAIN, 500, 0.1, 0.2)]


def test_the_table_has_a_line_for_each_reader():
    page = with_figures(f"before\n{BEGIN}\nold\n{END}\nafter", markdown(READINGS, MACHINE), BEGIN, END)

    assert "old" not in page
    assert "| 500 | Nod | 12.5 ms | 30.0 ms | 1.25 × |" in page.splitlines()


def test_an_article_has_as_many_words_as_it_says():
    assert article(500).count("word") == 500


def test_plain_trafilatura_reads_what_is_served():
    with serving() as web:
        plainly(web.url("/500/0"))
        assert web.targets == ["/500/0"]
