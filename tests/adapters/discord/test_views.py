"""Cards as components: each as it was written down, and within all limits."""

import pytest

from adapters.discord.fitting import Upload
from adapters.discord.views import card_view, sentence_view
from tests.adapters.discord.samples import cards, crowded_card, hostile_card, long_card
from tests.adapters.discord.snapshots import FOLDER, checked, drawn, written
from tests.peers.discord.messages import walk


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_card_in_every_state_looks_as_written_down(language):
    assert written(language) == (FOLDER / f"{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_card_is_within_the_limits_with_a_longest_address(language):
    for card in cards(language).values():
        checked(card_view(card, language, run_id="0123456789" if card.id else "", address=f"https://x.y/{'a' * 600}"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_too_long_is_attached_whole_and_begins_on_the_card(language):
    card = long_card(language)
    shown = card_view(card, language, run_id="0123456789")
    components = checked(shown)
    files = {each.name: each.content.decode() for each in shown.uploads}
    assert {section.text for section in card.sections if len(section.text) > 4000} <= set(files.values())
    text = "\n".join(part["content"] for part in walk(components) if part["type"] == 10)
    assert card.digest in text
    assert "Changes.diff" in text
    assert text.count("```") % 2 == 0


def test_hostile_texts_are_shown_and_do_nothing():
    parts = walk(checked(card_view(hostile_card(), "en", run_id="0123456789")))
    text = "\n".join(part["content"] for part in parts if part["type"] == 10)
    outside = "".join(text.split("```")[::2])
    assert r"\<\@1>" in outside
    assert " <@1>" not in outside
    assert "⟦U+202E⟧" in text
    assert "⟦U+200B⟧" in text
    assert "[x](" not in outside.replace(r"\[x", "")
    assert "\u202e" not in text


def test_what_no_message_holds_is_attached_as_one_file():
    shown = card_view(crowded_card(), "en", run_id="0123456789")
    checked(shown)
    [whole] = shown.uploads
    assert whole.name == "card.md"
    assert all(f"{number} {number} " in whole.content.decode() for number in range(30))


def test_deliverables_of_one_name_are_both_attached():
    files = (Upload("blog.md", b"one"), Upload("blog.md", b"two"))
    card = cards("en")["finished/result"]
    shown = card_view(card, "en", run_id="0123456789", files=files, notes=("big.bin is elsewhere",))
    assert [each.name for each in shown.uploads] == ["blog.md", "blog-2.md"]
    assert "big.bin is elsewhere" in drawn(shown)


def test_a_sentence_says_what_it_says():
    assert drawn(sentence_view("*Hello* @here")) == r"\*Hello\* \@here"
