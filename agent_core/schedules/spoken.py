"""What reading a language's phrases takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from agent_core.schedules.said import Said


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
