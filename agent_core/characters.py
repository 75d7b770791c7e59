"""Characters that deceive readers, written out: what cannot be seen, what reorders, what looks like something else."""

import re
import unicodedata

# letters that are drawn as nothing, though Unicode does not call them format characters
_BLANKS = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINER, _PICTURE = "\u200d", "\ufe0f"
_LONG_RUN = 16  # times the same hidden character from which they are counted

# letters of other scripts that are drawn like a letter of ASCII (Unicode TR 39, confusables.txt)
_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανοργυχϲϳ"
_CYRILLIC = "АВЕЅІЈКМНОРСТУХҮӀԌԚԜаеорсухѕіјһԁԛԝӏүѵ"
_ARMENIAN = "ԼՍՕգհոսւօցյզ"
_OTHERS = "ᎪᎬᎻᏀᏃᏢᏔꓐꓓꓔꓖꓗꓝꓪ"
_ALIKE = frozenset(_GREEK + _CYRILLIC + _ARMENIAN + _OTHERS)

_TOKEN = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_SUSPECT = re.compile(r"[^\n\t -~]")
_ASCII = re.compile(r"[A-Za-z]")


def revealed(text: str) -> str:
    """Return `text` with characters that cannot be seen, or that reorder others, written as ⟦U+202E⟧.

    A letter that only looks like one of the Latin letters around it keeps its place, and is told after it: а⟦U+0430⟧.
    """
    text = text.replace("\r\n", "\n")
    if not _SUSPECT.search(text):
        return text
    alike = _look_alikes(text)
    made: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        times = 1
        if is_hidden(text, at):
            while at + times < len(text) and text[at + times] == char and is_hidden(text, at + times):
                times += 1
            made.append(_code(char) * times if times <= _LONG_RUN else f"⟦U+{ord(char):04X} × {times}⟧")
        else:
            made.append(f"{char}{_code(char)}" if at in alike else char)
        at += times
    return "".join(made)


def look_alikes(text: str) -> tuple[str, ...]:
    """Return the letters of `text` that pass for the Latin ones beside them, each once, in the order of their codes."""
    return tuple(sorted({text[at] for at in _look_alikes(text)}))


def _code(char: str) -> str:
    return f"⟦U+{ord(char):04X}⟧"


def is_hidden(text: str, at: int) -> bool:
    """Say whether the character there cannot be seen, or reorders others; a joiner within an emoji is none of these."""
    char = text[at]
    if char in "\n\t" or " " <= char <= "~":
        return False
    if char == _JOINER and 0 < at < len(text) - 1:
        return not (_pictorial(text[at - 1]) and _pictorial(text[at + 1]))
    return char in _BLANKS or "\U000e0100" <= char <= "\U000e01ef" or unicodedata.category(char) in _HIDDEN


def _pictorial(char: str) -> bool:
    return char == _PICTURE or unicodedata.category(char) in ("So", "Sk")


def _look_alikes(text: str) -> frozenset[int]:
    """Return where letters stand that pass for the Latin ones beside them, within what no space parts."""
    if _ALIKE.isdisjoint(text):
        return frozenset()
    found: set[int] = set()
    for token in _TOKEN.finditer(text):
        if not _ASCII.search(token[0]) or _ALIKE.isdisjoint(token[0]):
            continue
        for word in _LETTERS.finditer(token[0]):
            # a word of another script is only that, unless it is mixed or passes for Latin from end to end
            if _ASCII.search(word[0]) or all(letter in _ALIKE for letter in word[0]):
                start = token.start() + word.start()
                found.update(start + place for place, letter in enumerate(word[0]) if letter in _ALIKE)
    return frozenset(found)
