"""What is written cites what was read."""

from datetime import UTC, datetime

import pytest

from agent_core.citations import cites, faults_of_citations
from agent_core.i18n import translator
from agent_core.readings import Reading

PAPER = "https://paper.example/nods"
WIKI = "https://xn--r8jz45g.xn--zckzah/wiki?a=%C3%BC"
DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ = (
    Reading(
        (PAPER, "https://paper.example/old"), DAY, f"On nods\n{PAPER}\n\nNothing moved until the [eldest](/e) nodded"
    ),
    Reading((PAPER,), DAY, "and then, after a *long* silence, everybody went on."),
    Reading((WIKI,), DAY, "点头在大多数地方表示同意，在少数地方表示反对。"),
)
LIST = f"""
## Sources

1. On nods, <{PAPER}>, read on 2026-03-01
2. [Wiki]({WIKI}), 2026-03-01
"""
WELL = f"""# On nods

A caption

A nod is enough to go on in most places, [as a paper says]({PAPER}#top), and silence is not.

“Nothing moved until the eldest nodded”, says one report of it [1], and "everybody went on" [1, 2].

> Nothing moved […] and then, after a long silence, everybody went on.
>
> — [The Paper](https://paper.example/nods/)

What others say of it is in these two lists, which I have made myself (no source).

- Whoever is asked may say nothing for long, and nod after that [^2].
- In some places a nod means the contrary.

| Place | Meaning of it |
|-------|---------------|
| Sofia | no            |

In the table is what an encyclopaedia knows of it: 「点头在大多数地方表示同意」 [2].

```
print("a program needs no source, however long it gets")
```
{LIST}
"""


def faults(text, readings=READ, language="en"):
    return [fault.told(translator(language)) for fault in faults_of_citations(text, readings)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WELL, True),
        ("See https://a.example.", True),
        ("A claim [1].\n\n## Sources\n\nThe paper\n", True),
        ("See [the notes](notes.md).", False),
        ("Nods are older than words.", False),
    ],
)
def test_a_text_cites_when_it_links_to_the_web_or_lists_sources(text, expected):
    assert cites(text) is expected


