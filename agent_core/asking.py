"""What people write, checked at the door, and what a new Run is given to know. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from agent_core.errors import GoalRefused, TextRefused, TooLong, WordsTooLong
from agent_core.i18n import N_
from agent_core.journal.events import MemoryRecalled
from agent_core.journal.state import RunState, taint
from agent_core.ports import Said
from agent_core.presenter import account_of

MAX_GOAL = 20_000  # characters; some 5,000 tokens, which stand in every prompt of the Run
MAX_WORDS = 100_000  # characters of a reason, an answer or an edited plan: twelve Subtasks told at great length
MAX_PERSONA = 200  # characters
MAX_RECALLED = 8  # messages and earlier results that a new Run is given, the newest
RECALLED_SHARE = 2_000  # characters of each


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file given with a Goal or a reply."""

    name: str
    content: bytes


def cleaned(text: str) -> str:
    """Return `text` in NFC, without control characters (but line breaks and tabs) and lone surrogates."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc")
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def checked_goal(text: str) -> str:
    """Return a Goal, or a reply, as it is kept. Raises GoalRefused when nothing is left of it, or it is too long."""
    text = cleaned(text)
    if all(unicodedata.category(char)[0] in "ZC" for char in text):
        raise GoalRefused(reason=N_("There is nothing to read in it."))
    if len(text) > MAX_GOAL:
        raise GoalRefused(reason=TooLong(count=len(text), most=MAX_GOAL))
    return text


def checked_words(text: str, most: int = MAX_WORDS) -> str:
    """Return a reason, an answer or an edited plan as it is kept; it may be empty. Raises TextRefused."""
    text = cleaned(text)
    if len(text) > most:
        raise TextRefused(reason=WordsTooLong(count=len(text), most=most))
    return text


def checked_persona(text: str) -> str:
    """Return who Nod plays: one short line, for it stands in every prompt. Raises TextRefused."""
    return " ".join(checked_words(text, MAX_PERSONA).split())


def recalled(earlier: RunState | None, said: Sequence[Said]) -> MemoryRecalled | None:
    """Return what a new Run knows: the conversation so far, and the Run it follows with its result and files.

    What rests on untrusted content stays untrusted, and names the Run it came from.
    """
    # the Run that is followed tells its result itself, below
    heard = [each for each in said if each.actor or earlier is None or each.run_id != earlier.run_id]
    items = [f"{each.actor.display if each.actor else 'Nod'} wrote: {each.text[:RECALLED_SHARE]}" for each in heard]
    sources = dict.fromkeys(_source(each) for each in heard if not each.trusted)
    if earlier is not None:
        items = [*earlier.recalled, *(item for item in items if item not in earlier.recalled), _told(earlier)]
        sources |= dict.fromkeys(earlier.recalled_sources)
        sources |= dict.fromkeys(source for subtask_id in earlier.subtasks for source in taint(earlier, subtask_id))
    if not items:
        return None
    return MemoryRecalled(
        tuple(items[-MAX_RECALLED:]),
        tuple(sorted(earlier.untrusted_files)) if earlier else (),
        trusted=not sources,
        sources=tuple(sources),
        untrusted_digests=tuple(sorted(earlier.untrusted_digests)) if earlier else (),
    )


def _source(said: Said) -> str:
    """Return where untrusted words came from: the Run that read them, or who wrote them in the conversation."""
    if said.run_id or said.actor is None:
        return f"run {said.run_id}"
    return f"{said.actor.display} in this conversation"


def _told(earlier: RunState) -> str:
    files = ", ".join(sorted({file.path for file in (*earlier.attachments, *earlier.files)})) or "none"
    result = (earlier.result or account_of(earlier))[:RECALLED_SHARE]
    return f"The goal before this was: {earlier.goal}\nIts result: {result}\nFiles in the workspace: {files}"
