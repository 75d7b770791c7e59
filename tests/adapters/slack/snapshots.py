"""The blocks of every sample, as files to compare with; `python -m tests.adapters.slack.snapshots` writes them anew."""

import json
from pathlib import Path

from adapters.slack.views import page
from tests.adapters.slack.samples import samples

FOLDER = Path(__file__).parent / "snapshots"


def written(language, card) -> str:
    """A sample's message, as its file holds it."""
    shown = page(card, run_id="run-1", language=language)
    return json.dumps({"text": shown.text, "blocks": shown.blocks}, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, language, card in samples():
        (FOLDER / f"{name}.json").write_text(written(language, card), encoding="utf-8")
