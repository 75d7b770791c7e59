"""What a prompt says, read from the headers that `agent_core.prompts` writes. Pure, and never fails on any text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent_core.ports import Message

_KNOWN = (
    r"Attached files|What is known from before|Asked and answered|Tools|Rejected plan|What people wrote meanwhile"
    r"|Plan put aside for what people wrote since|Done besides|Files as they are now"
    r"|The plan did not work out\.[^\n]*|Plan|Result of: [^\n]*|Your subtask: [^\n]*|Subtask: [^\n]*"
    r"|Steps|Result|Criteria"
)
_HEADER = re.compile(rf"(?:\A|\n\n)# ({_KNOWN})(?:\n|\Z)")
_UNTRUSTED = re.compile(r"<untrusted (\w+) from=[^\n]*>\n(.*?)\n</untrusted \1>", re.DOTALL)
_FILE = re.compile(r"<file (\w+) path=[^\n]*>\n(.*?)\n</file \1>", re.DOTALL)
_GOAL = re.compile(r"(?:\A|\n\n)# Goal\n(.*?)(?=\n\n# (?:Asked on\n\d{4}-\d\d-\d\d|Subtask: )|\Z)", re.DOTALL)
_ASKED_ON = re.compile(r"\A\s*# Asked on\n[^\n]*")
_SCHEMA_TOLD = re.compile(r"\n\nAnswer with only one JSON object\b.*\Z", re.DOTALL)
_STANDING = re.compile(r"(?:\A\s*|\n\n)## (Done|Not done|Not begun): ([^\n]*)(?:\n|\Z)")
_DONE_WHEN = re.compile(r"(?:\A|\n\n)Done when:\n")
_EVENT = re.compile(r"(?:\A|\n\n)(?=[^\n]{1,200} wrote: |Not done yet\.\n)")
_STEP = re.compile(r"^\[([^\]\s]+)\] ([\w-]+) (\{.*(?:\n\[\d+ characters left out\]\n.*)?)\n-> ", re.MULTILINE)
_NUMBERED = re.compile(r"^(\d+)\. (.*(?:\n(?!\d+\. )[^\n]+)*)", re.MULTILINE)
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Briefing:
    """What every prompt of a Run says. `language` is en or zh; `answers` are people's, to clarifying questions."""

    goal: str
    language: str
    persona: str = ""
    attachments: tuple[str, ...] = ()
    known: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedPlan:
    """A Plan that people rejected: its Subtasks' titles and the reason, which may be empty."""

    titles: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a Subtask of a Plan that did not work out stands; `text` is its result, or what it lacks."""

    done: bool
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PlanBriefing:
    """What the planner is told. `may_ask` is False once a question was answered or refused."""

    run: Briefing
    rejected: tuple[RejectedPlan, ...]
    said: str
    standing: tuple[Standing, ...]
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the executor is told before its own turns. `number` is the Subtask's place in the Plan, from 1."""

    run: Briefing
    number: int
    results: tuple[tuple[str, str], ...]
    title: str
    instructions: str
    criteria: tuple[str, ...]
    events: tuple[str, ...]  #: what was said before the first turn, one text an event


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A Step as the judge sees it: `arguments` as JSON text, maybe cut, and what became of it."""

    id: str
    tool: str
    arguments: str
    outcome: str


@dataclass(frozen=True, slots=True)
class JudgeBriefing:
    """What the judge is told. `criteria` by the numbers they are listed with."""

    run: Briefing
    title: str
    steps: tuple[ShownStep, ...]
    result: str
    criteria: tuple[tuple[int, str], ...]


def plan_briefing(messages: Sequence[Message]) -> PlanBriefing:
    """Read the planner's prompt."""
    run, sections = _read(messages)
    refused = any(message.role == "assistant" for message in messages)  # its last form was sent back
    return PlanBriefing(
        run=run,
        rejected=tuple(_rejected(body) for header, body in sections if header == "Rejected plan"),
        said="\n".join(body for header, body in sections if header == "What people wrote meanwhile"),
        standing=tuple(
            standing
            for header, body in sections
            if header.startswith("The plan did not work out")
            for standing in _standings(body)
        ),
        may_ask=not run.answers and not refused,
    )


def assignment(messages: Sequence[Message]) -> Assignment:
    """Read the executor's prompt, up to its first turn."""
    run, sections = _read(messages)
    title, instructions, criteria, events = "", "", (), ()
    for header, body in sections:
        if header.startswith("Your subtask: "):
            title = header.removeprefix("Your subtask: ")
            instructions, criteria, events = _orders(body)
    outline = [text for header, body in sections if header == "Plan" for _, text in _NUMBERED.findall(body)]
    results = [
        (header.removeprefix("Result of: "), body) for header, body in sections if header.startswith("Result of: ")
    ]
    number = outline.index(title) + 1 if title in outline else 1
    return Assignment(
        run, number, tuple((name, unwrapped(body)) for name, body in results), title, instructions, criteria, events
    )


