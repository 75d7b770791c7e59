"""Markdown of models and people -> Discord's own. Pure.

It is read as Markdown and written anew, so there is no markup in the result but what is written here: nothing pings,
no link hides where it leads, no picture is fetched and nothing is covered up. Tables, which Discord has none of, come
in letters of one width.
"""

from collections.abc import Sequence
from unicodedata import east_asian_width

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.discord.markup import bold, code, escaped, fenced, quoted

_MOST_READ = 100_000  # characters; what is longer comes as a file, and begins on the Card letter by letter
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_HEADINGS = {"h1": "###", "h2": "###"}  # a Card has its own title, which is larger
_INLINE = {"strong_open": "**", "strong_close": "**", "em_open": "*", "em_close": "*", "s_open": "~~", "s_close": "~~"}
_RULE = "─" * 12
_DEEPEST = 2  # lists within lists are drawn so deep; what is deeper stands there, too


def discord_markdown(text: str) -> str:
    """Return Markdown as Discord shows it; a text too long or too deep to be read as such is shown as it is written."""
    if len(text) > _MOST_READ:
        return escaped(text)
    tokens = _MARKDOWN.parse(text)
    if any(token.level >= _MARKDOWN.options["maxNesting"] - 1 for token in tokens):
        return escaped(text)
    return "\n".join(_Writer(tokens).blocks("")).strip("\n")


class _Writer:
    """Writes blocks, one token after the other."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def blocks(self, end: str, depth: int = 0) -> list[str]:
        """Return the lines of the blocks up to the token `end`, which is passed over."""
        lines: list[str] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == end:
                break
            lines += self._block(token, depth)
        return lines

    def _block(self, token: Token, depth: int) -> list[str]:
        lines: list[str]
        match token.type:
            case "heading_open":
                text = self._text()
                mark = _HEADINGS.get(token.tag)
                lines = [f"{mark} {text}" if mark else f"**{text}**"]
            case "paragraph_open":
                lines = [self._text(), *([] if depth else [""])]
            case "bullet_list_open" | "ordered_list_open":
                lines = [*self._list(token, depth), *([] if depth else [""])]
            case "blockquote_open":
                lines = [quoted("\n".join(self.blocks("blockquote_close")).strip("\n")), ""]
            case "fence" | "code_block":
                lines = [fenced(token.content.rstrip("\n"), token.info.strip())]
            case "table_open":
                lines = [self._table()]
            case "hr":
                lines = [_RULE]
            case _:
                lines = [escaped(token.content)] if token.content else []
        return lines

    def _text(self) -> str:
        """Return the text of a heading or paragraph, and pass over its end."""
        text = _inline(self._next().children)
        self._at += 1
        return text

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _list(self, opened: Token, depth: int) -> list[str]:
        lines: list[str] = []
        number = int(opened.attrGet("start") or 1) if opened.type == "ordered_list_open" else None
        end = opened.type.replace("_open", "_close")
        indent = "  " * min(depth, _DEEPEST)
        while self._next().type != end:
            first, *rest = self.blocks("list_item_close", depth + 1) or [""]
            mark = "-" if number is None else f"{number}."
            lines += [f"{indent}{mark} {first.lstrip() if depth < _DEEPEST else first}", *rest]
            number = None if number is None else number + 1
        return lines

    def _table(self) -> str:
        rows: list[list[str]] = []
        while (token := self._next()).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(_plain(token.children))
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        drawn = [
            "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return fenced("\n".join([drawn[0], "  ".join("─" * width for width in widths), *drawn[1:]]))


def _width(text: str) -> int:
    """Return the columns that a text takes in letters of one width."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _inline(tokens: Sequence[Token] | None) -> str:
    made: list[str] = []
    links: list[tuple[int, str]] = []
    for token in tokens or ():
        match token.type:
            case "text":
                made.append(escaped(token.content))
            case "code_inline":
                made.append(code(token.content))
            case "softbreak" | "hardbreak":
                made.append("\n")
            case "link_open":
                links.append((len(made), str(token.attrGet("href") or "")))
            case "link_close":
                start, address = links.pop()
                made[start:] = [_link("".join(made[start:]), address)]
            case "image":
                made.append(_link(bold(token.content), str(token.attrGet("src") or "")))
            case other:
                made.append(_INLINE.get(other) or escaped(token.content))
    return "".join(made)


def _link(text: str, address: str) -> str:
    """Return a link whose address can be read; Discord makes addresses of the web clickable by itself."""
    shown = escaped(address)
    return shown if text in (shown, "") else f"{text} ({shown})"


def _plain(tokens: Sequence[Token] | None) -> str:
    """Return what a cell of a table says, without markup."""
    return "".join(token.content or (" " if "break" in token.type else "") for token in tokens or ())
