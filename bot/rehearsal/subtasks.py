"""The Subtasks that the rehearsal planner puts into its Plans, with criteria that code can check. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent_core.domain import CheckKind
from agent_core.forms import CriterionForm, SubtaskForm
from bot.rehearsal.facts import noun_of, words_of
from bot.rehearsal.goals import Aim, Kind, quoted
from bot.rehearsal.reading import Briefing
from bot.rehearsal.words import PlanWords

_DRAFT_WORDS = {"en": 150, "zh": 200}  # asked of a text when the Goal names no length; in Chinese, characters
_CODE_TESTS = {"py": "test_{name}.py", "js": "{name}.test.js"}

Subtasks = tuple[SubtaskForm, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What Subtasks are written for. `reason` is why people rejected the last Plan, in quotation."""

    run: Briefing
    aim: Aim
    reason: str = ""

    @property
    def words(self) -> PlanWords:
        """The words in the Run's language."""
        return words_of(self.run.language).plan

    @property
    def outline(self) -> str:
        """The file an outline goes into: not the one the Goal ends in."""
        return "outline.md" if self.aim.path != "outline.md" else "points.md"

    @property
    def least(self) -> int:
        """The length asked of a draft, in words (in Chinese, characters)."""
        return self.aim.words or _DRAFT_WORDS[self.run.language]

    def fill(self) -> Mapping[str, str]:
        """Return what the templates are filled with."""
        return {
            "path": self.aim.path,
            "about": quoted(self.aim.topic),
            "noun": noun_of(self.aim, self.run.language),
            "outline": self.outline,
            "tests": tests_of(self.aim.path),
            "files": ", ".join(self.aim.sources),
            "reason": self.reason,
        }


def usual(brief: Brief) -> Subtasks:
    """Return the Subtasks that suit the kind of Goal."""
    match brief.aim.kind:
        case Kind.WRITE:
            return (*_drafting(brief), _checking(brief, "draft"))
        case Kind.RESEARCH:
            return _research(brief)
        case Kind.CODE:
            return _code(brief)
        case Kind.SUMMARISE | Kind.TRANSLATE:
            form = brief.words.sources if brief.aim.sources else brief.words.here
            return (_subtask(brief, "condense", form, exists(brief, brief.aim.path), answered(brief), _honest(brief)),)
        case Kind.ANSWER:
            return (_subtask(brief, "answer", brief.words.answer, answered(brief), _honest(brief)),)
        case _:
            form = brief.words.earlier if brief.aim.path in brief.run.known else brief.words.other
            return (_subtask(brief, "do", form, exists(brief, brief.aim.path), answered(brief)),)


def compact(brief: Brief) -> Subtasks:
    """Return the one Subtask that does it all."""
    if brief.aim.kind is Kind.ANSWER:
        return (_subtask(brief, "answer", brief.words.compact_answer, answered(brief)),)
    return (_subtask(brief, "do", brief.words.compact, exists(brief, brief.aim.path), answered(brief)),)


def careful(brief: Brief) -> Subtasks:
    """Return the usual Subtasks with another look at what comes out."""
    if brief.aim.kind is Kind.WRITE:
        again = _subtask(brief, "revise", brief.words.revise, *_draft_criteria(brief), after=("draft",))
        return (*_drafting(brief), again, _checking(brief, "revise"))
    if brief.aim.kind is Kind.ANSWER:
        notes = _subtask(brief, "do", brief.words.other, exists(brief, brief.aim.path), answered(brief))
        return (notes,)
    before = usual(brief)
    look = _subtask(brief, "look", brief.words.second_look, answered(brief), after=(before[-1].key,))
    return (*before, look)


def informed(brief: Brief, subtasks: Subtasks) -> Subtasks:
    """Return the Subtasks with the files that the Goal is about read first, unless they already are."""
    head, *others = subtasks
    if not brief.aim.sources or all(name in head.instructions for name in brief.aim.sources):
        return subtasks
    instructions = brief.words.first.format(**brief.fill()) + head.instructions
    return (head.model_copy(update={"instructions": instructions}), *others)