def judge_briefing(messages: Sequence[Message]) -> JudgeBriefing:
    """Read the judge's prompt."""
    run, sections = _read(messages, trusting=True)  # its Steps stand between marks as a whole, headers and all
    bodies = dict(sections)
    title = next((header.removeprefix("Subtask: ") for header in bodies if header.startswith("Subtask: ")), "")
    result = bodies.get("Result", "").strip()
    # a file that was read may hold any header; the criteria are the last there are
    listed = bodies.get("Criteria", "").split("\n\n")[0]
    return JudgeBriefing(
        run=run,
        title=title,
        steps=tuple(_shown_steps(bodies.get("Steps", ""))),
        result="" if result == "(none)" else result,
        criteria=tuple((int(number), text) for number, text in _NUMBERED.findall(listed)),
    )


def unwrapped(text: str) -> str:
    """Return a text without the marks around what is untrusted in it."""
    return _UNTRUSTED.sub(lambda found: found[2], text)


def events_in(text: str) -> tuple[str, ...]:
    """Split what follows a turn into what each person wrote, what the judge said, and anything else."""
    return tuple(part.strip() for part in _EVENT.split(_SCHEMA_TOLD.sub("", text)) if part.strip())


def language_of(text: str) -> str:
    """Return the language of a text: zh when it has Chinese characters and nothing Japanese or Korean, else en."""
    return "zh" if _CJK.search(text) and not _KANA_OR_HANGUL.search(text) else "en"


def _read(messages: Sequence[Message], *, trusting: bool = False) -> tuple[Briefing, list[tuple[str, str]]]:
    first_turn = next((at for at, message in enumerate(messages) if message.role == "assistant"), len(messages))
    system = "\n".join(message.text for message in messages if message.role == "system")
    told = "\n\n".join(message.text for message in messages[:first_turn] if message.role == "user")
    told = _SCHEMA_TOLD.sub("", told)
    found = _GOAL.search(told)
    goal = found[1] if found else told
    rest = told[found.end() :] if found else ""
    rest = _ASKED_ON.sub("", rest)
    sections = _sections(unwrapped(rest) if trusting else rest)
    attachments = [
        line for header, body in sections if header == "Attached files" for line in body.splitlines() if line
    ]
    answered = [body.partition("\n")[2].strip() for header, body in sections if header == "Asked and answered"]
    run = Briefing(
        goal=goal.strip(),
        language=_asked_language(system, goal),
        persona=_persona(system),
        attachments=tuple(attachments),
        known=unwrapped("\n\n".join(body for header, body in sections if header == "What is known from before")),
        answers=tuple(answer for answer in answered if answer),
    )
    return run, sections


def _sections(text: str) -> list[tuple[str, str]]:
    """Return the headers and what stands under each."""
    return [(found[1], body) for found, body in _under(_HEADER, text)]


def _under(heading: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each heading with what follows up to the next; one between untrusted marks or in a file is none."""
    inside = [found.span() for marks in (_UNTRUSTED, _FILE) for found in marks.finditer(text)]
    found = [each for each in heading.finditer(text) if not any(start <= each.start(1) < end for start, end in inside)]
    for at, each in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        yield each, text[each.end() : end]


def _asked_language(system: str, goal: str) -> str:
    found = re.search(r"^Write everything that people will read in (.+)\.$", system, re.MULTILINE)
    if found is None:
        return language_of(goal)
    return "zh" if "chinese" in found[1].lower() or found[1].lower().startswith("zh") else "en"


def _persona(system: str) -> str:
    found = re.search(r"^Write everything that people will read in .+\.\nYou are (.+)\.$", system, re.MULTILINE)
    return found[1] if found else ""


def _rejected(body: str) -> RejectedPlan:
    listed, _, reason = body.rpartition("\nReason: ") if "\nReason: " in body else (body, "", "")
    titles = tuple(line.removeprefix("- ") for line in listed.splitlines() if line.startswith("- "))
    return RejectedPlan(titles, "" if reason.strip() == "none given" else reason.strip())


def _standings(body: str) -> Iterator[Standing]:
    for found, text in _under(_STANDING, body):
        yield Standing(found[1] == "Done", found[2], unwrapped(text).strip())


def _orders(body: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    found = list(_DONE_WHEN.finditer(body))
    if not found:
        return body.strip(), (), ()
    listed, _, after = body[found[-1].end() :].partition("\n\n")
    criteria = tuple(part.strip() for part in re.split(r"(?:\A|\n)- ", listed) if part.strip())
    return body[: found[-1].start()].strip(), criteria, events_in(after)


def _shown_steps(body: str) -> Iterator[ShownStep]:
    for found, text in _under(_STEP, body):
        yield ShownStep(found[1], found[2], found[3], text.strip())
