"""Cards as Discord's components (version 2). Pure: nothing is sent here, and no word of a Card is left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import discord
from discord import ui

from adapters.discord.fitting import Block, Upload, fitted, plain_name, unused_name
from adapters.discord.limits import BUTTON_LABEL, BUTTON_URL, FILES, ROW_BUTTONS
from adapters.discord.markdown import discord_markdown
from adapters.discord.markup import bold, code, escaped, fenced, one_line, small
from adapters.discord.names import Named, number_of
from agent_core.cards import Button, Card, CardKind, Form, Item, Mark, Section, Tone, Verb
from agent_core.i18n import labelled, translator
from agent_core.presenter.arguments import is_long
from agent_core.presenter.chat_notices import digest_line, open_on_the_web, whole_card
from agent_core.presenter.chat_words import whole_text_in
from agent_core.presenter.diffs import shown_above

SIGNS = {Tone.ASKING: "🟡", Tone.WORKING: "🔵", Tone.DONE: "🟢", Tone.BAD: "🔴", Tone.QUIET: "⚪"}
COLOURS = {
    Tone.ASKING: 0xF0B232,
    Tone.WORKING: 0x5865F2,
    Tone.DONE: 0x23A55A,
    Tone.BAD: 0xF23F43,
    Tone.QUIET: 0x80848E,
}
MARKS = {Mark.TODO: "▫️", Mark.ACTIVE: "🔵", Mark.ASKING: "🟡", Mark.DONE: "🟢", Mark.FAILED: "🔴"}
STYLES = {
    Verb.APPROVE: discord.ButtonStyle.success,
    Verb.HAPPENED: discord.ButtonStyle.success,
    Verb.ANSWER: discord.ButtonStyle.primary,
    Verb.AGAIN: discord.ButtonStyle.primary,
    Verb.REJECT: discord.ButtonStyle.danger,
    Verb.STOP: discord.ButtonStyle.danger,
}
_EXTENSIONS = {Form.DIFF: "diff", Form.MARKDOWN: "md", Form.CODE: "txt", Form.PLAIN: "txt"}

RUN_VERBS = frozenset({Verb.PAUSE, Verb.RESUME, Verb.STOP, Verb.APPROVE_REST})  # what is done to a Run as a whole

View = ui.LayoutView


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message is made of: its components, and the files that they name."""

    view: View
    uploads: tuple[Upload, ...] = ()


def card_view(
    card: Card,
    language: str,
    *,
    run_id: str = "",
    files: Sequence[Upload] = (),
    notes: Sequence[str] = (),
    address: str = "",
    ways: Mapping[str, str] | None = None,
) -> Shown:
    """Return a Card whole: what is too long for a message begins there and is attached, never cut.

    `files` are deliverables, `notes` what is to be said of those that are not among them, `address` the Run's page,
    `ways` the addresses of the messages that begin the threads of the Runs that a list tells of, by Run.
    """
    told = whole_text_in("{file}", card.digest if _asks(card) else "", language)
    blocks = [Block(_head(card)), *_body(card, language, ways or {}), *_end(card, language, notes)]
    try:
        kept, uploads = fitted(blocks, told, FILES - len(files))
    except ValueError:
        name = "card.md"
        whole = Upload(name, "\n\n".join(block.raw or block.text for block in blocks).encode("utf-8", "replace"))
        rest = Block(f"{bold(whole_card(language))}\n-# {told.replace('{file}', name)}", file=name)
        kept, uploads = [Block(_head(card)), rest], [whole]
    taken = {each.name for each in uploads}
    for each in files:
        uploads.append(Upload(unused_name(each.name, taken), each.content))
        taken.add(uploads[-1].name)
    inside: list[ui.Item[View]] = list(_placed(kept, address, language))
    inside += [ui.File(f"attachment://{each.name}") for each in uploads[len(uploads) - len(files) :]] if files else []
    inside += _rows(card, run_id)
    number = number_of(run_id, card.id) if run_id else None
    return Shown(_view(ui.Container(*inside, accent_colour=COLOURS[card.tone], id=number)), tuple(uploads))


def sentence_view(text: str, *buttons: ui.Button[View]) -> Shown:
    """Return a sentence, and what can be clicked below it."""
    return Shown(_view(ui.TextDisplay(escaped(text)), *([ui.ActionRow(*buttons)] if buttons else [])))


def marked(shown: Shown, number: int) -> Shown:
    """Return it with a number on its first component, by which the message is known; nobody sees it."""
    shown.view.children[0].id = number
    return shown


def button_of(named: Named, label: str) -> ui.Button[View]:
    """Return the button that does what it is named for."""
    style = STYLES.get(named.verb, discord.ButtonStyle.secondary)
    return ui.Button(style=style, label=label[:BUTTON_LABEL], custom_id=str(named))


def _view(*items: ui.Item[View]) -> View:
    """Return a view that nothing is dispatched to: what is clicked comes to the router, after a restart too."""
    view = View(timeout=None)
    for item in items:
        view.add_item(item)
    return view


