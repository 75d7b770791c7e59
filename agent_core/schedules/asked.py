"""What reading a text as a Schedule comes to: a Rhythm and a Goal, a question, a refusal, or no schedule at all."""

from dataclasses import dataclass

from agent_core.i18n import Phrase
from agent_core.schedules.refusals import RhythmRefused
from agent_core.schedules.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class Asked:
    """A Rhythm and the Goal to submit at its times; `goal` is empty where the text was a rhythm alone.

    `assumed` are sentences on what the text left open and how it was taken, for the Card: `each.told(language)`.
    """

    rhythm: Rhythm
    goal: str
    assumed: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A text that can mean several rhythms: the question to ask, and Rhythms to choose from, which may be none.

    Show a choice by `words.rhythm_words`. `goal` is what was read beside the rhythm.
    """

    question: Phrase
    choices: tuple[Rhythm, ...]
    goal: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A text that is clearly meant as a schedule, and cannot be one: `sentence(why, language)` says why."""

    why: RhythmRefused
    goal: str = ""


@dataclass(frozen=True, slots=True)
class NotASchedule:
    """A text in which no rhythm was found: an ordinary Goal, or one whose rhythm only a model can read."""


Reading = Asked | Ambiguous | Refused | NotASchedule
