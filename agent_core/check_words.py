"""Checks in words: how people read them beside a Criterion, how they are read back, and what a sentence says of one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from string import Formatter

from agent_core.domain import Check, CheckKind, Criterion
from agent_core.i18n import LANGUAGES, N_, translator

_CHECKED = N_("{criterion} (checked by code: {check})")
_JUDGED = N_("{criterion} (not checked by code)")
_PHRASES = {
    CheckKind.FILE_EXISTS: N_("{path} exists"),
    CheckKind.MIN_WORDS: N_("{path} has at least {number} words"),
    CheckKind.MAX_WORDS: N_("{path} has at most {number} words"),
    CheckKind.CONTAINS: N_("{path} contains “{text}”"),
    CheckKind.LINKS_RESOLVE: N_("every link in {path} leads somewhere"),
    CheckKind.CITES_SOURCES: N_("{path} cites what was read"),
    CheckKind.VALID_JSON: N_("{path} is valid JSON"),
    CheckKind.TESTS_PASS: N_("the last run of code ended well"),
    CheckKind.ANSWERED: N_("an answer is given in the thread"),
}
_FIELDS = {
    "path": r"(?P<path>\S.*?)",
    "number": r"(?P<number>\d[\d,，]{0,11})",
    "text": "(?P<text>.+)",
    "criterion": "(?P<criterion>.*?)",
    "check": "(?P<check>.*)",
}
_ALIKE = {character: f"[{alike}]" for alike in ('“”"「」', "(（", ")）", ":：") for character in alike} | {" ": r"\s*"}

_NUMBER = (
    r"(?<![A-Za-z0-9_.])(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+(?:\.\d+)?)(?:\s?(?:thousand\b|k(?![A-Za-z])|千|万|百))?"
)
_COUNTED = re.compile(rf"({_NUMBER})(?:\s*(?:-|–|—|~|to|and|or|至|到)\s*({_NUMBER}))?[\s-]*(?:words?\b|个?字|个?词)")
_TIMES = {"thousand": 1000, "k": 1000, "千": 1000, "万": 10_000, "百": 100}
_PATH = re.compile(r"[A-Za-z0-9_\-./]*[A-Za-z0-9_\-]\.[A-Za-z][A-Za-z0-9]{0,9}(?![A-Za-z0-9])")
_QUOTED = re.compile(r"[“\"「](.+?)[”\"」]")
# the longer words first: “no more than” holds “more than”
_BOUND = re.compile(
    r"(?P<most>at most|no(?:t)? more than|no longer than|maximum|up to|or (?:less|fewer)"
    r"|≤|至多|最多|不超过|不多于|以内|以下)"
    r"|(?P<least>at least|no(?:t)? (?:less|fewer) than|no shorter than|minimum|or more|≥|至少|最少|不少于|不低于|以上)"
    r"|(?P<under>less than|fewer than|under|少于|低于)|(?P<over>more than|over|超过|多于)",
    re.IGNORECASE,
)
_KINDS = {
    "most": CheckKind.MAX_WORDS,
    "under": CheckKind.MAX_WORDS,
    "least": CheckKind.MIN_WORDS,
    "over": CheckKind.MIN_WORDS,
}
COUNTS = (CheckKind.MIN_WORDS, CheckKind.MAX_WORDS)
OF_FILES = tuple(kind for kind, phrase in _PHRASES.items() if "{path}" in phrase)


# --- out ----------------------------------------------------------------------------------------------------------


def check_words(check: Check, language: str) -> str:
    """Return what code looks for, in a few words."""
    return translator(language)(_PHRASES[check.kind]).format(
        path=one_line(check.path), number=check.number, text=one_line(check.text)
    )


def criterion_words(criterion: Criterion, language: str) -> str:
    """Return a Criterion in a line, with what code looks for if code judges it."""
    _, text = translator(language), one_line(criterion.text)
    if criterion.check is not None:
        return _(_CHECKED).format(criterion=text, check=check_words(criterion.check, language))
    # words that read as if code judged them are told apart, or reading them back would say so
    return text if stated(text) == (text, None) else _(_JUDGED).format(criterion=text)


def one_line(text: str) -> str:
    """Return a text in one line, a space wherever there was any."""
    return " ".join(text.split())


# --- in -----------------------------------------------------------------------------------------------------------


def stated(line: str) -> tuple[str, str | None]:
    """Return the words of a Criterion's line, and what it says code looks for.

    That is None where it says nothing of it, and empty where it says that code does not check it.
    """
    for language in LANGUAGES:
        _ = translator(language)
        if judged := _pattern(_(_JUDGED)).fullmatch(line):
            return judged["criterion"], ""
        if checked := _pattern(_(_CHECKED)).fullmatch(line):
            return checked["criterion"], checked["check"]
    return line, None


def read_check(words: str) -> Check | None:
    """Return the Check that these words are the phrase of, in any language; None when they are of none."""
    words = words.strip().rstrip(".。")
    for kind, phrase in _PHRASES.items():
        for language in LANGUAGES:
            if found := _pattern(translator(language)(phrase)).fullmatch(words):
                fields = found.groupdict()
                number = re.sub(r"\D", "", fields.get("number") or "0")
                return Check(kind, fields.get("path") or "", int(number), fields.get("text") or "")
    return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches a template's texts, whatever quotes, brackets and letter case were typed."""
    parts = (
        "".join(_ALIKE.get(each, re.escape(each)) for each in text) + (_FIELDS[name] if name else "")
        for text, name, _spec, _conversion in Formatter().parse(template)
    )
    return re.compile("".join(parts), re.IGNORECASE)


