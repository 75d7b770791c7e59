"""Card -> the blocks of a message, within Slack's limits. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack.buttons import button_blocks, section_buttons
from adapters.slack.layout import Shown, Spill, laid_out
from adapters.slack.limits import BLOCKS_ROOM, CONTEXT_TEXT, MARKDOWN_TEXT, MESSAGE_TEXT
from adapters.slack.markdown import harmless, quieted
from adapters.slack.plan_view import plan_blocks, step_head, title_of
from adapters.slack.rich import Block, context, leading, line, link, preformatted, rich_text, span, weight
from agent_core.cards import Card, CardKind, Fact, Form, Section
from agent_core.characters import revealed
from agent_core.i18n import labelled
from agent_core.presenter.chat_words import whole_text_follows, whole_text_in

_LEAST_ROOM = 1_500  # for the texts of a Card whose other parts are long


@dataclass(frozen=True, slots=True)
class Page:
    """A message that shows a Card. `text` stands for it in notifications; `spills` are to lie in its thread first."""

    blocks: Sequence[Block]
    text: str
    spills: tuple[Spill, ...]


def page(
    card: Card,
    *,
    run_id: str = "",
    language: str = "en",
    links: Mapping[str, str] | None = None,
    modern: bool = True,
    room: int = BLOCKS_ROOM,
) -> Page:
    """Return a Card's message; without a `run_id` the one that shows it to one person alone, where no file can lie.

    `links` are the addresses of Spills by their keys, and of the Runs that Sections tell of; `modern`: with the plan
    and task_card blocks; `room` is what all blocks together may take.
    """
    view = _View(card, run_id, language, links or {}, modern)
    return view.page(room)


def once(sections: Sequence[Section]) -> list[Section]:
    """Return Sections without those that are folded because another one shows the same text; that one letter by letter.

    A message cannot fold, and what is decided on is to be seen as it is rather than as Markdown makes it look.
    """
    folded = {section.text for section in sections if section.folded}
    shown = {section.text for section in sections if not section.folded}
    kept = [section for section in sections if not (section.folded and section.text in shown)]
    return [
        replace(section, form=Form.CODE) if section.form is Form.MARKDOWN and section.text in folded else section
        for section in kept
    ]


def escaped(text: str) -> str:
    """Return a text that Slack's markup shows as it is (Slack, "Formatting message text": these three characters)."""
    return quieted(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def notification(card: Card) -> str:
    """Return the line that stands for a Card where its blocks are not shown."""
    words = " · ".join(part for part in (title_of(card), revealed(card.status)) if part)
    return escaped(words)[:MESSAGE_TEXT]


@dataclass(frozen=True, slots=True)
class _View:
    card: Card
    run_id: str
    language: str
    links: Mapping[str, str]
    modern: bool

    def page(self, room: int) -> Page:
        plan, plan_spill = plan_blocks(self.card, modern=self.modern)
        note = [rich_text([self._note(plan_spill)])] if plan_spill else []
        buttons = button_blocks(self.run_id, self.card, self.language)
        small = [revealed(text) for text in self._small() if _is_small(text)]
        head, facts = self._head(), [] if self._facts_are_long else [rich_text(map(self._fact, self.card.facts))]
        after = [*plan, *note, *map(context, small), *buttons]
        left = max(room - weight([*head, *facts, *after]), _LEAST_ROOM)
        shown = laid_out(self.card, [*once(self.card.sections), *self._long()], left)
        spills = (*(each.spill for each in shown if each.spill), *([plan_spill] if plan_spill else []))
        texts = list(self._sections(shown))
        # what a Step is comes before what it would do; elsewhere what was said comes first
        body = [*facts, *texts] if self.card.kind is CardKind.STEP else [*texts, *facts]
        return Page([*_merged([*head, *body]), *after], notification(self.card), spills)

    def _head(self) -> list[Block]:
        if self.card.kind is CardKind.STEP and self.modern:
            return [step_head(self.card)]
        # a plan block says by itself how the Run stands
        said_below = self.modern and self.card.items
        status = f" · {revealed(self.card.status)}" if self.card.status and not said_below else ""
        return [rich_text([line(span(title_of(self.card), bold=True), span(status))])]

    def _small(self) -> Iterator[str]:
        """Yield what stands in small letters below: files, who decides or decided, that no model is at work."""
        files = "  ".join(f"📄 {path}" for path in self.card.files)
        yield from (text for text in (files, self.card.footer, self.card.rehearsal) if text)

    def _long(self) -> Iterator[Section]:
        """Yield as Sections what is otherwise a line, and is too long to be one."""
        if self._facts_are_long:
            facts = (f"{labelled(fact.label, self.language)}{fact.value}" for fact in self.card.facts)
            yield Section("", "\n".join(facts))
        yield from (Section("", text) for text in self._small() if not _is_small(text))

    @property
    def _facts_are_long(self) -> bool:
        return not _is_small("".join(fact.label + fact.value for fact in self.card.facts))

    def _sections(self, shown: Sequence[Shown]) -> Iterator[Block]:
        for each in shown:
            label = revealed(each.section.label)
            markdown = harmless(each.text) if each.section.form is Form.MARKDOWN and each.text else None
            if markdown is not None and len(markdown) <= MARKDOWN_TEXT:
                if label:
                    yield rich_text([line(span(label, bold=True))])
                yield {"type": "markdown", "text": markdown}
            else:
                yield rich_text(self._lines(label, each))
            if each.spill:
                yield rich_text([self._note(each.spill)])
            yield from section_buttons(self.card, each.section, self.language)

    def _fact(self, fact: Fact) -> Block:
        return line(span(labelled(revealed(fact.label), self.language), bold=True), span(revealed(fact.value)))

    def _lines(self, label: str, shown: Shown) -> list[Block]:
        text, url = shown.text, self.links.get(shown.section.run_id)
        if shown.section.form in (Form.CODE, Form.DIFF, Form.MARKDOWN) and text.strip("\n"):
            return [*([line(span(label, bold=True))] if label else []), preformatted(text)]
        heading = labelled(label, self.language) if "\n" not in text else f"{label}\n"
        told = leading(url, text)
        return [line(*([span(heading, bold=True)] if label else []), *told)] if label or text else []

    def _note(self, spill: Spill) -> Block:
        """Return the line that says where a whole text lies, the file's name a link once there is one."""
        url = self.links.get(spill.key)
        in_thread = whole_text_in("\0", spill.digest, self.language)
        told = in_thread if self.run_id else whole_text_follows("\0", self.language)
        before, _, after = told.partition("\0")
        name = link(url, spill.name) if url else span(spill.name, code=True)
        return line(span(before), name, span(after))


def _is_small(text: str) -> bool:
    return len(revealed(text)) <= CONTEXT_TEXT


def _merged(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks with neighbouring rich texts made one, since each block counts against the limits."""
    merged: list[Block] = []
    for block in blocks:
        if block["type"] == "rich_text" and not block["elements"]:
            continue
        if merged and merged[-1]["type"] == block["type"] == "rich_text":
            elements: list[Any] = [*merged[-1]["elements"], *block["elements"]]
            merged[-1] = rich_text(elements)
        else:
            merged.append(block)
    return merged