def numbered(subtasks: Subtasks, number: int, words: PlanWords) -> Subtasks:
    """Return the Subtasks with a version's number in their titles."""
    suffix = words.version.format(number=number)
    return tuple(form.model_copy(update={"title": form.title + suffix}) for form in subtasks)


def exists(brief: Brief, path: str) -> CriterionForm:
    """Return the criterion that a file is there."""
    return _criterion(brief.words.exists.format(path=path), CheckKind.FILE_EXISTS, path=path)


def at_least(brief: Brief, path: str, number: int) -> CriterionForm:
    """Return the criterion that a file has a length in words."""
    text = brief.words.at_least.format(path=path, number=number)
    return _criterion(text, CheckKind.MIN_WORDS, path=path, number=number)


def answered(brief: Brief) -> CriterionForm:
    """Return the criterion that the thread got an answer."""
    return _criterion(brief.words.answered, CheckKind.ANSWERED)


def tests_of(path: str) -> str:
    """Return the file that tests the code in `path`, beside it."""
    folder, slash, name = path.rpartition("/")
    stem, _, ending = name.rpartition(".")
    return folder + slash + _CODE_TESTS.get(ending, "test_{name}.py").format(name=re.sub(r"\W", "_", stem))


def _drafting(brief: Brief) -> Subtasks:
    points = CriterionForm(text=brief.words.points, check="none", path="", number=0, needle="")
    return (
        _subtask(brief, "outline", brief.words.outline, exists(brief, brief.outline), points),
        _subtask(brief, "draft", brief.words.draft, *_draft_criteria(brief), after=("outline",)),
    )


def _draft_criteria(brief: Brief) -> tuple[CriterionForm, ...]:
    path, words = brief.aim.path, brief.words
    about = quoted(brief.aim.topic)
    return (
        exists(brief, path),
        at_least(brief, path, brief.least),
        _criterion(words.mentions.format(path=path, about=about), CheckKind.CONTAINS, path=path, needle=about[1:-1]),
    )


def _checking(brief: Brief, after: str) -> SubtaskForm:
    length = CriterionForm(text=brief.words.says_length, check="none", path="", number=0, needle="")
    return _subtask(brief, "check", brief.words.check, answered(brief), length, after=(after,))


def _research(brief: Brief) -> Subtasks:
    words, path = brief.words, brief.aim.path
    return (
        _subtask(brief, "background", words.background, exists(brief, "background.md"), _honest(brief)),
        _subtask(brief, "examples", words.examples, exists(brief, "examples.md"), _honest(brief)),
        _subtask(
            brief, "together", words.together, exists(brief, path), answered(brief), after=("background", "examples")
        ),
    )


def _code(brief: Brief) -> Subtasks:
    words = brief.words
    not_run = CriterionForm(text=words.not_run, check="none", path="", number=0, needle="")
    tests = tests_of(brief.aim.path)
    return (
        _subtask(brief, "code", words.code, exists(brief, brief.aim.path)),
        _subtask(brief, "tests", words.tests, exists(brief, tests), answered(brief), not_run, after=("code",)),
    )


def _honest(brief: Brief) -> CriterionForm:
    return CriterionForm(text=brief.words.honest, check="none", path="", number=0, needle="")


def _criterion(text: str, check: CheckKind, *, path: str = "", number: int = 0, needle: str = "") -> CriterionForm:
    return CriterionForm(text=text, check=check, path=path, number=number, needle=needle)


def _subtask(
    brief: Brief, key: str, form: tuple[str, str], *criteria: CriterionForm, after: tuple[str, ...] = ()
) -> SubtaskForm:
    title, instructions = (template.format(**brief.fill()) for template in form)
    return SubtaskForm(key=key, title=title, instructions=instructions, criteria=list(criteria), after=list(after))
