"""The rehearsal planner: a Goal becomes a Plan or the question that must be answered first. Pure."""

import re
from collections.abc import Iterator, Sequence

from agent_core.forms import CriterionForm, PlanForm, SubtaskForm
from bot.rehearsal.errands import errands
from bot.rehearsal.facts import words_of
from bot.rehearsal.goals import Kind, aim_of, planned_aim, quoted
from bot.rehearsal.reading import Assignment, PlanBriefing, Standing
from bot.rehearsal.subtasks import (
    Brief,
    Subtasks,
    answered,
    at_least,
    careful,
    compact,
    exists,
    informed,
    numbered,
    usual,
)

_LONGEST_TITLE = 60  # characters of an old title within a new one
_FEWER = re.compile(
    r"\b(?:short|fewer|less|simpl|one step|at once|too (?:long|many|much))|太[长多复]|简单|简短|少|直接|一步",
    re.IGNORECASE,
)


def plan(told: PlanBriefing) -> PlanForm:
    """Return the Plan, or a question if nobody could tell what is wanted and nobody was asked yet."""
    brief = _brief(told)
    words = brief.words
    if aim_of(told.run).kind is Kind.UNCLEAR and told.may_ask and not (told.rejected or told.standing):
        return PlanForm(question=words.question, why="", subtasks=[])
    if told.standing:
        why, subtasks = words.why_rest, _unlike(told, brief, [tuple(_rest(told, brief)) or compact(brief)])
    elif told.rejected:
        why, subtasks = words.why_again.format(reason=brief.reason), _different(told, brief)
    else:
        why, subtasks = words.why[brief.aim.kind], usual(brief)
    why = f"{why} {words.why_said}" if told.said else why
    return PlanForm(question="", why=why, subtasks=list(informed(brief, subtasks)))


def _brief(told: PlanBriefing) -> Brief:
    rejected = told.rejected[-1].reason if told.rejected else ""
    reason = quoted(rejected) if rejected else words_of(told.run.language).turn.no_reason
    return Brief(told.run, planned_aim(told.run), reason)


def _different(told: PlanBriefing, brief: Brief) -> Subtasks:
    """Return Subtasks unlike those of every rejected Plan, that take up the last reason."""
    ways = [compact(brief), careful(brief)]
    usual_is_one = len(usual(brief)) == 1
    if usual_is_one and not _FEWER.search(told.rejected[-1].reason):
        ways.reverse()
    return _unlike(told, brief, ways)


def _unlike(told: PlanBriefing, brief: Brief, ways: Sequence[Subtasks]) -> Subtasks:
    """Return the first way that was not rejected, else one under a new number; it takes up the last reason."""
    if not told.rejected:
        return ways[0]
    done = tuple(each.title for each in told.standing if each.done)
    seen = [rejected.titles for rejected in told.rejected]
    new = [way for way in ways if (*done, *(form.title for form in way)) not in seen]
    head, *others = new[0] if new else numbered(ways[len(seen) % len(ways)], len(seen) + 1, brief.words)
    objection = brief.words.objection.format(reason=brief.reason)
    return (head.model_copy(update={"instructions": head.instructions + objection}), *others)


def _rest(told: PlanBriefing, brief: Brief) -> Iterator[SubtaskForm]:
    """Yield the Subtasks that are not done yet, one after the other; the first knows what is done."""
    words = brief.words
    prefix = words.again[0].partition("{title}")[0]
    after = [each.title for each in told.standing if each.done]
    for number, each in enumerate((each for each in told.standing if not each.done), start=1):
        plain = re.sub(rf"\A(?:{re.escape(prefix)})+", "", each.title)
        yield SubtaskForm(
            key=f"again{number}",
            title=prefix + plain[:_LONGEST_TITLE],
            instructions=words.again[1].format(title=plain, lacking=_lacking(each, brief)),
            criteria=_criteria(brief, Assignment(brief.run, number, (), plain, plain, (), ()), each.text),
            after=after,
        )
        after = [f"again{number}"]


def _lacking(standing: Standing, brief: Brief) -> str:
    return quoted(standing.text) if standing.text else words_of(brief.run.language).turn.no_reason


def _criteria(brief: Brief, given: Assignment, lacking: str) -> list[CriterionForm]:
    """Return criteria for what a title asks for, no weaker in length than what was lacking."""
    todo = errands(given, lacking)
    files = [exists(brief, path) for path in todo.writes]
    if todo.words:
        files += [at_least(brief, path, todo.words) for path in todo.writes]
    return files if files and not todo.answers else [*files, answered(brief)]
