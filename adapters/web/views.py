"""What pages are made of, as pure functions: text made safe to look at, Cards' ids and signs, numbers for people."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from markupsafe import Markup, escape

from agent_core.cards import Card, CardKind, Form, Mark, Section, Tone, Verb
from agent_core.domain import PolicyName, RunStatus, digest_of
from agent_core.i18n import N_
from agent_core.journal.state import RunState
from agent_core.ports import RunSummary
from agent_core.presenter import only_shown

GOAL_TITLE = 120  # characters of a Goal in a heading; the Goal's own Card shows it whole
LONG_TEXT = 1600  # characters from which a text scrolls in a frame of its own
SHORT_TEXT = 200  # characters up to which a text of one line is told beside its label
LONG_LINES = 22  # lines, likewise

STARTERS = (  # goals that work as they are, with any model
    N_("Write a blog about AI"),
    N_("How does a heat pump work?"),
    N_("Draft an email that invites the team to lunch on Friday"),
)

STATUS_TONES = {
    RunStatus.RUNNING: Tone.WORKING,
    RunStatus.WAITING: Tone.ASKING,
    RunStatus.PAUSED: Tone.QUIET,
    RunStatus.FINISHED: Tone.DONE,
    RunStatus.FAILED: Tone.BAD,
    RunStatus.STOPPED: Tone.QUIET,
}
POLICY_WORDS = {
    PolicyName.EVERY_STEP: N_("Ask before every step"),
    PolicyName.SIDE_EFFECTS: N_("Ask before anything with an effect"),
    PolicyName.OBSERVE: N_("Only show what it would do"),
}
CONTROL_WORDS = {
    Verb.PAUSE: N_("Pause"),
    Verb.RESUME: N_("Resume"),
    Verb.STOP: N_("Stop"),
    Verb.APPROVE_REST: N_("Approve the rest"),
}
MARK_TONES = {
    Mark.TODO: Tone.QUIET,
    Mark.ACTIVE: Tone.WORKING,
    Mark.ASKING: Tone.ASKING,
    Mark.DONE: Tone.DONE,
    Mark.FAILED: Tone.BAD,
}

_COLON = re.compile("[:：]")
_PLAIN_ID = re.compile(r"[A-Za-z0-9]+(:[A-Za-z0-9-]+)?")
# letters that are drawn as nothing, though Unicode does not call them format characters
_BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONG_RUN = 16  # times the same hidden character from which they are counted rather than written one by one


def _is_hidden(char: str) -> bool:
    """Whether a character is not seen, or changes how its neighbours are seen."""
    if char in "\n\t":
        return False
    return char in _BLANKS or "\U000e0100" <= char <= "\U000e01ef" or unicodedata.category(char) in _HIDDEN_CATEGORIES


def _suspects() -> re.Pattern[str]:
    """Return what finds each run of one character that may be hidden: those beyond 16 bits are looked at when found."""
    hidden = [code for code in range(0x10000) if _is_hidden(chr(code))]
    ranges = groupby(enumerate(hidden), key=lambda pair: pair[1] - pair[0])  # neighbours have the same difference
    runs = [[code for _, code in group] for _, group in ranges]
    letters = "".join(f"\\u{codes[0]:04x}-\\u{codes[-1]:04x}" for codes in runs)
    return re.compile(rf"([{letters}\U00010000-\U0010ffff])\1*")


_SUSPECTS = _suspects()


def _counts(found: re.Match[str]) -> bool:
    """Whether a run of a suspect is hidden indeed."""
    char, start, end, text = found[1], found.start(), found.end(), found.string
    if char == "\u200d" and end - start == 1 and 0 < start < len(text) - 1:
        # joins emoji into one picture; hides nothing there
        return not (_pictorial(text[start - 1]) and _pictorial(text[end]))
    return char <= "\uffff" or _is_hidden(char)


def _pictorial(char: str) -> bool:
    return char == "\ufe0f" or unicodedata.category(char) in ("So", "Sk")


def _written(found: re.Match[str]) -> str:
    code, times = f"U+{ord(found[1]):04X}", found.end() - found.start()
    return f"⟦{code}⟧" * times if times <= _LONG_RUN else f"⟦{code} × {times}⟧"


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Yield runs of plain text, and runs of a hidden character written out, as (hidden, text)."""
    start = 0
    for found in _SUSPECTS.finditer(text):
        if _counts(found):
            if found.start() > start:
                yield False, text[start : found.start()]
            yield True, _written(found)
            start = found.end()
    if start < len(text):
        yield False, text[start:]


def reveal(text: str) -> str:
    """Return `text` with characters that cannot be seen, or that reorder others, written as ⟦U+202E⟧.

    Many of the same in a row are counted: ⟦U+202E × 300⟧.
    """
    text = text.replace("\r\n", "\n")
    return "".join(piece for _, piece in _pieces(text))


