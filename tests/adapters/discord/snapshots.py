"""How Cards look, written down: `python -m tests.adapters.discord.snapshots` writes it anew, to be read in a diff."""

from pathlib import Path

from adapters.discord.views import card_view
from tests.adapters.discord.samples import cards
from tests.peers.discord.messages import File, walk
from tests.peers.discord.validation.bodies import check_body, check_files

FOLDER = Path(__file__).parent / "snapshots"
NAMES = {1: "row", 2: "button", 9: "section", 10: "text", 13: "file", 14: "line", 17: "container"}
WAYS = {"0123456781": "https://discord.com/channels/1/2/3"}  # the other Run of the lists has no message
MIB = 1024 * 1024


def checked(shown):
    """The components as Discord takes them; it would refuse them otherwise."""
    components = shown.view.to_components()
    files = {place: File(each.name, each.content) for place, each in enumerate(shown.uploads)}
    check_files(files, 10 * MIB)
    check_body({"components": components, "flags": 1 << 15}, files, ())
    return components


def drawn(shown):
    """The components in lines, the files at the end."""
    lines = []
    for part in walk(checked(shown)):
        kind = NAMES[part["type"]]
        match kind:
            case "text":
                lines.append(part["content"])
            case "button":
                style = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link"}[part["style"]]
                lines.append(f"({part['label']}) {style} {part.get('custom_id') or part.get('url')}")
            case "file":
                lines.append(f"[{part['file']['url']}]")
            case "container":
                lines.append(f"container #{part['accent_color']:06x}")
            case _:
                lines.append(f"{kind}")
    return "\n".join(lines)


def written(language):
    """All sample Cards of a language."""
    parts = []
    for name, card in cards(language).items():
        run_id = "0123456789" if card.id else ""
        shown = card_view(card, language, run_id=run_id, address="https://nod.example.com/r", ways=WAYS)
        parts.append(f"=== {name}\n{drawn(shown)}")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in ("en", "zh"):
        (FOLDER / f"{each}.txt").write_text(written(each), encoding="utf-8")
