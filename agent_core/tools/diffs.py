"""The difference between two texts, as people read it."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

_CONTEXT = 3  # unchanged lines around a change, as in diff -u
_COMPARISONS = 4_000_000  # changed lines times changed lines; difflib is quadratic, and this takes it about a second
_NO_NEWLINE = "\\ No newline at end of file"

Opcode = tuple[str, int, int, int, int]  # what happens to old[i1:i2], which becomes new[j1:j2], as difflib has it


def diff(path: str, old: str | None, new: str) -> str:
    """Return the unified diff from `old` (None: no file) to `new`; an empty text when they are the same.

    Nothing is left out: a change too long to compare is shown as all of it removed and all of it added.
    """
    if old == new:
        return ""
    before, after = _lines(old or ""), _lines(new)
    source = "/dev/null" if old is None else f"a/{path}"
    shown = [f"--- {source}", f"+++ b/{path}"]
    for hunk in _Grouped(_opcodes(before, after)).get_grouped_opcodes(_CONTEXT):
        shown.extend(_hunk(hunk, before, after))
    return "\n".join(shown)


class _Grouped(SequenceMatcher[str]):
    """Groups opcodes that were found already."""

    def __init__(self, opcodes: list[Opcode]) -> None:
        super().__init__()
        self._found = opcodes

    def get_opcodes(self) -> list[Opcode]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._found


def _opcodes(before: Sequence[str], after: Sequence[str]) -> list[Opcode]:
    """Compare what lies between the lines both begin with and the lines both end with."""
    head = _alike(zip(before, after, strict=False))
    tail = _alike(zip(reversed(before[head:]), reversed(after[head:]), strict=False))
    end, new_end = len(before) - tail, len(after) - tail
    old, new = before[head:end], after[head:new_end]
    if not old or not new:  # as with every new file; nothing is to be compared
        found = [("replace", 0, len(old), 0, len(new))] if old or new else []
    elif len(old) * len(new) <= _COMPARISONS:
        found = SequenceMatcher(None, old, new).get_opcodes()
    else:
        found = [("replace", 0, len(old), 0, len(new))]
    opcodes: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    opcodes += [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in found]
    return [*opcodes, ("equal", end, len(before), new_end, len(after))] if tail else opcodes


def _alike(pairs: Iterator[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _hunk(opcodes: Sequence[Opcode], before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    first, last = opcodes[0], opcodes[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
    for tag, i1, i2, j1, j2 in opcodes:
        if tag == "equal":
            yield from _marked(" ", before[i1:i2])
        else:
            yield from _marked("-", before[i1:i2])
            yield from _marked("+", after[j1:j2])


def _range(start: int, end: int) -> str:
    """Return the lines of a hunk as `diff -u` writes them: counted from 1, the line before when there are none."""
    length = end - start
    if length == 1:
        return f"{start + 1}"
    return f"{start + 1 if length else start},{length}"


def _marked(sign: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield sign + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield _NO_NEWLINE


def _lines(text: str) -> list[str]:
    """Return the lines with their ends. Only a line feed ends a line: a form feed does so for Python alone."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