def _placed(blocks: Sequence[Block], address: str, language: str) -> Iterator[ui.Item[View]]:
    """Yield the texts from top to bottom, each file below its text, and a line above the small letters."""
    head, *rest = blocks
    title = ui.TextDisplay[View](head.text)
    if address and len(address) <= BUTTON_URL:
        link = ui.Button[View](label=open_on_the_web(language)[:BUTTON_LABEL], url=address)
        yield ui.Section(title, accessory=link)
    else:
        yield title
    drawn = False
    for block in rest:
        if not block.text:
            continue
        if not (block.name or drawn):
            drawn = True
            yield ui.Separator()
        yield ui.TextDisplay(block.text)
        if block.file:
            yield ui.File(f"attachment://{block.file}")
        if block.row:
            yield ui.ActionRow(*(_button_about(each) for each in block.row))


def _head(card: Card) -> str:
    status = f"\n{one_line(card.status)}" if card.status else ""
    about = f" · {one_line(card.about)}" if card.about else ""
    return f"### {SIGNS[card.tone]} {one_line(card.title)}{about}{status}"


def _body(card: Card, language: str, ways: Mapping[str, str]) -> Iterator[Block]:
    for section in card.sections:
        yield _section(card, section, language, ways.get(section.run_id, ""))
    if card.items:
        yield _items(card)
    facts = (fact for fact in card.facts if fact.grave)
    grave = [f"⚠️ {labelled(bold(fact.label), language)}{one_line(fact.value)}" for fact in facts]
    if grave:
        yield Block("\n".join(grave), "beware.txt", "\n".join(grave))


def _section(card: Card, section: Section, language: str, way: str) -> Block:
    if shown_above(card, section):
        words = translator(language)("{name}: as above, whole").format(name=section.label)
        return Block(small(one_line(words)), "text.txt")
    label = f"{bold(section.label)}\n" if section.label else ""
    name = plain_name(section.label, "text")
    name = name if "." in name else f"{name}.{_EXTENSIONS[section.form]}"
    # what starts folded where it can be is attached; of what a diff tells the essence of, only the label is left
    told = any(each.form is Form.DIFF for each in card.sections)
    apart = section.folded and is_long(section.text)
    brief = label.rstrip() if apart and told else ""
    # an address as it stands: Discord shows it as the thread's name, and a link made of a goal that has one is none
    text = "\n".join(part for part in (label + _written(card, section), way) if part)
    return Block(text, name, section.text, brief, apart=apart, row=section.buttons)


def _written(card: Card, section: Section) -> str:
    match section.form:
        case Form.PLAIN:
            return escaped(section.text)
        case Form.MARKDOWN if section.own or card.kind is not CardKind.STEP:
            return discord_markdown(section.text)
        case Form.DIFF:
            return fenced(section.text, "diff")
        case _:
            # what a Step would do is shown to the letter, not as markup makes it look
            return fenced(section.text)


def _items(card: Card) -> Block:
    lines = [_item(item) for item in card.items]
    details = [[*item.details, *([item.note] if item.note else [])] for item in card.items]
    whole = [
        "\n".join((line, *(small(escaped(each)) for each in more))) for line, more in zip(lines, details, strict=True)
    ]
    raw = [
        "\n".join((f"{item.title} · {item.label}", *(f"  {each}" for each in more)))
        for item, more in zip(card.items, details, strict=True)
    ]
    return Block("\n".join(whole), "plan.txt", "\n\n".join(raw), "\n".join(lines))


def _item(item: Item) -> str:
    return f"{MARKS[item.mark]} {bold(item.title)} · {one_line(item.label)}"


def _end(card: Card, language: str, notes: Sequence[str]) -> Iterator[Block]:
    """Yield what stands in small letters: what is not attached, facts, who decides or decided, for which digest."""
    if notes:
        yield Block("\n".join(escaped(note) for note in notes), "notes.txt", "\n".join(notes))
    told = (fact for fact in card.facts if not fact.grave)
    facts = [f"{labelled(one_line(fact.label), language)}{one_line(fact.value)}" for fact in told]
    lines = [*facts, *([one_line(card.footer)] if card.footer else [])]
    if card.digest and _asks(card):
        lines.append(f"{labelled(digest_line(language), language)}{code(card.digest)}")
    if card.rehearsal:
        lines.append(one_line(card.rehearsal))
    yield Block(small("\n".join(lines)))


def _asks(card: Card) -> bool:
    """Say whether the Card's own question is open; a Run's controls are none."""
    return any(each.verb not in RUN_VERBS for each in card.buttons)


def _rows(card: Card, run_id: str) -> Iterator[ui.Item[View]]:
    """Yield the buttons, those of the Run as a whole below those of the Card's question."""
    if not run_id:
        about = [_button_about(each) for each in card.buttons if each.subject]
        yield from [ui.ActionRow(*about)] if about else []
        return
    own = [each for each in card.buttons if each.verb not in RUN_VERBS]
    whole = [each for each in card.buttons if each.verb in RUN_VERBS]
    for group in (own, whole):
        for start in range(0, len(group), ROW_BUTTONS):
            row = group[start : start + ROW_BUTTONS]
            yield ui.ActionRow(*(_button(each, card, run_id) for each in row))


def _button_about(button: Button) -> ui.Button[View]:
    """Return a button that is about something else than the Card of a Run."""
    return button_of(Named(button.verb, "", button.subject, ""), button.label)


def _button(button: Button, card: Card, run_id: str) -> ui.Button[View]:
    return button_of(Named.of(button.verb, run_id, card), button.label)
