"""Text -> Discord's markup, so that nothing in a text is read as markup, names somebody or hides. Pure."""

import re
from collections.abc import Iterator

from agent_core.characters import revealed

FENCE = "```"
# what Discord's clients read as markup anywhere in a line ("Markdown Text 101"); `<` also begins mentions and times
_MARKS = re.compile(r"[\\*_~`|<@\[\]]")
# and what they read at the beginning of one: headings, small text, quotes and lists
_LINE_MARKS = re.compile(r"^([^\S\n]*)(?=#{1,3}\s|-#|[->+]|>>>)", re.MULTILINE)
_NUMBERED = re.compile(r"^([^\S\n]*\d+)(?=[.)])", re.MULTILINE)
_ADDRESS = re.compile(r"https?://[^\s<>\[\]|`*]+")
_BACKTICKS = re.compile(r"(?<=`)(?=`)")
_LANGUAGE = re.compile(r"[A-Za-z0-9+#-]{0,20}")
_APART = "\u200b"  # not seen; keeps backticks within a fence from ending it


def escaped(text: str) -> str:
    """Return a text as it is to be seen, letter by letter; a web address stays one to click on."""
    text = revealed(text)
    made: list[str] = []
    at = 0
    for address in _ADDRESS.finditer(text):
        made += [_marked(text[at : address.start()]), address[0]]
        at = address.end()
    made.append(_marked(text[at:]))
    return _NUMBERED.sub(r"\1\\", _LINE_MARKS.sub(r"\1\\", "".join(made)))


def _marked(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", text)


def one_line(text: str) -> str:
    """Return a text escaped and on one line."""
    return escaped(" ".join(text.split()))


def bold(text: str) -> str:
    """Return a text in bold letters, on one line; nothing for nothing."""
    return f"**{one_line(text)}**" if text.strip() else ""


def small(text: str) -> str:
    """Return a text that is markup already in small letters, line by line."""
    return "\n".join(f"-# {line}" for line in text.split("\n") if line.strip())


def code(text: str) -> str:
    """Return a short text in letters of one width, on one line."""
    return f"`{revealed(' '.join(text.split())).replace('`', 'ˋ')}`"


def fenced(text: str, language: str = "") -> str:
    """Return a text in a block of letters of one width; nothing in it ends the block."""
    inner = _BACKTICKS.sub(_APART, revealed(text)).removesuffix("\n")
    # a first line alone would be taken for the name of a language, and a backtick at the end for the fence's
    tail = _APART if inner.endswith("`") else ""
    return f"{FENCE}{language if _LANGUAGE.fullmatch(language) else ''}\n{inner}{tail}\n{FENCE}"


def quoted(text: str) -> str:
    """Return a text that is markup already as a quotation."""
    return "\n".join(f"> {line}" for line in text.split("\n"))


def weight(text: str) -> tuple[int, int]:
    """Return what Discord may count of a text: characters, those beyond 16 bits as two, and bytes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2, len(text.encode("utf-8", "surrogatepass"))


def chunks(text: str, characters: int, size: int) -> Iterator[str]:
    """Yield markup in pieces of so many characters and bytes at the most, parted at lines where that is possible.

    A fence that is open at the end of a piece is closed there, and opened again in the next.
    """
    room = characters - 2 * len(FENCE) - 24, size - 2 * len(FENCE) - 24
    piece: list[str] = []
    fence = ""
    for line in _lines(text, *room):
        if piece and not _fits("\n".join((*piece, line)), *room):
            yield _closed(piece, fence)
            piece = [fence] if fence else []
        piece.append(line)
        if line.startswith(FENCE):
            fence = "" if fence else line
    if piece:
        yield _closed(piece, fence)


def _closed(piece: list[str], fence: str) -> str:
    return "\n".join((*piece, FENCE) if fence else piece)


def _fits(text: str, characters: int, size: int) -> bool:
    counted, weighed = weight(text)
    return counted <= characters and weighed <= size


def _lines(text: str, characters: int, size: int) -> Iterator[str]:
    """Yield the lines of a text; those too long for a piece in parts, none of which ends in a lone backslash."""
    for line in text.split("\n"):
        rest = line
        while not _fits(rest, characters, size):
            cut = min(characters // 2, size // 4)
            while cut > 1 and rest[cut - 1] == "\\":
                cut -= 1
            yield rest[:cut]
            rest = rest[cut:]
        yield rest
