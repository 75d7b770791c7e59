"""Texts as Discord's markup: seen letter by letter, or as Markdown without what could do something."""

import pytest

from adapters.discord.fitting import plain_name
from adapters.discord.markdown import discord_markdown
from adapters.discord.markup import chunks, code, escaped, fenced, weight


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*a* _b_ ~~c~~ `d` ||e||", r"\*a\* \_b\_ \~\~c\~\~ \`d\` \|\|e\|\|"),
        ("# head\n-# small\n- item\n> quote\n1. one", "\\# head\n\\-# small\n\\- item\n\\> quote\n1\\. one"),
        ("<@1> <@&2> <#3> <t:4> @everyone", r"\<\@1> \<\@&2> \<#3> \<t:4> \@everyone"),
        ("see https://a.example/b_c_d now_", r"see https://a.example/b_c_d now\_"),
        ("[text](https://a.example)", r"\[text\](https://a.example)"),
        ("pay\u202efdp.exe\u200b", "pay⟦U+202E⟧fdp.exe⟦U+200B⟧"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_a_text_is_seen_letter_by_letter(text, shown):
    assert escaped(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# One\n\ntwo **three** *four* ~~five~~ `six`", "### One\ntwo **three** *four* ~~five~~ `six`"),
        ("[good](https://evil.example)", "good (https://evil.example)"),
        ("<https://a.example>", "https://a.example"),
        ("![pic](https://a.example/p.png)", "**pic** (https://a.example/p.png)"),
        ("- a\n  - b\n    1. c", "- a\n  - b\n    1. c"),
        ("> said\n> so", "> said\n> so"),
        ("||hidden|| <@1> @here", r"\|\|hidden\|\| \<\@1> \@here"),
        ("<b>x</b>", r"\<b>x\</b>"),
        ("| A | 中 |\n|---|---|\n| 1 | 二 |", "```\nA  中\n─  ──\n1  二\n```"),
        ("```py\nprint('`x`')\n```", "```py\nprint('`x`')\n```"),
        ("---", "─" * 12),
        ("#### four", "**four**"),
    ],
)
def test_markdown_is_written_anew(text, shown):
    assert discord_markdown(text) == shown


def test_markdown_that_cannot_be_read_is_shown_as_it_is_written():
    assert discord_markdown(">" * 200 + " deep").startswith("\\>")
    assert len(discord_markdown("*a* " * 50_000)) > 200_000


def test_nothing_in_a_fence_ends_it():
    made = fenced("a\n```\n@everyone\n```\nb`")
    assert made.count("```") == 2
    assert made.startswith("```\n")
    assert made.endswith("\n```")


def test_code_on_a_line_cannot_be_left():
    assert code("a`b\nc") == "`aˋb c`"


def test_a_fence_is_closed_at_the_end_of_a_piece_and_opened_again_in_the_next():
    text = "before\n" + fenced("\n".join(f"line {number}" for number in range(60)), "py") + "\nafter"
    pieces = list(chunks(text, 200, 1000))
    assert len(pieces) > 2
    assert all(piece.count("```") in (0, 2) for piece in pieces)
    assert all(weight(piece)[0] <= 200 for piece in pieces)
    assert all(piece.startswith("```py") for piece in pieces[1:-1])
    joined = "\n".join(pieces)
    assert all(f"line {number}\n" in joined for number in range(60))


def test_a_line_longer_than_a_piece_is_parted_with_nothing_lost():
    text = "长" * 5000
    pieces = list(chunks(text, 2000, 4000))
    assert "".join(pieces) == text
    assert all(weight(piece)[1] <= 4000 for piece in pieces)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("posts/blog.md", "blog.md"),
        ("博客.md", "file.md"),
        ("my blog (1).md", "my_blog_1.md"),
        ("Makefile", "Makefile"),
        ("..", "file"),
    ],
)
def test_a_file_has_a_name_that_discord_keeps(name, plain):
    assert plain_name(name) == plain


@pytest.mark.parametrize("again", ["\n", "\n ", " \n", " ", "1"])
def test_a_long_text_made_to_take_long_takes_no_longer_than_another(again):
    text = again * (100_000 // len(again))

    assert escaped(f"{text}\n # a\n 2. b") == f"{text}\n \\# a\n 2\\. b"
