"""The terminal's output: Cards and lines in order, and one line at the bottom while Nod works."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.status import Status
from rich.text import Text

from adapters.console.characters import one_line, safe
from adapters.console.news import Line, News, Progress, Whole
from adapters.console.views import card_view, item_line, line_view
from agent_core.cards import Card


class Screen:
    """Prints. `stream` is standard output unless another is given."""

    def __init__(self, stream: TextIO | None = None, *, width: int | None = None) -> None:
        # no markup, emoji names or highlights: what models and people wrote is only ever text
        out = stream or sys.stdout
        self._console = Console(file=out, width=width, markup=False, emoji=False, highlight=False, soft_wrap=False)
        self._status: Status | None = None

    def news(self, piece: News, language: str) -> None:
        """Print what changed."""
        match piece:
            case Whole(card):
                self.card(card, language)
            case Line(card):
                self._console.print(line_view(card))
            case Progress(item):
                self._console.print(item_line(item))

    def card(self, card: Card, language: str) -> None:
        """Print a Card whole."""
        self._console.print(card_view(card, language))

    def say(self, text: str, style: str = "") -> None:
        """Print a line of Nod's own."""
        self._console.print(Text(safe(text), style=style))

    def keys(self, legend: Sequence[str]) -> None:
        """Print the keys that can be pressed."""
        self.say("   ".join(legend), "bold")

    def problem(self, text: str) -> None:
        """Print what went wrong."""
        self.say(text, "bold red")

    def place(self, path: Path) -> None:
        """Print where a file lies, on a line of its own however long, to be copied."""
        self._console.print(Text(one_line(str(path))), soft_wrap=True)

    def working(self, text: str) -> None:
        """Show at the bottom what Nod is doing; nothing where the output is no terminal."""
        if not self._console.is_terminal:
            return
        line = Text(one_line(text, max(self._console.width - 4, 10)), style="cyan")
        if self._status is None:
            self._status = self._console.status(line)
            self._status.start()
        else:
            self._status.update(line)

    def still(self) -> None:
        """Take the line at the bottom away."""
        if self._status is not None:
            self._status.stop()
            self._status = None
