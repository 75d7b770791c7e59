"""The criteria of an edited Plan: lines in, Criteria with their Checks out. No Check is lost without a word."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from agent_core.check_words import carried, check_words, criterion_words, one_line, read_check, stated
from agent_core.domain import Check, CheckKind, Criterion, Plan, Subtask
from agent_core.errors import NodError

ALIKE = 0.6  # of the letters of two wordings, from which one is taken for a rewording of the other; difflib's "close"
_EXAMPLE = Check(CheckKind.MIN_WORDS, "blog.md", 800)


class CheckUnclear(NodError):
    """What is code to check of “{criterion}”? End it with “(checked by code: {example})” or “(not checked by code)”."""


def criteria_of(lines: Sequence[str], was: Subtask | None, original: Plan, language: str) -> tuple[Criterion, ...]:
    """Return the Criteria of a Subtask's lines: those that are still as they were, and then the reworded and new ones.

    Raises:
        CheckUnclear: a line rewords a Criterion that code checked, and does not say what code checks now.
    """
    own = was.criteria if was is not None else ()
    others = tuple(criterion for subtask in original.subtasks for criterion in subtask.criteria)
    kept: dict[int, Criterion] = {}
    for position, line in enumerate(lines):
        for known in (*own[position : position + 1], *own, *others):  # in its old place first
            if one_line(line) == criterion_words(known, language):
                kept[position] = known
                break
    changed = [criterion for criterion in own if criterion.check and criterion not in kept.values()]
    return tuple(
        kept.get(position) or _reworded(one_line(line), changed, (*own, *others), language)
        for position, line in enumerate(lines)
    )


def _reworded(line: str, changed: list[Criterion], known: Sequence[Criterion], language: str) -> Criterion:
    """Return the Criterion of a line that is not as any was; one of `changed` that it rewords is taken from there."""
    words, said = stated(line)
    if said == "":
        return Criterion(words)
    was = _was(words, said, changed, language)
    if was is not None and was.check is not None:
        changed.remove(was)
        check = carried(was, words) or (was.check if said else None)
    elif said is not None:
        check = read_check(said)
    else:
        same = (criterion for criterion in known if one_line(criterion.text) == words)
        return next(same, Criterion(words, _plain(words)))
    if check is None:
        example = check_words(was.check if was is not None and was.check else _EXAMPLE, language)
        raise CheckUnclear(criterion=words, example=example)
    return Criterion(words, check)


def _plain(words: str) -> Check | None:
    """Return the Check of words that are no more than its phrase; any sentence can end in “exists”."""
    check = read_check(words)
    return check if check is not None and " " not in check.path and ("." in check.path) is bool(check.path) else None


def _was(words: str, said: str | None, changed: Sequence[Criterion], language: str) -> Criterion | None:
    """Return which of the changed Criteria a line rewords: that of the Check it still states, or else the likest."""
    if said is not None:
        return next((each for each in changed if each.check and check_words(each.check, language) == said), None)
    likest = max(changed, key=lambda each: _likeness(each.text, words), default=None)
    return likest if likest is not None and _likeness(likest.text, words) >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one_line(one), other, autojunk=False).ratio()
