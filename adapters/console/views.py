"""Cards as rich draws them in a terminal. Pure: nothing is printed here, and no word of a Card is left out."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from adapters.console.characters import one_line, reveal, safe
from agent_core.cards import Card, CardKind, Form, Item, Mark, Section, Tone
from agent_core.i18n import labelled, translator
from agent_core.presenter.diffs import shown_above

SIGNS = {Tone.ASKING: "?", Tone.WORKING: "…", Tone.DONE: "✓", Tone.BAD: "✗", Tone.QUIET: "·"}
STYLES = {Tone.ASKING: "bold yellow", Tone.WORKING: "cyan", Tone.DONE: "green", Tone.BAD: "red", Tone.QUIET: "dim"}
MARKS = {
    Mark.TODO: Tone.QUIET,
    Mark.ACTIVE: Tone.WORKING,
    Mark.ASKING: Tone.ASKING,
    Mark.DONE: Tone.DONE,
    Mark.FAILED: Tone.BAD,
}
GOAL_WIDTH = 60  # characters of a Goal in a list


def card_view(card: Card, language: str) -> RenderableType:
    """Return a Card whole: every section, however long, in a frame of its tone's colour."""
    parts: list[RenderableType] = [_head(card)]
    if card.facts:
        parts.append(_facts(card, language))
    parts.extend(_item(number, item) for number, item in enumerate(card.items, start=1))
    for section in card.sections:
        parts.extend(_section(card, section, language))
    if card.files:
        parts.append(Text(" ".join(("📎", *(reveal(path) for path in card.files)))))
    if card.footer:
        parts.append(Text(safe(card.footer), style="dim"))
    if card.rehearsal:
        parts.append(Text(safe(card.rehearsal), style="italic magenta"))
    return Panel(Group(*parts), border_style=STYLES[card.tone], padding=(0, 1))


def line_view(card: Card) -> Text:
    """Return a Card in a line or two: what became of it, by whom."""
    title = one_line(f"{card.title} {card.about}" if card.about else card.title)
    line = Text(f"{SIGNS[card.tone]} {title}", style=STYLES[card.tone])
    said = [one_line(part) for part in (card.status, card.footer) if part]
    if card.kind is CardKind.NOTE:
        said = [one_line(section.text) for section in card.sections] + said
    if card.rehearsal:
        said.append(one_line(re.split("[:：]", card.rehearsal)[0]))  # the whole sentence stands on every open Card
    if said:
        line.append(" — " + " · ".join(said), style="default")
    return line


def item_line(item: Item) -> Text:
    """Return how a Subtask stands, in a line."""
    tone = MARKS[item.mark]
    return Text(f"{SIGNS[tone]} {one_line(item.title)} — {one_line(item.label)}", style=STYLES[tone])


def diff_text(diff: str) -> Text:
    """Return a unified diff in colour, whole."""
    text, in_hunk = Text(), False
    for line in reveal(diff).split("\n"):
        in_hunk = in_hunk or line.startswith("@@")
        if line.startswith("@@"):
            style = "cyan"
        elif not in_hunk and line.startswith(("---", "+++")):
            style = "bold"
        else:
            style = {"+": "green", "-": "red"}.get(line[:1], "")
        text.append(line + "\n", style=style or "default")
    text.rstrip()
    return text


def runs_table(rows: Sequence[tuple[str, str, str, str, str]], heads: Sequence[str]) -> Table:
    """Return the list of runs: id, status, cost, when, and the Goal, shortened."""
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head != heads[-1])
    for *cells, goal in rows:
        table.add_row(*(Text(one_line(cell)) for cell in cells), Text(one_line(goal, GOAL_WIDTH)))
    return table


def markdown_view(text: str) -> Markdown:
    """Return Markdown to draw. Raw HTML is text in it, and links show where they lead."""
    view = Markdown("", hyperlinks=False)
    view.parsed = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"]).parse(safe(text))
    return view


def _head(card: Card) -> Text:
    text = Text(f"{SIGNS[card.tone]} {one_line(card.title)}", style=f"bold {STYLES[card.tone]}")
    if card.status:
        text.append(f"  {one_line(card.status)}", style=STYLES[card.tone])
    return text


def _facts(card: Card, language: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim", overflow="fold")
    table.add_column(overflow="fold")
    for fact in card.facts:
        table.add_row(Text(labelled(safe(fact.label), language).rstrip()), Text(reveal(fact.value)))
    return table


def _item(number: int, item: Item) -> RenderableType:
    tone = MARKS[item.mark]
    text = Text(f"{SIGNS[tone]} {number}. {safe(item.title)}", style=STYLES[tone] if tone is not Tone.QUIET else "bold")
    text.append(f"  {safe(item.label)}", style="dim")
    for detail in (*item.details, item.note):
        if detail:
            text.append("\n    " + safe(detail).replace("\n", "\n    "), style="default")
    return text


def _section(card: Card, section: Section, language: str) -> Iterator[RenderableType]:
    _ = translator(language)
    if shown_above(card, section):
        yield Text(_("{name}: as above, whole").format(name=safe(section.label)), style="dim")
        return
    if section.label:
        yield Text(safe(section.label), style="bold")
    yield Padding(_body(card, section), (0, 0, 0, 2))


def _body(card: Card, section: Section) -> RenderableType:
    match section.form:
        case Form.DIFF:
            return diff_text(section.text)
        case Form.MARKDOWN if section.own or card.kind is not CardKind.STEP:
            return markdown_view(section.text)
        case _:
            # what a Step would do is shown to the letter, not as markup makes it look
            return Text(reveal(section.text) if card.kind is CardKind.STEP else safe(section.text))
