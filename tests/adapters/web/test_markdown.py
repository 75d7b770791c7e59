"""Markdown becomes HTML that is safe to show, whatever is in it."""

import pytest
from markupsafe import escape

from adapters.web.markdown import hides, to_html


def test_what_markdown_is_for_is_shown():
    html = to_html("# Title\n\nSome **bold** and `code`.\n\n- one\n- two\n\n| a |\n|---|\n| b |\n")
    assert "<h3>Title</h3>" in html
    assert "<strong>bold</strong>" in html
    assert "<li>two</li>" in html
    assert "<td>b</td>" in html


def test_links_lead_to_the_web_and_tell_nobody_whence():
    assert to_html("[x](https://example.org/a?b=1&c=2)") == (
        '<p><a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">x</a></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        '[x](https://ok.example "onmouseover=alert(1)")',
        "<https://ok.example/'onclick='alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "![x](javascript:alert(1))",
        "<style>body{display:none}</style>",
        "<form action=/sign-out method=post><button>x</button></form>",
        '<div hx-get="/runs" hx-trigger="load"></div>',
        "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<iframe src=https://evil.example></iframe>",
        "```html onload=alert(1)\n<script>alert(1)</script>\n```",
        "# <img src=x onerror=alert(1)>",
        "| <script>alert(1)</script> |\n|---|\n| <b onclick=alert(1)>x |",
        "&#106;avascript:alert(1) [x](&#106;avascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_nothing_in_it_can_act(text):
    html = to_html(text).lower()
    for tag in ("<script", "<img", "<style", "<form", "<button", "<div", "<svg", "<iframe", "<b "):
        assert tag not in html
    for href in html.split("<a ")[1:]:
        attributes = href.split(">")[0]
        assert 'href="https://' in attributes or "href" not in attributes
        assert " onclick" not in attributes.replace("'onclick", "")
        assert 'onmouseover="' not in attributes


def test_hidden_characters_are_written_out():
    assert "⟦U+202E⟧" in to_html("safe\u202etxt.exe")


def test_text_that_is_not_unicode_does_not_fail():
    assert "⟦U+D83D⟧" in to_html("# half \ud83d")


@pytest.mark.parametrize(
    "text",
    [
        "**word** " * 20_000,
        "|a" * 3000 + "|\n" + "|-" * 3000 + "|\n" + "|b|\n" * 50,
        ("|a" * 90 + "|\n" + "|-" * 90 + "|\n" + "|b|\n" * 20 + "\n") * 20,
        "> " * 30 + "deep",
        "".join("  " * depth + "- item\n" for depth in range(30)),
    ],
    ids=["long", "wide table", "many tables", "deep quotation", "deep list"],
)
def test_what_is_too_much_for_markdown_is_shown_whole_as_it_is_written(text):
    assert to_html(text) == f'<p class="plain">{escape(text)}</p>'


def test_a_table_people_can_read_stays_one():
    html = to_html("|a" * 12 + "|\n" + "|-" * 12 + "|\n" + ("|b" * 12 + "|\n") * 200)
    assert html.count("<td>") == 12 * 200


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("# Title\n\nSome [link](https://example.org) and `code`.\n\n```python\nprint()\n```\n", False),
        ("<!-- a comment is text here -->", False),
        ("x\n\n[ref]: https://evil.example/?q=secret", True),
        ('[link](https://example.org "a title nobody sees")', True),
        ("```python and then some\nprint()\n```", True),
        ("pay&#x202e;lap", True),
        ("a&nbsp;b", False),
        ("x" * 200_000, False),  # shown as it is written anyway
    ],
)
def test_what_reading_as_markdown_would_hide_is_known(text, hidden):
    assert hides(text) is hidden
