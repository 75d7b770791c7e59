"""The rehearsal executor: the Subtask's next call, or its result. Pure: what was told in, one turn out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent_core.checks import count_words
from agent_core.prompts import WHY
from bot.rehearsal.errands import Errands, errands
from bot.rehearsal.facts import Facts, Source, words_of
from bot.rehearsal.goals import Aim, planned_aim, quoted
from bot.rehearsal.past import Called, Event, Fate, Fault, Unmet, Wrote
from bot.rehearsal.reading import Assignment
from bot.rehearsal.texts import answer, content
from bot.rehearsal.words import TurnWords

_TRIES = 2  # of a call that failed, or turns of no use, before the result says so
_OVER = (Fate.DONE, Fate.SHOWN, Fate.SKIPPED)
_READERS = ("list_files", "read_file")


@dataclass(frozen=True, slots=True)
class Call:
    """A call to propose; its arguments hold the reason, too."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to do: a Tool, and the file it is for (empty when it is for none)."""

    tool: str
    path: str = ""

    @property
    def reads(self) -> bool:
        """Whether it only looks."""
        return self.tool in _READERS

    def is_of(self, event: Event) -> bool:
        """Whether an event is a call for this errand."""
        return isinstance(event, Called) and event.tool == self.tool and event.path == self.path


@dataclass(frozen=True, slots=True)
class _Desk:
    """Everything that a turn goes by."""

    given: Assignment
    aim: Aim
    todo: Errands
    events: tuple[Event, ...]
    offered: frozenset[str]

    @property
    def words(self) -> TurnWords:
        return words_of(self.given.run.language).turn

    @property
    def attempt_from(self) -> int:
        """The place in `events` at which the present attempt begins."""
        return max((at for at, event in enumerate(self.events, start=1) if isinstance(event, Unmet)), default=0)


def next_turn(given: Assignment, events: Sequence[Event], offered: frozenset[str]) -> Call | str:
    """Return the call to propose next, of a Tool that is offered, or the Subtask's result, which is never empty."""
    unmet = "\n".join(event.text for event in events if isinstance(event, Unmet))
    desk = _Desk(given, planned_aim(given.run), errands(given, unmet), tuple(events), offered)
    errand_list = tuple(_errands(desk))
    if _useless_turns(desk) < _TRIES:
        for errand in errand_list:
            if _is_wanted(desk, errand, last=errand == errand_list[-1]):
                return _call(desk, errand)
    return _result(desk, errand_list)


def _errands(desk: _Desk) -> Iterator[Errand]:
    """Yield what is to be done, in order, as far as the Tools go."""
    todo = desk.todo
    if todo.lists and "list_files" in desk.offered:
        yield Errand("list_files")
    if "read_file" in desk.offered:
        yield from (Errand("read_file", path) for path in todo.reads)
    if "write_file" in desk.offered:
        yield from (Errand("write_file", path) for path in todo.writes)
    # where nothing can be written, people still get the words
    if "answer" in desk.offered and (todo.answers or (todo.writes and "write_file" not in desk.offered)):
        yield Errand("answer")


def _is_wanted(desk: _Desk, errand: Errand, *, last: bool) -> bool:
    """Say whether an errand is still to be done, given what became of its calls."""
    calls = [(at, event) for at, event in enumerate(desk.events) if isinstance(event, Called) and errand.is_of(event)]
    if not errand.reads:
        calls = [(at, event) for at, event in calls if at >= desk.attempt_from]  # judged unmet: write it anew
    if not calls:
        return True
    at, call = calls[-1]
    if call.fate is Fate.LAPSED:
        return True
    if errand.reads:
        return False
    if call.fate is Fate.FAILED:
        return sum(each.fate is Fate.FAILED for _, each in calls) < _TRIES
    if call.fate in _OVER:
        # what people wrote after it is taken up, by the last text there is
        return last and call.fate is Fate.DONE and any(isinstance(event, Wrote) for event in desk.events[at:])
    return True


def _useless_turns(desk: _Desk) -> int:
    """Return how many of the newest events say that a turn was of no use."""
    count = 0
    for event in reversed(desk.events):
        if isinstance(event, Called):
            break
        count += isinstance(event, Fault)
    return count


def _call(desk: _Desk, errand: Errand) -> Call:
    why = _why(desk, errand)
    match errand.tool:
        case "list_files":
            return Call(errand.tool, {WHY: why})
        case "answer":
            return Call(errand.tool, {"text": answer(_facts(desk, errand), tuple(_files(desk))), WHY: why})
        case "write_file":
            text = content(_facts(desk, errand))
            return Call(errand.tool, {"path": errand.path, "content": text, WHY: why})
        case _:
            return Call(errand.tool, {"path": errand.path, WHY: why})


