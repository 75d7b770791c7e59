"""Whether a Markdown text cites what was read: its list of sources, its links and marks, its quotations, its claims."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from agent_core.i18n import N_, Translate
from agent_core.links import links_of, parsed, tokens_of, web_address
from agent_core.readings import Reading

#: what a paragraph that rests on no source ends with
NO_SOURCE = re.compile(r"[(\[（【]\s*(?:no source|无来源|無來源)\s*[)\]）】]", re.IGNORECASE)
_SOURCES = re.compile(
    r"\W*(?:\d+\W+)?(?:sources?|references?|works cited|bibliography|参考资料|参考来源|参考文献|资料来源|来源)\W*",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[\^?(\d{1,3}(?:\s*[,，、;]\s*\^?\d{1,3})*)\]")
_NUMBERED = re.compile(r"\s*\[?\^?(\d{1,3})(?:\]|[.):：])")
_QUOTED = re.compile(
    # ‘ ends a German quotation, and stands for what is left out of ‘90s
    r"“([^“”]+)”|„([^„“”]+)[“”]|‚([^‚‘\n]+)‘|‘(?!\d)([^‘\n]+?)’(?!\w)"
    r"|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»|(?<![\w\"])\"([^\"\n]+)\"(?!\w)"
)
_MARKS = '“”„‚‘’「」『』«»"'
_FROM = re.compile(r"(?m)^\s*(?:—|–|--|-{1,2} ).*\Z", re.DOTALL)  # "— The Paper", below what is quoted of it
_LEFT_OUT = re.compile(r"\[?\(?(?:…|\.\s?\.\s?\.)\)?\]?|\[[^\[\]]{0,80}\]")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_CLAIM = 40  # letters, of which a Chinese one counts three: what is shorter is a caption or a connection
_QUOTE = 24  # the same: what is shorter is a name or an expression
_SHOWN = 60  # characters of a passage in a fault
_SILENT = frozenset({"heading", "hr", "fence", "code_block", "html_block"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: a msgid, and the passage that it is about."""

    pattern: str
    about: str = ""
    more: tuple[tuple[str, str], ...] = ()

    def told(self, _: Translate) -> str:
        """Return it in a sentence without its full stop."""
        return _(self.pattern).format(about=_short(self.about), **dict(self.more))


@dataclass(frozen=True, slots=True)
class _Block:
    """A block: its kind as in markdown-it, its text, that without what is linked, and the web links."""

    kind: str
    text: str
    said: str
    links: tuple[str, ...]
    items: tuple["_Block", ...] = ()
    start: int = 1

    @property
    def marks(self) -> frozenset[int]:
        """The numbers of sources that it refers to."""
        groups = _MARK.findall(self.text)
        return frozenset(int(number) for group in groups for number in re.findall(r"\d+", group))

    @property
    def cites(self) -> bool:
        """Whether it names any source."""
        return bool(self.links or self.marks)


@dataclass(slots=True)
class _Sources:
    """The list at the end: addresses by number, and the days that were read by address."""

    by_number: dict[int, str] = field(default_factory=dict[int, str])


def faults_of_citations(text: str, readings: Sequence[Reading]) -> Iterator[Fault]:
    """Yield what keeps a Markdown text from citing what was read.

    Every address in it was read; those in its list of sources with the day; every mark is listed; every quotation
    stands in a source that its passage names; and every passage names one, or says that it has none.
    """
    blocks, listed = _parted(_blocks(text))
    read = _by_address(readings)
    texts = {address: _plain(" ".join(each.text for each in found)) for address, found in read.items()}
    sources = _Sources()
    yield from _faults_of_list(listed, read, sources)
    named = set(sources.by_number.values())
    for address in dict.fromkeys(web_address(link) for link in parsed(text).links if _is_web(link)):
        if address in named:
            continue
        if address not in read:
            yield Fault(N_("{about} was not read in this run"), address)
        else:
            yield Fault(N_("{about} is cited but not listed among the sources"), address)
    for number in sorted({mark for block in blocks for mark in block.marks} - sources.by_number.keys()):
        yield Fault(N_("[{about}] refers to no source in the list"), str(number))
    for index, block in enumerate(blocks):
        yield from _faults_of_block(block, _around(blocks, index), sources, texts)


def cites(text: str) -> bool:
    """Say whether a Markdown text refers to pages of the web: by a link, a bare address, or a list of sources."""
    return bool(_parted(_blocks(text))[1]) or any(map(_is_web, parsed(text).links))


def _faults_of_list(
    listed: Sequence[_Block], read: Mapping[str, Sequence[Reading]], sources: _Sources
) -> Iterator[Fault]:
    """Yield what is wrong with the list of sources, and fill in `sources`."""
    entries = list(_entries(listed))
    if not any(entry.links for _, entry in entries):
        yield Fault(N_("it has no list of sources; end it with a heading Sources and a numbered list"))
    for number, entry in entries:
        for link in entry.links:
            address = web_address(link)
            sources.by_number.setdefault(number, address)
            if address not in read:
                yield Fault(N_("{about} is listed, but was not read in this run"), address)
                continue
            days = sorted({reading.day for reading in read[address]})
            if not any(day in entry.text for day in days):
                yield Fault(N_("the source {about} lacks the day it was read, {day}"), address, (("day", days[-1]),))


