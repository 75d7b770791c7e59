"""What a diff on a Card already shows of the Card's other texts. Pure."""

from agent_core.cards import Card, Form, Section


def shown_by_diff(card: Card, section: Section) -> bool:
    """Say whether a folded argument is word for word what a diff on the same Card adds, with nothing left out."""
    if not section.folded or section.form is Form.DIFF:
        return False
    diffs = (each.text for each in card.sections if each.form is Form.DIFF)
    return any(_added(diff) == section.text.rstrip("\n").split("\n") for diff in diffs)


def _added(diff: str) -> list[str]:
    lines = diff.split("\n")
    start = next((at for at, line in enumerate(lines) if line.startswith("@@")), len(lines))
    body = [line for line in lines[start + 1 :] if line and not line.startswith("\\")]
    return [line[1:] for line in body] if all(line.startswith("+") for line in body) else []
