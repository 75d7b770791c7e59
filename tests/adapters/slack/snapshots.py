"""All that Nod shows in Slack, as files to compare with. `python -m tests.adapters.slack.snapshots` writes them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.slack.views import page
from agent_core.cards import Card
from tests.adapters.slack.samples import samples
from tests.adapters.slack.shown import LINK, shown

FOLDER = Path(__file__).parent / "snapshots"
OLD_FASHIONED = ("plan-asks", "progress", "step-asks")  # Cards shown as a workspace without plan blocks has them, too


def message(language: str, card: Card, *, modern: bool = True) -> dict[str, Any]:
    """A sample's message, with the files of its thread that hold what it has no room for."""
    found = page(card, run_id="run-1", language=language, modern=modern)
    links = {spill.key: f"https://acme.slack.com/files/U1/F1/{spill.name}" for spill in found.spills}
    links |= {section.run_id: LINK for section in card.sections if section.run_id}
    linked = page(card, run_id="run-1", language=language, modern=modern, links=links)
    files = [{"name": each.name, "title": each.title, "text": each.text} for each in found.spills]
    return {"text": linked.text, "blocks": linked.blocks, **({"files": files} if files else {})}


def everything() -> Iterator[tuple[str, str, Any]]:
    """Yield names, kinds (`messages`, `modal`, `home`, `agent`), and what Slack is given."""
    for name, language, card in samples():
        yield name, "messages", [message(language, card)]
        kind = name.removesuffix(f"-{language}")
        if kind in OLD_FASHIONED:
            yield f"{kind}-old-{language}", "messages", [message(language, card, modern=False)]
    yield from shown()


def written(value: Any) -> str:
    """What is shown, as its file holds it; of a single message only that."""
    alone = value[0] if isinstance(value, list) and len(value) == 1 else value
    return json.dumps(alone, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, _kind, value in everything():
        (FOLDER / f"{name}.json").write_text(written(value), encoding="utf-8")
