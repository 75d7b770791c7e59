"""What the rehearsal model's texts are made from, and what stands in all of them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.rehearsal.chinese import CHINESE
from bot.rehearsal.english import ENGLISH
from bot.rehearsal.goals import Aim, quoted
from bot.rehearsal.past import Wrote
from bot.rehearsal.words import DocumentWords, Words


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read. `problem` says why it was not; `text` is then empty."""

    path: str
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text is made from. `words` is the length asked for, 0 for any; `wanted` are words it must hold."""

    language: str
    aim: Aim
    path: str = ""
    title: str = ""
    persona: str = ""
    sources: tuple[Source, ...] = ()
    notes: tuple[Wrote, ...] = ()
    rejections: tuple[tuple[str, str], ...] = ()  #: who and why
    unmet: tuple[str, ...] = ()
    words: int = 0
    wanted: tuple[str, ...] = ()


def words_of(language: str) -> Words:
    """Return the words in a language: Chinese for zh, else English."""
    return CHINESE if language == "zh" else ENGLISH


def noun_of(aim: Aim, language: str) -> str:
    """Return the word for the sort of text that is asked for."""
    return words_of(language).document.nouns[aim.noun]


def fill(facts: Facts) -> dict[str, str]:
    """Return what the templates of texts are filled with."""
    topic = facts.aim.topic
    return {"topic": topic, "about": quoted(topic), "noun": noun_of(facts.aim, facts.language)}


def changes(facts: Facts, words: DocumentWords, *, level: str) -> Iterator[str]:
    """Yield what people wrote, why they rejected the last versions, and what was found missing."""
    if facts.notes:
        yield f"{level} {words.thread_heading}"
    for note in facts.notes:
        yield words.thread_line.format(who=note.who)
        yield "\n".join(f"> {line}" for line in note.text.splitlines())
    lines = [
        (words.changed_line if reason else words.changed_silently).format(number=number, who=who, reason=quoted(reason))
        for number, (who, reason) in enumerate(facts.rejections, start=2)
    ]
    lines += [words.unmet_line.format(reason=quoted(reason)) for reason in facts.unmet]
    if lines:
        yield bulleted(f"{level} {words.changed_heading}", lines)


def bulleted(heading: str, lines: Sequence[str]) -> str:
    """Return a list under a heading; without one if that is empty."""
    listed = "\n".join(f"- {line}" for line in lines)
    return f"{heading}\n\n{listed}" if heading else listed
