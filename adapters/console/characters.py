"""Text made safe for a terminal: nothing in it moves the cursor, changes colours, hides, or reorders other text."""

import unicodedata

from agent_core.characters import is_hidden

# characters that reorder or hide text and that no language needs here (Unicode TR 36 and "Trojan Source"); joiners and
# direction marks are left out, for emoji and right-to-left words need them
_DECEPTIVE = frozenset("\u200b\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")


def safe(text: str) -> str:
    """Return `text` with control characters, and what deceives readers, written out as ⟦U+001B⟧; for prose."""
    return "".join(_written(char) if _harmful(char) else char for char in text.replace("\r\n", "\n"))


def reveal(text: str) -> str:
    """Return `text` with every character that cannot be seen written out; for what people approve."""
    text = text.replace("\r\n", "\n")
    return "".join(_written(char) if is_hidden(text, at) else char for at, char in enumerate(text))


def one_line(text: str, limit: int = 0) -> str:
    """Return `text` safe and on one line, cut at `limit` characters with an ellipsis unless that is 0."""
    line = safe(" ".join(text.split()))
    return line if not limit or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _written(char: str) -> str:
    return f"⟦U+{ord(char):04X}⟧"


def _harmful(char: str) -> bool:
    if char in "\n\t" or " " <= char <= "~":
        return False
    return char in _DECEPTIVE or unicodedata.category(char) in ("Cc", "Cs")
