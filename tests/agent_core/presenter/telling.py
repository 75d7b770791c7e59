"""Cards as text that a test can be read by."""

from agent_core.cards import Card
from agent_core.journal.state import RunState
from agent_core.presenter import cards_of


def card_of(state: RunState, card_id: str) -> Card:
    """Return the Card of that id."""
    (card,) = (card for card in cards_of(state) if card.id == card_id)
    return card


def told(card: Card) -> str:
    """Return all that a Card shows, a line each."""
    lines = [f"[{card.tone}] {card.title} · {card.status}"]
    lines += [f"{fact.label}: {fact.value}" for fact in card.facts]
    lines += [
        f"{section.label} ({section.form}{', folded' if section.folded else ''}): {section.text}"
        for section in card.sections
    ]
    for item in card.items:
        lines.append(f"- [{item.mark}] {item.title} · {item.label} · {item.note}")
        lines += [f"    {detail}" for detail in item.details]
    lines += [f"<{button.label}>" for button in card.buttons]
    lines += [f"file {path}" for path in card.files]
    return "\n".join((*lines, card.footer)).rstrip("\n")


def thread(state: RunState) -> list[str]:
    """Return the first line of every Card."""
    return [told(card).partition("\n")[0] for card in cards_of(state)]
