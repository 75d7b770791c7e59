"""The texts that the rehearsal model writes: files and answers. Each says first and last that no model wrote it."""

import re
from collections.abc import Iterator, Sequence

from agent_core.checks import count_words
from bot.rehearsal.facts import Facts, Source, bulleted, changes, fill, words_of
from bot.rehearsal.goals import Aim, Kind
from bot.rehearsal.samples import code, json_file
from bot.rehearsal.words import DocumentWords

QUOTED_LINES = 4  # of a file that was read, in a text about it
_QUOTED_LENGTH = 300  # characters of one of those lines
_MOST_POINTS = 12  # of an outline, in a draft
_LETTERS = ("email", "letter")


def content(facts: Facts) -> str:
    """Return the whole content of the file `facts.path`."""
    shape = shape_of(facts.path, facts.aim)
    match shape:
        case "code":
            return code(facts)
        case "json":
            return json_file(facts)
        case _:
            return _document(facts, shape)


def answer(facts: Facts, files: Sequence[Source]) -> str:
    """Return an answer for the thread; `files` are those it hands over, with their texts."""
    words = words_of(facts.language).document
    filled = fill(facts)
    main = next((file for file in files if file.path == facts.aim.path), files[-1] if files else None)
    is_code = facts.aim.kind is Kind.CODE  # all of its files are named, since its opening names none
    opening = words.answers[facts.aim.kind if main or is_code or facts.aim.kind is Kind.ANSWER else "none"]
    parts = [
        words.notice_first.format(**filled),
        opening.format(**{**filled, "path": f"`{main.path}`" if main else "", "words": _count(main)}),
        _contents(main, words) if main and main.path.endswith(".md") else "",
        "\n".join(
            f"- {words.file_line.format(path=file.path, words=_count(file))}"
            for file in files
            if is_code or file != main
        ),
        *(_read(facts, words, level="###") if facts.aim.kind is Kind.ANSWER else ()),
        *changes(facts, words, level="###"),
        _numbered(f"### {words.model_heading}", words.model_steps),
        words.notice_last,
    ]
    return "\n\n".join(part for part in parts if part)


def shape_of(path: str, aim: Aim) -> str:
    """Return what sort of file a path is in a Run with this Aim."""
    name, _, ending = path.rpartition("/")[2].lower().rpartition(".")
    if ending in ("py", "js"):
        return "code"
    if ending == "json":
        return "json"
    if path == aim.path:
        main = {Kind.SUMMARISE: "summary", Kind.TRANSLATE: "translation", Kind.RESEARCH: "report", Kind.OTHER: "notes"}
        return main.get(aim.kind, "letter" if aim.noun in _LETTERS else "draft")
    return name if name in ("outline", "background", "examples") else "notes"


def excerpt(text: str) -> str:
    """Return the first telling lines of a file, quoted; headings and quotations are passed over."""
    lines = [line.strip() for line in text.splitlines()]
    telling = [line for line in lines if line and not line.startswith((">", "#", "```"))]
    return "\n".join(f"> {line[:_QUOTED_LENGTH]}" for line in telling[:QUOTED_LINES])


def _document(facts: Facts, shape: str) -> str:
    words = words_of(facts.language).document
    filled = fill(facts)
    title = facts.title if shape == "notes" and facts.path != facts.aim.path else words.titles[shape].format(**filled)
    parts = [
        f"> {words.notice_first.format(**filled)}",
        f"# {title}",
        words.persona.format(persona=facts.persona) if facts.persona else "",
        *_body(facts, shape, words),
        *_read(facts, words, level="##"),
        *changes(facts, words, level="##"),
    ]
    wanted = [term for term in facts.wanted if term.casefold() not in "\n".join(parts).casefold()]
    parts.append(bulleted(f"## {words.asked_heading}", wanted) if wanted else "")
    parts.append(_numbered(f"## {words.model_heading}", words.model_steps))
    last = f"> {words.notice_last}"
    text = "\n\n".join(part for part in parts if part)
    return "\n\n".join([text, *_padding(facts, words, count_words(f"{text}\n{last}")), last]) + "\n"


def _body(facts: Facts, shape: str, words: DocumentWords) -> Iterator[str]:
    filled = fill(facts)
    lead = words.leads[shape].format(**filled)
    points = _points(facts, words)
    if shape == "outline":
        yield lead
        yield _numbered(f"## {words.points_heading}", points)
    elif shape == "draft":
        yield lead
        for number, point in enumerate(points, start=1):
            yield f"## {number}. {point}"
            yield _paragraph(number, len(points), words).format(**filled)
    elif shape == "letter":
        yield words.subject.format(**filled)
        yield words.greeting
        yield lead
        yield from (_paragraph(number, len(points), words).format(**filled) for number in range(1, len(points) + 1))
        yield bulleted("", points)
        yield words.regards
    else:
        yield lead
        yield bulleted(f"## {words.here_heading}", words.here[shape])


def _points(facts: Facts, words: DocumentWords) -> Sequence[str]:
    """Return the points of the outline that was read, or those that fit the sort of text."""
    for source in facts.sources:
        own = source.text.split(f"## {words.model_heading}")[0]
        found = re.findall(r"^\s*\d+[.)、]\s*(\S.*)$", own, re.MULTILINE)
        if found and source.path != facts.path:
            return [point.strip()[:_QUOTED_LENGTH] for point in found[:_MOST_POINTS]]
    chosen = words.points.get(facts.aim.noun, words.points[""])
    return [point.format(topic=facts.aim.topic) for point in chosen]


def _paragraph(number: int, of: int, words: DocumentWords) -> str:
    """Return what stands under a point: the first and the last open and close, the others take turns."""
    first, *between, last = words.bodies
    if number == 1:
        return first
    return last if number == of else between[(number - 2) % len(between)]


def _read(facts: Facts, words: DocumentWords, *, level: str) -> Iterator[str]:
    """Yield what was read, in quotation; an outline shows in the draft already, and a file need not quote itself."""
    shown = [
        source
        for source in facts.sources
        if source.path != facts.path and (source.problem or shape_of(source.path, facts.aim) != "outline")
    ]
    if shown:
        yield f"{level} {words.read_heading}"
    for source in shown:
        if source.problem:
            yield words.read_nothing.format(path=source.path, reason=source.problem)
        else:
            yield words.read_line.format(path=source.path)
            yield excerpt(source.text)


def _padding(facts: Facts, words: DocumentWords, have: int) -> Iterator[str]:
    """Yield paragraphs until the length that was asked for is reached."""
    if have >= facts.words:
        return
    yield f"## {words.more_heading}"
    number = 0
    while have < facts.words:
        more = (
            words.more[number]
            if number < len(words.more)
            else words.filler.format(**fill(facts), number=number - len(words.more) + 1)
        )
        number += 1
        have += count_words(more)
        yield more


def _contents(file: Source, words: DocumentWords) -> str:
    """Return a file's headings as a list, without the one that stands in every file of ours."""
    found = re.findall(r"^#{1,3} (?:\d+\. )?(\S.*)$", file.text, re.MULTILINE)[:_MOST_POINTS]
    headings = [heading for heading in found if heading != words.model_heading]
    return f"{words.contents}\n\n" + "\n".join(f"- {heading}" for heading in headings) if headings else ""


def _count(file: Source | None) -> int:
    return count_words(file.text) if file else 0


def _numbered(heading: str, lines: Sequence[str]) -> str:
    listed = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
    return f"{heading}\n\n{listed}" if heading else listed
