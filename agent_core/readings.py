"""What a Run has read of the web: addresses, when, and the text. Pure functions of RunState."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from agent_core.journal.state import RunState, StepState, StepStatus

READ_PAGE = "read_page"  # the Tool that says itself when a page came: it may have been kept for a while
_WHEN = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b")
_TIME = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a page, or of a part of it. `urls` are its addresses, the one where it was found first."""

    urls: tuple[str, ...]
    at: datetime
    text: str

    @property
    def day(self) -> str:
        """The day it was read, as a list of sources gives it."""
        return self.at.date().isoformat()


def readings_of(state: RunState) -> tuple[Reading, ...]:
    """Return what the Run's finished Steps have read, in the order in which they were proposed."""
    return tuple(_readings(state))


def _readings(state: RunState) -> Iterator[Reading]:
    for step in state.steps.values():
        seen = step.observation
        if step.status is not StepStatus.FINISHED or seen is None or seen.trusted or not seen.ok:
            continue
        urls = tuple(source for source in seen.sources if source.startswith(("http://", "https://")))
        if urls:
            yield Reading(urls, _at(step, seen.text), seen.text)


def _at(step: StepState, text: str) -> datetime:
    finished = step.finished_at or step.at
    # the last one: what stands before it in these lines is the page's own
    said = _WHEN.findall(text.partition("\n\n")[0]) if step.call.tool == READ_PAGE else []
    return datetime.strptime(said[-1], _TIME).replace(tzinfo=UTC) if said else finished
