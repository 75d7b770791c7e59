"""Characters that deceive readers are written out; those that languages and emoji need are not."""

import pytest

from agent_core.characters import look_alikes, revealed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a⟦U+202E⟧b"),
        ("a\u200bb\ufeff", "a⟦U+200B⟧b⟦U+FEFF⟧"),
        ("\x00\x1b[31m", "⟦U+0000⟧⟦U+001B⟧[31m"),
        ("\u200b" * 17, "⟦U+200B × 17⟧"),
        ("p\u0430ypal", "p\u0430⟦U+0430⟧ypal"),
        ("\u0440\u0430\u0443.com", "\u0440⟦U+0440⟧\u0430⟦U+0430⟧\u0443⟦U+0443⟧.com"),
        ("\ud83d", "⟦U+D83D⟧"),
    ],
)
def test_what_cannot_be_seen_or_passes_for_something_else_is_written_out(text, shown):
    assert revealed(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain text\n\twith tabs",
        "人工智能：写一篇博客。",
        "привет, как дела",
        "IT-отдел",
        "שלום עולם",
        "👩‍💻 👍🏽 ✔️",
        "αβγ = 3 μm",
        "naïve café",
    ],
)
def test_languages_and_emoji_are_left_as_they_are(text):
    assert revealed(text) == text
    assert look_alikes(text) == ()


def test_lines_that_end_in_two_characters_end_in_one():
    assert revealed("a\r\nb\rc") == "a\nb⟦U+000D⟧c"
