"""What to print when a Run changed: each Card once when it comes, and a line when something came of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent_core.cards import Card, CardKind, Item, Mark, Tone

_SETTLED = (Tone.DONE, Tone.BAD, Tone.QUIET)


@dataclass(frozen=True, slots=True)
class Whole:
    """Print the Card whole."""

    card: Card


@dataclass(frozen=True, slots=True)
class Line:
    """Print what became of the Card, in a line."""

    card: Card


@dataclass(frozen=True, slots=True)
class Progress:
    """Print how a Subtask stands, in a line."""

    item: Item


News = Whole | Line | Progress


def open_cards(cards: Sequence[Card]) -> tuple[Card, ...]:
    """Return the Cards that wait for a person, in thread order."""
    return tuple(card for card in cards if card.tone is Tone.ASKING and card.buttons)


def news(before: Mapping[str, Card], cards: Sequence[Card]) -> tuple[News, ...]:
    """Return what to print of `cards`, of which `before` were known by id. Open Cards are not news: they are asked."""
    return tuple(piece for card in cards for piece in _news_of(before.get(card.id), card))


def _news_of(before: Card | None, card: Card) -> Iterator[News]:
    asked = card.tone is Tone.ASKING and bool(card.buttons)
    match card.kind:
        case CardKind.GOAL | CardKind.RESULT:
            if before is None:
                yield Whole(card)
        case CardKind.PLAN:
            yield from () if asked else _of_plan(before, card)
        case CardKind.NOTE:
            if before is None:
                yield Line(card)
        case _:
            if asked or card.tone not in _SETTLED or _same(before, card):
                return
            # a Step that only is shown is not asked about, and must be seen all the same
            shown = before is None and card.tone is Tone.QUIET and not card.footer
            yield Whole(card) if shown else Line(card)


def _of_plan(before: Card | None, card: Card) -> Iterator[News]:
    if before is None:
        yield Whole(card)
        return
    if card.footer and card.footer != before.footer:
        yield Line(card)
    marks = {item.id: item.mark for item in before.items}
    for item in card.items:
        if item.mark in (Mark.DONE, Mark.FAILED) and marks.get(item.id) is not item.mark:
            yield Progress(item)


def _same(before: Card | None, card: Card) -> bool:
    return before is not None and (before.status, before.tone, before.footer) == (card.status, card.tone, card.footer)
