"""Text made safe for a terminal: nothing in it moves the cursor, changes colours, hides, or reorders other text."""

import unicodedata

# characters that reorder or hide text and that no language needs here (Unicode TR 36 and "Trojan Source"); joiners and
# direction marks are left out, for emoji and right-to-left words need them
_DECEPTIVE = frozenset("\u200b\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
# letters that are drawn as nothing, though Unicode does not call them format characters
_BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINER, _PICTURE = "\u200d", "\ufe0f"


def safe(text: str) -> str:
    """Return `text` with control characters, and what deceives readers, written out as ⟦U+001B⟧; for prose."""
    return "".join(_written(char) if _harmful(char) else char for char in text.replace("\r\n", "\n"))


def reveal(text: str) -> str:
    """Return `text` with every character that cannot be seen written out; for what people approve."""
    text = text.replace("\r\n", "\n")
    return "".join(_written(char) if _invisible(text, at) else char for at, char in enumerate(text))


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


def _invisible(text: str, at: int) -> bool:
    char = text[at]
    if char in "\n\t" or " " <= char <= "~":
        return False
    if char == _JOINER and 0 < at < len(text) - 1:
        return not (_pictorial(text[at - 1]) and _pictorial(text[at + 1]))
    return char in _BLANKS or "\U000e0100" <= char <= "\U000e01ef" or unicodedata.category(char) in _HIDDEN


def _pictorial(char: str) -> bool:
    return char == _PICTURE or unicodedata.category(char) in ("So", "Sk")
