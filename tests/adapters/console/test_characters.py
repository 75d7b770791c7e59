import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.console.characters import one_line, reveal, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("windows\r\nlines", "windows\nlines"),
        ("\x1b[31mred", "⟦U+001B⟧[31mred"),
        ("\x9b31m", "⟦U+009B⟧31m"),
        ("over\rwritten", "over⟦U+000D⟧written"),
        ("abc\u202ecba", "abc⟦U+202E⟧cba"),
        ("\ud800", "⟦U+D800⟧"),
        ("写一篇博客", "写一篇博客"),
        ("שלום", "שלום"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_prose_keeps_its_letters_and_loses_its_tricks(text, shown):
    assert safe(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200bb", "a⟦U+200B⟧b"),
        ("a\u200db", "a⟦U+200D⟧b"),
        ("\u200d", "⟦U+200D⟧"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("a\u3164b", "a⟦U+3164⟧b"),
        ("\U000e0041", "⟦U+E0041⟧"),
        ("a\u200eb", "a⟦U+200E⟧b"),
        ("line\nline", "line\nline"),
    ],
)
def test_what_is_approved_hides_nothing(text, shown):
    assert reveal(text) == shown


@given(st.text(st.characters()))
def test_nothing_that_a_terminal_acts_on_is_left(text):
    for shown in (safe(text), reveal(text)):
        assert not {char for char in shown if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"}


def test_a_line_is_one_line_and_as_short_as_said():
    assert one_line("a\n b\t\tc") == "a b c"
    assert one_line("abcdef", 4) == "abc…"
