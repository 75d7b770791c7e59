"""What reading a language's phrases takes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from agent_core.schedules.said import Said, merged

Reader = Callable[[Said, re.Match[str], date], Said | None]


@dataclass(frozen=True)
class Piece:
    """A piece of a rhythm's words, and what reads it."""

    pattern: str
    reader: Reader
    flags: int = 0

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first looked for: that takes long, and most commands read no rhythm."""
        return re.compile(self.pattern, self.flags)


Pieces = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The readers of one language."""

    #: (text, start, today) -> what is said of a rhythm from there on, and where its words end (`start`: none)
    scan: Callable[[str, int, date], tuple[Said, int]]
    #: where in a text the words of a rhythm may begin
    starts: Callable[[str], Sequence[int]]
    #: where a text begins after words of courtesy
    opening: Callable[[str], int]
    #: (said, the words of the rhythm, the text after them) -> whether a Goal begins there
    begins_goal: Callable[[Said, str, str], bool]
    #: (said, the words of the rhythm, the goal before them) -> whether this is a Goal that the rhythm is for
    ends_goal: Callable[[Said, str, str], bool]
    #: the words before a rhythm -> whether they make it a part of a sentence
    belongs_to: Callable[[str], bool]
    #: what begins a Goal that a rhythm may stand within, and what must come after it: "remind me … to"
    leads: re.Pattern[str]
    follows: re.Pattern[str]
    #: what a Goal does not begin with: words of the rhythm that were not understood
    unread: re.Pattern[str]
    #: what stands between its words
    space: str


def read_pieces(text: str, start: int, today: date, gap: re.Pattern[str], pieces: Pieces) -> tuple[Said, int]:
    """Return what the pieces of a rhythm say from `start` on, one after another, and where they end."""
    said, at = Said(), start
    while True:
        between = gap.match(text, at)
        begin = between.end() if between else at
        for piece in pieces:
            found = piece.compiled.match(text, begin)
            if found and (more := piece.reader(said, found, today)) is not None:
                said, at = _next_clause(said, more, piece.reader, found, today), found.end()
                break
        else:
            return _closed(said), at


def _next_clause(said: Said, more: Said, reader: Reader, found: re.Match[str], today: date) -> Said:
    """Return `more`, or a new clause where it speaks of other days than a clause that has its times."""
    if not (said.complete() and more.speaks_of_other_days(said)):
        return more
    return reader(Said(recurring=True, also=_closed(said)), found, today) or more


def _closed(said: Said) -> Said:
    """Return what was said with a last clause that has no times as a part of the one before."""
    if said.also is None or said.timed():
        return said
    return merged(said.also, replace(said, also=None))
