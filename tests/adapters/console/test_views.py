import io
import textwrap
from dataclasses import replace

import pytest
from rich.console import Console

from adapters.console.screen import Screen
from adapters.console.views import diff_text, line_view, runs_table
from agent_core.cards import CardKind, Fact, Form, Section, Tone
from agent_core.presenter import cards_of
from tests.adapters.console.cards import DIFF, EDIT, PLAN, RESULT, STEP, drawn
from tests.agent_core.journals import accepted, keeping, state_of, submitted


def test_a_step_is_drawn_whole():
    assert drawn(STEP) == textwrap.dedent(
        """\
        ╭──────────────────────────────────────────────────────────╮
        │ ? Write a file  Waiting for a decision                   │
        │ Risk: Changes files of this run                          │
        │ Why                                                      │
        │   The plan says so.                                      │
        │ Changes                                                  │
        │   --- /dev/null                                          │
        │   +++ b/blog.md                                          │
        │   @@ -0,0 +1,2 @@                                        │
        │   +# AI                                                  │
        │   +It is here.                                           │
        │ path                                                     │
        │   blog.md                                                │
        │ content: as above, whole                                 │
        │ Who may decide: alice                                    │
        │ Rehearsal model: scripted answers.                       │
        ╰──────────────────────────────────────────────────────────╯
        """
    )


def test_a_plan_is_drawn_with_its_progress():
    assert drawn(PLAN) == textwrap.dedent(
        """\
        ╭──────────────────────────────────────────────────────────╮
        │ ? Plan  Waiting for a decision                           │
        │ ✓ 1. Find sources  Done                                  │
        │     Look around.                                         │
        │     Done when: there are two                             │
        │ · 2. Write  Not begun                                    │
        │     after 1                                              │
        ╰──────────────────────────────────────────────────────────╯
        """
    )


def test_markdown_of_a_result_is_rendered_and_hides_nothing():
    text = drawn(RESULT)

    assert "**" not in text
    assert "https://example.org/x" in text
    assert "<b>raw</b>" in text
    assert "blog.md" in text


def test_markdown_of_a_step_is_shown_to_the_letter():
    answer = replace(STEP, sections=(Section("text", "**bold** <!-- hidden -->\n[x]: http://a.b", Form.MARKDOWN),))

    text = drawn(answer)

    for part in ("**bold**", "<!-- hidden -->", "[x]: http://a.b"):
        assert part in text


@pytest.mark.parametrize(("language", "rhythm"), [("en", "every weekday at 09:00"), ("zh", "每个工作日 09:00")])
def test_when_a_schedule_comes_is_drawn_without_its_markup(language, rhythm):
    state = state_of(submitted(language=language), *accepted(), keeping(language))
    card = next(card for card in cards_of(state) if card.kind is CardKind.STEP)

    text = drawn(card, language=language)

    assert rhythm in text
    assert "**" not in text
    assert " • " in text  # its next times, as a list


def test_a_label_has_the_colon_of_its_language():
    fact = replace(STEP, facts=(Fact("风险", "改动此次运行的文件"),))

    assert "风险： 改动" in drawn(fact, language="zh")


def test_a_new_file_is_drawn_once_and_to_the_letter():
    content = "# AI\n\n**It** is here.\n"
    new = Section("New file blog.md", content, Form.MARKDOWN)
    same, other = Section("Content", content, Form.CODE, folded=True), Section("Note", "x", Form.CODE, folded=True)

    text = drawn(replace(STEP, sections=(new, same, other)))

    assert text.count("**It** is here.") == 1
    assert "Content: as above, whole" in text
    assert "Note: as above" not in text


def test_content_is_shown_apart_from_a_diff_that_does_not_hold_it_whole():
    content = "# AI\nIt was here.\n"
    sections = (Section("Changes", EDIT, Form.DIFF), Section("content", content, Form.CODE, folded=True))

    text = drawn(replace(STEP, sections=sections))

    assert "as above" not in text
    assert text.count("It was here.") == 2


