"""The rehearsal evaluator: a Verdict by how Steps ended, with their ids as evidence. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from agent_core.forms import JudgementForm, VerdictForm
from bot.rehearsal.facts import words_of
from bot.rehearsal.goals import files_named
from bot.rehearsal.past import Fate, outcome
from bot.rehearsal.reading import JudgeBriefing, ShownStep

RESULT = "result"  # what agent_core.forms calls the reported result as evidence
_MOST_SHOWN = 3  # Steps named for one criterion
_ANSWERS = re.compile(r"\banswer|\breply|回答|答复", re.IGNORECASE)
_EFFECTS = ("write_file", "answer")


@dataclass(frozen=True, slots=True)
class _Done:
    """A Step that ended well, and the file it had to do with (maybe none)."""

    id: str
    tool: str
    path: str


def verdict(told: JudgeBriefing) -> VerdictForm:
    """Judge each criterion met when a Step that has to do with it ended well; say what is missing of the others."""
    done = [_Done(step.id, step.tool, _path(step)) for step in told.steps if outcome(step.outcome)[0] is Fate.DONE]
    judgements = [_judgement(told, done, number, text) for number, text in told.criteria]
    texts = dict(told.criteria)
    missing = [texts[each.criterion] for each in judgements if not each.met]
    words = words_of(told.run.language).verdict
    return VerdictForm(judgements=judgements, advice=words.advice.format(what=" ".join(missing)) if missing else "")


def _judgement(told: JudgeBriefing, done: Sequence[_Done], number: int, text: str) -> JudgementForm:
    words = words_of(told.run.language).verdict
    if not told.steps and told.result:
        return JudgementForm(criterion=number, met=True, evidence=[RESULT], note=words.met_by_result)
    named = files_named(text)
    fitting = [step for step in done if step.path in named]
    if not named:
        fitting = [step for step in done if step.tool == "answer"] if _ANSWERS.search(text) else []
        fitting = fitting or [step for step in done if step.tool in _EFFECTS] or list(done)
    if fitting:
        # the newest: an earlier version was replaced by it
        ids = [step.id for step in fitting[-_MOST_SHOWN:]]
        return JudgementForm(criterion=number, met=True, evidence=ids, note=words.met.format(steps=", ".join(ids)))
    note = words.nothing_on.format(path=", ".join(named)) if named and done else words.no_step
    return JudgementForm(criterion=number, met=False, evidence=[], note=note)


def _path(step: ShownStep) -> str:
    try:
        value: object = json.loads(step.arguments)
    except (ValueError, RecursionError):  # a long content was cut off
        found = re.match(r'\{"path": ("(?:[^"\\]|\\.)*")|.*?"path": ("(?:[^"\\]|\\.)*")', step.arguments, re.DOTALL)
        value = {"path": json.loads(next(filter(None, found.groups())))} if found else {}
    return str(cast("dict[str, Any]", value).get("path", "")) if isinstance(value, dict) else ""
