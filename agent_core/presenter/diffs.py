"""What a Card shows of a text already, before it comes to it. Pure."""

from agent_core.cards import Card, Form, Section


def shown_above(card: Card, section: Section) -> bool:
    """Say whether a folded argument is word for word what the Card shows before it, with nothing left out."""
    if not section.folded or section.form is Form.DIFF:
        return False
    above = [each for each in card.sections[: card.sections.index(section)] if not each.folded]
    diffs = (each.text for each in above if each.form is Form.DIFF)
    if any(_added(diff) == section.text.rstrip("\n").split("\n") for diff in diffs):
        return True
    return any(each.text == section.text and each.form in (Form.CODE, Form.MARKDOWN) for each in above)


def _added(diff: str) -> list[str]:
    lines = diff.split("\n")
    start = next((at for at, line in enumerate(lines) if line.startswith("@@")), len(lines))
    body = [line for line in lines[start + 1 :] if line and not line.startswith("\\")]
    return [line[1:] for line in body] if all(line.startswith("+") for line in body) else []
