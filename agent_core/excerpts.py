"""Texts for a model: between marks where they are not trusted, and cut to a budget where they are long."""

import json
from collections.abc import Sequence

from agent_core.domain import digest_of

HEAD = 2 / 3  # of what is kept of a long text is its beginning, the rest its end
LEAST = 120  # characters that are kept of any text, however many share a budget


def wrap(text: str, sources: Sequence[str]) -> str:
    """Put untrusted text between marks that it cannot forge: they carry the digest of the text itself."""
    return _marked("untrusted", "from", ", ".join(sources), text)


def wrap_file(path: str, text: str) -> str:
    """Put a file's content between marks that it cannot forge, so that no heading in it is taken for one of ours."""
    return _marked("file", "path", path, text)


def _marked(kind: str, label: str, name: str, text: str) -> str:
    mark = digest_of(text)[:12]
    return f"<{kind} {mark} {label}={json.dumps(name, ensure_ascii=False)}>\n{text}\n</{kind} {mark}>"


def shorten(text: str, share: int) -> str:
    """Return about `share` characters of a text, its head and its tail, saying how many are left out between them."""
    if len(text) <= share:
        return text
    head = max(round(share * HEAD), 1)
    tail = max(share - head, 1)
    return f"{text[:head]}\n[{len(text) - head - tail} characters left out]\n{text[-tail:]}"


def apportioned(texts: Sequence[str], budget: int) -> list[str]:
    """Return the texts cut to `budget` characters together: short ones whole, what they leave shared by the long."""
    left, share = budget, dict[int, int]()
    for count, position in enumerate(sorted(range(len(texts)), key=lambda each: len(texts[each]))):
        share[position] = max(min(len(texts[position]), left // (len(texts) - count)), LEAST)
        left = max(left - min(share[position], len(texts[position])), 0)
    return [shorten(text, share[position]) for position, text in enumerate(texts)]