def _why(desk: _Desk, errand: Errand) -> str:
    words = desk.words
    plain = {
        "list_files": words.why_list,
        "read_file": words.why_read.format(path=errand.path),
        "write_file": words.why_write.format(path=errand.path),
        "answer": words.why_answer,
    }[errand.tool]
    if errand.reads:
        return plain
    news = [
        event
        for event in desk.events
        if not isinstance(event, Called) or (errand.is_of(event) and event.fate is Fate.REJECTED)
    ]
    match news[-1] if news else None:
        case Called() as call:
            reason = quoted(call.text) if call.text else words.no_reason
            return f"{plain} {words.why_rejected.format(who=call.who or words.someone, reason=reason)}"
        case Unmet():
            return f"{plain} {words.why_unmet}"
        case Wrote() as wrote:
            return f"{plain} {words.why_heard.format(who=wrote.who)}"
        case _:
            return plain


def _facts(desk: _Desk, errand: Errand) -> Facts:
    """Return what a text is made from: what was read, heard, rejected and found missing."""
    events = desk.events
    return Facts(
        language=desk.given.run.language,
        aim=desk.aim,
        path=errand.path,
        title=desk.given.title,
        persona=desk.given.run.persona,
        sources=tuple(_sources(desk)),
        notes=tuple(event for event in events if isinstance(event, Wrote)),
        rejections=tuple(
            (event.who or desk.words.someone, event.text)
            for event in events
            if isinstance(event, Called) and event.fate is Fate.REJECTED and errand.is_of(event)
        ),
        unmet=tuple(event.text for event in events if isinstance(event, Unmet)),
        words=desk.todo.words,
        wanted=desk.todo.wanted,
    )


def _sources(desk: _Desk) -> Iterator[Source]:
    """Yield the files that were read, or why they were not; each once, as last read."""
    read: dict[str, Source] = {}
    for event in desk.events:
        if isinstance(event, Called) and event.tool == "read_file":
            path = str(event.arguments.get("path", event.path))
            if event.fate is Fate.DONE:
                read[path] = Source(path, event.text)
            elif event.fate in (Fate.FAILED, Fate.REJECTED, Fate.SKIPPED):
                read.setdefault(path, Source(path, "", event.text or desk.words.no_reason))
    yield from read.values()


def _files(desk: _Desk) -> Iterator[Source]:
    """Yield the files that an answer hands over: those written here, else those read, with their texts."""
    files = {source.path: source for source in _sources(desk) if not source.problem}
    for event in desk.events:
        if isinstance(event, Called) and event.tool == "write_file" and event.fate in (Fate.DONE, Fate.SHOWN):
            path = str(event.arguments.get("path", event.path))
            files[path] = Source(path, str(event.arguments.get("content", "")))
    attached = {name for name in desk.given.run.attachments if name not in desk.todo.writes}
    yield from (file for path, file in files.items() if path not in attached)


def _result(desk: _Desk, errand_list: Sequence[Errand]) -> str:
    """Return the Subtask's result: a sentence an errand, what was heard, and that no model was at work."""
    words = desk.words
    lines = [line for errand in errand_list if (line := _told(desk, errand))]
    lines = lines or [words.nothing]
    done = {errand.tool for errand in errand_list}
    if not done & {"write_file", "answer"}:  # no text of its own took up what people wrote
        lines += [words.heard.format(text=quoted(event.text)) for event in desk.events if isinstance(event, Wrote)]
    return (
        " ".join([*lines, words.not_a_model])
        if desk.given.run.language == "en"
        else "".join([*lines, words.not_a_model])
    )


def _told(desk: _Desk, errand: Errand) -> str:
    words = desk.words
    calls = [event for event in desk.events if isinstance(event, Called) and errand.is_of(event)]
    if not calls:
        return ""
    call = calls[-1]
    ran = replace(call, path=str(call.arguments.get("path", call.path)))
    match call.fate:
        case Fate.DONE:
            edited = words.edited.format(who=call.who) if call.who else ""
            return f"{_done(ran, words)} {edited}".strip()
        case Fate.SHOWN:
            return words.shown.format(what=ran.path or ran.tool)
        case Fate.SKIPPED:
            return words.left_undone.format(what=ran.path or ran.tool)
        case Fate.REJECTED if errand.reads:
            return words.unread.format(
                path=ran.path or ran.tool, reason=quoted(call.text) if call.text else words.no_reason
            )
        case _:
            return words.failed.format(what=ran.path or ran.tool, reason=call.text or words.no_reason)


def _done(call: Called, words: TurnWords) -> str:
    match call.tool:
        case "write_file":
            return words.wrote.format(path=call.path, words=count_words(str(call.arguments.get("content", ""))))
        case "read_file":
            return words.read.format(path=call.path)
        case "answer":
            return words.answered
        case _:
            return ""