@pytest.mark.parametrize("width", [20, 60, 200])
def test_no_argument_is_cut_at_any_width(width):
    words = [f"word{number}" for number in range(3000)]
    long = replace(STEP, sections=(Section("content", " ".join(words)), Section("one", "x" * 5000)))

    inside = "".join(char for char in drawn(long, width=width) if char not in "│ \n")

    assert "".join(words) in inside
    assert "x" * 5000 in inside


def test_escape_sequences_never_reach_the_terminal():
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\rover\u202egnp.exe\ud800"
    card = replace(
        STEP,
        title=evil,
        status=evil,
        footer=evil,
        rehearsal=evil,
        facts=(),
        sections=(Section(evil, evil),),
        files=(evil,),
    )

    for kind in CardKind:
        for form in Form:
            out = drawn(replace(card, kind=kind, sections=(Section(evil, evil, form),)))
            assert not {char for char in out if char != "\n" and (char < " " or "\x7f" <= char <= "\x9f")}
            assert "\u202e" not in out
            assert "⟦U+001B⟧" in out
            out.encode("utf-8")


def test_what_cannot_be_seen_in_an_argument_is_written_out():
    text = drawn(replace(STEP, sections=(Section("path", "bl\u200dog\u00ad.md\u200b"),)))

    assert "bl⟦U+200D⟧og⟦U+00AD⟧.md⟦U+200B⟧" in text


def test_square_brackets_are_no_markup():
    assert "[red]hello[/red] :smile:" in drawn(replace(STEP, sections=(Section("x", "[red]hello[/red] :smile:"),)))


def test_a_line_tells_what_became_of_a_card_and_who_decided():
    done = replace(STEP, tone=Tone.DONE, status="Done", footer="Approved by Bob by button", about="blog.md")

    line = line_view(done).plain

    assert line == "✓ Write a file blog.md — Done · Approved by Bob by button · Rehearsal model"


def test_a_diff_is_coloured_and_whole():
    text = diff_text(EDIT)

    assert text.plain == EDIT
    styles = {EDIT[span.start : span.end].rstrip("\n"): span.style for span in text.spans}
    assert styles["-It is here."] == "red"
    assert styles["+It was here."] == "green"
    assert styles["--- a/blog.md"] == "bold"


def test_a_removed_line_that_begins_with_dashes_is_no_head():
    diff = "--- a/x\n+++ b/x\n@@ -1 +0,0 @@\n--- gone"

    styles = [span.style for span in diff_text(diff).spans]

    assert styles[-1] == "red"


def test_the_list_of_runs_shortens_goals_alone():
    out = io.StringIO()
    row = ("1a2b3c4d5e", "Waiting for a decision", "$0.12", "2026-01-05 09:00", "word " * 40)

    Console(file=out, width=160).print(runs_table([row], ("Run", "Status", "Cost", "Changed", "Goal")))

    head, line = (each.rstrip() for each in out.getvalue().splitlines())
    assert head.split() == ["Run", "Status", "Cost", "Changed", "Goal"]
    assert line.startswith("1a2b3c4d5e  Waiting for a decision  $0.12  2026-01-05 09:00  word word")
    assert line.endswith("…")


def test_a_path_is_printed_on_one_line_however_long(tmp_path):
    out = io.StringIO()
    path = tmp_path / ("long" * 40) / "blog.md"

    Screen(out, width=40).place(path)

    assert out.getvalue() == f"{path}\n"


def test_a_diff_of_a_new_file_with_an_empty_line_is_whole():
    assert "+# AI" in DIFF
    card = replace(
        STEP,
        sections=(
            Section("Changes", "--- /dev/null\n+++ b/x\n@@ -0,0 +1,3 @@\n+a\n+\n+b", Form.DIFF),
            Section("content", "a\n\nb\n", Form.CODE, folded=True),
        ),
    )
    assert "as above, whole" in drawn(card)