def test_a_text_that_cites_what_was_read_has_no_faults():
    assert faults(WELL) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it has no list of sources; end it with a heading Sources and a numbered list"),
        (f"See [a]({PAPER}).", "it has no list of sources; end it with a heading Sources and a numbered list"),
        ("## Sources\n\nNone.", "it has no list of sources; end it with a heading Sources and a numbered list"),
        (f"[a](https://other.example/){LIST}", "https://other.example was not read in this run"),
        (f"https://other.example/a?b{LIST}", "https://other.example/a?b was not read in this run"),
        (f'<a href="https://other.example/">a</a>{LIST}', "https://other.example was not read in this run"),
        (
            f"{LIST}3. https://other.example/ 2026-03-01",
            "https://other.example is listed, but was not read in this run",
        ),
        (f"[a]({WIKI})\n\n# Sources\n1. {PAPER} 2026-03-01", f"{WIKI} is cited but not listed among the sources"),
        (f"# Sources\n1. {PAPER}", f"the source {PAPER} lacks the day it was read, 2026-03-01"),
        (f"# Sources\n1. {PAPER} 2026-03-02", f"the source {PAPER} lacks the day it was read, 2026-03-01"),
        (f"It is so [3].{LIST}", "[3] refers to no source in the list"),
        (f"It is so [1, 7].{LIST}", "[7] refers to no source in the list"),
        (
            f"A nod is enough to go on in most places, I am told.{LIST}",
            "“A nod is enough to go on in most places, I am told.” names no source; cite one, or end it with",
        ),
        (
            f"点头在大多数地方表示同意，大家都知道。{LIST}",
            "“点头在大多数地方表示同意，大家都知道。” names no source; cite one, or end it with (no source)",
        ),
        (
            f"- a nod is enough to go on\n- in most places of this world{LIST}",
            "“a nod is enough to go on in most places of this world” names no source",
        ),
        (
            f"“Everything moved until the eldest nodded” [1].{LIST}",
            "“Everything moved until the eldest nodded” does not stand in the source it is quoted from",
        ),
        (
            f"Es heißt „Everything moved until the eldest nodded“ [1].{LIST}",
            "“Everything moved until the eldest nodded” does not stand in the source it is quoted from",
        ),
        (
            f"Es heißt ‚Everything moved until the eldest nodded‘ [1].{LIST}",
            "“Everything moved until the eldest nodded” does not stand in the source it is quoted from",
        ),
        (
            f"It said ‘Nobody didn’t move until the eldest nodded’ [1].{LIST}",
            "“Nobody didn’t move until the eldest nodded” does not stand in the source it is quoted from",
        ),
        (
            f'It said "Nothing moved until the eldest nodded" [2].{LIST}',
            "“Nothing moved until the eldest nodded” does not stand in the source it is quoted from",
        ),
        (
            f"“everybody went on … nothing moved until the eldest” [1]{LIST}",
            "“everybody went on … nothing moved until the eldest” does not stand in the source it is quoted from",
        ),
        (
            f"> Everything moved until the eldest nodded.\n\nSo [a paper]({PAPER}).{LIST}",
            "“Everything moved until the eldest nodded.” does not stand in the source it is quoted from",
        ),
        (
            f"> [Everything moved until the eldest nodded.]({PAPER}){LIST}",
            "“Everything moved until the eldest nodded.” does not stand in the source it is quoted from",
        ),
        (
            f"> Nothing moved until the eldest nodded, and it was well.{LIST}",
            "“Nothing moved until the eldest nodded, and it was well.” names no source",
        ),
    ],
)
def test_what_does_not_is_named(text, fault):
    assert any(told.startswith(fault) for told in faults(text)), faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ein ‚Nein‘ war die Antwort auf die lange Frage nach Hans’ Vater [1].",
        "In the ‘90s it was as good as the companies’ own word [1].",
        "Nods’ meanings were as many as the nodders’ own homes [1].",
    ],
)
def test_marks_that_quote_nothing_are_no_quotation(text):
    assert faults(text + LIST) == []


@pytest.mark.parametrize(
    "listed",
    [
        f"# References\n\n- [1] {PAPER} (2026-03-01)",
        f"**x**\n\n## 来源\n\n1. 《论点头》 {PAPER}，读取于 2026-03-01",
        f"### 7. Sources:\n\n[1] {PAPER}, 2026-03-01\n[2] {WIKI}, 2026-03-01",
        f"## Sources\n\n[1] Paper, {PAPER}, 2026-03-01",
        f"Sources\n-------\n\n3. {WIKI} 2026-03-01\n\n[1]: {PAPER}\n\n1. {PAPER} 2026-03-01",
    ],
)
def test_a_list_of_sources_may_have_many_forms(listed):
    assert faults(f"It is so, as somebody says [1], and nobody says otherwise.\n\n{listed}") == []


def test_an_address_is_known_under_the_name_it_was_asked_for():
    listed = "# Sources\n1. [a](HTTPS://Paper.example:443/x/../old#a) 2026-03-01"

    assert faults(f"It is so [1].\n\n{listed}") == []


def test_an_international_address_is_known_in_its_letters():
    assert faults("It is so [1].\n\n# Sources\n1. <https://例え.テスト/wiki?a=ü> 2026-03-01") == []


def test_a_page_of_several_days_may_be_listed_with_any():
    again = Reading((PAPER,), DAY.replace(day=2), "more")

    assert faults(f"# Sources\n1. {PAPER} 2026-03-01", (*READ, again)) == []
    assert "2026-03-02" in faults(f"# Sources\n1. {PAPER}", (*READ, again))[0]


def test_faults_are_told_in_the_language_of_the_run():
    assert faults("", language="zh") == ["没有来源列表；请在结尾写一个“来源”标题和编号列表"]


def test_a_long_text_is_looked_through_in_no_time():
    text = "\n\n".join([f"“Nothing moved until the eldest nodded” [1], number {n}." for n in range(2000)])
    long = Reading((PAPER,), DAY, "A page of many words, one like another. " * 10_000)

    assert faults(text + LIST, (*READ, long)) == []