# --- what a sentence says of a check ------------------------------------------------------------------------------


def numbers_of(text: str, path: str = "") -> tuple[int, ...]:
    """Return the numbers of words that a sentence names; where it counts none as words, all that it names."""
    text = _PATH.sub(" ", text.replace(path, " ") if path else text)
    counted = [each for found in _COUNTED.finditer(text) for each in found.groups() if each]
    found = counted or re.findall(_NUMBER, text)
    return tuple(dict.fromkeys(number for each in found for number in _number(each)))


def _number(said: str) -> Iterator[int]:
    parts = re.fullmatch(r"([\d.,，]+)\s?(\D*)", said)
    if parts:
        times = _TIMES.get(parts[2].strip().lower(), 1)
        yield round(float(parts[1].replace(",", "").replace("，", "")) * times)


def carried(was: Criterion, words: str) -> Check | None:
    """Return a Criterion's Check with the path, number, bound and text that its new words name.

    None where more was changed than those, or where the words do not tell which is meant.
    """
    check = was.check
    if check is None or _frame(was.text, check) != _frame(words, check):
        return None
    path = _named(check.path, words, _PATH)
    if check.kind in COUNTS:
        kind, number = _kind(check.kind, was.text, words), _count(check.number, numbers_of(words, path or ""))
        return None if path is None or kind is None or number is None else Check(kind, path, number)
    text = _named(check.text, words, _QUOTED)
    return None if path is None or text is None else replace(check, path=path, text=text)


def _frame(text: str, check: Check) -> str:
    """Return what is left of a sentence without what a Check's fields are read from."""
    for name in (check.path, check.text):
        text = text.replace(name, " ") if name else text
    for pattern in (_PATH, _QUOTED, _BOUND, re.compile(_NUMBER)):
        text = pattern.sub(" ", text)
    return one_line(re.sub(r"[.。,，]", " ", text)).casefold()


def _named(before: str, words: str, pattern: re.Pattern[str]) -> str | None:
    """Return what the words name instead of `before`: itself if they still name it or nothing; None if several."""
    found = tuple(dict.fromkeys(str(each) for each in pattern.findall(words)))
    if not before or before in words or not found:
        return before
    return found[0] if len(found) == 1 else None


def _count(before: int, named: tuple[int, ...]) -> int | None:
    if before in named or not named:
        return before if named else None
    return named[0] if len(named) == 1 else None


def _kind(kind: CheckKind, was: str, words: str) -> CheckKind | None:
    """Return whether words are counted up to a bound or down to it: as before, where neither wording says."""
    said = {_KINDS[name] for found in _BOUND.finditer(words) for name in _KINDS if found[name]}
    if len(said) == 1:
        return said.pop()
    return kind if kind in said or not (said or _BOUND.search(was)) else None
