"""Criteria that code can check: judged by looking, not by opinion."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent_core.citations import cites, faults_of_citations
from agent_core.domain import Check, CheckKind
from agent_core.errors import FileMissing, WorkspaceError
from agent_core.i18n import N_, sentence, translator
from agent_core.links import fault_of_link, parsed, web_address
from agent_core.readings import Reading
from agent_core.tools.files import text_of
from agent_core.tools.paths import checked_path
from agent_core.tools.workspace import Workspace

LINKED_BYTES = 1024 * 1024  # of a Markdown file whose links are checked: some 200,000 words, parsed in seconds
_MARKDOWN = (".md", ".markdown")
_TOLD = 5  # faults named in a note

# Ideographs, kana and hangul syllables: written without spaces, or counted one by one all the same, as word
# processors do (Unicode blocks, version 16). The lookahead leaves out the punctuation among them.
_CJK = re.compile(
    r"(?=\w)[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    r"\uff66-\uff9f\U00020000-\U0003ffff]"
)
_CJK_PUNCTUATION = re.compile(r"[\u3000-\u3004\u3008-\u303f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a Subtask has to show: its files, the answers it gave, and how its last run of code ended.

    `run_code_ok` is None when no code ran; `readings` are what the Run has read of the web. What is found is told in
    `language`.
    """

    workspace: Workspace
    answers: tuple[str, ...] = ()
    run_code_ok: bool | None = None
    readings: tuple[Reading, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a Check is met, and in a sentence what was found."""

    met: bool
    note: str


async def check_criterion(check: Check, evidence: Evidence) -> CheckResult:
    """Return what code finds of a Criterion's Check. A Check that cannot be carried out is unmet and says why."""
    match check.kind:
        case CheckKind.ANSWERED:
            return _answered(evidence)
        case CheckKind.TESTS_PASS:
            return _tests_pass(evidence)
        case _:
            return await asyncio.to_thread(_check_file, check, evidence)


async def uncalled_for(paths: Sequence[str], workspace: Workspace) -> Sequence[Check]:
    """Return the Checks that are made whoever asked for them: what cites pages of the web is held against them."""

    def refers(path: str) -> bool:
        try:
            return cites(text_of(workspace.read(path, LINKED_BYTES)) or "")
        except WorkspaceError:
            return False  # it is gone, or too large: the plan's own criteria say whether that matters

    texts = [path for path in paths if path.lower().endswith(_MARKDOWN)]
    cited = await asyncio.to_thread(lambda: [path for path in texts if refers(path)])
    return [Check(CheckKind.CITES_SOURCES, path) for path in cited]


def count_words(text: str) -> int:
    """Return the words of `text`: what spaces part and holds a letter or digit; every CJK character is a word."""
    rest, cjk = _CJK.subn(" ", text)
    return cjk + sum(1 for part in _CJK_PUNCTUATION.sub(" ", rest).split() if _WORD.search(part))


def _answered(evidence: Evidence) -> CheckResult:
    _ = translator(evidence.language)
    if any(answer.strip() for answer in evidence.answers):
        return CheckResult(met=True, note=_("An answer was given in the thread."))
    return CheckResult(met=False, note=_("No answer was given in the thread yet; use answer."))


def _tests_pass(evidence: Evidence) -> CheckResult:
    _ = translator(evidence.language)
    match evidence.run_code_ok:
        case True:
            return CheckResult(met=True, note=_("The last run of code ended well."))
        case False:
            return CheckResult(met=False, note=_("The last run of code failed; mend it and run it again."))
        case None:
            return CheckResult(met=False, note=_("No code was run for this yet; run the tests."))


def _check_file(check: Check, evidence: Evidence) -> CheckResult:
    _ = translator(evidence.language)
    if not check.path:
        return CheckResult(met=False, note=_("The check names no file, so it cannot be carried out."))
    try:
        named = replace(check, path=checked_path(check.path))
        return _FILE_CHECKS[check.kind](named, evidence)
    except FileMissing:
        return CheckResult(met=False, note=_("There is no file {path} yet.").format(path=check.path))
    except WorkspaceError as error:
        return CheckResult(met=False, note=sentence(error, evidence.language))


def _file_exists(check: Check, evidence: Evidence) -> CheckResult:
    _ = translator(evidence.language)
    size = evidence.workspace.size(check.path)
    note = _("{path} has {size:,} bytes.") if size else _("{path} is empty.")
    return CheckResult(met=size > 0, note=note.format(path=check.path, size=size))


def _words(check: Check, evidence: Evidence) -> CheckResult:
    _ = translator(evidence.language)
    if check.number < 1:
        return CheckResult(met=False, note=_("The check names no number of words, so it cannot be carried out."))
    words = count_words(_text(check.path, evidence))
    least = check.kind is CheckKind.MIN_WORDS
    met = words >= check.number if least else words <= check.number
    at_least = _("{path} has {count:,} words; at least {number:,} are asked for.")
    at_most = _("{path} has {count:,} words; at most {number:,} are asked for.")
    said = at_least if least else at_most
    return CheckResult(met, said.format(path=check.path, count=words, number=check.number))


def _contains(check: Check, evidence: Evidence) -> CheckResult:
    _ = translator(evidence.language)
    if not check.text.strip():
        return CheckResult(met=False, note=_("The check names no text to look for, so it cannot be carried out."))
    met = _alike(check.text) in _alike(_text(check.path, evidence))
    said = _("{path} contains “{text}”.") if met else _("{path} does not contain “{text}”.")
    return CheckResult(met, said.format(path=check.path, text=check.text))


def _valid_json(check: Check, evidence: Evidence) -> CheckResult:
    _ = translator(evidence.language)
    text = _text(check.path, evidence)
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        fault = _("{what} at line {line}, column {column}")
        fault = fault.format(what=error.msg, line=error.lineno, column=error.colno)
    except _NoNumber as error:
        fault = _("{name} is not a JSON number").format(name=error)
    except RecursionError:
        fault = _("it is nested too deeply")
    except ValueError as error:
        fault = str(error)
    else:
        return CheckResult(met=True, note=_("{path} is valid JSON.").format(path=check.path))
    return CheckResult(met=False, note=_("{path} is not valid JSON: {fault}.").format(path=check.path, fault=fault))


class _NoNumber(ValueError):
    """A word that Python takes for a number and JSON does not."""


def _refuse_constant(name: str) -> None:
    raise _NoNumber(name)


def _links_resolve(check: Check, evidence: Evidence) -> CheckResult:
    path, workspace, _ = check.path, evidence.workspace, translator(evidence.language)
    here = parsed(_text(path, evidence, LINKED_BYTES))
    anchors = {path: here.anchors}

    def anchors_of(other: str) -> set[str]:
        if other not in anchors:
            anchors[other] = parsed(_text(other, evidence, LINKED_BYTES)).anchors
        return anchors[other]

    paths = frozenset(workspace.paths())
    read = frozenset(web_address(url) for reading in evidence.readings for url in reading.urls)
    links = list(dict.fromkeys(here.links))
    faults = [
        f"{link or _('(empty)')} {_(fault)}"
        for link in links
        if (fault := fault_of_link(link, path, paths, read, anchors_of))
    ]
    if not links:
        return CheckResult(met=True, note=_("{path} has no links.").format(path=path))
    if not faults:
        note = _("{path}: all {count} links lead somewhere.").format(path=path, count=len(links))
        return CheckResult(met=True, note=note)
    return CheckResult(met=False, note=_noted(path, faults, evidence.language))


def _cites_sources(check: Check, evidence: Evidence) -> CheckResult:
    path, _ = check.path, translator(evidence.language)
    faults = faults_of_citations(_text(path, evidence, LINKED_BYTES), evidence.readings)
    if told := [fault.told(_) for fault in faults]:
        return CheckResult(met=False, note=_noted(path, told, evidence.language))
    return CheckResult(met=True, note=_("{path} cites what was read, word for word.").format(path=path))


def _noted(path: str, faults: list[str], language: str) -> str:
    _ = translator(language)
    more = [_("and {count} more").format(count=len(faults) - _TOLD)] if len(faults) > _TOLD else []
    return f"{path}: {'; '.join([*faults[:_TOLD], *more])}."


def _text(path: str, evidence: Evidence, limit: int | None = None) -> str:
    content = evidence.workspace.read(path) if limit is None else evidence.workspace.read(path, limit)
    text = text_of(content)
    if text is None:
        reason = N_("it is not text in UTF-8, so what it says cannot be checked.")
        raise WorkspaceError(path=path, reason=reason)
    return text


def _alike(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


_FILE_CHECKS: Mapping[CheckKind, Callable[[Check, Evidence], CheckResult]] = {
    CheckKind.FILE_EXISTS: _file_exists,
    CheckKind.MIN_WORDS: _words,
    CheckKind.MAX_WORDS: _words,
    CheckKind.CONTAINS: _contains,
    CheckKind.VALID_JSON: _valid_json,
    CheckKind.LINKS_RESOLVE: _links_resolve,
    CheckKind.CITES_SOURCES: _cites_sources,
}
