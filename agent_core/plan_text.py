"""A Plan as text that people edit, and back.

    # Add, drop, reorder or reword …
    1. Find sources
       Instructions, in as many lines as it takes.
       - a criterion: when it is done
       after: none

    2. Write
       - at least 800 words (checked by code: blog.md has at least 800 words)
       after: 1

The numbers are labels of this text, in its order. A Subtask whose label or title is still there keeps its id. No Check
is lost without a word: a reworded criterion's goes with its new number, file or text, or the edit is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent_core.check_words import criterion_words, one_line
from agent_core.criteria_text import CheckUnclear, criteria_of
from agent_core.domain import Criterion, Plan, Subtask
from agent_core.errors import EditRefused, NodError
from agent_core.i18n import N_, listed, translator
from agent_core.plan_check import PlanBroken, check_plan

INDENT = "   "
_HELP = (
    N_("Change, add, move or delete subtasks. A numbered line at the margin begins one; what it is told is indented."),
    N_("A dash begins a criterion: when it is done. The “after” line names the subtasks it waits for, or none."),
    N_("“(checked by code: …)” says what code looks for; “(not checked by code)” leaves a criterion to judgement."),
)
_AFTER_WORDS = {"en": "after: ", "zh": "依赖："}
_NONE_WORDS = {"en": "none", "zh": "无"}
_HEADING = re.compile(r"[ \u3000]{0,2}(\d{1,3}[a-z]?)[.)．。、）](?!\d)\s*(.*)")
_CRITERION = re.compile(r"(?:[-－–](?![-－–])|[*•·](?=\s))\s*(.*)")
_AFTER = re.compile(r"(?:after|waits for|依赖|之后|等待)\s*[:：]\s*(.*)", re.IGNORECASE)
_NONE = frozenset({"", "-", "none", "nothing", "无", "没有"})
_BETWEEN = re.compile(r"[\s,，、;；和]+|\band\b")
_ESCAPED = re.compile(rf"(\\*)(?={_CRITERION.pattern}|(?i:{_AFTER.pattern}))")


class LineAstray(NodError):
    """Line {line} begins no subtask: put a number before it, as in `3. Title`, or indent it below the one it is for."""


class LabelRepeated(NodError):
    """Line {line}: there already is a subtask {label}; give this one another number, or indent it to make it text."""


class LabelUnknown(NodError):
    """Line {line}: there is no subtask {label} to wait for; name one of {labels}, or none."""


@dataclass(frozen=True, slots=True)
class _Block:
    """One Subtask as it stands in the text. `after` is None where no line says."""

    line: int
    label: str
    title: str
    instructions: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    after: tuple[str, ...] | None = None
    after_line: int = 0


# --- out ----------------------------------------------------------------------------------------------------------


def render_plan(plan: Plan, language: str) -> str:
    """Return a Plan as text to edit, with lines at the top that say how."""
    _ = translator(language)
    return "\n".join(f"# {_(line)}" for line in _HELP) + "\n\n" + told_plan(plan, language)


def told_plan(plan: Plan, language: str) -> str:
    """Return a Plan as text to read."""
    labels = {subtask.id: str(number) for number, subtask in enumerate(plan.subtasks, start=1)}
    blocks = (_rendered(subtask, labels, language) for subtask in plan.subtasks)
    return "\n\n".join(blocks) + "\n"


def _rendered(subtask: Subtask, labels: Mapping[str, str], language: str) -> str:
    after = listed([labels[name] for name in subtask.after], language) or _NONE_WORDS.get(language, "none")
    lines = [
        *(_escape(line) for line in _lines(subtask.instructions)),
        *(f"- {criterion_words(criterion, language)}" for criterion in subtask.criteria),
        f"{_AFTER_WORDS.get(language, 'after: ')}{after}",
    ]
    heading = f"{labels[subtask.id]}. {one_line(subtask.title)}"
    return "\n".join((heading, *(INDENT + line if line else "" for line in lines)))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in re.split(r"\r\n|\r|\n", text.strip())] if text.strip() else []


def _escape(line: str) -> str:
    """Put a backslash before an instruction that would read as a criterion or an “after” line."""
    start = len(line) - len(line.lstrip())
    return f"{line[:start]}\\{line[start:]}" if _ESCAPED.match(line, start) else line


def _unescape(line: str) -> str:
    start = len(line) - len(line.lstrip())
    escaped = _ESCAPED.match(line, start)
    return line[:start] + line[start + 1 :] if escaped and escaped[1] else line


# --- in -----------------------------------------------------------------------------------------------------------


def parse_plan(text: str, original: Plan, next_number: int, language: str) -> Plan:
    """Read an edited Plan; new Subtasks get ids from `next_number` on.

    A Subtask without an “after” line waits for the one before it; one without criteria is done when what its
    instructions ask for is there. Waiting for a dropped Subtask is dropped with it.

    Raises:
        EditRefused: its reason says which line, or which Subtasks, and what to do.
    """
    try:
        blocks = _read(text)
        labelled = _labelled(blocks, {str(number) for number in range(1, len(original.subtasks) + 1)})
        kept = _matches(labelled, original)
        before = {block.label: block for block in _read(render_plan(original, language))}
        subtasks = [_subtask(block, kept.get(block.label), before, original, language) for block in labelled]
        check_plan(Plan(tuple(subtasks)))  # still with the text's labels, which its sentences then name
    except (PlanBroken, LineAstray, LabelRepeated, LabelUnknown, CheckUnclear) as error:
        raise EditRefused(reason=error) from error
    new = (str(number) for number in range(next_number, next_number + len(labelled)))
    ids = {block.label: kept[block.label].id if block.label in kept else next(new) for block in labelled}
    return Plan(tuple(_renamed(subtask, ids) for subtask in subtasks))


def _renamed(subtask: Subtask, ids: Mapping[str, str]) -> Subtask:
    return replace(subtask, id=ids[subtask.id], after=tuple(ids[label] for label in subtask.after))


def _read(text: str) -> list[_Block]:
    """Cut a text into Subtasks."""
    blocks: list[_Block] = []
    after_blank = True
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        line = raw.rstrip()
        if not line or (not blocks and line.startswith("#")):
            if blocks:
                blocks[-1] = _with_instruction(blocks[-1], "")
            after_blank = True
            continue
        heading = _HEADING.fullmatch(line)
        if heading:
            blocks.append(_Block(number, heading[1], heading[2]))
        elif not blocks or _astray(line, blocks[-1], after_blank=after_blank):
            raise LineAstray(line=number)
        else:
            blocks[-1] = _with_line(blocks[-1], line, number)
        after_blank = False
    return blocks


def _astray(line: str, block: _Block, *, after_blank: bool) -> bool:
    """Say whether a line at the margin looks like the title of a Subtask of its own."""
    if line[0].isspace() or _CRITERION.match(line) or _AFTER.match(line):
        return False
    return after_blank or bool(block.criteria) or block.after is not None


def _with_instruction(block: _Block, line: str) -> _Block:
    return replace(block, instructions=(*block.instructions, line))


def _with_line(block: _Block, line: str, number: int) -> _Block:
    """Add a line below a heading to its Subtask."""
    bare = line.lstrip()
    if criterion := _CRITERION.fullmatch(bare):
        return replace(block, criteria=(*block.criteria, criterion[1]))
    if after := _AFTER.fullmatch(bare):
        labels = tuple(_labels(after[1]))
        return replace(block, after=(*(block.after or ()), *labels), after_line=number)
    within = line[len(INDENT) :] if line.startswith(INDENT) else bare
    deeper = len(line) - len(bare) > len(INDENT)
    if deeper and block.criteria:  # a criterion that was wrapped
        return replace(block, criteria=(*block.criteria[:-1], f"{block.criteria[-1]} {bare}"))
    return _with_instruction(block, _unescape(within))


def _labels(text: str) -> Iterator[str]:
    if text.strip().casefold() in _NONE:
        return
    for word in _BETWEEN.split(text):
        label = word.strip(".．。()（）#")
        if label:
            yield label


def _labelled(blocks: Sequence[_Block], originals: set[str]) -> list[_Block]:
    """Refuse labels that come twice, and settle what each Subtask waits for."""
    taken: set[str] = set()
    for block in blocks:
        if block.label in taken:
            raise LabelRepeated(line=block.line, label=block.label)
        taken.add(block.label)
    labelled: list[_Block] = []
    for block in blocks:
        before = (labelled[-1].label,) if labelled else ()
        after = before if block.after is None else tuple(_known(block, taken, originals))
        labelled.append(replace(block, after=after))
    return labelled


def _known(block: _Block, labels: set[str], originals: set[str]) -> Iterator[str]:
    """Yield what a Subtask waits for, without what was dropped."""
    for label in dict.fromkeys(block.after or ()):
        if label in labels:
            yield label
        elif label not in originals:
            raise LabelUnknown(line=block.after_line, label=label, labels=", ".join(sorted(labels)))


def _matches(blocks: Sequence[_Block], original: Plan) -> dict[str, Subtask]:
    """Map labels to the Subtasks they stand for: same label and title first, then same title, then same label."""
    numbered = {str(number): subtask for number, subtask in enumerate(original.subtasks, start=1)}
    found: dict[str, Subtask] = {}

    def claim(block: _Block, candidates: Iterator[Subtask]) -> None:
        claimed = {subtask.id for subtask in found.values()}
        match = next((subtask for subtask in candidates if subtask.id not in claimed), None)
        if match is not None and block.label not in found:
            found[block.label] = match

    def same_title(block: _Block, subtask: Subtask) -> bool:
        return one_line(subtask.title) == one_line(block.title)

    for block in blocks:
        claim(
            block, (numbered[name] for name in (block.label,) if name in numbered and same_title(block, numbered[name]))
        )
    for block in blocks:
        claim(block, (subtask for subtask in original.subtasks if same_title(block, subtask)))
    for block in blocks:
        claim(block, (numbered[name] for name in (block.label,) if name in numbered))
    return found


def _subtask(
    block: _Block, was: Subtask | None, before: Mapping[str, _Block], original: Plan, language: str
) -> Subtask:
    """Return a Subtask as the text has it, its id and `after` still labels; what was not edited stays as it was."""
    number = str(original.subtasks.index(was) + 1) if was is not None else ""
    unedited = before.get(number)
    same_words = was is not None and unedited is not None and _told(unedited) == _told(block)
    same_title = was is not None and unedited is not None and unedited.title == block.title
    criteria = criteria_of(block.criteria, was, original, language)
    _ = translator(language)
    default = Criterion(_("What the instructions ask for is there."))
    return Subtask(
        id=block.label,
        title=was.title if was is not None and same_title else block.title,
        instructions=was.instructions if was is not None and same_words else _told(block),
        criteria=criteria or (default,),
        after=block.after or (),
    )


def _told(block: _Block) -> str:
    return "\n".join(block.instructions).strip("\n")
