"""What a Subtask asks for, read from its words: what to read, what to write, whether to answer. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.rehearsal.goals import MOST_WORDS, files_named
from bot.rehearsal.reading import Assignment

_MOST_READ = 5  # files of one Subtask, so that its turns are not used up by reading
_QUOTED = re.compile(r"“[^”]*”")
_READS = r"\b(?:read|look|check|use|review|open|see|summari[sz]e|translate)\b|读|查看|核对|检查|看|根据|总结|翻译"
_WRITES = (
    r"\b(?:write|save|put|draft|create|revise|make|update|produce|collect)\b"
    r"|写|保存|存[入到为]|生成|修改|撰写|汇总|列出提纲"
)
_LISTS = r"\blist_files\b|\blist the files\b|列出文件"
_ANSWERS = re.compile(r"\b(?:answer(?:s|ed)?|reply|tell)\b|回答|答复|回复|告诉", re.IGNORECASE)
_LENGTH = re.compile(
    r"(?:at least|min(?:imum)?(?: of)?|至少)\D{0,12}?(\d[\d,]{0,6})|(\d[\d,]{0,6})\s*(?:words|字|词)", re.IGNORECASE
)
_AT_MOST = re.compile(r"\b(?:at most|up to|fewer|less|under|no more)\b|最多|至多|不超过|以内", re.IGNORECASE)
_TERM = re.compile(r"“([^”]{1,80})”|「([^」]{1,80})」|\"([^\"]{1,80})\"")


@dataclass(frozen=True, slots=True)
class Errands:
    """What is to be done, in this order: list, read, write, answer. `words` is the least length asked for."""

    lists: bool
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    answers: bool
    words: int
    wanted: tuple[str, ...]


def errands(given: Assignment, unmet: str = "") -> Errands:
    """Return what a Subtask asks for; one that names nothing gets a note file. `unmet` is what was missing since."""
    instructions = _QUOTED.sub("", given.instructions)
    named = dict(_named(instructions, given.run.attachments))
    title = dict(_named(_QUOTED.sub("", given.title), given.run.attachments))
    known = {**{name: verb for name, verb in title.items() if verb}, **named}
    reads = [name for name, verb in known.items() if verb == "read"]
    writes = [name for name, verb in known.items() if verb in ("write", "")]
    criteria = [_QUOTED.sub("", criterion) for criterion in given.criteria]
    for name in (name for criterion in criteria for name in files_named(criterion)):
        if name not in reads and name not in writes and name not in given.run.attachments:
            writes.append(name)
    # a file that is read and written again is named twice; the later verb counts, so the earlier is looked for
    reads = [*(name for name in writes if _is_read_first(instructions, name)), *reads]
    answers = any(_ANSWERS.search(text) for text in (instructions, given.title, *criteria))
    if not (writes or answers or reads):
        writes = [f"notes-{given.number}.md"]
    lengths = [_least(text) for text in (*criteria, *_QUOTED.sub("", unmet).splitlines())]
    return Errands(
        lists=bool(re.search(_LISTS, instructions, re.IGNORECASE)),
        reads=tuple(_followed(given, name) for name in reads[:_MOST_READ]),
        writes=tuple(writes),
        answers=answers,
        words=min(max(lengths, default=0), MOST_WORDS),
        wanted=tuple(dict.fromkeys(_terms(given))),
    )


def _named(text: str, attachments: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the file names in a text, each with the verb that was last before it: read, write or none."""
    files = sorted({*files_named(text), *(name for name in attachments if name in text)}, key=len, reverse=True)
    names = "|".join(map(re.escape, files)) or r"(?!)"
    verb = ""
    for found in re.finditer(rf"(?P<file>{names})|(?P<read>{_READS})|(?P<write>{_WRITES})", text, re.IGNORECASE):
        if found["file"]:
            yield found[0], verb or ("read" if found[0] in attachments else "")
        else:
            verb = "read" if found["read"] else "write"


def _is_read_first(text: str, name: str) -> bool:
    return "read" in [verb for each, verb in _named(text, ()) if each == name]


def _followed(given: Assignment, name: str) -> str:
    """Return the file to read: if an earlier Subtask's result names another one instead, that was changed by people."""
    results = " ".join(text for _, text in given.results)
    if name in given.run.attachments or not given.results or name in results:
        return name
    ending = name.rpartition(".")[2]
    others = [other for other in files_named(results) if other.rpartition(".")[2] == ending]
    return others[-1] if others else name


def _least(text: str) -> int:
    if _AT_MOST.search(text):
        return 0
    found = [first or second for first, second in _LENGTH.findall(text)]
    # what is there is told before what is asked for
    return max((int(number.replace(",", "")) for number in found), default=0)


def _terms(given: Assignment) -> Iterator[str]:
    for criterion in given.criteria:
        yield from ((found[1] or found[2] or found[3]).strip() for found in _TERM.finditer(criterion))