def _faults_of_block(block: _Block, around: _Block, sources: _Sources, texts: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what is wrong with a block; `texts` are what was read, plain, by address."""
    if block.kind in _SILENT or NO_SOURCE.search(block.text):
        return
    if not around.cites:
        if _weight(block.text) >= _CLAIM:
            yield Fault(N_("“{about}” names no source; cite one, or end it with (no source)"), block.text)
        return
    named = {web_address(link) for link in around.links}
    named |= {sources.by_number[mark] for mark in around.marks if mark in sources.by_number}
    given = [texts[address] for address in named if address in texts]
    for quotation in _quotations(block):
        if _weight(quotation) >= _QUOTE and given and not any(_holds(text, quotation) for text in given):
            yield Fault(N_("“{about}” does not stand in the source it is quoted from"), quotation)


def _quotations(block: _Block) -> list[str]:
    """Return what stands in quotation marks, or all of a block quotation without the words on where it is from."""
    marked = [found[0].strip(_MARKS) for found in _QUOTED.finditer(block.text)]
    if marked or block.kind != "blockquote":
        return marked
    said = _FROM.sub("", block.said)
    return [said if _weight(said) >= _QUOTE else block.text]


def _around(blocks: Sequence[_Block], index: int) -> _Block:
    """Return a block with what cites for it: a quotation, a list or a table may be introduced, or followed, by that."""
    block = blocks[index]
    if block.cites or block.kind == "paragraph":
        return block
    beside = [*blocks[max(index - 1, 0) : index], *blocks[index + 1 : index + 2]]
    return next((each for each in reversed(beside) if each.kind == "paragraph" and each.cites), block)


def _parted(blocks: Sequence[_Block]) -> tuple[list[_Block], list[_Block]]:
    """Return the blocks of the text, and those of its list of sources."""
    for index, block in enumerate(blocks):
        if block.kind == "heading" and _SOURCES.fullmatch(block.text):
            after = index + 1
            until = next((n for n in range(after, len(blocks)) if blocks[n].kind == "heading"), len(blocks))
            return [*blocks[:index], *blocks[until:]], list(blocks[after:until])
    return list(blocks), []


def _entries(listed: Sequence[_Block]) -> Iterator[tuple[int, _Block]]:
    """Yield the entries of the list of sources by number: those that they name, else those that they have by place."""
    place = 0
    for block in listed:
        for offset, entry in enumerate(block.items or (block,)):
            place += 1
            named = _NUMBERED.match(entry.text)
            usual = block.start + offset if block.kind == "ordered_list" else place
            yield (int(named[1]) if named else usual), entry


def _by_address(readings: Sequence[Reading]) -> Mapping[str, Sequence[Reading]]:
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        for address in dict.fromkeys(map(web_address, reading.urls)):
            found.setdefault(address, []).append(reading)
    return found


# --- Markdown -----------------------------------------------------------------------------------------------------


def _blocks(text: str) -> list[_Block]:
    return list(_grouped(tokens_of(text), 0))


def _grouped(tokens: Sequence[Token], level: int) -> Iterator[_Block]:
    index = 0
    while index < len(tokens):
        token, end = tokens[index], index + 1
        if token.nesting == 1:
            end = (
                next(n for n in range(index + 1, len(tokens)) if tokens[n].level == level and tokens[n].nesting == -1)
                + 1
            )
        yield _block(tokens[index:end], level)
        index = end


def _block(tokens: Sequence[Token], level: int) -> _Block:
    first = tokens[0]
    kind, inline = first.type.removesuffix("_open"), [each for each in tokens if each.type == "inline"]
    text = "\n".join(_text(each.children or []) for each in inline)
    said = "\n".join(_text(_unlinked(each.children or [])) for each in inline)
    links = tuple(link for each in inline for link in links_of(each.children or []) if _is_web(link))
    items, start = tuple[_Block, ...](), 1
    if kind in {"ordered_list", "bullet_list"}:
        items = tuple(_grouped(tokens[1:-1], level + 1))
        start = int(first.attrGet("start") or 1)
    elif kind == "paragraph" and text.count("\n"):
        items = tuple(_lines(inline[0].children or []))
    return _Block(kind, text, said, links, items, start)


def _lines(children: Sequence[Token]) -> Iterator[_Block]:
    """Yield the lines of a paragraph, which may be a list that nobody marked as one."""
    line: list[Token] = []
    for token in [*children, None]:
        if token is None or token.type in {"softbreak", "hardbreak"}:
            links = tuple(link for link in links_of(line) if _is_web(link))
            yield _Block("line", _text(line), "", links)
            line = []
        else:
            line.append(token)


def _text(children: Sequence[Token]) -> str:
    breaks = {"softbreak", "hardbreak"}
    return "".join("\n" if each.type in breaks else each.content for each in children).strip()


def _unlinked(children: Sequence[Token]) -> list[Token]:
    kept, within = list[Token](), 0
    for each in children:
        within += each.nesting if each.type in {"link_open", "link_close"} else 0
        if not within:
            kept.append(each)
    return kept


def _is_web(link: str) -> bool:
    return link.lower().startswith(("http://", "https://", "//"))


# --- text ---------------------------------------------------------------------------------------------------------


def _weight(text: str) -> int:
    return len(" ".join(text.split())) + 2 * len(_CJK.findall(text))


def _plain(text: str) -> str:
    """Return text as two are compared: without Markdown, case, kinds of quotation marks and dashes, and spaces."""
    text = unicodedata.normalize("NFKC", _LINK.sub(r"\1", text)).casefold()
    return "".join(character for character in text if character.isalnum())


def _holds(text: str, quotation: str) -> bool:
    """Say whether the plain `text` holds a quotation, its parts in their order where something is left out."""
    at = 0
    for part in filter(None, map(_plain, _LEFT_OUT.split(quotation))):
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