def revealed(text: str) -> Markup:
    """Return `text` escaped for a page, with what `reveal` writes out set off from the text."""
    text = text.replace("\r\n", "\n")
    made: list[str] = []
    for hidden, pieces in groupby(_pieces(text), key=itemgetter(0)):
        piece = escape("".join(piece for _, piece in pieces))
        made.append(f'<mark class="codepoint">{piece}</mark>' if hidden else piece)
    return Markup("".join(made))  # noqa: S704 - every piece was escaped above


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a unified diff and what it is: `add`, `cut`, `hunk`, `file` or `same`."""

    kind: str
    text: str


def diff_lines(diff: str) -> tuple[DiffLine, ...]:
    """Return the lines of a unified diff, each with its kind; none is left out."""
    lines = diff.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return tuple(_diff_lines(lines))


def _diff_lines(lines: Sequence[str]) -> Iterator[DiffLine]:
    in_hunk = False
    for line in lines:
        in_hunk = in_hunk or line.startswith("@@")
        if line.startswith("@@"):
            kind = "hunk"
        elif not in_hunk and line.startswith(("---", "+++", "diff ", "index ")):
            kind = "file"  # only before the first hunk: a cut line may itself begin with --
        elif line.startswith("+"):
            kind = "add"
        elif line.startswith("-"):
            kind = "cut"
        else:
            kind = "same"
        yield DiffLine(kind, line)


def dom_id(card_id: str) -> str:
    """Return a Card's id as an HTML id: letters, digits and hyphens; different for different ids."""
    if _PLAIN_ID.fullmatch(card_id):
        return "card-" + card_id.replace(":", "-")
    return "card--" + digest_of(card_id)[:16]


def is_long(section: Section) -> bool:
    """Whether a text gets a frame that scrolls, so that the buttons stay near."""
    return len(section.text) > LONG_TEXT or section.text.count("\n") >= LONG_LINES


def told_and_kept(card: Card) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """Return a Card's Sections that are seen at once, and those of a Step that are behind one click.

    Of a Step that is over and went well that is all of them; of any other those that repeat, as exact arguments, what
    is seen already, so that nobody decides on what they have not seen.
    """
    if card.kind is not CardKind.STEP:
        return card.sections, ()
    over = card.tone in (Tone.DONE, Tone.QUIET) and not card.buttons
    told = tuple(section for section in card.sections if not over and not section.folded)
    return told, tuple(section for section in card.sections if section not in told)


def runs_of_short(sections: Sequence[Section]) -> tuple[tuple[bool, tuple[Section, ...]], ...]:
    """Return Sections in their order, in runs of those whose text fits beside its label, and of the others."""
    return tuple((short, tuple(run)) for short, run in groupby(sections, key=_is_short))


def _is_short(section: Section) -> bool:
    one_line = section.form in (Form.PLAIN, Form.CODE) and not section.folded and "\n" not in section.text
    return one_line and bool(section.label) and len(section.text) <= SHORT_TEXT


def looked_on(card: Card) -> Card:
    """Return a Card as those see it who may not decide: without the ways to do so, and all else the same."""
    return replace(card, buttons=(), fields=(), editable="")


def before_colon(text: str) -> str:
    """Return what a sentence names before its colon."""
    return _COLON.split(text)[0]


def weight(card: Card) -> int:
    """Return about how many characters a Card shows."""
    sections = sum(len(section.text) for section in card.sections)
    fields = sum(len(field.value) for field in card.fields)
    items = sum(len(item.title) + len(item.note) + sum(map(len, item.details)) for item in card.items)
    return sections + fields + items + len(card.editable)


def waiting(cards: Sequence[Card]) -> tuple[Card, ...]:
    """Return the Cards that wait for a person, in thread order."""
    return tuple(card for card in cards if card.tone is Tone.ASKING and card.buttons)


def run_tone(run: RunState | RunSummary) -> Tone:
    """Return the tone of where a Run is; one that only showed what it would do is no success."""
    policy = run.policy.name if isinstance(run, RunState) else run.policy
    return Tone.QUIET if only_shown(run.status, policy) else STATUS_TONES[run.status]


def shortened(text: str, limit: int = GOAL_TITLE) -> str:
    """Return `text` on one line, cut at `limit` characters with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def size(count: int) -> str:
    """Return a number of bytes for people, in decimal units."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:  # noqa: PLR2004 - decimal units
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def utc(moment: datetime | str) -> str:
    """Return a time as ISO 8601 in UTC to the second, as `<time datetime>` wants it."""
    if isinstance(moment, str):
        return moment
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def clock(moment: datetime | str) -> str:
    """Return a time for people where no script runs: date, hours and minutes in UTC."""
    try:
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        return str(moment)
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def language_of(accept_language: str) -> str:
    """Return the page's language, `zh` or `en`, from an Accept-Language header."""
    best, weight = "en", 0.0
    for part in accept_language.split(","):
        tag, _, parameters = part.strip().partition(";")
        code = tag.strip().lower().partition("-")[0]
        try:
            quality = float(parameters.strip().removeprefix("q=")) if parameters else 1.0
        except ValueError:
            continue
        if code in ("en", "zh") and quality > weight:
            best, weight = code, quality
    return best
