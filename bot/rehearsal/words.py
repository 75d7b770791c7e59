"""The words the rehearsal model writes, as one value a language. Templates are for `str.format`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanWords:
    """What a Plan is made of. `{path}` is a file; `{about}` is the Goal's topic between quotes."""

    why: Mapping[str, str]  # by the kind of Goal
    why_again: str
    why_rest: str
    why_said: str
    question: str
    outline: tuple[str, str]  # title, instructions
    draft: tuple[str, str]
    check: tuple[str, str]
    revise: tuple[str, str]
    compact: tuple[str, str]
    compact_answer: tuple[str, str]
    second_look: tuple[str, str]
    sources: tuple[str, str]
    first: str  # before other instructions, where there are files to go by
    here: tuple[str, str]  # a summary or translation of what the Goal itself holds
    earlier: tuple[str, str]
    answer: tuple[str, str]
    background: tuple[str, str]
    examples: tuple[str, str]
    together: tuple[str, str]
    code: tuple[str, str]
    tests: tuple[str, str]
    other: tuple[str, str]
    again: tuple[str, str]
    version: str
    objection: str
    exists: str
    at_least: str
    mentions: str
    answered: str
    points: str
    says_length: str
    honest: str
    not_run: str


@dataclass(frozen=True, slots=True)
class TurnWords:
    """Reasons for calls, and results."""

    why_list: str
    why_read: str
    why_write: str
    why_answer: str
    why_rejected: str
    why_unmet: str
    why_heard: str
    someone: str
    no_reason: str
    wrote: str
    read: str
    answered: str
    edited: str
    shown: str
    left_undone: str
    unread: str
    failed: str
    heard: str
    nothing: str
    not_a_model: str
    chat: str


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """Notes of judgements, and advice."""

    met: str
    met_by_result: str
    no_step: str
    nothing_on: str
    advice: str


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """What files and answers are made of. `{about}` is the topic between quotes, `{noun}` the sort of text."""

    notice_first: str
    notice_last: str
    nouns: Mapping[str, str]  # by the noun of the Goal, and by the shape of the document
    titles: Mapping[str, str]  # by shape
    leads: Mapping[str, str]
    here_heading: str
    here: Mapping[str, tuple[str, ...]]
    points_heading: str
    points: Mapping[str, tuple[str, ...]]  # of an outline, by noun; "" for any other
    bodies: tuple[str, ...]
    subject: str
    greeting: str
    regards: str
    read_heading: str
    read_line: str
    read_nothing: str
    thread_heading: str
    thread_line: str
    changed_heading: str
    changed_line: str
    changed_silently: str
    unmet_line: str
    asked_heading: str
    persona: str
    model_heading: str
    model_steps: tuple[str, ...]
    more_heading: str
    more: tuple[str, ...]
    filler: str
    answers: Mapping[str, str]  # the opening of an answer, by kind
    contents: str  # stands before the headings of a file
    file_line: str
    comment_first: str
    comment_last: str
    code_doc: str
    code_text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Everything, in one language."""

    plan: PlanWords
    turn: TurnWords
    verdict: VerdictWords
    document: DocumentWords
