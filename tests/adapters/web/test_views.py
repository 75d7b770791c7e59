"""What pages are made of."""

import unicodedata
from dataclasses import replace

import pytest

from adapters.web.views import (
    before_colon,
    diff_lines,
    dom_id,
    language_of,
    looked_on,
    reveal,
    revealed,
    runs_of_short,
    shortened,
    size,
    told_and_kept,
    utc,
)
from agent_core.cards import Button, Card, CardKind, Field, Form, Section, Tone, Verb


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text\twith\nlines", "plain text\twith\nlines"),
        ("写一篇文章,好吗?", "写一篇文章,好吗?"),
        ("أرسل الرسالة", "أرسل الرسالة"),
        ("family: 👨‍👩‍👧 ❤️", "family: 👨‍👩‍👧 ❤️"),
        ("photo\u202egpj.exe", "photo⟦U+202E⟧gpj.exe"),
        ("a\u2066b\u2069c", "a⟦U+2066⟧b⟦U+2069⟧c"),
        ("pay\u200bpal", "pay⟦U+200B⟧pal"),
        ("a\u200db", "a⟦U+200D⟧b"),
        ("\ufefffirst", "⟦U+FEFF⟧first"),
        ("bell\x07 escape\x1b[31m", "bell⟦U+0007⟧ escape⟦U+001B⟧[31m"),
        ("tag\U000e0041s", "tag⟦U+E0041⟧s"),
        ("smuggled\U000e0101", "smuggled⟦U+E0101⟧"),
        ("filler\u3164", "filler⟦U+3164⟧"),
        ("half \ud83d", "half ⟦U+D83D⟧"),
        ("one\r\ntwo\rthree", "one\ntwo⟦U+000D⟧three"),
        ("\u2028", "⟦U+2028⟧"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_written_out(text, shown):
    assert reveal(text) == shown


def test_revealed_text_is_escaped_and_its_findings_are_set_off():
    assert revealed("<b>\u202e&") == '&lt;b&gt;<mark class="codepoint">⟦U+202E⟧</mark>&amp;'


def test_many_of_the_same_hidden_character_are_counted():
    assert reveal("a" + "\u202e" * 16 + "b") == "a" + "⟦U+202E⟧" * 16 + "b"
    assert reveal("a" + "\u202e" * 300_000 + "\u202d") == "a⟦U+202E × 300000⟧⟦U+202D⟧"
    assert reveal("👨" + "\u200d" * 20 + "👩") == "👨⟦U+200D × 20⟧👩"


def test_every_character_there_is_is_either_shown_or_written_out():
    for code in range(0x110000):
        char = chr(code)
        plain = char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        assert plain or reveal(char) == f"⟦U+{code:04X}⟧"


def test_every_line_of_a_diff_is_told_by_its_kind():
    diff = "--- a\n+++ b\n@@ -1,2 +1,2 @@\n same\n--- cut\n+++ added\n"
    assert [(line.kind, line.text) for line in diff_lines(diff)] == [
        ("file", "--- a"),
        ("file", "+++ b"),
        ("hunk", "@@ -1,2 +1,2 @@"),
        ("same", " same"),
        ("cut", "--- cut"),
        ("add", "+++ added"),
    ]


def test_different_cards_have_different_ids_in_the_page():
    ids = ["plan", "step:s1", "step-s1", "step:s:1", "step:s-1", "note:4", "结果", "结束", "\ud83d"]
    assert len({dom_id(card_id) for card_id in ids}) == len(ids)
    assert all(char.isascii() and (char.isalnum() or char == "-") for card_id in ids for char in dom_id(card_id))
    assert dom_id("step:s1") == "card-step-s1"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr-FR,zh;q=0.5,en;q=0.4", "zh"),
        ("fr", "en"),
        ("zh;q=0", "en"),
        ("zh;q=abc, ;;;,q=1", "en"),
    ],
)
def test_the_page_speaks_the_language_the_browser_asks_for(header, language):
    assert language_of(header) == language


def test_a_long_goal_is_shortened_in_a_heading_only():
    assert shortened("a\n b") == "a b"
    assert shortened("x" * 500) == "x" * 119 + "…"


def test_sizes_are_told_in_decimal_units():
    assert [size(count) for count in (0, 999, 1000, 32_000_000, 5_000_000_000)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "32.0 MB",
        "5.0 GB",
    ]


def test_a_time_that_is_a_text_already_is_left_as_it_is():
    assert utc("2026-11-22T09:00:00Z") == "2026-11-22T09:00:00Z"


CALL = (
    Section("Why", "It is time."),
    Section("New file a.md", "long\ntext", Form.MARKDOWN),
    Section("Content", "long\ntext", Form.CODE, folded=True),
)


def step(tone, **more):
    return Card("step:s1", CardKind.STEP, tone, "write_file", "", sections=CALL, **more)


@pytest.mark.parametrize("tone", [Tone.DONE, Tone.QUIET])
def test_a_step_that_is_over_and_went_well_is_behind_one_click(tone):
    assert told_and_kept(step(tone)) == ((), CALL)


@pytest.mark.parametrize(
    "card",
    [
        step(Tone.ASKING),
        step(Tone.BAD),
        step(Tone.WORKING),
        step(Tone.DONE, buttons=(Button(Verb.APPROVE, "Approve"),)),
    ],
)
def test_whatever_is_not_over_or_went_badly_keeps_back_only_what_repeats(card):
    assert told_and_kept(card) == (CALL[:2], CALL[2:])


def test_other_cards_keep_nothing_back():
    plan = replace(step(Tone.DONE), kind=CardKind.PLAN)
    assert told_and_kept(plan) == (CALL, ())


def test_short_texts_stand_beside_their_labels_in_the_order_of_all():
    to, body, urgent = Section("to", "all"), Section("body", "two\nlines"), Section("urgent", "true", Form.CODE)
    assert runs_of_short((to, urgent, body, to)) == ((True, (to, urgent)), (False, (body,)), (True, (to,)))
    assert runs_of_short((Section("", "no label"),))[0][0] is False
    assert runs_of_short((Section("x", "y" * 201),))[0][0] is False


def test_who_looks_on_sees_all_but_the_ways_to_decide():
    fields = (Field("path", "a.md", is_text=True, multiline=False),)
    card = step(Tone.ASKING, buttons=(Button(Verb.APPROVE, "Approve"),), fields=fields, editable="1. x", footer="Ada")
    assert looked_on(card) == step(Tone.ASKING, footer="Ada")


def test_a_tag_is_what_stands_before_the_colon():
    assert [before_colon(text) for text in ("Rehearsal model: scripted", "排练模型：回答", "plain")] == [
        "Rehearsal model",
        "排练模型",
        "plain",
    ]
